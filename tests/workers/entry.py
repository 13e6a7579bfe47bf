"""How does a test start a worker of its own? `python -m tests.workers.entry`, with its numbers in WORKER_PLAN."""

import asyncio
import json
import os
from datetime import timedelta

from app.core.db import WORKER_ROLE, Database
from app.core.logs import start_logging
from tests.workers.flows import table_of_tests
from workers.crew import Plan, work
from workers.signals import stop_on_signals


async def run(given: dict[str, object]) -> None:
    """Work with the tests' flows until SIGTERM."""
    stop = stop_on_signals()

    def span(name: str) -> timedelta:
        return timedelta(milliseconds=int(str(given[name])))

    db = Database(str(given["database_url"]), role=WORKER_ROLE, pool_size=int(str(given["threads"])) + 3)
    plan = Plan(
        broker_url=str(given["broker_url"]),
        queue=str(given["queue"]),
        threads=int(str(given["threads"])),
        lease=span("lease_ms"),
        rewake_after=span("rewake_ms"),
        poll=span("poll_ms"),
        grace=span("grace_ms"),
        attempts_max=25,
        entries={},
        metrics_port=0,
    )
    await work(db, table_of_tests(db, work_ms=lambda: int(str(given["work_ms"]))), plan, stop=stop)
    await db.close()


if __name__ == "__main__":
    start_logging()
    asyncio.run(run(json.loads(os.environ["WORKER_PLAN"])))
