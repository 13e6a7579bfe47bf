"""The runner: a job is run once for all its deliveries, put off when it fails, and parked in the end."""

import asyncio
import json
import logging
from collections import Counter
from datetime import datetime, timedelta

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from app.core import leases
from app.core.db import Database
from app.core.errors import Conflict
from app.core.ids import new_id
from app.core.logs import JsonLines
from app.core.request_id import current_request_id
from tests.workers.flows import table_of_tests
from tests.workers.scene import NOON, assert_each_effect_once, enqueued, job, ms, things
from workers.runner import Edge, Runner, back_off

LEASE = timedelta(seconds=60)


class Clock:
    """A time that the test moves."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


class Desk:
    """A runner over some flows, with a clock, and a count of what became of the jobs."""

    def __init__(self, db: Database, table, *, lease=LEASE, attempts_max=3) -> None:
        self.db, self.clock, self.outcomes = db, Clock(), Counter()
        edge = Edge(clock=self.clock, random_below=lambda below: below - 1)
        self.runner = Runner(db, table, lease=lease, attempts_max=attempts_max, edge=edge, outcomes=self.told)

    def told(self, name, outcome):
        self.outcomes[name, outcome] += 1

    async def wake(self):
        async with self.db.machinery() as session:
            return await leases.wake_due(session, now=self.clock.now, limit=500, rewake_after=LEASE)

    async def wake_and_run(self):
        for job_id in await self.wake():
            await asyncio.create_task(self.runner.run(job_id))


async def one_job(db, name="test.flow"):
    (job_id,) = await enqueued(db, name, [new_id()], due=NOON)
    return job_id


async def test_two_hundred_jobs_delivered_five_times_each_at_once_have_one_effect_each(
    worker_db: Database, owner: asyncpg.Connection
):
    thing_ids = await things(owner, 200)
    desk = Desk(worker_db, table_of_tests(worker_db, work_ms=lambda: 1))
    await enqueued(worker_db, "test.effect", thing_ids, due=NOON)
    job_ids = await desk.wake()
    await asyncio.gather(*(desk.runner.run(job_id) for job_id in job_ids * 5))
    await assert_each_effect_once(owner, thing_ids)
    assert await owner.fetchval("select count(*) from run") == 200, "the other deliveries found nothing to do"
    assert desk.outcomes == {("test.effect", "done"): 200}


async def test_a_poison_job_is_parked_after_its_last_attempt_with_its_last_error(
    worker_db: Database, owner: asyncpg.Connection
):
    desk = Desk(worker_db, table_of_tests(worker_db, work_ms=lambda: 0), attempts_max=3)
    job_id = await one_job(worker_db, "test.poison")
    dues = []
    for _ in range(3):
        await desk.wake_and_run()
        row = await job(owner, job_id)
        dues.append(row["due"] - desk.clock.now)
        desk.clock.now = row["due"]
    assert dues == [timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=8)]
    assert row["parked_at"] == desk.clock.now - dues[-1]
    assert row["attempts"] == 3
    assert row["done_at"] is None
    assert row["last_error"].startswith("ValueError: ")
    desk.clock.now += timedelta(days=1)
    assert await desk.wake() == []
    assert desk.outcomes == {("test.poison", "failed"): 2, ("test.poison", "parked"): 1}


@given(st.integers(1, 10_000), st.integers(0, 2**32))
def test_the_wait_doubles_from_two_seconds_to_ten_minutes_and_at_most_half_of_it_is_chance(attempts, chance):
    waited = back_off(attempts, lambda below: chance % below)
    full = min(2_000 * 2 ** (attempts - 1), 600_000)
    assert ms(full // 2) <= waited <= ms(full)


async def test_a_refusal_is_a_failure_too_and_its_words_are_kept_without_secrets(
    worker_db: Database, owner: asyncpg.Connection
):
    async def refused(**_):
        raise Conflict("buyer@example.com may not do this with od_live_abcdefgh")

    desk = Desk(worker_db, {"test.flow": refused})
    job_id = await one_job(worker_db)
    await desk.wake_and_run()
    assert (await job(owner, job_id))["last_error"] == "Conflict: [redacted] may not do this with [redacted]"


async def failing_in_the_database(db: Database, code: str, times: int, calls: list[int]):
    calls.append(1)
    async with db.machinery() as session:
        if len(calls) <= times:
            await session.execute(text(f"do $$ begin raise exception 'no' using errcode = '{code}'; end $$"))


@pytest.mark.parametrize("code", ["40001", "40P01"])
async def test_a_conflict_in_the_database_is_begun_again_three_times_within_one_attempt(
    worker_db: Database, owner: asyncpg.Connection, code
):
    calls: list[int] = []

    async def flow(**_):
        await failing_in_the_database(worker_db, code, 3, calls)

    desk = Desk(worker_db, {"test.flow": flow})
    job_id = await one_job(worker_db)
    await desk.wake_and_run()
    row = await job(owner, job_id)
    assert (len(calls), row["attempts"], row["done_at"]) == (4, 1, NOON)


async def test_the_fourth_conflict_in_a_row_and_any_other_error_of_the_database_are_failures(
    worker_db: Database, owner: asyncpg.Connection
):
    stubborn: list[int] = []
    plain: list[int] = []

    async def conflicts(**_):
        await failing_in_the_database(worker_db, "40001", 99, stubborn)

    async def violates(**_):
        await failing_in_the_database(worker_db, "23505", 99, plain)

    desk = Desk(worker_db, {"test.conflicts": conflicts, "test.violates": violates})
    await one_job(worker_db, "test.conflicts")
    await one_job(worker_db, "test.violates")
    await desk.wake_and_run()
    assert (len(stubborn), len(plain)) == (4, 1)
    assert desk.outcomes == {("test.conflicts", "failed"): 1, ("test.violates", "failed"): 1}
    assert await owner.fetchval("select count(*) from job where done_at is null and lease_until is null") == 2


async def test_a_flow_is_ended_before_its_lease_and_its_transaction_is_undone(
    worker_db: Database, owner: asyncpg.Connection
):
    (thing_id,) = await things(owner, 1)

    async def endless(**_):
        async with worker_db.machinery() as session:
            await session.execute(text("insert into effect (thing_id) values (:id)"), {"id": thing_id})
            await asyncio.sleep(60)

    desk = Desk(worker_db, {"test.flow": endless}, lease=ms(400))
    job_id = await one_job(worker_db)
    await asyncio.wait_for(desk.wake_and_run(), 10)
    row = await job(owner, job_id)
    assert row["last_error"].startswith("TimeoutError")
    assert await owner.fetchval("select count(*) from effect") == 0


async def test_who_lost_the_lease_while_working_is_late_in_peace(worker_db: Database, owner: asyncpg.Connection):
    began, may_end = asyncio.Event(), asyncio.Event()

    async def slow(**_):
        began.set()
        await may_end.wait()

    async def quick(**_):
        """The same job in another worker."""

    first, second = Desk(worker_db, {"test.flow": slow}), Desk(worker_db, {"test.flow": quick})
    job_id = await one_job(worker_db)
    await first.wake()
    running = asyncio.create_task(first.runner.run(job_id))
    await began.wait()
    second.clock.now += LEASE
    await second.wake_and_run()
    may_end.set()
    await running
    assert (first.outcomes, second.outcomes) == ({("test.flow", "late"): 1}, {("test.flow", "done"): 1})
    row = await job(owner, job_id)
    assert (row["token"], row["done_at"]) == (2, NOON + LEASE)


async def test_who_fails_after_losing_the_lease_does_not_put_the_job_off(
    worker_db: Database, owner: asyncpg.Connection
):
    async def fails_late(**_):
        await owner.execute("update job set token = token + 1")
        raise RuntimeError("too late to matter")

    desk = Desk(worker_db, {"test.flow": fails_late})
    job_id = await one_job(worker_db)
    await desk.wake_and_run()
    row = await job(owner, job_id)
    assert (row["last_error"], row["lease_until"]) == (None, NOON + LEASE)
    assert desk.outcomes == {("test.flow", "late"): 1}


async def test_a_name_that_only_a_newer_release_knows_is_put_off(worker_db: Database, owner: asyncpg.Connection):
    desk = Desk(worker_db, {})
    job_id = await one_job(worker_db, "future.job")
    await desk.wake_and_run()
    row = await job(owner, job_id)
    assert row["last_error"] == "LookupError: No job is called future.job here."
    assert row["due"] > NOON
    assert desk.outcomes == {("unknown", "failed"): 1}


async def test_the_flow_gets_its_ids_and_the_request_that_asked_and_so_do_the_logs(worker_db: Database, caplog):
    seen = {}
    thing_id = new_id()
    current_request_id.set("")  # Another test of this process may have left its own.

    async def flow(**given):
        seen.update(given, named=current_request_id.get())
        logging.getLogger("a.feature").warning(JsonLines().format(logging.makeLogRecord({"msg": "hello"})))

    desk = Desk(worker_db, {"test.flow": flow})
    await enqueued(worker_db, "test.flow", [thing_id], due=NOON)
    await desk.wake_and_run()
    request = "req_of_this_test"
    assert seen == {"thing_id": thing_id, "now": NOON, "request_id": request, "named": request}
    assert json.loads(caplog.records[0].getMessage())["request_id"] == request
    assert not current_request_id.get(), "the next job does not inherit it"


async def test_a_flow_is_never_told_a_time_before_its_job_was_due(worker_db: Database):
    seen = []

    async def flow(*, now, **_):
        seen.append(now)

    desk = Desk(worker_db, {"test.flow": flow})
    await one_job(worker_db)
    woken = await desk.wake()
    desk.clock.now -= ms(50)  # This machine's clock is behind the relay's.
    await desk.runner.run(*woken)
    assert seen == [NOON]
