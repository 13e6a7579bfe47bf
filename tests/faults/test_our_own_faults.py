"""Whatever happens to our own workers: is each retirement sent once, and in both books?"""

import asyncio

import pytest
from retirement_world import World

from app.retirements import flow
from integrations.registries.fake.messages import FaultName
from tests.faults.wrapped import Wrapped, run_through_power_cuts


@pytest.mark.parametrize(
    ("dies", "attempts"),
    [("before sending", ["absent", "recorded"]), ("after sending", ["recorded"]), ("after looking", ["recorded"])],
)
async def test_our_own_death_at_any_step_leaves_one_record(world: World, dies, attempts) -> None:
    made = await world.requested(await world.holding(3), 3)
    if dies == "after looking":
        world.fault(FaultName.ACTS_THEN_DROPS)
    world.registries = world.with_simulated(Wrapped(world.simulated, dies=dies))
    await run_through_power_cuts(world)
    assert await world.attempts(made) == attempts
    assert (len(await world.book(made)), await world.posts(made)) == (1, 1)
    assert await world.status(made) == "recorded"


async def test_five_workers_at_once_send_once(world: World) -> None:
    made = await world.requested(await world.holding(3), 3)
    asked = {"terms": world.terms, "now": world.now, "request_id": "req_race"}
    await asyncio.gather(*(flow.submit(world.db, world.registries, world.buyer, made, **asked) for _ in range(5)))
    await world.run_to_the_end()
    assert await world.status(made) == "recorded"
    assert (len(await world.book(made)), await world.posts(made)) == (1, 1)
    assert await world.jobs("certificates.issue", made) == 1


async def test_five_look_ups_at_once_count_as_one(world: World) -> None:
    made = await world.requested(await world.holding(3), 3)
    world.fault(FaultName.BAD_GATEWAY_HTML)
    await world.run_due()
    world.now += world.terms.absent_after
    asked = {"terms": world.terms, "now": world.now, "request_id": "req_race"}
    await asyncio.gather(*(flow.look_up(world.db, world.registries, world.buyer, made, **asked) for _ in range(5)))
    counted = await world.owner.fetchrow(
        "select lookups, empty_lookups from retirement_attempt where retirement_id = $1", made
    )
    assert counted["lookups"] <= 5
    assert await world.status(made) == "unknown", "Empty look-ups of one moment prove nothing."
    await world.run_to_the_end()
    assert (len(await world.book(made)), await world.posts(made)) == (1, 2)


@pytest.mark.parametrize("fault", [None, FaultName.ACTS_THEN_DROPS])
async def test_a_retirement_whose_job_was_lost_is_woken(world: World, fault) -> None:
    made = await world.requested(await world.holding(3), 3)
    if fault is not None:
        world.fault(fault)
        await world.run_due()
    assert await flow.wake_stuck(world.db, now=world.now, request_id="req_sweep") == 0, "It has a job."
    await world.owner.execute("update job set done_at = $1", world.now)
    assert await flow.wake_stuck(world.db, now=world.now, request_id="req_sweep") == 1
    assert await flow.wake_stuck(world.db, now=world.now, request_id="req_sweep") == 0
    await world.run_to_the_end()
    assert await world.status(made) == "recorded"
    assert (len(await world.book(made)), await world.posts(made)) == (1, 1)
