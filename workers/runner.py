"""What becomes of one job? Taken under a lease, run by its flow, then finished, put off or parked."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from app.core import leases
from app.core.db import Database, is_retryable
from app.core.leases import Leased
from app.core.logs import redact
from app.core.request_id import current_request_id

Flow = Callable[..., Awaitable[object]]
"""Called with the job's ids, `now` and `request_id` by keyword. It may be called twice, late, or out of order."""

AGAIN_MAX: Final = 3
"""How often a step that met a serialization failure or a deadlock is begun again at once."""
FIRST_DELAY_MS: Final = 2_000
LONGEST_DELAY_MS: Final = 600_000

_logger: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Edge:
    """What a runner reads from the outside world: the time, and a random whole number below another."""

    clock: Callable[[], datetime]
    random_below: Callable[[int], int]


class Runner:
    """Runs leased jobs. `outcomes` is told each job's name and what became of it, for counting."""

    def __init__(
        self,
        db: Database,
        table: Mapping[str, Flow],
        *,
        lease: timedelta,
        attempts_max: int,
        edge: Edge,
        outcomes: Callable[[str, str], None],
    ) -> None:
        """Nothing is taken yet."""
        self._db = db
        self._table = table
        self._lease = lease
        self._attempts_max = attempts_max
        self._edge = edge
        self._outcomes = outcomes

    async def run(self, job_id: UUID) -> None:
        """Run one woken job, if nobody else has it. Only trouble with the job row itself is raised.

        The flow has nine tenths of the lease, so that it has ended before anybody else may begin.
        """
        async with self._db.machinery() as session:
            leased = await leases.take(session, job_id, now=self._edge.clock(), lease=self._lease)
        if leased is None:
            return
        current_request_id.set(leased.request_id)
        began = time.monotonic_ns()
        try:
            async with asyncio.timeout((self._lease * 9 / 10).total_seconds()):
                await self._flow(leased)
        except Exception as error:  # The worker's only one: whatever a flow meets, the row must learn of it.
            _logger.exception("a job failed", extra=_facts(leased))
            await self._failed(leased, error)
            return
        await self._finished(leased, duration_ms=(time.monotonic_ns() - began) // 1_000_000)

    async def _flow(self, leased: Leased) -> None:
        flow = self._table.get(leased.name)
        if flow is None:  # A newer release asks for it: its own workers will run it.
            raise LookupError(f"No job is called {leased.name} here.")
        for left in range(AGAIN_MAX, -1, -1):
            # The relay's clock found the job due. If ours is behind, a flow that looks at a deadline would do nothing.
            now = max(self._edge.clock(), leased.due)
            try:
                await flow(**leased.ids, now=now, request_id=leased.request_id)
            except DBAPIError as error:
                if not left or not is_retryable(error):
                    raise
                _logger.info("begun again after a conflict in the database", extra=_facts(leased))
            else:
                return

    async def _finished(self, leased: Leased, *, duration_ms: int) -> None:
        async with self._db.machinery() as session:
            ours = await leases.finish(session, leased.id, token=leased.token, now=self._edge.clock())
        self._tell(leased, "done" if ours else "late")
        _logger.info("job done" if ours else "late in peace", extra=_facts(leased) | {"duration_ms": duration_ms})

    async def _failed(self, leased: Leased, error: Exception) -> None:
        now = self._edge.clock()
        give_up = leased.attempts >= self._attempts_max
        async with self._db.machinery() as session:
            ours = await leases.fail(
                session,
                leased.id,
                token=leased.token,
                error=redact(f"{type(error).__name__}: {error}"),
                due=now + back_off(leased.attempts, self._edge.random_below),
                parked_at=now if give_up else None,
            )
        if not ours:
            self._tell(leased, "late")
            _logger.info("late in peace", extra=_facts(leased))
            return
        self._tell(leased, "parked" if give_up else "failed")
        if give_up:
            _logger.error("a job is parked: a person must look at it", extra=_facts(leased))

    def _tell(self, leased: Leased, outcome: str) -> None:
        # A name that this release does not know is somebody's text, not a label.
        self._outcomes(leased.name if leased.name in self._table else "unknown", outcome)


def back_off(attempts: int, random_below: Callable[[int], int]) -> timedelta:
    """How long to wait after the n-th failure: 2 s, doubled each time, at most 10 min; the second half is by chance."""
    assert attempts > 0, attempts
    longest = min(FIRST_DELAY_MS << min(attempts - 1, 20), LONGEST_DELAY_MS)
    return timedelta(milliseconds=longest // 2 + random_below(longest // 2 + 1))


def _facts(leased: Leased) -> dict[str, object]:
    return {"job": leased.name, "job_id": str(leased.id), "attempt": leased.attempts}
