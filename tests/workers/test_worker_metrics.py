"""The worker's metrics: what the tables say, on a page for Prometheus."""

from datetime import timedelta

import asyncpg

from app.core import events
from app.core.db import Database
from app.core.ids import new_id
from app.core.scope import DESK_ID, Scope
from tests.workers.scene import NOON, enqueued, ms, page
from workers.metrics import WorkerMetrics


async def test_the_page_tells_due_leased_expired_parked_and_unsealed(worker_db: Database, owner: asyncpg.Connection):
    due = NOON - timedelta(seconds=90)
    jobs = await enqueued(worker_db, "test.effect", [new_id() for _ in range(10)], due=due)
    await enqueued(worker_db, "test.effect", [new_id()], due=NOON + ms(1))
    await owner.execute("update job set lease_until = $1 where id = any($2)", NOON + ms(1), jobs[:2])
    await owner.execute("update job set lease_until = $1 where id = any($2)", NOON, jobs[2:5])
    await owner.execute("update job set parked_at = $1 where id = $2", NOON, jobs[5])
    await owner.execute("update job set done_at = $1 where id = $2", NOON, jobs[6])
    async with worker_db.transaction(Scope.of_system(DESK_ID, "req_12345678")) as session:
        await events.record(
            session, "task.opened", org_id=DESK_ID, subject_kind="task", subject_id=new_id(), after={}, now=NOON
        )
    metrics = WorkerMetrics()
    metrics.outcome("test.effect", "done")
    await metrics.read(worker_db, now=NOON)
    lines = (await page(metrics.serve("127.0.0.1", 0))).splitlines()
    expected = {
        "offsetdesk_jobs_due": 3,
        "offsetdesk_jobs_oldest_due_seconds": 90,
        "offsetdesk_jobs_leased": 2,
        "offsetdesk_jobs_lease_expired": 3,
        "offsetdesk_jobs_parked": 1,
        "offsetdesk_events_unsealed": 1,
        "offsetdesk_worker_database_up": 1,
        'offsetdesk_jobs_run_total{job="test.effect",outcome="done"}': 1,
    }
    assert {name: f"{name} {value}.0" in lines for name, value in expected.items()} == dict.fromkeys(expected, True)


async def test_an_empty_desk_reads_as_zero(worker_db: Database):
    metrics = WorkerMetrics()
    await metrics.read(worker_db, now=NOON)
    assert metrics.registry.get_sample_value("offsetdesk_jobs_oldest_due_seconds") == 0
    assert metrics.registry.get_sample_value("offsetdesk_worker_database_up") == 1
