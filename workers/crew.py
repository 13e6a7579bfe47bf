"""How do the parts of a worker start and stop together? Broker, threads, relay and metrics, on one event loop."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.core.clock import utc_now
from app.core.db import Database
from workers import schedule
from workers.broker import QUEUE, Wakeups, make_broker, quiet_broker_logs
from workers.metrics import WorkerMetrics
from workers.relay import Relay, Rhythm
from workers.runner import Edge, Flow, Runner

_logger: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Plan:
    """The numbers that a worker runs by; main reads them from the settings and the command line."""

    broker_url: str
    """amqp://…; empty: wake-ups stay in this process."""
    threads: int
    """How many jobs run at once."""
    lease: timedelta
    rewake_after: timedelta
    poll: timedelta
    attempts_max: int
    grace: timedelta
    """How long running jobs may go on after the first signal."""
    entries: Mapping[str, timedelta]
    """What the schedule starts, and how often."""
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = None
    """None: no metrics are served. 0: the kernel picks the port, which is logged."""
    queue: str = QUEUE
    clock: Callable[[], datetime] = utc_now
    """What the relay, the runner and the schedule go by; a test desk's can be moved."""


async def work(db: Database, table: Mapping[str, Flow], plan: Plan, *, stop: asyncio.Event) -> None:
    """Work until `stop` is set. Then relaying ends first, then taking; running jobs have the grace to end in.

    A job that does not make it keeps its lease and is begun again when that has expired: nothing is lost. When a part
    crashes, which none should, the others are stopped in the same way and its error is raised.
    """
    quiet_broker_logs()
    metrics = WorkerMetrics()
    if plan.metrics_port is not None:
        _logger.info("metrics are served", extra={"port": metrics.serve(plan.metrics_host, plan.metrics_port)})
    runner = Runner(
        db,
        table,
        lease=plan.lease,
        attempts_max=plan.attempts_max,
        edge=Edge(clock=plan.clock, random_below=secrets.randbelow),
        outcomes=metrics.outcome,
    )
    wakeups = Wakeups(make_broker(plan.broker_url), queue=plan.queue, threads=plan.threads)
    rhythm = Rhythm(poll=plan.poll, rewake_after=plan.rewake_after, entries=plan.entries)
    await schedule.enter(db, plan.entries, now=plan.clock())
    wakeups.start(runner.run)
    _logger.info("the worker works")
    try:
        await _until_stopped(Relay(db, wakeups, rhythm=rhythm, clock=plan.clock), metrics, db, plan, stop)
    finally:
        _logger.info("the worker stops: running jobs may end")
        await wakeups.stop(grace_ms=plan.grace // timedelta(milliseconds=1))
        _logger.info("the worker has stopped")


async def _until_stopped(relay: Relay, metrics: WorkerMetrics, db: Database, plan: Plan, stop: asyncio.Event) -> None:
    relaying = asyncio.create_task(relay.run(stop))
    reading = asyncio.create_task(metrics.keep_reading(db, plan.clock))
    await asyncio.wait((relaying, reading), return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    await relaying
    if not reading.cancelled():
        reading.result()
