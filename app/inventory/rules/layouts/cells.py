"""What do the cells of one row of a registry's file say, each on its own?"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final

from app.core.quantity import QUANTITY_MAX
from app.core.text import has_control_characters, is_blank_mark, narrow, tidy_line, typed_date
from app.inventory.rules.holding_facts import CellCode, CellError
from app.inventory.rules.layouts.layout import Field, Layout

SERIAL_MAX: Final = 200
PROSE_MAX: Final = 300
_YEARS: Final = range(1990, 2101)
_WHOLE_NUMBER: Final = re.compile(r"[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+")
_NUMBER_OF_A_TABLE: Final = re.compile(r"([0-9]+)\.0")
_PROJECT_NUMBER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_MONTH_FIRST: Final = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})(?: [0-9]{1,2}:[0-9]{2}:[0-9]{2} [AP]M)?")
_YEAR_FIRST: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ][0-9:.]+Z?)?")


@dataclass(slots=True)
class ListedCells:
    """One row's cells by our fields; what is wrong is gathered under the file's own header."""

    layout: Layout
    raw: Mapping[Field, str]
    errors: list[CellError] = field(default_factory=list)

    def refuse(self, name: Field, code: CellCode, detail: str) -> None:
        """Note what is wrong with a cell."""
        self.errors.append(CellError(self.layout.columns[name], code, detail))

    def text(self, name: Field, *, chars_max: int = SERIAL_MAX) -> str | None:
        """A cell that must be there, on one line; None when it was refused."""
        raw = self.raw.get(name, "")
        if raw.isascii() and raw.isprintable() and raw[:1].isalnum() and " " not in raw and len(raw) <= chars_max:
            return raw  # Nearly every cell: nothing below would change or refuse it.
        if has_control_characters(raw):
            self.refuse(name, "control_character", f"The cell holds characters that cannot be seen: {raw[:100]!a}")
            return None
        text = "" if is_blank_mark(raw) else tidy_line(raw)
        if not text:
            self.refuse(name, "empty_cell", "This cell must not be empty.")
            return None
        if len(text) > chars_max:
            self.refuse(name, "too_long", f"{len(text)} characters; at most {chars_max} are kept.")
            return None
        return text

    def prose(self, name: Field) -> str:
        """Words for people, cut where they are too long: what cannot be seen in them is left out."""
        raw = self.raw.get(name, "")
        if raw.isascii() and raw.isprintable():
            return raw.strip()[:PROSE_MAX]
        seen = (char for char in raw if char in "\t\r\n" or unicodedata.category(char) not in {"Cc", "Cf", "Cs"})
        return tidy_line("".join(seen))[:PROSE_MAX]

    def is_filled(self, name: Field) -> bool:
        """Whether the file has the column, and the row something in it."""
        return name in self.layout.columns and not is_blank_mark(self.raw.get(name, ""))

    def project_number(self) -> str | None:
        """The registry's name for the project; "10789.0" is what tables make of 10789."""
        text = self.text("project_number")
        if text is None:
            return None
        number = _NUMBER_OF_A_TABLE.sub(r"\1", narrow(text))
        if not (_PROJECT_NUMBER.fullmatch(number) and number.startswith(self.layout.project_form)):
            self.refuse("project_number", "malformed_project_number", f"{text!r} cannot be a project number.")
            return None
        return number

    def quantity(self) -> int | None:
        """A whole number of units; thousands may be parted by commas."""
        text = self.text("quantity")
        if text is None:
            return None
        plain = narrow(text)
        if not _WHOLE_NUMBER.fullmatch(plain):
            self.refuse("quantity", "not_a_whole_number", f"{text!r} is not a whole number.")
            return None
        quantity = int(plain.replace(",", ""))
        if not 0 < quantity <= QUANTITY_MAX:
            self.refuse("quantity", "quantity_out_of_range", f"A block holds 1 to {QUANTITY_MAX} units.")
            return None
        return quantity

    def year(self) -> int | None:
        """A vintage's year."""
        text = self.text("vintage")
        if text is None:
            return None
        plain = _NUMBER_OF_A_TABLE.sub(r"\1", narrow(text))
        if not (len(plain) == 4 and plain.isascii() and plain.isdigit() and int(plain) in _YEARS):
            detail = f"{text!r} is not a year from {_YEARS.start} to {_YEARS.stop - 1}."
            self.refuse("vintage", "not_a_date", detail)
            return None
        return int(plain)

    def day(self, name: Field) -> date | None:
        """A day in the order of the layout; what begins with its year can be meant in one way only."""
        text = self.text(name)
        if text is None:
            return None
        day = _day_of(text, month_first=self.layout.month_first)
        if day is None:
            like = "4/13/2026 or 2026-04-13" if self.layout.month_first else "2026-04-13"
            self.refuse(name, "not_a_date", f"{text!r} is not a day written as {like}.")
            return None
        if day.year not in _YEARS:
            detail = f"{day} is outside the years {_YEARS.start} to {_YEARS.stop - 1}."
            self.refuse(name, "date_out_of_range", detail)
            return None
        return day


@lru_cache(maxsize=4096)  # A file has few days, each of them many times.
def _day_of(text: str, *, month_first: bool) -> date | None:
    plain = narrow(text)
    day = _month_first(plain) if month_first else None
    if day is None:
        iso = _YEAR_FIRST.fullmatch(plain)
        day = typed_date(iso[1] if iso else plain)
    return day


def _month_first(text: str) -> date | None:
    match = _MONTH_FIRST.fullmatch(text)
    if match is None:
        return None
    try:
        return date(int(match[3]), int(match[1]), int(match[2]))
    except ValueError:
        return None
