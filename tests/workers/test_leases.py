"""Leases: a job is woken when due, taken by one, finished by the holder of its newest token."""

import asyncio
from datetime import timedelta

import asyncpg

from app.core import leases
from app.core.db import Database
from app.core.ids import new_id
from tests.workers.scene import NOON, enqueued, job, ms

LEASE = timedelta(seconds=60)
SWEEP = timedelta(seconds=60)


async def woken(db: Database, now, limit=100):
    async with db.machinery() as session:
        return await leases.wake_due(session, now=now, limit=limit, rewake_after=SWEEP)


async def taken(db: Database, job_id, now):
    async with db.machinery() as session:
        return await leases.take(session, job_id, now=now, lease=LEASE)


async def finished(db: Database, job_id, token, now=NOON):
    async with db.machinery() as session:
        return await leases.finish(session, job_id, token=token, now=now)


async def failed(db: Database, job_id, token, *, due, parked_at=None, error="boom"):
    async with db.machinery() as session:
        return await leases.fail(session, job_id, token=token, error=error, due=due, parked_at=parked_at)


async def ready(db: Database, count=1, due=NOON):
    return await enqueued(db, "test.effect", [new_id() for _ in range(count)], due=due)


async def test_due_jobs_are_woken_longest_due_first_and_no_more_than_asked(worker_db: Database):
    later, soon, first = [(await ready(worker_db, due=NOON - ms(age)))[0] for age in (10, 20, 30)]
    (future,) = await ready(worker_db, due=NOON + ms(1))
    assert await woken(worker_db, NOON, limit=2) == [first, soon]
    assert await woken(worker_db, NOON) == [later]
    assert await woken(worker_db, NOON) == []
    assert await woken(worker_db, NOON + ms(1)) == [future]


async def test_a_wake_up_that_got_lost_is_sent_again_after_the_sweep_interval(worker_db: Database):
    ids = await ready(worker_db)
    assert await woken(worker_db, NOON) == ids
    assert await woken(worker_db, NOON + SWEEP - ms(1)) == []
    assert await woken(worker_db, NOON + SWEEP) == ids


async def test_two_relays_never_wake_one_job_twice(worker_db: Database):
    ids = await ready(worker_db, 500)
    batches = await asyncio.gather(*(woken(worker_db, NOON, limit=100) for _ in range(10)))
    seen = [job_id for batch in batches for job_id in batch]
    assert len(seen) == len(set(seen))
    while rest := await woken(worker_db, NOON):
        seen += rest
    assert sorted(seen) == sorted(ids)


async def test_only_one_of_many_takers_gets_the_job_and_its_ids(worker_db: Database):
    thing_id = new_id()
    (job_id,) = await enqueued(worker_db, "test.effect", [thing_id], due=NOON)
    await woken(worker_db, NOON)
    takers = await asyncio.gather(*(taken(worker_db, job_id, NOON) for _ in range(8)))
    (leased,) = [taker for taker in takers if taker]
    assert (leased.name, leased.ids, leased.request_id) == ("test.effect", {"thing_id": thing_id}, "req_of_this_test")
    assert (leased.attempts, leased.token) == (1, 1)


async def test_a_job_that_was_not_woken_cannot_be_taken(worker_db: Database):
    (job_id,) = await ready(worker_db)
    assert await taken(worker_db, job_id, NOON) is None
    assert await taken(worker_db, new_id(), NOON) is None


async def test_a_job_under_lease_is_neither_woken_nor_taken_until_the_lease_ends(
    worker_db: Database, owner: asyncpg.Connection
):
    ids = await ready(worker_db)
    await woken(worker_db, NOON)
    first = await taken(worker_db, ids[0], NOON)
    assert await woken(worker_db, NOON + LEASE - ms(1)) == []
    await owner.execute("update job set woken_at = $1", NOON - SWEEP)  # Whoever may have done that.
    assert await taken(worker_db, ids[0], NOON + LEASE - ms(1)) is None
    assert await woken(worker_db, NOON + LEASE) == ids
    second = await taken(worker_db, ids[0], NOON + LEASE)
    assert (first.token, second.token, second.attempts) == (1, 2, 2)


async def test_an_old_holder_can_neither_finish_nor_fail_the_job(worker_db: Database, owner: asyncpg.Connection):
    (job_id,) = await ready(worker_db)
    await woken(worker_db, NOON)
    old = await taken(worker_db, job_id, NOON)
    await woken(worker_db, NOON + LEASE)
    new = await taken(worker_db, job_id, NOON + LEASE)
    assert not await finished(worker_db, job_id, old.token)
    assert not await failed(worker_db, job_id, old.token, due=NOON)
    row = await job(owner, job_id)
    assert (row["done_at"], row["last_error"], row["lease_until"]) == (None, None, NOON + 2 * LEASE)
    assert await finished(worker_db, job_id, new.token)
    assert not await finished(worker_db, job_id, new.token), "once is enough"


async def test_a_finished_job_is_never_woken_or_taken_again(worker_db: Database, owner: asyncpg.Connection):
    (job_id,) = await ready(worker_db)
    await woken(worker_db, NOON)
    leased = await taken(worker_db, job_id, NOON)
    assert await finished(worker_db, job_id, leased.token, NOON + ms(5))
    assert await woken(worker_db, NOON + 10 * LEASE) == []
    assert await taken(worker_db, job_id, NOON + 10 * LEASE) is None
    row = await job(owner, job_id)
    assert (row["done_at"], row["lease_until"]) == (NOON + ms(5), None)


async def test_a_failed_job_comes_back_at_its_new_due_time_and_no_stray_message_runs_it_before(worker_db: Database):
    ids = await ready(worker_db)
    await woken(worker_db, NOON)
    leased = await taken(worker_db, ids[0], NOON)
    again = NOON + timedelta(seconds=2)
    assert await failed(worker_db, ids[0], leased.token, due=again)
    assert await taken(worker_db, ids[0], NOON + ms(1)) is None
    assert await woken(worker_db, again - ms(1)) == []
    assert await woken(worker_db, again) == ids, "at its time, not a sweep interval later"
    assert (await taken(worker_db, ids[0], again)).attempts == 2


async def test_a_parked_job_rests_until_a_person_revives_it(worker_db: Database, owner: asyncpg.Connection):
    ids = await ready(worker_db)
    await woken(worker_db, NOON)
    leased = await taken(worker_db, ids[0], NOON)
    assert await failed(worker_db, ids[0], leased.token, due=NOON, parked_at=NOON, error="wrong\0" + "x" * 5_000)
    assert await woken(worker_db, NOON + 10 * LEASE) == []
    assert (await job(owner, ids[0]))["last_error"] == "wrong" + "x" * (leases.ERROR_MAX - 5)
    async with worker_db.machinery() as session:
        assert await leases.unpark(session, ids[0], now=NOON + LEASE)
        assert not await leases.unpark(session, ids[0], now=NOON + LEASE)
    assert await woken(worker_db, NOON + LEASE) == ids
    assert (await taken(worker_db, ids[0], NOON + LEASE)).attempts == 1


async def test_pruning_deletes_old_finished_jobs_only_and_in_batches(worker_db: Database, owner: asyncpg.Connection):
    old, parked, waiting = await ready(worker_db, 5), await ready(worker_db), await ready(worker_db)
    (recent,) = await ready(worker_db)
    await owner.execute("update job set done_at = $1 where id = any($2)", NOON - timedelta(days=8), old)
    await owner.execute("update job set done_at = $1 where id = $2", NOON - timedelta(days=6), recent)
    await owner.execute("update job set parked_at = $1 where id = any($2)", NOON - timedelta(days=30), parked)
    counts = []
    for _ in range(3):
        async with worker_db.machinery() as session:
            counts.append(await leases.prune(session, before=NOON - timedelta(days=7), limit=3))
    assert counts == [3, 2, 0]
    left = {row["id"] for row in await owner.fetch("select id from job")}
    assert left == {recent, *parked, *waiting}
