"""What is a difference that was found called, what most likely lies behind it, and does a line settle a retirement?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.reconciliation.rules.discrepancies import Cause, DiscrepancyKind
from app.reconciliation.rules.statement_line import LineState
from app.retirements.rules import same_name

LATE_FOR: Final = timedelta(days=7)
"""A list may be made some days before it is given out: so long after a retirement a list may not show it yet."""
_KNOWN_CAUSES: Final = {
    DiscrepancyKind.MISSING_THERE: Cause.TRANSFERRED,
    DiscrepancyKind.MOVED: Cause.TRANSFERRED,
    DiscrepancyKind.MISSING_HERE: Cause.NOT_IMPORTED,
    DiscrepancyKind.UNRECORDED_RETIREMENT: Cause.RETIRED_FOR_US,
    DiscrepancyKind.BENEFICIARY_DIFFERS: Cause.TYPED_WRONG,
    DiscrepancyKind.DATE_DIFFERS: Cause.TYPED_WRONG,
    DiscrepancyKind.OVERLAP_THERE: Cause.REGISTRY_LISTS_TWICE,
    DiscrepancyKind.QUANTITY_CONTRADICTS: Cause.FILE_DAMAGED,
    DiscrepancyKind.SPLIT_THERE: Cause.REGISTRY_CUT,
    DiscrepancyKind.MERGED_THERE: Cause.REGISTRY_CUT,
    DiscrepancyKind.LISTED_TWICE: Cause.TWIN_PROJECT,
}


def likely_cause(
    kind: DiscrepancyKind,
    *,
    reference: str,
    purpose: str,
    place: str | None,
    recorded_on: date | None,
    as_of: date | None,
) -> Cause:
    """What most likely lies behind a difference; `reference`, `purpose` are the registry's, `as_of` its list's day."""
    known = _KNOWN_CAUSES.get(kind)
    if known is not None:
        return known
    if kind == DiscrepancyKind.RETIRED_THERE:
        return Cause.RETIRED_FOR_US if reference else Cause.RETIRED_BY_HOLDER
    if kind == DiscrepancyKind.CANCELED_THERE:
        # ACR: "Convert to ARB offset credits" is a cancellation there, and the same tonnes live on in another register.
        return Cause.REVERSED if place == "retired" and "convert" not in purpose.lower() else Cause.CONVERTED
    assert kind == DiscrepancyKind.ACTIVE_THERE, kind
    late = recorded_on is not None and as_of is not None and as_of - recorded_on <= LATE_FOR
    return Cause.LATE_RECORD if late else Cause.REVERSED


@dataclass(frozen=True, slots=True)
class Sought:
    """A retirement whose record is looked for: half-open ranges with their series, and what was asked for."""

    ranges: tuple[tuple[str, int, int], ...]
    reference: str
    beneficiary_name: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of the registry over some of its serials."""

    series_key: str
    lo: int
    hi: int
    state: LineState
    changed_on: date | None
    beneficiary_name: str
    transaction_no: str
    reference: str


@dataclass(frozen=True, slots=True)
class Settled:
    """The registry's own record of a retirement: its day, in the registry's zone, and its number, "" where it has none."""

    recorded_on: date
    transaction_no: str


def settled_by(sought: Sought, lines: Sequence[Shown]) -> Settled | str:
    """The record of a retirement as these lines show it, or why they do not: then a person must look.

    Every serial must be retired, on one day, and each line must be ours by its reference or, where it bears none of
    ours, by the beneficiary's name.
    """
    retired = [line for line in lines if line.state == LineState.RETIRED]
    if len(retired) < len(lines):
        return "some of these serials are not retired there"
    for series_key, lo, hi in sought.ranges:
        mine = sorted((line.lo, line.hi) for line in retired if line.series_key == series_key)
        if not _covered(lo, hi, mine):
            return "not all of these serials are in the statement"
    days = {line.changed_on for line in retired}
    if len(days) != 1 or None in days:
        return "the statement tells no one day for these serials"
    foreign = next((why for line in retired if (why := _not_ours(sought, line))), None)
    if foreign is not None:
        return foreign
    numbers = dict.fromkeys(line.transaction_no for line in retired if line.transaction_no)
    day = next(iter(days))
    assert day is not None
    return Settled(day, ", ".join(numbers))


def shown_as_recorded(sought: Sought, lines: Sequence[Shown], *, recorded_on: date, since: date | None) -> bool:
    """Whether these lines show a recorded retirement in the words in which it is recorded: serials, day, and whose.

    A statement that begins with the day `since` vouches for nothing that ended before it.
    """
    if since is not None and recorded_on < since:
        return False
    found = settled_by(sought, lines)
    return isinstance(found, Settled) and found.recorded_on == recorded_on


def _not_ours(sought: Sought, line: Shown) -> str | None:
    if line.reference and line.reference != sought.reference:
        return f"the registry holds them under another reference, {line.reference}"
    if line.beneficiary_name and not same_name(line.beneficiary_name, sought.beneficiary_name):
        return f"the registry names another beneficiary, {line.beneficiary_name}"
    if not line.reference and not line.beneficiary_name:
        return "the statement names neither our reference nor a beneficiary"
    return None


def _covered(lo: int, hi: int, ranges: Sequence[tuple[int, int]]) -> bool:
    for begins, ends in ranges:
        if begins > lo:
            return False
        lo = max(lo, ends)
        if lo >= hi:
            return True
    return False
