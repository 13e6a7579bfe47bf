"""In which ways can a registry's record and our book differ, what lies behind it, and what may be done?"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class DiscrepancyKind(StrEnum):
    RETIRED_THERE = "retired_there"
    """Ours to sell, or a buyer's to keep; the registry says that it is retired."""
    CANCELED_THERE = "canceled_there"
    ACTIVE_THERE = "active_there"
    """We hold it for retired, and perhaps certified it; the registry says that it is active."""
    MISSING_THERE = "missing_there"
    """In our book; the registry's list of the account, which should have it, does not."""
    MOVED = "moved"
    """Missing there, and found in another account that this desk has a statement of."""
    MISSING_HERE = "missing_here"
    """In the account; not in our book."""
    UNRECORDED_RETIREMENT = "unrecorded_retirement"
    """Retired there with our reference in its note; not a retirement of ours over these serials."""
    BENEFICIARY_DIFFERS = "beneficiary_differs"
    DATE_DIFFERS = "date_differs"
    OVERLAP_THERE = "overlap_there"
    """Two lines of the registry have the same serials."""
    QUANTITY_CONTRADICTS = "quantity_contradicts"
    """A line's quantity is not the number of its serials."""
    SPLIT_THERE = "split_there"
    """One block of ours is several there."""
    MERGED_THERE = "merged_there"
    """Several lots of ours are one block there."""
    LISTED_TWICE = "listed_twice"
    """The same tonnes stand in two registries, and both are on this desk."""


class Cause(StrEnum):
    """What most likely lies behind a difference; pages have words for each."""

    RETIRED_BY_HOLDER = "retired_by_holder"
    RETIRED_FOR_US = "retired_for_us"
    TYPED_WRONG = "typed_wrong"
    CONVERTED = "converted"
    REVERSED = "reversed"
    TRANSFERRED = "transferred"
    NOT_IMPORTED = "not_imported"
    REGISTRY_CUT = "registry_cut"
    REGISTRY_LISTS_TWICE = "registry_lists_twice"
    FILE_DAMAGED = "file_damaged"
    LATE_RECORD = "late_record"
    TWIN_PROJECT = "twin_project"


class Action(StrEnum):
    """What a person may do about a difference. None of them touches a registry, none lets a serial be sold twice."""

    RECHECK = "recheck"
    """Wait for the next statement; the lot stays frozen meanwhile."""
    TAKE_REGISTRYS_WORD = "take_registrys_word"
    """Let the registry's words stand beside ours. Nothing of what was sold or certified changes."""
    WITHDRAW = "withdraw"
    """Take what is free of the lot off the desk."""


AT_RISK: Final = frozenset(
    {
        DiscrepancyKind.RETIRED_THERE,
        DiscrepancyKind.CANCELED_THERE,
        DiscrepancyKind.ACTIVE_THERE,
        DiscrepancyKind.MISSING_THERE,
        DiscrepancyKind.MOVED,
        DiscrepancyKind.UNRECORDED_RETIREMENT,
        DiscrepancyKind.LISTED_TWICE,
    }
)
"""Kinds that put tonnes at risk: what we sell or have sold may not be there."""


@dataclass(frozen=True, slots=True)
class Handling:
    """The two safe actions of a kind, and which of them takes a second person."""

    actions: tuple[Action, Action]
    four_eyes: frozenset[Action]


_STOCK: Final = Handling((Action.RECHECK, Action.WITHDRAW), frozenset({Action.WITHDRAW}))
_WORDS: Final = Handling((Action.RECHECK, Action.TAKE_REGISTRYS_WORD), frozenset({Action.TAKE_REGISTRYS_WORD}))
_FORM: Final = Handling((Action.RECHECK, Action.TAKE_REGISTRYS_WORD), frozenset())

HANDLING: Final[Mapping[DiscrepancyKind, Handling]] = {
    DiscrepancyKind.RETIRED_THERE: _STOCK,
    DiscrepancyKind.CANCELED_THERE: _STOCK,
    DiscrepancyKind.MISSING_THERE: _STOCK,
    DiscrepancyKind.MOVED: _STOCK,
    DiscrepancyKind.LISTED_TWICE: _STOCK,
    DiscrepancyKind.ACTIVE_THERE: _WORDS,
    DiscrepancyKind.UNRECORDED_RETIREMENT: _WORDS,
    DiscrepancyKind.BENEFICIARY_DIFFERS: _WORDS,
    DiscrepancyKind.DATE_DIFFERS: _WORDS,
    DiscrepancyKind.OVERLAP_THERE: _FORM,
    DiscrepancyKind.QUANTITY_CONTRADICTS: _FORM,
    DiscrepancyKind.SPLIT_THERE: _FORM,
    DiscrepancyKind.MERGED_THERE: _FORM,
    DiscrepancyKind.MISSING_HERE: _FORM,
}
