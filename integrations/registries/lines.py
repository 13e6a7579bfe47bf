"""What does a registry say that it holds or has retired? Its own lines, in one shape, page by page.

Nothing is judged here: a line is what the registry wrote. The words are the registry's, the day is in its own zone.
"""

from datetime import date
from enum import StrEnum
from typing import TypeAlias

import msgspec


class LineState(StrEnum):
    """What has become of the serials of a line, by the registry's own word."""

    ACTIVE = "active"
    RETIRED = "retired"
    CANCELED = "canceled"
    """Ended without a claim: converted, exported, taken back."""


class StatementLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line. `quantity` is in `unit`; texts that a registry does not give are "".

    The serials come as one text in the registry's own form (`serial`), or as a prefix with two numbers, both included.
    """

    state: LineState
    quantity: int
    unit: str
    serial: str = ""
    serial_prefix: str = ""
    serial_first: str = ""
    serial_last: str = ""
    issuance: str = ""
    project: str = ""
    vintage: str = ""
    changed_on: date | None = None
    """The day that it was retired or canceled, None while it is active."""
    transaction_no: str = ""
    beneficiary_name: str = ""
    purpose: str = ""
    note: str = ""
    """The public note: our reference stands in it when we asked for the retirement."""


class StatementPage(msgspec.Struct, frozen=True):
    """One page, and what to ask for the next by. `complete`: no line of this page was left out by the registry."""

    lines: tuple[StatementLine, ...]
    next_cursor: str | None
    complete: bool
    raw: bytes
    """The registry's own bytes, kept as evidence."""


class ReadingFailed(msgspec.Struct, frozen=True):
    """The page gave no answer that can be used; ask again after `retry_after_s` seconds."""

    why: str
    retry_after_s: int


Reading: TypeAlias = StatementPage | ReadingFailed
