"""What do look-ups prove, when is the next one due, and when must a person decide?"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

FIRST_LOOK_UP_AFTER: Final = timedelta(seconds=5)
LONGEST_WAIT: Final = timedelta(minutes=15)
LOOK_UPS_MAX: Final = 40
"""With the waits below some nine hours: then a person decides."""
EMPTY_LOOK_UPS_NEEDED: Final = 2
SENDINGS_MAX: Final = 200
"""Attempts that never left this machine or were proven absent, some two days of them, before a person looks at it."""


class Verdict(StrEnum):
    ABSENT = "absent"
    """Proven: a new attempt may follow."""
    AGAIN = "again"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Search:
    """How far the looking for one attempt has got, this look-up included."""

    committed_at: datetime
    lookups: int
    empty_lookups: int
    """Complete look-ups by everything the registry can be asked by, that found nothing, since it had settled."""
    first_empty_at: datetime | None
    ends_empty: bool
    """Whether the latest look-up is one of the empty ones."""


def counted(search: Search, *, empty: bool, settles_within_s: int, now: datetime) -> Search:
    """The search with one more look-up. It counts as empty only when complete, and after the registry had settled.

    Before `settles_within_s` (seconds since the sending) has passed, a registry may know and not show it.
    """
    lookups = search.lookups + 1
    if not empty or now - search.committed_at < timedelta(seconds=settles_within_s):
        return replace(search, lookups=lookups, ends_empty=False)
    first_empty_at = search.first_empty_at or now
    return Search(search.committed_at, lookups, search.empty_lookups + 1, first_empty_at, ends_empty=True)


def verdict(search: Search, *, absent_after: timedelta, settles_within_s: int, now: datetime) -> Verdict:
    """What the look-ups so far prove: absent takes two empty ones at least `absent_after` apart, the last being now.

    A person decides after `LOOK_UPS_MAX`, but not before absence could have been proven at this registry.
    """
    empty_for = timedelta(0) if search.first_empty_at is None else now - search.first_empty_at
    if search.ends_empty and search.empty_lookups >= EMPTY_LOOK_UPS_NEEDED and empty_for >= absent_after:
        return Verdict.ABSENT
    provable_at = search.committed_at + timedelta(seconds=settles_within_s) + absent_after + 2 * LONGEST_WAIT
    hopeless = search.lookups >= LOOK_UPS_MAX and now > provable_at
    return Verdict.PERSON if hopeless else Verdict.AGAIN


def wait_before(times: int) -> timedelta:
    """How long to wait after the `times`-th try: 5 seconds, doubled each time, at most a quarter of an hour."""
    assert times >= 1, times
    doubled: timedelta = FIRST_LOOK_UP_AFTER * (1 << min(times - 1, 10))
    return min(doubled, LONGEST_WAIT)
