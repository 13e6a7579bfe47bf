"""Where may a test desk's clock be moved, and which transfers does a test bank make?"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from app.core.errors import FieldError
from app.payments.rules import TEMPLATE_HEADER
from app.sandbox.errors import ClockNotMoved, TransferImpossible

STEP_PATTERN: Final = "^P[1-9][0-9]{0,3}D$|^PT[1-9][0-9]{0,4}[HMS]$"
"""ISO 8601 durations of one unit: days, hours, minutes or seconds."""
AHEAD_MAX: Final = timedelta(days=3650)
OVERPAID_MINOR: Final = 1_000
PAYER: Final = "テスト フリコミ"
_STEP: Final = re.compile(r"PT?([0-9]+)([DHMS])")
_UNITS: Final = {
    "D": timedelta(days=1),
    "H": timedelta(hours=1),
    "M": timedelta(minutes=1),
    "S": timedelta(seconds=1),
}


def ahead_after(ahead: timedelta, now: datetime, *, advance: str | None, to: datetime | None) -> timedelta:
    """How far ahead of the machine's clock it stands when moved by a step or to a moment; `now` is what it shows.

    Raises ClockNotMoved (422) for both or neither, a moment that has passed, or more than ten years in all.
    """
    if (advance is None) == (to is None):
        raise _not_moved("/advance", "one_of", "Send exactly one of advance and now.")
    step = _step(advance) if advance is not None else (to or now) - now
    if step <= timedelta():
        raise _not_moved("/now", "not_ahead", f"It goes forward only: it is {now.isoformat(timespec='seconds')} here.")
    if ahead + step > AHEAD_MAX:
        pointer = "/advance" if to is None else "/now"
        raise _not_moved(pointer, "too_far", f"At most {AHEAD_MAX.days} days ahead of the machine's clock, in all.")
    return ahead + step


def _step(text: str) -> timedelta:
    found = _STEP.fullmatch(text)
    assert found is not None, "The schema lets nothing else in."
    return int(found[1]) * _UNITS[found[2]]


def _not_moved(pointer: str, code: str, detail: str) -> ClockNotMoved:
    return ClockNotMoved("The clock stays as it is.", errors=(FieldError(pointer, code, detail),))


class TransferKind(StrEnum):
    """How a test transfer meets the order that it is for."""

    EXACT = "exact"
    SHORT = "short"
    OVER = "over"
    LATE = "late"
    UNKNOWN_PAYER = "unknown_payer"
    DUPLICATE = "duplicate"


CLOSED: Final = frozenset({"expired", "canceled"})


@dataclass(frozen=True, slots=True)
class Transfer:
    """One incoming line of a bank's statement, in yen."""

    payer_name: str
    amount_minor: int


def transfers_of(kind: TransferKind, reference: str, amount_minor: int) -> list[Transfer]:
    """What the bank would tell of such a payment of what is due. Raises TransferImpossible (422): half of one yen."""
    named = f"{reference} {PAYER}"
    match kind:
        case TransferKind.EXACT | TransferKind.LATE:
            return [Transfer(named, amount_minor)]
        case TransferKind.SHORT:
            if amount_minor < 2:
                raise TransferImpossible("Nothing is less than one yen.")
            return [Transfer(named, amount_minor // 2)]
        case TransferKind.OVER:
            return [Transfer(named, amount_minor + OVERPAID_MINOR)]
        case TransferKind.UNKNOWN_PAYER:
            return [Transfer(PAYER, amount_minor)]
        case TransferKind.DUPLICATE:
            return [Transfer(named, amount_minor), Transfer(named, amount_minor)]


def bank_file(transfers: Sequence[Transfer], *, booked_on: date, bank_reference: str) -> bytes:
    """The transfers as a bank's file in the layout that operators send; `bank_reference` must be new."""
    text = io.StringIO()
    writer = csv.DictWriter(text, TEMPLATE_HEADER, restval="", lineterminator="\n")
    writer.writeheader()
    for n, transfer in enumerate(transfers, start=1):
        writer.writerow(
            {
                "booked_on": booked_on.isoformat(),
                "amount": transfer.amount_minor,
                "payer_name": transfer.payer_name,
                "memo": "test",
                "bank_reference": f"{bank_reference}-{n}",
            }
        )
    return text.getvalue().encode()
