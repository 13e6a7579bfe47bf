"""What does one row of a bank statement say, and what is wrong with its cells?"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, NamedTuple

from app.core.text import has_control_characters, tidy_line, typed_date

Column = Literal["booked_on", "amount", "payer_name", "memo", "bank_reference"]
CellCode = Literal[
    # The file.
    "unreadable_text",
    "empty_file",
    "no_rows",
    "too_many_rows",
    "missing_column",
    "unknown_column",
    "repeated_column",
    "broken_row",
    # The row.
    "row_too_narrow",
    "row_too_wide",
    "reference_contradicts",
    # The cell.
    "empty_cell",
    "not_a_date",
    "date_out_of_range",
    "not_an_amount",
    "zero_amount",
    "amount_out_of_range",
    "control_character",
    "too_long",
]
AMOUNT_MAX_MINOR: Final = 10**12
"""No transfer has this many yen; a larger number is a mistake in the file."""
TEXT_MAX: Final = 200
_TEXTS: Final[tuple[Column, ...]] = ("payer_name", "memo", "bank_reference")
_FIRST_DAY: Final = date(2000, 1, 1)
_AMOUNT: Final = re.compile(r"([-+]?) ?[¥\\]?([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)円?")
# Accountants in Japan write a minus as a triangle.
_MINUS: Final = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\u25b2\u25b3", "-"))


@dataclass(frozen=True, slots=True)
class RowError:
    """One thing wrong with one cell; `column` is the template's English name, or "" where it is the whole row."""

    row: int
    column: str
    code: CellCode
    detail: str


class BankMovement(NamedTuple):
    """One movement on the desk's account: yen, negative when money left it. Texts as the bank wrote them, on one line."""

    row: int
    booked_on: date
    amount_minor: int
    payer_name: str
    memo: str
    bank_reference: str
    virtual_account: str
    """The virtual account that it was paid into: ten digits, or ""."""


def read_movement(row: int, cells: Mapping[Column, str], *, latest: date) -> BankMovement | list[RowError]:
    """The movement in a row, or all that is wrong with it. `latest` is the last day a bank may have booked."""
    found = (_booked_on(row, cells["booked_on"], latest), _amount(row, cells["amount"]))
    errors = [error for error in found if isinstance(error, RowError)]
    errors += [error for column in _TEXTS for error in _text_errors(row, column, cells[column])]
    booked_on, amount_minor = found
    if errors or isinstance(booked_on, RowError) or isinstance(amount_minor, RowError):
        return errors
    payer_name, memo, bank_reference = (tidy_line(cells[column]) for column in _TEXTS)
    return BankMovement(row, booked_on, amount_minor, payer_name, memo, bank_reference, "")


def amount_in(text: str) -> int | None:
    """Whole yen in a cell: `12000`, `１２，０００`, `¥12,000`, `12,000円`, `-500`, `▲500`; None when it is not one."""
    tidied = tidy_line(unicodedata.normalize("NFKC", text)).translate(_MINUS)
    found = _AMOUNT.fullmatch(tidied)
    if found is None or len(tidied) > 40:
        return None
    minor = int(found[2].replace(",", ""))
    return -minor if found[1] == "-" else minor


def _booked_on(row: int, text: str, latest: date) -> date | RowError:
    if not tidy_line(text):
        return RowError(row, "booked_on", "empty_cell", "The day of booking is missing.")
    booked_on = typed_date(text)
    if booked_on is None:
        return RowError(row, "booked_on", "not_a_date", "Write the day as 2026-04-01 or 2026/4/1.")
    if not _FIRST_DAY <= booked_on <= latest:
        detail = f"A booked day lies between {_FIRST_DAY} and {latest}."
        return RowError(row, "booked_on", "date_out_of_range", detail)
    return booked_on


def _amount(row: int, text: str) -> int | RowError:
    if not tidy_line(text):
        return RowError(row, "amount", "empty_cell", "The amount is missing.")
    minor = amount_in(text)
    if minor is None:
        return RowError(row, "amount", "not_an_amount", "Write whole yen: 12000, 12,000 or -500.")
    if minor == 0:
        return RowError(row, "amount", "zero_amount", "A movement is not of nothing.")
    if abs(minor) > AMOUNT_MAX_MINOR:
        return RowError(row, "amount", "amount_out_of_range", f"No movement exceeds {AMOUNT_MAX_MINOR} yen.")
    return minor


def _text_errors(row: int, column: Column, text: str) -> Iterator[RowError]:
    if has_control_characters(text):
        yield RowError(row, column, "control_character", "The text holds a character that cannot be seen.")
    if len(text) > TEXT_MAX:
        yield RowError(row, column, "too_long", f"The text has more than {TEXT_MAX} characters.")
