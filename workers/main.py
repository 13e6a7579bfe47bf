"""How does a worker process start? `python -m workers.main`: settings, database, clients, then the crew until SIGTERM."""

import argparse
import asyncio
from datetime import timedelta
from typing import Final

from app.clients import open_clients, terms_of
from app.core.db import WORKER_ROLE, Database
from app.core.logs import start_logging
from app.settings import Settings, read_settings
from workers import schedule
from workers.crew import Plan, work
from workers.jobs import build_table
from workers.signals import stop_on_signals

GRACE_S: Final = 30
_OWN_CONNECTIONS: Final = 3
"""For the relay, the metrics and a schedule entry, beside one for each running job."""


def main() -> None:
    """Run a worker until SIGTERM or SIGINT; a second signal ends it at once. Raises SystemExit when it cannot start."""
    if not __debug__:
        raise SystemExit("Offset Desk checks its beliefs with assert: run Python without -O and PYTHONOPTIMIZE.")
    options = _options()
    settings = read_settings()
    start_logging(level=settings.log_level)
    asyncio.run(_run(settings, options))


def plan_of(settings: Settings, options: argparse.Namespace) -> Plan:
    """The crew's numbers."""
    return Plan(
        broker_url=settings.broker_url,
        threads=settings.worker_threads,
        lease=timedelta(seconds=settings.lease_s),
        rewake_after=timedelta(seconds=settings.sweep_interval_s),
        poll=timedelta(milliseconds=settings.poll_ms),
        attempts_max=settings.job_attempts_max,
        grace=timedelta(seconds=options.grace_s),
        entries=schedule.EVERY,
        metrics_host=settings.host,
        metrics_port=options.metrics_port,
    )


async def _run(settings: Settings, options: argparse.Namespace) -> None:
    stop = stop_on_signals()
    connections = max(settings.pool_size, settings.worker_threads + _OWN_CONNECTIONS)
    db = Database(settings.database_url, role=WORKER_ROLE, pool_size=connections)
    try:
        async with open_clients(settings) as clients:
            await work(db, build_table(db, clients, terms_of(settings)), plan_of(settings, options), stop=stop)
    finally:
        await db.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m workers.main", description="Runs Offset Desk's jobs.")
    parser.add_argument("--metrics-port", type=int, help="serve Prometheus metrics here; without it, none are served")
    parser.add_argument("--grace-s", type=int, default=GRACE_S, help="how long running jobs may end after SIGTERM")
    return parser.parse_args()


if __name__ == "__main__":
    main()
