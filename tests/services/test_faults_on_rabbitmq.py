"""The faults of tests/faults, a few of each, with the workers woken through RabbitMQ instead of their own memory."""

import pytest

from benchmarks.scenarios import ambiguous, deaths, imports, replies
from benchmarks.scenarios.stage import Stage

pytestmark = pytest.mark.services
SEED = 20261124


async def test_replies_that_were_dropped_are_one_record_and_one_certificate_each(rabbit_stage: Stage):
    assert await replies.dropped(rabbit_stage, runs=10, seed=SEED) == []


async def test_ambiguous_answers_of_each_kind_are_one_record_each(rabbit_stage: Stage):
    assert await ambiguous.answered(rabbit_stage, runs=2 * len(ambiguous.KINDS), seed=SEED) == []


async def test_retirements_whose_worker_was_killed_at_each_step_are_recorded_once(rabbit_stage: Stage):
    assert await deaths.at_each_step(rabbit_stage, runs=2 * deaths.STEPS, seed=SEED) == []


async def test_workers_that_die_with_all_wake_ups_lost_leave_nothing_undone(rabbit_stage: Stage):
    assert await deaths.under_load(rabbit_stage, runs=2, seed=SEED) == []


async def test_a_file_whose_worker_was_killed_four_times_is_there_once(rabbit_stage: Stage):
    assert await imports.killed(rabbit_stage, runs=imports.KILLS, seed=SEED) == []
