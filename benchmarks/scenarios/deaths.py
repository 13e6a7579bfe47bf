"""kill -9 of a real worker in the middle of a retirement: is each one made good by the next worker, and sent once?

No failpoint is built into the program. A worker is brought to a step and kept there from outside: by a gate in the
line to the registry, by a slow registry, or by a row that the owner of the tables has locked.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final
from uuid import UUID

from app.core.ids import read_public_id
from benchmarks.scenarios.programs import Program
from benchmarks.scenarios.stage import RETIRE, Stage
from integrations.registries.fake.messages import Fault, FaultName
from tests.world import Party

Draft = dict[str, Any]
STEPS: Final = 5
ROUNDS_IN_VAIN: Final = 5
"""How often a worker may slip through before the scenario says that it could not do its work."""
STEP_S: Final = 5.0
_SLOW_MS: Final = 1_900
_WAITS: Final = (
    "select exists (select from pg_stat_activity where $1 = any (pg_blocking_pids(pid)) and query ilike $2"
    " and application_name = 'offsetdesk_worker')"
)
_LOCK_RETIREMENT: Final = "select id from retirement where id = $1::text::uuid for update"
_LOCK_JOB: Final = (
    "select id from job where name = 'retirements.submit' and ids ->> 'retirement_id' = $1 and done_at is null"
    " for update"
)
_LOCK_ATTEMPTS: Final = "lock table retirement_attempt in share row exclusive mode"
_STATE: Final = (
    "select r.status || ':' || coalesce(string_agg(a.status, ',' order by a.n), 'none')"
    " from retirement r left join retirement_attempt a on a.retirement_id = r.id where r.id = $1 group by r.status"
)


class SlippedThrough(Exception):
    """A worker did not stop at the step where it was waited for."""


async def at_each_step(stage: Stage, *, runs: int, seed: int) -> list[str]:
    """`runs` retirements lose their worker, five with each kill: one at each step of the submission.

    The steps: before the attempt is committed; after that, before the registry hears of it; while the registry is slow
    to answer; after its answer, before that is written down; after that, before the job is finished.
    """
    buyer, lots = (await stage.buyers(1))[0], random.Random(seed)
    drafts = await stage.drafts(buyer, await stage.holding(buyer, 2 * runs + STEPS * ROUNDS_IN_VAIN), 2 * runs)
    signed: list[Draft] = []
    left, in_vain, victim = runs, 0, await _ready(stage)
    while left > 0 and in_vain < ROUNDS_IN_VAIN and len(drafts) >= STEPS:
        chosen, drafts = drafts[:STEPS], drafts[STEPS:]
        lots.shuffle(chosen)
        signed += chosen
        relief = stage.worker()  # It starts while the victim still works, and takes over when that one is dead.
        try:
            await _one_death(stage, buyer, chosen, victim)
            left -= STEPS
        except SlippedThrough:
            victim.kill()
            in_vain += 1
        stage.gate.open()
        await relief.says("the worker works")
        victim = relief
    told = [f"{left} deaths could not be brought about"] if left > 0 else []
    told += await _made_good(stage, victim, jobs=2 * runs)
    posts = (await stage.book()).posts
    told += [
        f"{draft['reference']} was sent {posts.get(draft['reference'], 0)} times"
        for draft in signed
        if posts.get(draft["reference"], 0) > 1
    ]
    return told + await stage.breaches()


async def under_load(stage: Stage, *, runs: int, seed: int) -> list[str]:
    """The wake-ups are lost `runs` times under load, and with them the worker: in its memory, or in RabbitMQ's queue.

    All jobs are on their way: bank lines, allocations, retirements, certificates. When the worker dies is drawn.
    """
    lots, world = random.Random(seed), stage.world
    buyers = await stage.buyers(4)
    listing = await world.listing(await world.provider(), 20 * runs)
    victim = await _ready(stage)
    for _ in range(runs):
        orders = [await world.order(lots.choice(buyers), (listing, 1), retire=dict(RETIRE)) for _ in range(8)]
        relief = stage.worker()
        await world.pay(*((f"{o['payment']['reference']} カ)アオバ", o["total"]["amount"]) for o in orders))
        await asyncio.sleep(lots.uniform(0.1, 1.5))
        victim.kill()
        await stage.lose_wakeups()
        await relief.says("the worker works")
        victim = relief
    told = await _made_good(stage, victim, jobs=8 * 6 * runs)
    recorded = await stage.owner.fetchval(
        "select count(*) from retirement where status = 'recorded' and org_id = any ($1)", [b.org_id for b in buyers]
    )
    if recorded != 8 * runs:
        told.append(f"{recorded} of {8 * runs} retirements are recorded")
    return told + await stage.breaches()


async def _ready(stage: Stage) -> Program:
    worker = stage.worker()
    await worker.says("the worker works")
    return worker


async def _made_good(stage: Stage, worker: Program, *, jobs: int) -> list[str]:
    """Everything is done in time; two sweeps later nothing has come back."""
    told = await stage.quiet(within_s=60 + jobs)
    await asyncio.sleep(2 * stage.world.settings.sweep_interval_s)
    told += await stage.quiet(within_s=1)
    await asyncio.to_thread(worker.stop)
    return told


async def _one_death(stage: Stage, buyer: Party, drafts: list[Draft], victim: Program) -> None:
    """Bring five retirements to five steps of one worker, and kill it there. Raises SlippedThrough."""
    noting, finishing, calling, slow, writing = drafts
    await victim.says("this worker leads")
    async with AsyncExitStack() as locks:
        await _stop_after_answer(stage, buyer, noting, locks, _LOCK_RETIREMENT, "%for update%")
        await _stop_after_answer(stage, buyer, finishing, locks, _LOCK_JOB, "update job%")
        call = stage.gate.hold(calling["reference"], reply=False)
        await stage.sign_off(buyer, calling)
        await _in_time(call.reached.wait())
        await stage.fault(Fault(FaultName.SLOW_SUCCESS, times=1, where=slow["reference"], delay_ms=_SLOW_MS))
        await stage.sign_off(buyer, slow)
        await _until(lambda: _posts_are(stage, slow, 1))
        table = await locks.enter_async_context(_locked(stage, _LOCK_ATTEMPTS))
        await stage.sign_off(buyer, writing)
        await _until(lambda: _waits_for(stage, table, "insert into retirement_attempt%"))
        victim.kill()
        for draft, state, posts in (
            (noting, "submitted:committed", 1),
            (finishing, "recorded:recorded", 1),
            (calling, "submitted:committed", 0),
            (slow, "submitted:committed", 1),
            (writing, "queued:none", 0),
        ):
            found = await stage.owner.fetchval(_STATE, _id(draft))
            if found != state or not await _posts_are(stage, draft, posts):
                raise SlippedThrough(f"{found} instead of {state}")


async def _stop_after_answer(
    stage: Stage, buyer: Party, draft: Draft, locks: AsyncExitStack, lock: str, waiting: str
) -> None:
    """The registry has answered, and the worker cannot write what this lock is in the way of."""
    reply = stage.gate.hold(draft["reference"], reply=True)
    await stage.sign_off(buyer, draft)
    await _in_time(reply.reached.wait())
    locker = await locks.enter_async_context(_locked(stage, lock, str(_id(draft))))
    reply.release.set()
    await _until(lambda: _waits_for(stage, locker, waiting))


@asynccontextmanager
async def _locked(stage: Stage, lock: str, *values: str) -> AsyncIterator[int]:
    """Hold a lock until the end of the block; the holder's process id in the database."""
    async with stage.looking() as owner, owner.transaction():
        await owner.execute("set local lock_timeout = '5s'")
        await owner.fetch(lock, *values)
        yield owner.get_server_pid()


async def _waits_for(stage: Stage, locker: int, query: str) -> bool:
    return bool(await stage.owner.fetchval(_WAITS, locker, query))


async def _posts_are(stage: Stage, draft: Draft, count: int) -> bool:
    return (await stage.book()).posts.get(draft["reference"], 0) == count


async def _until(true: Callable[[], Awaitable[bool]]) -> None:
    async def look() -> None:
        while not await true():
            await asyncio.sleep(0.01)

    await _in_time(look())


async def _in_time(step: Awaitable[object]) -> None:
    try:
        await asyncio.wait_for(step, STEP_S)
    except TimeoutError as error:
        raise SlippedThrough from error


def _id(draft: Draft) -> UUID:
    found = read_public_id("ret", draft["id"])
    assert found is not None
    return found
