"""How does a worker process start? `python -m workers.main`: settings, then a crew for each desk until SIGTERM."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Final

import uvloop

from app.clients import open_clients, terms_of
from app.core.clock import utc_now
from app.core.db import WORKER_ROLE, Database
from app.core.interpreter import spare_imports, take_short_turns
from app.core.logs import start_logging
from app.sandbox.flow import FollowedClock
from app.settings import SANDBOX, Settings, read_settings, sandbox_of
from workers import sandbox, schedule
from workers.broker import QUEUE
from workers.crew import Plan, work
from workers.jobs import build_table
from workers.signals import stop_on_signals

GRACE_S: Final = 30
DESKS: Final = ("both", "live", "sandbox")
_OWN_CONNECTIONS: Final = 3
"""For the relay, the metrics and a schedule entry, beside one for each running job."""


def main() -> None:
    """Run a worker until SIGTERM or SIGINT; a second signal ends it at once. Raises SystemExit when it cannot start."""
    if not __debug__:
        raise SystemExit("Offset Desk checks its beliefs with assert: run Python without -O and PYTHONOPTIMIZE.")
    options = _options()
    settings = read_settings()
    if options.desk == "sandbox" and sandbox_of(settings) is None:
        raise SystemExit("OFFSETDESK_SANDBOX_DATABASE_URL must be set: there is no sandbox to work for.")
    start_logging(level=settings.log_level)
    spare_imports()
    take_short_turns()
    uvloop.run(_run(settings, options))


def plan_of(settings: Settings, options: argparse.Namespace, *, clock: Callable[[], datetime] = utc_now) -> Plan:
    """The crew's numbers. The sandbox has a queue of its own, and metrics only where nobody else serves them."""
    of_sandbox = settings.mode == SANDBOX
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
        metrics_port=None if of_sandbox and options.desk != "sandbox" else options.metrics_port,
        queue=sandbox.QUEUE if of_sandbox else QUEUE,
        clock=clock,
    )


async def _run(settings: Settings, options: argparse.Namespace) -> None:
    stop = stop_on_signals()
    beside = sandbox_of(settings)
    crews = []
    if options.desk != "sandbox":
        crews.append(_ending(_crew(settings, options, stop), stop))
    if beside is not None and options.desk != "live":
        crews.append(sandbox.work_beside(beside, lambda own, ended: _crew(own, options, ended), stop=stop))
    ended = await asyncio.gather(*crews, return_exceptions=True)  # Neither crew's mistake cuts the other's jobs off.
    for error in ended:
        if error is not None:
            raise error


async def _crew(settings: Settings, options: argparse.Namespace, stop: asyncio.Event) -> None:
    connections = max(settings.pool_size, settings.worker_threads + _OWN_CONNECTIONS)
    db = Database(settings.database_url, role=WORKER_ROLE, pool_size=connections)
    try:
        async with _clock_of(settings, db) as clock, open_clients(settings, clock=clock) as clients:
            table = build_table(db, clients, terms_of(settings))
            await work(db, table, plan_of(settings, options, clock=clock), stop=stop)
    finally:
        await db.close()


@asynccontextmanager
async def _clock_of(settings: Settings, db: Database) -> AsyncIterator[Callable[[], datetime]]:
    """What time it is for this crew: at a live desk the machine's, at a test desk the one that was moved."""
    if settings.mode == "live":
        yield utc_now
        return
    followed = FollowedClock(db)
    await followed.fresh()
    following = asyncio.create_task(followed.keep_following())
    try:
        yield lambda: utc_now() + followed.ahead
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following


async def _ending(crew: Awaitable[None], stop: asyncio.Event) -> None:
    """Run the live desk's crew; when it ends, however it ends, the whole worker does."""
    try:
        await crew
    finally:
        stop.set()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m workers.main", description="Runs Offset Desk's jobs.")
    parser.add_argument("--metrics-port", type=int, help="serve Prometheus metrics here; without it, none are served")
    parser.add_argument("--grace-s", type=int, default=GRACE_S, help="how long running jobs may end after SIGTERM")
    parser.add_argument(
        "--desk", choices=DESKS, default="both", help="whose jobs: the live desk's, its sandbox's, both"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
