"""What is done by the clock, and how often? Each turn of the leader starts the jobs whose time has come, once."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.core.db import AsyncSession, Database
from app.core.ids import new_id
from app.core.outbox import Job
from app.core.request_id import new_request_id
from app.core.schedule import ScheduleEntry

EVERY: Final[Mapping[str, timedelta]] = {
    "closing.fetch_stripe_lines": timedelta(hours=1),
    "events.seal": timedelta(seconds=10),
    "jobs.prune": timedelta(hours=1),
    "invoices.catch_up": timedelta(hours=1),
    "invoices.close_months": timedelta(hours=1),
    "invoices.remind": timedelta(hours=1),
    "rates.prune": timedelta(minutes=10),
    "listings.match": timedelta(seconds=10),
    "payments.poll_attempts": timedelta(hours=1),
    "payments.sweep_events": timedelta(hours=1),
    "payouts.find_arrivals": timedelta(hours=1),
    "payouts.run_due": timedelta(hours=1),
    "prices.write_days": timedelta(hours=1),
    "reconciliation.fetch_daily": timedelta(hours=1),
    "retirements.wake_stuck": timedelta(minutes=1),
    "sweep.stuck": timedelta(minutes=1),
}


async def enter(db: Database, entries: Mapping[str, timedelta], *, now: datetime) -> None:
    """Write the entries that are missing, due at once, and correct the intervals of the others."""
    async with db.machinery() as session:
        for name, every in sorted(entries.items()):
            made = insert(ScheduleEntry).values(name=name, every=every, next_run_at=now)
            await session.execute(
                made.on_conflict_do_update(
                    index_elements=["name"], set_={"every": every}, where=ScheduleEntry.every != every
                )
            )


async def tick(session: AsyncSession, entries: Mapping[str, timedelta], *, now: datetime) -> list[str]:
    """Start the jobs that are due, and name them: in the same transaction the entry moves on to its next time.

    A period that nobody was there for is not made up for. While an earlier job of the name is unfinished no other is
    started; a parked one does not count. Entries that another worker is looking at are passed over, and so are those
    of another release (not in `entries`).
    """
    due = await session.scalars(
        select(ScheduleEntry)
        .where(ScheduleEntry.next_run_at <= now, ScheduleEntry.name.in_(list(entries)))
        .order_by(ScheduleEntry.name)
        .with_for_update(skip_locked=True)
    )
    started = []
    for entry in due.all():
        entry.next_run_at += entry.every * ((now - entry.next_run_at) // entry.every + 1)
        if await _unfinished(session, entry.name):
            continue
        entry.last_run_at = now
        job_id = new_id()
        session.add(Job(id=job_id, name=entry.name, ids={}, request_id=new_request_id(job_id), due=now))
        started.append(entry.name)
    return started


async def _unfinished(session: AsyncSession, name: str) -> bool:
    unfinished = select(Job.id).where(Job.name == name, Job.done_at.is_(None), Job.parked_at.is_(None)).limit(1)
    return await session.scalar(unfinished) is not None
