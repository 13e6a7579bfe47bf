"""What can go wrong with the book? An overdrawn account is a bug and crashes; a closed month is told to whoever posts."""

from app.core.errors import Conflict


class LedgerOverdrawn(Exception):
    """A guarded account would have gone below zero: money was to be moved that is not there."""


class PeriodClosed(Conflict):
    """The month that the money was to be booked in is closed: nothing was written. Book it in the open month."""

    code = "period_closed"
    title_en = "The month is closed"
    title_ja = "対象月は締め切られています"
    remedy_en = "Ask again, with a new Idempotency-Key: what belongs to a closed month is booked in the open one. A closed month is never opened again."
    remedy_ja = "新しい Idempotency-Key でもう一度実行してください。締め切られた月の取引は、締め切られていない月に計上されます。締め切りは取り消せません。"
