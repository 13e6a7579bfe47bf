"""How does a holdings file come in, wait, and end: committed, discarded, or failed as a whole?"""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from app.core import events, long_jobs, outbox
from app.core.db import AsyncSession
from app.core.ids import public_id
from app.core.long_jobs import LongJob
from app.core.scope import Scope
from app.inventory import queries
from app.inventory.errors import AlreadyDeclared, ImportHasBadRows, ImportNotFound, ImportNotStaged, NothingToImport
from app.inventory.models import HoldingsImport, ImportStatus
from app.inventory.operations.declaring import conflicts_of, declare_rows, hold_declaring
from app.inventory.operations.staging import BATCH, Staged

Chosen = Literal["all", "good"]
_NAMED_LOTS = 20


async def commit_import(
    session: AsyncSession, scope: Scope, import_id: UUID, chosen: Chosen, *, now: datetime
) -> HoldingsImport:
    """Make every good row a declared lot with its stock, all or none; `all` says that no row may be bad.

    Raises ImportNotFound (404), ImportNotStaged, ImportHasBadRows, NothingToImport, and AlreadyDeclared (409) when
    serials were declared since the file was staged. The transaction names the desk.
    """
    found = await ready_import(session, scope, import_id, chosen)
    await hold_declaring(session)
    after, declared = 0, 0
    while rows := await queries.good_rows_after(session, scope.org_id, import_id, after=after, limit=BATCH):
        conflicts = await conflicts_of(session, found.org_id, rows)
        if conflicts:
            raise _already_declared(conflicts)
        await declare_rows(session, found, rows, now)
        after, declared = rows[-1].n, declared + len(rows)
    assert declared == found.rows_good, import_id
    await end_import(session, found, ImportStatus.COMMITTED, now, lots=declared)
    return found


async def ready_import(session: AsyncSession, scope: Scope, import_id: UUID, chosen: Chosen) -> HoldingsImport:
    """An import, locked, that may be committed so.

    Raises ImportNotFound (404), ImportNotStaged, ImportHasBadRows, NothingToImport (409).
    """
    found = await locked_import(session, scope, import_id)
    _check_staged(found)
    if chosen == "all" and found.rows_bad:
        raise ImportHasBadRows("Correct the bad rows, or commit the good ones alone.", rows_bad=found.rows_bad)
    if not found.rows_good:
        raise NothingToImport("No row of this file is good.", rows_bad=found.rows_bad)
    return found


async def discard_import(session: AsyncSession, scope: Scope, import_id: UUID, *, now: datetime) -> HoldingsImport:
    """Give a staged import up. Raises ImportNotFound (404), ImportNotStaged (409)."""
    found = await locked_import(session, scope, import_id)
    _check_staged(found)
    await end_import(session, found, ImportStatus.DISCARDED, now)
    return found


async def locked_import(session: AsyncSession, scope: Scope, import_id: UUID) -> HoldingsImport:
    """The provider's own import under its lock. Raises ImportNotFound (404)."""
    found = await session.scalar(
        select(HoldingsImport)
        .where(HoldingsImport.org_id == scope.org_id, HoldingsImport.id == import_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise ImportNotFound("You have no import with this id.")
    return found


async def begin_commit(
    session: AsyncSession, scope: Scope, found: HoldingsImport, *, job_id: UUID, now: datetime
) -> LongJob:
    """Ask for a job that declares the good rows of an import that is ready for it, and locked."""
    await _move(session, found, ImportStatus.COMMITTING, now)
    job = await long_jobs.begin(
        session,
        scope,
        job_id=job_id,
        kind="inventory.commit_import",
        subject_id=found.id,
        stage="rows declared",
        now=now,
    )
    await long_jobs.advance(session, job, done=0, total=found.rows_good)
    outbox.enqueue(session, "inventory.commit_import", due=now, org_id=scope.org_id, import_id=found.id, job_id=job_id)
    return job


async def count_staged(session: AsyncSession, found: HoldingsImport, staged: Staged) -> None:
    """Add a batch to what was read of a locked import."""
    found.rows_total += staged.total
    found.rows_good += staged.good
    found.rows_bad += staged.bad
    found.rows_not_active += staged.not_active
    await session.flush()


async def finish_staging(session: AsyncSession, found: HoldingsImport, *, now: datetime) -> None:
    """Every row of a locked import has been read: a person may look at it now."""
    counts = {"rows_good": found.rows_good, "rows_bad": found.rows_bad, "rows_not_active": found.rows_not_active}
    await _move(session, found, ImportStatus.STAGED, now, **counts, sha256=found.sha256)


async def fail_import(session: AsyncSession, found: HoldingsImport, why: str, *, now: datetime) -> None:
    """The file as a whole cannot be read. Nothing can be done with it but to send another."""
    found.failure = why
    await _move(session, found, ImportStatus.FAILED, now, failure=why)


async def end_import(
    session: AsyncSession, found: HoldingsImport, status: ImportStatus, now: datetime, **facts: int
) -> None:
    """A locked import is over: committed or discarded."""
    if status == ImportStatus.COMMITTED:
        found.committed_at = now
    await _move(session, found, status, now, **facts)


def _check_staged(found: HoldingsImport) -> None:
    if found.status != ImportStatus.STAGED:
        raise ImportNotStaged(f"The import is {found.status}.", state=found.status)


def _already_declared(conflicts: dict[int, list[UUID]]) -> AlreadyDeclared:
    """The refusal that names the lots: they were declared after this file was staged."""
    lot_ids = dict.fromkeys(public_id("lot", lot_id) for found in conflicts.values() for lot_id in found)
    return AlreadyDeclared(
        "Serials of this file were declared since it was staged. Import the file again to see the rows.",
        lot_ids=list(lot_ids)[:_NAMED_LOTS],
        rows=list(conflicts)[:_NAMED_LOTS],
    )


async def _move(
    session: AsyncSession, found: HoldingsImport, status: ImportStatus, now: datetime, **facts: int | str
) -> None:
    before, found.status = found.status, status
    found.version += 1
    await session.flush()
    await events.record(
        session,
        f"import.{status}",
        org_id=found.org_id,
        subject_kind="import",
        subject_id=found.id,
        before={"status": before},
        after={"status": status, **facts},
        now=now,
    )
