"""How do a large import's rows become lots? By a job, batch by batch, each batch whole or not at all."""

import time
from datetime import datetime
from typing import Final
from uuid import UUID

from app.core import long_jobs, outbox
from app.core.db import AsyncSession, Database
from app.core.long_jobs import LongJob, LongJobStatus
from app.core.scope import DESK_ID, Scope
from app.inventory import operations, queries
from app.inventory.flow.imports import TURN_S, told_of
from app.inventory.models import HoldingsImport, ImportStatus

BATCH: Final = 2_000
"""Rows that become lots in one transaction. Meanwhile nobody else declares: about half a second."""
AT_ONCE_ROWS: Final = 5_000
"""Up to so many good rows are declared within the request (200), all or none; beyond, by a job (202)."""


async def commit(db: Database, *, org_id: UUID, import_id: UUID, job_id: UUID, now: datetime, request_id: str) -> None:
    """Declare a committing import's good rows that are no lots yet, until none is left or the turn is over.

    A row whose serials were declared since it was staged is bad from now on; the others are declared all the same.
    Does nothing when the import is not committing (any more).
    """
    scope = Scope.of_system(org_id, request_id).with_party(DESK_ID)  # The desk sees every lot.
    until = time.monotonic() + TURN_S
    after: int | None = 0
    while after is not None:
        async with db.transaction(scope) as session:
            job = await long_jobs.locked(session, scope, job_id)
            found = await operations.locked_import(session, scope, import_id)
            if found.status != ImportStatus.COMMITTING:
                return
            after = await _batch(session, job, found, after=after, now=now)
            if after is not None and time.monotonic() >= until:
                outbox.enqueue(
                    session, "inventory.commit_import", due=now, org_id=org_id, import_id=import_id, job_id=job_id
                )
                after = None


async def _batch(
    session: AsyncSession, job: LongJob, found: HoldingsImport, *, after: int, now: datetime
) -> int | None:
    """The next rows; the number of the last one, or None when there are no more and the import is committed."""
    rows = await queries.good_rows_after(session, found.org_id, found.id, after=after, limit=BATCH)
    if not rows:
        await operations.end_import(session, found, ImportStatus.COMMITTED, now, lots=found.rows_good)
        await long_jobs.end(session, job, LongJobStatus.DONE, told_of(found), now=now)
        return None
    await operations.hold_declaring(session)
    conflicts = await operations.conflicts_of(session, found.org_id, rows)
    if conflicts:
        await operations.refuse_rows(session, found, conflicts)
    free = [row for row in rows if row.n not in conflicts]
    if free:
        await operations.declare_rows(session, found, free, now)
    await long_jobs.advance(session, job, done=job.done + len(rows), total=job.total)
    return rows[-1].n
