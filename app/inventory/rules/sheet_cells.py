"""What would a cell of a spreadsheet say, had it been saved as text?"""

from datetime import date, datetime, time, timedelta
from typing import Final

SheetValue = int | float | str | bool | time | date | datetime | timedelta
EXACT_MAX: Final = 10**15
"""Spreadsheets keep fifteen digits of a number. A longer serial in a number cell has lost digits: it is not read as one."""


def cell_text(value: SheetValue) -> str:
    """The text of a cell: whole numbers without a decimal point, days as 2024-04-01. No number is rounded."""
    match value:
        case bool():
            return str(value).upper()
        case int():
            return str(value) if abs(value) < EXACT_MAX else f"{value}.0"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < EXACT_MAX else repr(value)
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(sep="T", timespec="seconds")
        case date():
            return value.isoformat()
    return str(value)
