"""What does one cell of our own template say, and what is wrong with it?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from app.core.text import has_control_characters, is_blank_mark, tidy_line, typed_date
from app.inventory.rules.holding_facts import ENERGY_COLUMNS, CellCode, CellError, Column

_LIMITS: Final[Mapping[Column, int]] = {
    "registry": 40,
    "project_list": 40,
    "project_number": 40,
    "certification_no": 100,
    "serial_prefix": 100,
    "serial_first": 80,
    "serial_last": 80,
    "quantity": 40,
    "unit": 10,
    "vintage_from": 20,
    "vintage_to": 20,
    "note": 500,
    "technology": 40,
    "country": 10,
    "device": 200,
    "commissioned_on": 20,
    "category": 60,
    "tracking": 200,
}
_MAY_BE_EMPTY: Final[frozenset[Column]] = frozenset(
    {"project_list", "certification_no", "serial_prefix", "note", *ENERGY_COLUMNS}
)
_YEARS: Final = range(1990, 2101)


@dataclass(slots=True)
class Cells:
    """One row's cells by column; what is wrong with them is gathered, so that all of it is told at once."""

    raw: Mapping[Column, str]
    errors: list[CellError] = field(default_factory=list)

    def refuse(self, column: Column, code: CellCode, detail: str) -> None:
        """Something is wrong with this cell."""
        self.errors.append(CellError(column, code, detail))

    def text(self, column: Column) -> str | None:
        """The cell on one line, "" for a dash; None when it was refused or is empty and must not be."""
        raw = self.raw.get(column, "")
        if has_control_characters(raw):
            self.refuse(column, "control_character", f"The cell holds characters that cannot be seen: {raw[:100]!a}")
            return None
        text = "" if is_blank_mark(raw) else tidy_line(raw)
        if len(text) > _LIMITS[column]:
            self.refuse(column, "too_long", f"{len(text)} characters; at most {_LIMITS[column]} are kept.")
            return None
        if not text and column not in _MAY_BE_EMPTY:
            self.refuse(column, "empty_cell", "This cell must not be empty.")
            return None
        return text

    def day(self, column: Column, years: range = _YEARS) -> date | None:
        """The day in the cell; None when it was refused or is empty."""
        text = self.text(column)
        if not text:
            return None
        day = typed_date(text)
        if day is None:
            self.refuse(column, "not_a_date", f"{text!r} is not a day written as 2024-04-01 or 2024/4/1.")
            return None
        if day.year not in years:
            detail = f"{day} is outside the years {years.start} to {years.stop - 1}."
            self.refuse(column, "date_out_of_range", detail)
            return None
        return day
