"""What does one data record of a notice or a statement say?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.payments.rules.zengin.days import day_of, is_a_day
from app.payments.rules.zengin.errors import ZenginError
from app.payments.rules.zengin.movements import BankPractice, MovementKind, OwnAccount, ZenginMovement

Cells = Mapping[str, str]
_KINDS: Final[Mapping[str, MovementKind]] = {
    "10": "cash",
    "11": "transfer",
    "12": "cheques",
    "13": "clearing",
    "14": "book_entry",
    "15": "renewal",
    "18": "other",
    "19": "correction",
    "": "unsaid",
    "00": "unsaid",
}
_VIRTUAL_DIGITS: Final = 10
_VALUED_LATER: Final = timedelta(days=31)
"""A movement may bear interest from a day after its booking; how much later no rule says, a month is ours."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known before a file is read: the bank's ways, and the last day that it can have booked."""

    practice: BankPractice
    latest: date


def notice_row(record: int, cells: Cells, account: OwnAccount, reading: Reading) -> ZenginMovement | list[ZenginError]:
    """The movement of a transfer notice; a cancelled one takes back what came in, so its amount is below zero."""
    amount_minor, large_minor = int(cells["amount"]), int(cells.get("large_amount", "0"))
    errors = []
    if amount_minor and large_minor:
        errors.append(ZenginError(record, "large_amount", "two_amounts", "Both fields of the amount are used."))
    if cells["cancelled"] not in {"", "0", "1"}:
        detail = f"取消区分 is 1 or blank, not {cells['cancelled']!r}."
        errors.append(ZenginError(record, "cancelled", "unknown_word", detail))
    cancelled = cells["cancelled"] == "1"
    kind: MovementKind = "cancellation" if cancelled else "transfer"
    total_minor = amount_minor + large_minor
    return _movement(record, cells, account, reading, (kind, -total_minor if cancelled else total_minor, errors))


def statement_row(
    record: int, cells: Cells, account: OwnAccount, reading: Reading
) -> ZenginMovement | list[ZenginError]:
    """The movement of a statement. 取引区分 19 (訂正) corrects another: its sign is its own 入払区分, as for all."""
    errors = []
    if cells["direction"] not in {"1", "2"}:
        detail = f"入払区分 is 1 (in) or 2 (out), not {cells['direction']!r}."
        errors.append(ZenginError(record, "direction", "unknown_word", detail))
    if cells["movement_kind"] not in _KINDS:
        detail = f"取引区分 {cells['movement_kind']!r} is not one of the association's."
        errors.append(ZenginError(record, "movement_kind", "unknown_word", detail))
    kind = _KINDS.get(cells["movement_kind"], "unsaid")
    amount_minor = int(cells["amount"])
    return _movement(
        record, cells, account, reading, (kind, amount_minor if cells["direction"] == "1" else -amount_minor, errors)
    )


def day_in(record: int, field: str, digits: str, reading: Reading, latest: date) -> date | ZenginError:
    """The day of a field of six digits, `latest` at the latest, or why it is none."""
    found = day_of(digits, years=reading.practice.years, latest=latest)
    if found is not None:
        return found
    if is_a_day(digits):
        detail = f"{digits} is no day in the ten years up to {latest}, with {reading.practice.years} years."
        return ZenginError(record, field, "date_out_of_range", detail)
    return ZenginError(record, field, "bad_date", f"{digits} has no such month or day.")


def _movement(
    record: int,
    cells: Cells,
    account: OwnAccount,
    reading: Reading,
    told: tuple[MovementKind, int, list[ZenginError]],
) -> ZenginMovement | list[ZenginError]:
    kind, amount_minor, errors = told
    booked_on = day_in(record, "booked_on", cells["booked_on"], reading, reading.latest)
    value_on = booked_on
    if cells["value_on"] != cells["booked_on"] and cells["value_on"].strip("0"):
        value_on = day_in(record, "value_on", cells["value_on"], reading, reading.latest + _VALUED_LATER)
    if errors or amount_minor == 0 or isinstance(booked_on, ZenginError) or isinstance(value_on, ZenginError):
        errors += dict.fromkeys(day for day in (booked_on, value_on) if isinstance(day, ZenginError))
        if amount_minor == 0:
            errors.append(ZenginError(record, "amount", "zero_amount", "A movement is not of nothing."))
        return errors
    payer_name, virtual_account = _named(cells, reading.practice)
    return ZenginMovement(
        record=record,
        account=account,
        booked_on=booked_on,
        value_on=value_on,
        amount_minor=amount_minor,
        kind=kind,
        inquiry_number=cells["inquiry_number"] if cells["inquiry_number"].strip("0") else "",
        payer_code=cells["payer_code"] if cells["payer_code"].strip("0 ") else "",
        payer_name=payer_name,
        sender_bank=cells["sender_bank"],
        sender_branch=cells["sender_branch"],
        summary=cells.get("summary", ""),
        edi=cells["edi"],
        virtual_account=virtual_account,
    )


def _named(cells: Cells, practice: BankPractice) -> tuple[str, str]:
    """The payer's name, and the virtual account that was paid into."""
    name = cells["payer_name"]
    match practice.virtual_account:
        case "none":
            return name, ""
        case "payer_code":
            return name, _virtual(cells["payer_code"])
        case "edi":
            return name, _virtual(cells["edi"][:_VIRTUAL_DIGITS])
        case "name_end":
            found = _virtual(name[-_VIRTUAL_DIGITS:])
            return (name[:-_VIRTUAL_DIGITS].rstrip(" "), found) if found else (name, "")


def _virtual(text: str) -> str:
    is_number = len(text) == _VIRTUAL_DIGITS and text.isascii() and text.isdigit() and bool(text.strip("0"))
    return text if is_number else ""
