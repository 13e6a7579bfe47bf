"""What is left lying about? Old finished jobs are deleted, and stuck ones are told to whoever reads the logs."""

import logging
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select

from app.core import leases, limits
from app.core.db import Database
from app.core.outbox import Job

KEEP_DONE: Final = timedelta(days=7)
KEEP_WINDOWS: Final = timedelta(minutes=10)
LATE_AFTER: Final = timedelta(minutes=15)
BATCH: Final = 1_000
BATCHES_MAX: Final = 50
NAMED_MAX: Final = 20
_logger: Final = logging.getLogger(__name__)


async def prune(db: Database, *, now: datetime) -> int:
    """Delete jobs that were done a week ago or longer, and spent windows, in short transactions; how many.

    Parked jobs stay.
    """
    window_no, _ = limits.window_at(now - KEEP_WINDOWS)
    total = 0
    for _ in range(BATCHES_MAX):
        async with db.machinery() as session:
            jobs = await leases.prune(session, before=now - KEEP_DONE, limit=BATCH)
        async with db.machinery() as session:
            windows = await limits.prune(session, before=window_no, limit=BATCH)
        total += jobs + windows
        if max(jobs, windows) < BATCH:
            break
    return total


async def stuck(db: Database, *, now: datetime) -> int:
    """Log an error when jobs have been parked, and when the oldest due job is late; how many of both there are."""
    unfinished = select(func.count(), func.min(Job.due)).where(
        Job.done_at.is_(None), Job.parked_at.is_(None), Job.due <= now - LATE_AFTER
    )
    parked = select(Job.id, Job.name).where(Job.parked_at.is_not(None)).order_by(Job.parked_at).limit(NAMED_MAX)
    async with db.machinery() as session:
        late, oldest = (await session.execute(unfinished)).one()
        named = (await session.execute(parked)).all()
    for job_id, name in named:
        _logger.error("a parked job waits for a person", extra={"job": name, "job_id": str(job_id)})
    if late:
        _logger.error("%s due jobs are late, the oldest since %s", late, oldest)
    return len(named) + late
