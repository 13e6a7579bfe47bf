"""The schedule: each entry starts one job in its period, whoever looks and however often."""

import asyncio
from datetime import timedelta

import asyncpg

from app.core.db import Database
from tests.workers.scene import NOON, ms
from workers import schedule

MINUTE = timedelta(minutes=1)
ENTRIES = {"test.effect": MINUTE}


async def ticked(db: Database, now, entries=ENTRIES):
    async with db.machinery() as session:
        return await schedule.tick(session, entries, now=now)


async def finish_all(owner: asyncpg.Connection):
    await owner.execute("update job set done_at = now()")


async def test_many_tickers_start_one_job_in_each_period(worker_db: Database, owner: asyncpg.Connection):
    await schedule.enter(worker_db, ENTRIES, now=NOON)
    for period in range(5):
        now = NOON + period * MINUTE
        all_at_once = await asyncio.gather(*(ticked(worker_db, now) for _ in range(8)))
        again = await ticked(worker_db, now + MINUTE - ms(1))
        assert [names for names in [*all_at_once, again] if names] == [["test.effect"]]
        await finish_all(owner)
    assert await owner.fetchval("select count(*) from job where name = 'test.effect'") == 5


async def test_the_job_is_due_at_once_and_has_a_request_name_of_its_own(worker_db: Database, owner: asyncpg.Connection):
    await schedule.enter(worker_db, ENTRIES, now=NOON)
    await ticked(worker_db, NOON + ms(3))
    row = await owner.fetchrow("select * from job")
    assert (row["due"], row["ids"]) == (NOON + ms(3), "{}")
    assert row["request_id"].startswith("req_")


async def test_periods_that_nobody_was_there_for_are_not_made_up_for(worker_db: Database, owner: asyncpg.Connection):
    await schedule.enter(worker_db, ENTRIES, now=NOON)
    back = NOON + 100 * MINUTE + timedelta(seconds=20)
    assert await ticked(worker_db, back) == ["test.effect"]
    await finish_all(owner)
    assert await ticked(worker_db, back) == []
    assert await owner.fetchval("select next_run_at from schedule") == NOON + 101 * MINUTE, "the rhythm is kept"


async def test_while_a_job_is_unfinished_no_other_of_its_name_is_started(
    worker_db: Database, owner: asyncpg.Connection
):
    await schedule.enter(worker_db, ENTRIES, now=NOON)
    assert await ticked(worker_db, NOON) == ["test.effect"]
    assert await ticked(worker_db, NOON + MINUTE) == []
    await owner.execute("update job set parked_at = now()")
    assert await ticked(worker_db, NOON + 2 * MINUTE) == ["test.effect"], "a parked one does not stop the clock"


async def test_entering_adds_what_is_missing_and_corrects_intervals_only(
    worker_db: Database, owner: asyncpg.Connection
):
    await schedule.enter(worker_db, ENTRIES, now=NOON)
    await ticked(worker_db, NOON)
    await asyncio.gather(
        *(schedule.enter(worker_db, {"test.effect": 2 * MINUTE, "test.new": MINUTE}, now=NOON + ms(9)) for _ in "ab")
    )
    rows = {row["name"]: (row["every"], row["next_run_at"]) for row in await owner.fetch("select * from schedule")}
    assert rows == {"test.effect": (2 * MINUTE, NOON + MINUTE), "test.new": (MINUTE, NOON + ms(9))}


async def test_an_entry_of_another_release_is_left_alone(worker_db: Database):
    await schedule.enter(worker_db, {"future.job": MINUTE}, now=NOON)
    assert await ticked(worker_db, NOON) == []
    assert await ticked(worker_db, NOON, {"future.job": MINUTE}) == ["future.job"]
