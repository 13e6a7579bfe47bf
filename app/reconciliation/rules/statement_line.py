"""What does one row of a registry's statement say, and what can be wrong with it?"""

from datetime import date
from enum import StrEnum
from typing import Literal, NamedTuple

from app.inventory.rules import CellCode


class LineState(StrEnum):
    """What has become of the serials, by the registry's own word."""

    ACTIVE = "active"
    RETIRED = "retired"
    CANCELED = "canceled"
    """Ended without a claim: converted, exported, taken back."""


class Covers(StrEnum):
    """Which of a registry's lines a statement holds."""

    ACTIVE = "active"
    ENDED = "ended"
    """Retired and canceled ones alone."""
    ALL = "all"


class Reach(StrEnum):
    """Whose lines a statement holds."""

    ACCOUNT = "account"
    """Everything that is in one account: what is not there is not in it."""
    REGISTRY = "registry"
    """A public list of everybody's: only rows that name our serials say something."""


class Line(NamedTuple):
    """One row: serials (half-open positions in their series) and what the registry says of them.

    Texts are the registry's, tidied to one line and cut; "" where it says nothing.
    """

    series_key: str
    lo: int
    hi: int
    state: LineState
    changed_on: date | None
    """The day that it was retired or canceled, in the registry's own zone."""
    beneficiary_name: str
    purpose: str
    note: str
    transaction_no: str
    project: str


RowCode = CellCode | Literal["state_missing", "undecodable"]


class RowError(NamedTuple):
    """One thing wrong with a row; `column` is the file's own header, "" for the whole row."""

    column: str
    code: RowCode
    detail: str


class NotALine(NamedTuple):
    """A row that is right and tells of no serials now: the parent of a block that was split."""

    why: str


RowReading = Line | NotALine | list[RowError]
