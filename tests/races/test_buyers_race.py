"""Two buyers cannot own one tonne, however many ask at the same moment."""

import pytest

from benchmarks.scenarios import races
from benchmarks.scenarios.stage import Stage

pytestmark = pytest.mark.xdist_group("races")


async def test_forty_buyers_of_thirty_tonnes_leave_thirty_owners_and_no_overlap(stage: Stage):
    assert await races.one_listing(stage, runs=1, seed=20261124) == []


async def test_forty_buyers_of_overlapping_lots_in_any_order_never_deadlock(stage: Stage):
    assert await races.overlapping_lots(stage, runs=1, seed=20261124) == []
