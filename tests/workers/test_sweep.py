"""The sweep: what lies about is deleted when it is done, and told when it is stuck."""

import logging
from datetime import timedelta

import asyncpg

from app.core.db import Database
from app.core.ids import new_id
from tests.workers.scene import NOON, enqueued
from workers import sweep


async def test_jobs_done_a_week_ago_are_deleted_over_several_batches(worker_db: Database, owner: asyncpg.Connection):
    await owner.execute(
        """
        insert into job (id, name, ids, request_id, due, done_at)
        select gen_random_uuid(), 'test.effect', '{}', 'req', $1, $1::timestamptz - interval '1 hour' * n
        from generate_series(1, 2500) n
        """,
        NOON,
    )
    week_in_hours = 7 * 24
    assert await sweep.prune(worker_db, now=NOON) == 2_500 - week_in_hours
    assert await owner.fetchval("select count(*) from job") == week_in_hours


async def test_parked_and_late_jobs_are_told_in_the_logs(worker_db: Database, owner: asyncpg.Connection, caplog):
    parked, late = await enqueued(worker_db, "test.poison", [new_id(), new_id()], due=NOON - timedelta(minutes=15))
    await enqueued(worker_db, "test.effect", [new_id()], due=NOON - timedelta(minutes=14))
    await owner.execute("update job set parked_at = $1 where id = $2", NOON, parked)
    assert await sweep.stuck(worker_db, now=NOON) == 2
    told = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert [getattr(record, "job_id", None) for record in told] == [str(parked), None]
    assert late != parked


async def test_when_nothing_is_stuck_nothing_is_said(worker_db: Database, caplog):
    await enqueued(worker_db, "test.effect", [new_id()], due=NOON)
    assert await sweep.stuck(worker_db, now=NOON) == 0
    assert not caplog.records
