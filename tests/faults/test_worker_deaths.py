"""A worker that is killed in the middle of a retirement loses nothing, and nothing is sent twice."""

import pytest

from benchmarks.scenarios import deaths, imports
from benchmarks.scenarios.stage import Stage

pytestmark = pytest.mark.xdist_group("worker-deaths")


async def test_twenty_retirements_whose_worker_was_killed_at_each_step_are_recorded_once(stage: Stage):
    assert await deaths.at_each_step(stage, runs=20, seed=20261124) == []


async def test_a_broker_in_memory_that_was_wiped_five_times_under_load_loses_nothing(stage: Stage):
    assert await deaths.under_load(stage, runs=5, seed=20261124) == []


async def test_a_file_whose_worker_was_killed_four_times_is_there_once(stage: Stage):
    assert await imports.killed(stage, runs=4, seed=20261124) == []
