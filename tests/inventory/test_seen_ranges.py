"""Finding overlaps among very many ranges, in any order."""

import random

from app.inventory.rules.seen_ranges import SeenRanges
from app.inventory.rules.serials import Serials


def test_a_hundred_thousand_ranges_in_any_order_are_kept_apart():
    starts = list(range(0, 1_000_000, 10))
    random.Random(7).shuffle(starts)
    seen = SeenRanges()
    assert not any(seen.add("s", Serials(lo, lo + 9), row) for row, lo in enumerate(starts))
    for row, lo in enumerate(starts):
        assert seen.add("s", Serials(lo + 8, lo + 9), -1).row_number == row
        assert seen.add("s", Serials(lo - 1, lo + 1), -1).row_number == row  # Only the next one: a gap lies before it.
        assert seen.add("other", Serials(lo, lo + 9), row) is None


def test_the_gaps_between_many_ranges_can_still_be_filled():
    seen = SeenRanges()
    starts = list(range(0, 100_000, 10))
    random.Random(8).shuffle(starts)
    assert not any(seen.add("s", Serials(lo, lo + 9), row) for row, lo in enumerate(starts))
    assert not any(seen.add("s", Serials(lo + 9, lo + 10), row) for row, lo in enumerate(starts))
    assert all(seen.add("s", Serials(lo, lo + 1), 0) for lo in range(100_000))
