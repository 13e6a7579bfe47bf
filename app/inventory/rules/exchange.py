"""Which serials change places when a registry retired others of a lot than were set aside? Pure arithmetic.

Some registries take a quantity and pick the serials themselves, and what they picked has then been retired. Whoever
held those serials gets as many others of the same lot for them: a buyer owns tonnes of an issuance, not numbers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from app.inventory.rules.serials import Serials, joined


class ExchangeRefusal(StrEnum):
    """Why serials cannot change places; nothing is changed then."""

    NOTHING_RETIRING = "nothing_retiring"
    """Nothing is set aside for this retirement any more."""
    UNREADABLE = "unreadable_serials"
    GIVEN_TWICE = "serials_given_twice"
    OUTSIDE_LOT = "outside_of_the_lot"
    OTHER_QUANTITY = "other_quantity"
    TAKEN = "taken_by_another_retirement"
    """Some are being retired, or were, for another retirement."""
    RETURNED = "returned"
    """Some were sold and came back: they are for sale again, or reserved, beside the unsold part."""
    WITHDRAWN = "withdrawn"
    """Some were withdrawn by the provider: they are on no market here."""
    FREE_PART = "free_part_in_one_piece"
    """Some are unsold, and the unsold part would no longer be in one piece, which every sale is carved from."""


class Place(NamedTuple):
    """A range that was sold: `ours` is set aside for this retirement, `held` is kept for whoever bought it.

    What came back and is on the market again is `returned`; what came back and was withdrawn is in no place.
    """

    lo: int
    hi: int
    ours: bool
    held: bool
    returned: bool


class Trade(NamedTuple):
    """As many serials on either side: `given_up` are returned by the retirement for `taken`."""

    given_up: Serials
    taken: Serials


@dataclass(frozen=True, slots=True)
class Exchange:
    """First the unsold part moves down by `down` serials: those below it move to its top, whoever has them.

    Then the trades, whose serials are told as they lie after that.
    """

    down: int
    trades: tuple[Trade, ...]


def exchange(
    lot: Serials, free: tuple[int, int], places: Sequence[Place], given: Iterable[Serials]
) -> Exchange | ExchangeRefusal:
    """Tell how the retirement gets exactly the `given` serials; `free` is the unsold part, half-open, maybe empty.

    `places` hold all that is ours and whatever overlaps `given` or the serials right below the unsold part.
    """
    try:
        wanted = joined(given)
    except ValueError:
        return ExchangeRefusal.GIVEN_TWICE
    if any(each.lo < lot.lo or each.hi > lot.hi for each in wanted):
        return ExchangeRefusal.OUTSIDE_LOT
    ours = [Serials(place.lo, place.hi) for place in places if place.ours]
    if not ours:
        return ExchangeRefusal.NOTHING_RETIRING
    if _size(wanted) != _size(ours):
        return ExchangeRefusal.OTHER_QUANTITY
    down = below_the_top(free, wanted)
    if down is None or not _movable(within(places, free[0] - down, free[0]), down):
        return ExchangeRefusal.FREE_PART
    return _traded(moved(places, free, down), wanted, down)


def below_the_top(free: tuple[int, int], wanted: Sequence[Serials]) -> int | None:
    """How many of the wanted serials are unsold; None when these are not the unsold part's highest ones."""
    unsold = [Serials(max(each.lo, free[0]), min(each.hi, free[1])) for each in wanted]
    unsold = [each for each in unsold if each.lo < each.hi]
    size = _size(unsold)
    return size if not unsold or unsold == [Serials(free[1] - size, free[1])] else None


def moved(places: Iterable[Place], free: tuple[int, int], down: int) -> list[Place]:
    """The places after the unsold part has moved down: the `down` serials below it lie at its old top."""
    up = free[1] - free[0]
    stay = [place for place in cut_at(places, free[0] - down) if not free[0] - down <= place.lo < free[0]]
    return stay + [
        place._replace(lo=place.lo + up, hi=place.hi + up) for place in within(places, free[0] - down, free[0])
    ]


def cut_at(places: Iterable[Place], position: int) -> list[Place]:
    """The same places, with none across this position."""
    found = []
    for place in places:
        parts = [(place.lo, min(place.hi, position)), (max(place.lo, position), place.hi)]
        found += [place._replace(lo=lo, hi=hi) for lo, hi in parts if lo < hi]
    return found


def within(places: Iterable[Place], lo: int, hi: int) -> list[Place]:
    """The parts of places that lie from `lo` up to `hi`."""
    parts = [place._replace(lo=max(place.lo, lo), hi=min(place.hi, hi)) for place in places]
    return [part for part in parts if part.lo < part.hi]


def without(ranges: Iterable[Serials], others: Iterable[Serials]) -> list[Serials]:
    """What is left of ranges of one series when `others`, which do not overlap each other, are taken away; in order."""
    left = sorted(ranges)
    for other in others:
        parts = [
            Serials(lo, hi)
            for each in left
            for lo, hi in ((each.lo, min(each.hi, other.lo)), (max(each.lo, other.hi), each.hi))
            if lo < hi
        ]
        left = parts
    return left


def _movable(below: Sequence[Place], down: int) -> bool:
    return sum(place.hi - place.lo for place in below) == down and all(place.ours or place.held for place in below)


def _traded(places: Sequence[Place], wanted: Sequence[Serials], down: int) -> Exchange | ExchangeRefusal:
    there = [part for each in wanted for part in within(places, each.lo, each.hi)]
    if sum(part.hi - part.lo for part in there) < _size(wanted):
        return ExchangeRefusal.WITHDRAWN
    if any(part.returned for part in there):
        return ExchangeRefusal.RETURNED
    if not all(part.ours or part.held for part in there):
        return ExchangeRefusal.TAKEN
    taken = sorted(Serials(part.lo, part.hi) for part in there if not part.ours)
    given_up = without((Serials(place.lo, place.hi) for place in places if place.ours), wanted)
    return Exchange(down, tuple(_paired(given_up, taken)))


def _paired(given_up: list[Serials], taken: list[Serials]) -> Iterable[Trade]:
    """Both sides cut into pieces of equal sizes, in order."""
    left, right = given_up[::-1], taken[::-1]
    while left:
        one, other = left.pop(), right.pop()
        size = min(one.quantity, other.quantity)
        yield Trade(Serials(one.lo, one.lo + size), Serials(other.lo, other.lo + size))
        left += [Serials(one.lo + size, one.hi)] if one.quantity > size else []
        right += [Serials(other.lo + size, other.hi)] if other.quantity > size else []
    assert not right, "Both sides are of one size."


def _size(ranges: Iterable[Serials]) -> int:
    return sum(each.quantity for each in ranges)
