"""Whoever writes to Stripe may be killed before the answer is stored: it is there once, and the next one knows it."""

import pytest

from benchmarks.scenarios import writes
from benchmarks.scenarios.stage import Stage
from workers.jobs import KINDS

pytestmark = pytest.mark.xdist_group("money-lives")


def test_every_kind_of_write_is_one_that_is_killed() -> None:
    assert set(writes.PATHS) == set(KINDS)


async def test_twenty_writes_whose_worker_or_api_was_killed_are_at_stripe_once(money_stage: Stage) -> None:
    assert await writes.killed(money_stage, runs=20, seed=20261201) == []
