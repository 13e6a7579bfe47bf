"""What happens to a holdings file? Kept first, then staged row by row: within the request when it is small, else by a
job that reports how far it has got and, killed at any moment, goes on behind the last batch that was committed.
"""

import asyncio
import hashlib
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator
from contextlib import aclosing
from datetime import datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from app.core import events, long_jobs, outbox
from app.core.db import AsyncSession, Database
from app.core.ids import public_id
from app.core.long_jobs import LongJob, LongJobStatus
from app.core.pages import Page
from app.core.scope import Scope
from app.inventory import operations, queries
from app.inventory.errors import FileUnreadable, TooManyRows
from app.inventory.flow.kept import keep_file, plain_filename
from app.inventory.flow.opened import OpenedFile, open_file
from app.inventory.models import HoldingsImport, ImportRow, ImportStatus
from app.inventory.rules import Asked, FileReading, ParsedRow, read_file
from integrations.storage.client import Files

ROWS_MAX: Final = 1_000_000
AT_ONCE_BYTES: Final = 1_000_000
AT_ONCE_ROWS: Final = 10_000
"""Up to both a file is staged within the request (201); beyond, or when the caller prefers it, by a job (202)."""
TURN_S: Final = 15
"""How long one job works on before it leaves the rest to the next: well under the lease."""
STAGE: Final = "inventory.stage_import"
_CHUNK: Final = 1_000_000


class Received(NamedTuple):
    """A file that came in, on the local disk."""

    path: Path
    sha256: str
    size_bytes: int


class Staged(NamedTuple):
    """A staged import, and the bad rows that its first page shows."""

    staged: HoldingsImport
    bad_rows: list[ImportRow]


class Incoming(NamedTuple):
    """What a provider says of the file that it sends."""

    import_id: UUID
    account_id: UUID
    filename: str
    layout: str | None
    mapping: dict[str, str] | None


async def receive(parts: AsyncIterator[bytes], folder: Path) -> Received:
    """Write what comes in to a file in `folder`, however much it is."""
    path, digest, size = folder / "received", hashlib.sha256(), 0
    file = await asyncio.to_thread(path.open, "wb")
    with file:
        async for part in parts:
            digest.update(part)
            size += len(part)
            await asyncio.to_thread(file.write, part)
    return Received(path, digest.hexdigest(), size)


async def import_file(
    db: Database,
    files: Files,
    scope: Scope,
    received: Received,
    incoming: Incoming,
    *,
    job_id: UUID,
    at_once: bool,
    bad_rows: Page,
    now: datetime,
) -> Staged | LongJob:
    """Keep a holdings file and stage every row of it, good or bad, now or (not `at_once`, or too large) by a job.

    No lot is written: that is the commit's. Raises FileUnreadable (400), AccountNotFound (404).
    """
    opened = await asyncio.to_thread(open_file, received.path)
    async with db.transaction(scope) as session:
        account = await queries.account_of(session, scope, incoming.account_id)
    key = f"imports/{received.sha256}"
    await keep_file(files, key, received.path)
    small = received.size_bytes <= AT_ONCE_BYTES and opened.rows_max <= AT_ONCE_ROWS
    asked = Asked(account.registry_code, incoming.layout, incoming.mapping)
    async with db.transaction(scope) as session:
        found = _row(scope, received, incoming, key=key, asked=asked, now=now)
        session.add(found)
        await session.flush()
        if not (at_once and small):
            return await _asked_for(session, scope, found, job_id, now)
        reading = read_file(opened.records, asked)
        _describe(found, opened, reading)
        target = operations.Target(
            scope.org_id, found.id, account.registry_code, await queries.units_of_registries(session)
        )
        for batch in _batches(reading.rows):
            await operations.count_staged(session, found, await operations.stage_rows(session, target, batch))
        await operations.finish_staging(session, found, now=now)
        return Staged(found, list(await queries.import_rows_page(session, scope, found.id, bad_rows, outcome="bad")))


async def stage(
    db: Database, files: Files, *, org_id: UUID, import_id: UUID, job_id: UUID, now: datetime, request_id: str
) -> None:
    """Stage a file's next rows, batch by batch, each in a transaction with the progress that it made.

    What was staged before is passed over. Does nothing when the import is not being staged (any more).
    """
    scope = Scope.of_system(org_id, request_id)
    async with db.transaction(scope) as session:
        found = await queries.import_of(session, scope, import_id)
        if found.status != ImportStatus.STAGING:
            return
        seen, done, last = await queries.serials_seen(session, org_id, import_id)
        units = await queries.units_of_registries(session)
    asked = msgspec.convert(found.asked, Asked)
    target = operations.Target(org_id, import_id, asked.registry_code, units)
    turn = _Turn(db, scope, target, job_id, now)
    with TemporaryDirectory() as folder:
        try:
            await files.get_file(found.file_key, Path(folder) / "kept")
            opened = await asyncio.to_thread(open_file, Path(folder) / "kept")
            reading = read_file(opened.records, asked, after=last, seen=seen)
            await turn.take(opened, reading, done=done, last=last)
        except (FileUnreadable, TooManyRows) as refusal:
            await turn.fail(refusal.code, refusal.detail)


class _Turn:
    """One job's share of staging a file."""

    def __init__(self, db: Database, scope: Scope, target: operations.Target, job_id: UUID, now: datetime) -> None:
        self._db, self._scope, self._target, self._job_id, self._now = db, scope, target, job_id, now

    async def take(self, opened: OpenedFile, reading: FileReading, *, done: int, last: int) -> None:
        """Stage rows until none is left, the turn is over, or somebody else has staged what we were about to."""
        until = time.monotonic() + TURN_S
        ahead = (row for row in reading.rows if row.row_number > last)
        async with aclosing(_read_ahead(_batches(ahead))) as batches:  # Left early, it is over before the file is.
            async for batch in batches:
                if done + len(batch) > ROWS_MAX:
                    raise TooManyRows(f"One import takes {ROWS_MAX} rows. Split the file.", rows_max=ROWS_MAX)
                over = time.monotonic() >= until
                if not await self._keep(batch, opened, reading, done=done, over=over):
                    return
                done += len(batch)
                if over:
                    return
        await self._finish(opened, reading, done=done)

    async def _keep(
        self, batch: list[ParsedRow], opened: OpenedFile, reading: FileReading, *, done: int, over: bool
    ) -> bool:
        """One batch and its progress; False when it was done already, by a worker that was thought dead."""
        async with self._db.transaction(self._scope) as session:
            job, found = await self._locked(session)
            if found.status != ImportStatus.STAGING or job.done != done:
                return False
            _describe(found, opened, reading)
            await operations.count_staged(session, found, await operations.stage_rows(session, self._target, batch))
            done += len(batch)
            await long_jobs.advance(session, job, done=done, total=max(opened.rows_max, done))
            if over:
                self._go_on(session)
        return True

    def _go_on(self, session: AsyncSession) -> None:
        outbox.enqueue(
            session, "inventory.stage_import", due=self._now, org_id=self._target.org_id,
            import_id=self._target.import_id, job_id=self._job_id,
        )  # fmt: skip

    async def _finish(self, opened: OpenedFile, reading: FileReading, *, done: int) -> None:
        async with self._db.transaction(self._scope) as session:
            job, found = await self._locked(session)
            if found.status != ImportStatus.STAGING or job.done != done:
                return
            _describe(found, opened, reading)
            await operations.finish_staging(session, found, now=self._now)
            await long_jobs.end(session, job, LongJobStatus.DONE, told_of(found), now=self._now)

    async def fail(self, code: str, detail: str) -> None:
        """The file as a whole cannot be staged."""
        async with self._db.transaction(self._scope) as session:
            job, found = await self._locked(session)
            if found.status != ImportStatus.STAGING:
                return
            await operations.fail_import(session, found, code, now=self._now)
            told = told_of(found) | {"code": code, "detail": detail}
            await long_jobs.end(session, job, LongJobStatus.FAILED, told, now=self._now)

    async def _locked(self, session: AsyncSession) -> tuple[LongJob, HoldingsImport]:
        job = await long_jobs.locked(session, self._scope, self._job_id)
        return job, await operations.locked_import(session, self._scope, self._target.import_id)


def told_of(found: HoldingsImport) -> dict[str, Any]:
    """What the owner of a finished job is told of its import."""
    return {
        "import_id": public_id("imp", found.id),
        "rows_total": found.rows_total,
        "rows_good": found.rows_good,
        "rows_bad": found.rows_bad,
        "rows_not_active": found.rows_not_active,
    }


async def _asked_for(
    session: AsyncSession, scope: Scope, found: HoldingsImport, job_id: UUID, now: datetime
) -> LongJob:
    job = await long_jobs.begin(
        session, scope, job_id=job_id, kind=STAGE, subject_id=found.id, stage="rows staged", now=now
    )
    outbox.enqueue(session, "inventory.stage_import", due=now, org_id=scope.org_id, import_id=found.id, job_id=job_id)
    await events.record(
        session, "import.received", org_id=scope.org_id, subject_kind="import", subject_id=found.id,
        after={"status": found.status, "sha256": found.sha256, "size_bytes": found.size_bytes}, now=now,
    )  # fmt: skip
    return job


def _row(
    scope: Scope, received: Received, incoming: Incoming, *, key: str, asked: Asked, now: datetime
) -> HoldingsImport:
    return HoldingsImport(
        org_id=scope.org_id, id=incoming.import_id, registry_account_id=incoming.account_id,
        filename=plain_filename(incoming.filename), sha256=received.sha256, file_key=key, encoding="",
        size_bytes=received.size_bytes, layout="", asked=msgspec.to_builtins(asked), header=None,
        status=ImportStatus.STAGING, failure=None, rows_total=0, rows_good=0, rows_bad=0, rows_not_active=0,
        created_by=scope.actor_id, created_at=now, committed_at=None, version=1,
    )  # fmt: skip


def _describe(found: HoldingsImport, opened: OpenedFile, reading: FileReading) -> None:
    found.encoding, found.layout = opened.encoding, reading.layout
    found.header = [cell.replace("\0", "\ufffd")[: operations.CELL_CHARS_KEPT] for cell in reading.header][
        : operations.CELLS_KEPT
    ]


async def _read_ahead(batches: Iterator[list[ParsedRow]]) -> AsyncGenerator[list[ParsedRow], None]:
    """Batches, each read in a thread while the database keeps the one before, so that other jobs are not held up."""
    coming = asyncio.create_task(asyncio.to_thread(next, batches, None))
    try:
        while (batch := await coming) is not None:
            coming = asyncio.create_task(asyncio.to_thread(next, batches, None))
            yield batch
    finally:  # The thread reads a file that is about to be closed.
        await asyncio.gather(coming, return_exceptions=True)


def _batches(rows: Iterable[ParsedRow]) -> Iterator[list[ParsedRow]]:
    reading = iter(rows)
    while batch := list(islice(reading, operations.BATCH)):
        yield batch
