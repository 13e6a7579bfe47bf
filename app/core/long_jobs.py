"""How far has long work got? One row for its owner to look at; the work itself is done by jobs, batch by batch."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Text, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Big, MaybeMoment, Moment, Version, one_of
from app.core.db import AsyncSession, Table
from app.core.errors import NotFound
from app.core.scope import Scope


class LongJobStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


OVER = frozenset({LongJobStatus.DONE, LongJobStatus.FAILED})


class LongJobNotFound(NotFound):
    """No job of this organisation has this id."""

    code = "job_not_found"
    title_en = "No such job"
    title_ja = "処理が見つかりません"


class LongJob(Table):
    """One piece of long work as its owner sees it. `done` of `total` counts what `stage` names; both only grow."""

    __tablename__ = "long_job"
    __table_args__ = (
        CheckConstraint(one_of("status", *LongJobStatus), name="status"),
        CheckConstraint("(status in ('done', 'failed')) = (finished_at is not null)", name="finished_when_over"),
        CheckConstraint("done >= 0 and (total is null or done <= total)", name="within_total"),
    )

    org_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.org_id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject_id: Mapped[UUID]
    status: Mapped[LongJobStatus] = mapped_column(Text)
    stage: Mapped[str]
    done: Mapped[Big]
    total: Mapped[int | None] = mapped_column(BigInteger)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    created_at: Mapped[Moment]
    finished_at: Mapped[MaybeMoment]
    version: Mapped[Version]


async def begin(
    session: AsyncSession, scope: Scope, *, job_id: UUID, kind: str, subject_id: UUID, stage: str, now: datetime
) -> LongJob:
    """Write the row of work that was asked for; the job that does it is enqueued beside it, in this transaction."""
    job = LongJob(
        org_id=scope.org_id, id=job_id, kind=kind, subject_id=subject_id, status=LongJobStatus.QUEUED, stage=stage,
        done=0, total=None, result=None, created_at=now, finished_at=None, version=1,
    )  # fmt: skip
    session.add(job)
    await session.flush()
    return job


async def begin_each(
    session: AsyncSession, jobs: Iterable[tuple[UUID, UUID, UUID]], *, kind: str, stage: str, now: datetime
) -> None:
    """Write the rows of the same work on many subjects: each job's id, its owner, and its subject."""
    session.add_all(
        LongJob(
            org_id=owner_id, id=job_id, kind=kind, subject_id=subject_id, status=LongJobStatus.QUEUED, stage=stage,
            done=0, total=None, result=None, created_at=now, finished_at=None, version=1,
        )
        for job_id, owner_id, subject_id in jobs
    )  # fmt: skip
    await session.flush()


async def locked(session: AsyncSession, scope: Scope, job_id: UUID) -> LongJob:
    """The row under its lock: two workers that both believe to have the job go one after the other.

    Raises LongJobNotFound (404).
    """
    job = await session.scalar(
        select(LongJob)
        .where(LongJob.org_id == scope.org_id, LongJob.id == job_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if job is None:
        raise LongJobNotFound("You have no job with this id.")
    return job


async def long_job_of(session: AsyncSession, scope: Scope, job_id: UUID) -> LongJob:
    """The organisation's own job as it is now. Raises LongJobNotFound (404)."""
    job = await session.scalar(select(LongJob).where(LongJob.org_id == scope.org_id, LongJob.id == job_id))
    if job is None:
        raise LongJobNotFound("You have no job with this id.")
    return job


async def advance(session: AsyncSession, job: LongJob, *, done: int, total: int | None = None) -> None:
    """A locked job has got so far, in the transaction that got there."""
    job.status, job.done, job.total = LongJobStatus.RUNNING, done, total
    job.version += 1
    await session.flush()


async def end(
    session: AsyncSession, job: LongJob, status: LongJobStatus, result: dict[str, Any], *, now: datetime
) -> None:
    """A locked job is over; `result` is what its owner is told. All that there was is done when it is done."""
    assert status in OVER, status
    job.status, job.result, job.finished_at = status, result, now
    if status == LongJobStatus.DONE:
        job.total = job.done
    job.version += 1
    await session.flush()
