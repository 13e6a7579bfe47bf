"""Is the work getting done? Numbers about jobs and seals for Prometheus, read from the tables every few seconds."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.core.db import Database
from app.core.drivers import LOST

REFRESH_S: Final = 5
_logger: Final = logging.getLogger(__name__)

_QUESTIONS: Final = text(
    """
    select
      count(*) filter (where parked_at is null and due <= :now and lease_until is null) as due,
      coalesce(extract(epoch from :now - min(due) filter (where parked_at is null and due <= :now)), 0)::bigint as oldest_s,
      count(*) filter (where parked_at is null and lease_until > :now) as leased,
      count(*) filter (where parked_at is null and lease_until <= :now) as expired,
      (select count(*) from job where parked_at is not null) as parked,
      (select count(*) from event where seal_n is null) as unsealed
    from job where done_at is null and parked_at is null
    """
)


class WorkerMetrics:
    """One worker's counter of outcomes, and what the tables say about the work of all workers."""

    def __init__(self) -> None:
        """Everything is zero until the first look."""
        self.registry = CollectorRegistry(auto_describe=True)
        self._outcomes = Counter(
            "offsetdesk_jobs_run", "What became of the jobs run here", ["job", "outcome"], registry=self.registry
        )
        self._due = self._gauge("offsetdesk_jobs_due", "Jobs that are due and under nobody's lease")
        self._oldest = self._gauge("offsetdesk_jobs_oldest_due_seconds", "How long the oldest unfinished job is due")
        self._leased = self._gauge("offsetdesk_jobs_leased", "Jobs being worked on")
        self._expired = self._gauge("offsetdesk_jobs_lease_expired", "Jobs whose worker died or was too slow")
        self._parked = self._gauge("offsetdesk_jobs_parked", "Jobs given up: each waits for a person")
        self._unsealed = self._gauge("offsetdesk_events_unsealed", "Events that no seal covers yet")
        self._up = self._gauge("offsetdesk_worker_database_up", "Whether the numbers of this page could be read")

    def outcome(self, job: str, outcome: str) -> None:
        """One more job was done, late, failed or parked."""
        self._outcomes.labels(job, outcome).inc()

    def serve(self, host: str, port: int) -> int:
        """Answer Prometheus at this address from a thread of its own; the port that was really taken (0: any)."""
        server, _ = start_http_server(port, addr=host, registry=self.registry)
        return server.server_port

    async def keep_reading(self, db: Database, clock: Callable[[], datetime]) -> None:
        """Look every few seconds, for ever. While the database is away the numbers stand still and `up` is 0."""
        while True:
            try:
                await self.read(db, now=clock())
            except (SQLAlchemyError, *LOST) as error:
                _logger.warning("the metrics could not be read", extra={"error": f"{type(error).__name__}: {error}"})
                self._up.set(0)
            await asyncio.sleep(REFRESH_S)

    async def read(self, db: Database, *, now: datetime) -> None:
        """Look once."""
        async with db.audit() as session:
            row = (await session.execute(_QUESTIONS, {"now": now})).one()
        gauges = (self._due, self._oldest, self._leased, self._expired, self._parked, self._unsealed)
        for gauge, value in zip(gauges, row, strict=True):
            gauge.set(value)
        self._up.set(1)

    def _gauge(self, name: str, meaning: str) -> Gauge:
        return Gauge(name, meaning, registry=self.registry)
