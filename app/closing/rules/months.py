"""Which month is meant, is it over, and which one is closed next?"""

import re
from datetime import date, datetime, time
from typing import Final

from app.core.period import JAPAN, day_in_japan
from app.ledger.rules import last_day_of, month_after

_MONTH: Final = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


def read_month(text: str) -> date | None:
    """The month that is written 2026-11, by its first day; None when it is no month."""
    found = _MONTH.fullmatch(text)
    return date(int(found[1]), int(found[2]), 1) if found and found[1] != "0000" else None


def write_month(month: date) -> str:
    """A month as people write it: 2026-11."""
    return f"{month:%Y-%m}"


def is_over(month: date, *, now: datetime) -> bool:
    """Whether its last day in Japan has ended."""
    return day_in_japan(now) > last_day_of(month)


def end_of(month: date) -> datetime:
    """The moment in which a month ends in Japan."""
    return datetime.combine(month_after(month), time(), JAPAN)


def next_to_close(first: date | None, last_closed: date | None) -> date | None:
    """The only month that may be closed now: behind the last closed one, or the first with a posting; None: nothing is booked."""
    return month_after(last_closed) if last_closed is not None else first


def lock_number(month: date) -> int:
    """What the month's advisory lock is called; the trigger `refuse_closed_days` counts alike."""
    return month.year * 12 + month.month
