"""Who works on a job now? Rows are woken when due, taken under a lease with a fencing token, and finished once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, delete, or_, select, update

from app.core.db import AsyncSession
from app.core.outbox import Job

ERROR_MAX = 2_000
"""Characters of a failure that are kept in the row; the whole traceback is in the logs."""
# Made once: every job asks both of these, and to put a statement together takes longer than to have it answered.
_JOBS: Final = cast("Table", Job.__table__)
_TAKE: Final = (
    update(_JOBS)
    .where(_JOBS.c.id == bindparam("job_id"), _JOBS.c.done_at.is_(None), _JOBS.c.parked_at.is_(None))
    .where(_JOBS.c.woken_at.is_not(None))
    .where(or_(_JOBS.c.lease_until.is_(None), _JOBS.c.lease_until <= bindparam("at")))
    .values(
        token=_JOBS.c.token + 1,
        attempts=_JOBS.c.attempts + 1,
        lease_until=bindparam("until", type_=_JOBS.c.lease_until.type),
        woken_at=None,
    )
    .returning(_JOBS.c.name, _JOBS.c.ids, _JOBS.c.request_id, _JOBS.c.due, _JOBS.c.attempts, _JOBS.c.token)
)
_OURS: Final = (
    update(_JOBS)
    .where(_JOBS.c.id == bindparam("job_id"), _JOBS.c.token == bindparam("held"))
    .where(_JOBS.c.done_at.is_(None), _JOBS.c.parked_at.is_(None))
    .returning(_JOBS.c.id)
)
_FINISH: Final = _OURS.values(done_at=bindparam("at", type_=_JOBS.c.done_at.type), lease_until=None)


@dataclass(frozen=True, slots=True)
class Leased:
    """A job that is ours until its lease ends. `token` proves it; `attempts` counts this one too."""

    id: UUID
    name: str
    ids: dict[str, UUID]
    request_id: str
    due: datetime
    attempts: int
    token: int


async def wake_due(session: AsyncSession, *, now: datetime, limit: int, rewake_after: timedelta) -> list[UUID]:
    """Mark up to `limit` due jobs woken, the longest due first, and name them: send each a wake-up after the commit.

    Left alone: jobs under a living lease, and jobs woken less than `rewake_after` ago, whose message may still come.
    Rows that another relay is looking at are passed over. A message that got lost is sent again by this same question.
    """
    due = (
        select(Job.id, Job.due)
        .where(Job.done_at.is_(None), Job.parked_at.is_(None), Job.due <= now)
        .where(or_(Job.lease_until.is_(None), Job.lease_until <= now))
        .where(or_(Job.woken_at.is_(None), Job.woken_at <= now - rewake_after))
        .order_by(Job.due, Job.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        # Materialized: a subselect with LIMIT and locks that the planner repeats would wake more than `limit`.
        .cte("due")
        .prefix_with("materialized")
    )
    woken = await session.execute(
        update(Job)
        .where(Job.id == due.c.id)
        .values(woken_at=now)
        .returning(Job.id, Job.due)
        .execution_options(synchronize_session=False)
    )
    return [job_id for job_id, _ in sorted(woken, key=lambda row: (row[1], row[0]))]


async def take(session: AsyncSession, job_id: UUID, *, now: datetime, lease: timedelta) -> Leased | None:
    """Take the lease of a woken job; None when it is done, parked, held by somebody, or was not woken.

    Being woken is the permission, and taking uses it up. So the second delivery of a message finds nothing to do, a
    message that was overtaken by a failure cannot run the job before its new due time, and no two clocks are compared.
    """
    taken = await session.execute(_TAKE, {"job_id": job_id, "at": now, "until": now + lease})
    row = taken.one_or_none()
    if row is None:
        return None
    name, ids, request_id, due, attempts, token = row
    return Leased(job_id, name, {key: UUID(value) for key, value in ids.items()}, request_id, due, attempts, token)


async def finish(session: AsyncSession, job_id: UUID, *, token: int, now: datetime) -> bool:
    """The work is done. False when the lease has been given to somebody else, whose result counts instead."""
    changed = await session.execute(_FINISH, {"job_id": job_id, "held": token, "at": now})
    return changed.first() is not None


async def fail(
    session: AsyncSession, job_id: UUID, *, token: int, error: str, due: datetime, parked_at: datetime | None
) -> bool:
    """The attempt failed: due again at `due`, or parked for a person to look at. False when the lease is not ours."""
    failed = _OURS.values(
        last_error=error.replace("\0", "")[:ERROR_MAX],  # PostgreSQL has no text with a zero byte in it.
        due=due,
        parked_at=parked_at,
        lease_until=None,
        woken_at=None,
    )
    changed = await session.execute(failed, {"job_id": job_id, "held": token})
    return changed.first() is not None


async def unpark(session: AsyncSession, job_id: UUID, *, now: datetime) -> bool:
    """A person has removed the cause: due now, with all its attempts again. False when the job was not parked."""
    revived = await session.execute(
        update(Job)
        .where(Job.id == job_id, Job.parked_at.is_not(None))
        .values(parked_at=None, attempts=0, due=now)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    return revived.first() is not None


async def prune(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Delete up to `limit` jobs that were done before this moment; how many they were. Parked jobs stay."""
    old = (
        select(Job.id).where(Job.done_at < before).order_by(Job.done_at).limit(limit).with_for_update(skip_locked=True)
    )
    gone = await session.execute(
        delete(Job)
        .where(Job.id.in_(select(old.cte("old").prefix_with("materialized").c.id)))
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())
