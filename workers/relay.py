"""How do due jobs reach the workers? One process asks for them a few times a second, marks them woken and sends each."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from app.core import leases
from app.core.db import Database
from app.core.drivers import LOST
from workers import schedule
from workers.broker import NotSent, Wakeups
from workers.lead import Lead

WAITING_MAX: Final = 200
"""No more is woken while so many wake-ups lie unread: a backlog stays in the table, where it costs nothing. In a long
queue wake-ups would also grow older than the sweep interval, and each of their jobs would be woken again in vain."""
HURRY: Final = 10
"""While there is a backlog the leader looks this many times more often."""
AWAY: Final = timedelta(seconds=1)
"""How long a broker that is away is left alone: an outage of hours is told once a second, not at every poll."""
_logger: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often the leader looks, after what time a job that was woken in vain is woken again, what the clock starts."""

    poll: timedelta
    rewake_after: timedelta
    entries: Mapping[str, timedelta]


class Relay:
    """Wakes due jobs and ticks the schedule, as long as this process holds the lead."""

    def __init__(self, db: Database, wakeups: Wakeups, *, rhythm: Rhythm, clock: Callable[[], datetime]) -> None:
        """Nothing is asked yet."""
        self._db = db
        self._wakeups = wakeups
        self._rhythm = rhythm
        self._clock = clock
        self._lead = Lead(db)

    async def run(self, stop: asyncio.Event) -> None:
        """Relay until told to stop. A database or a broker that is away is asked again at the next turn."""
        try:
            while not stop.is_set():
                pause = self._rhythm.poll
                try:
                    if await self._lead.held() and await self._turn():
                        pause /= HURRY
                except NotSent as error:
                    _logger.error("wake-ups were not sent", extra={"error": str(error)})  # noqa: TRY400 - the broker is away, the place in our code says nothing.
                    pause = max(pause, AWAY)
                except (SQLAlchemyError, *LOST):
                    _logger.exception("the relay could not ask the database")
                await _wait(stop, pause)
        finally:
            await self._lead.close()

    async def _turn(self) -> bool:
        """Start and wake what is due; whether there may be more of it than there was room for."""
        now = self._clock()
        async with self._db.machinery() as session:
            await schedule.tick(session, self._rhythm.entries, now=now)
        room = WAITING_MAX - await self._wakeups.waiting()
        if room <= 0:
            return True
        async with self._db.machinery() as session:
            job_ids = await leases.wake_due(session, now=now, limit=room, rewake_after=self._rhythm.rewake_after)
        if job_ids:
            await self._wakeups.send(job_ids)
        return len(job_ids) == room


async def _wait(stop: asyncio.Event, pause: timedelta) -> None:
    try:
        await asyncio.wait_for(stop.wait(), pause.total_seconds())
    except TimeoutError:
        return
