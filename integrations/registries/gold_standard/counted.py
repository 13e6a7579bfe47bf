"""How far was a list read that moves while it is read, and was anything missed?

Newest entries come first: one that is added pushes those behind it on to the next page (they come twice), one that
leaves pulls them forward (one is missed). Ids fall from entry to entry, so that what comes twice is known; what was
missed shows in the counts. Pure.
"""

from collections.abc import Sequence

import msgspec

from integrations.registries.gold_standard.answers import Block, Totals, number_in


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Our cursor: the page to read, what was read before it, and what the registry said of the whole at the start."""

    page: int
    positions: int
    """Entries that were listed, those that came twice included."""
    seen: int
    credits: int
    lowest_id: int | None
    totals: Totals
    moved: bool
    """Something was noticed that leaves the reading incomplete."""


START = Place(1, 0, 0, 0, None, Totals(None, None), moved=False)


class Step(msgspec.Struct, frozen=True):
    """One page, counted. `next`: None at the end. `complete`: nothing was missed as far as can be told."""

    fresh: tuple[Block, ...]
    next: Place | None
    complete: bool


def counted(place: Place, entries: Sequence[Block], totals: Totals) -> Step:
    """One more page. Once something was missed, every later page is incomplete too."""
    fresh: list[Block] = []
    lowest, moved = place.lowest_id, place.moved
    for entry in entries:
        number = number_in(entry.id)
        if number is None or (lowest is not None and number >= lowest):
            moved = True  # It came twice, or the order is not what we count on.
            continue
        fresh.append(entry)
        lowest = number
    moved = moved or None in (totals.entries, totals.credits) or (place.page > 1 and totals != place.totals)
    reached = Place(
        place.page + 1,
        place.positions + len(entries),
        place.seen + len(fresh),
        place.credits + sum(one.number_of_credits for one in fresh),
        lowest,
        totals,
        moved,
    )
    if entries and reached.positions < (totals.entries or 0):
        return Step(tuple(fresh), reached, complete=not moved)
    all_there = (reached.seen, reached.credits) == (totals.entries, totals.credits)
    return Step(tuple(fresh), None, complete=all_there and not moved)
