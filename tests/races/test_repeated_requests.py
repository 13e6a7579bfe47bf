"""The same request many times at once happens once, and everybody hears the same bytes."""

import pytest

from benchmarks.scenarios import repeats
from benchmarks.scenarios.stage import Stage

pytestmark = pytest.mark.xdist_group("races")


async def test_two_hundred_equal_orders_at_once_are_one_order_with_one_answer(stage: Stage):
    assert await repeats.orders(stage, runs=10, seed=20261124) == []


async def test_two_hundred_equal_retirements_at_once_are_one_retirement_with_one_answer(stage: Stage):
    assert await repeats.retirements(stage, runs=5, seed=20261124) == []
