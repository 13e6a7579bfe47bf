"""What happens to a registry's statement? Kept, read batch by batch, compared, and what it settles is settled.

Reading goes on behind the last batch that was committed, whatever ended it; a statement counts from the one transaction
on in which it is compared.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import ExitStack, aclosing
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple
from uuid import UUID

from app.core import long_jobs, outbox
from app.core.db import Database
from app.core.ids import new_id, public_id
from app.core.long_jobs import LongJob, LongJobStatus
from app.core.scope import DESK_ID, Scope
from app.inventory import queries as stock
from app.inventory.errors import FileUnreadable
from app.inventory.flow import Received
from app.inventory.flow.kept import keep_file, plain_filename
from app.reconciliation import operations, queries
from app.reconciliation.errors import StatementImplausible
from app.reconciliation.flow.reading import Batch, Headed, Reading, as_text, headed, plain_copy
from app.reconciliation.models import Statement, StatementStatus, Trust
from app.reconciliation.operations import Incoming, Read
from app.reconciliation.rules import Covers, KnownRecords, Reach, covers_of
from integrations.storage.client import Files

STAGE: Final = "reconciliation.read_statement"
AT_ONCE_BYTES: Final = 1_000_000
"""Up to so many a statement is read within the request (201); beyond, or when the caller prefers it, by a job (202)."""
MANY_LINES: Final = 10_000
_SOON: Final = timedelta(minutes=2)
TURN_S: Final = 25
"""How long one job reads before it leaves the rest to the next: well under the lease, with the comparison to come."""


class Told(NamedTuple):
    """What is said of a statement that comes in: whose account, which lines, as of when."""

    statement_id: UUID
    account_id: UUID
    filename: str
    as_of: date
    covers: Covers | None
    reach: Reach
    since: date | None
    layout: str
    control: dict[str, Any] | None


async def take_statement(
    db: Database, files: Files, scope: Scope, provider_id: UUID, received: Received, told: Told,
    *, trust: Trust, source: str, job_id: UUID, at_once: bool, now: datetime,
) -> Statement | LongJob:  # fmt: skip
    """Keep a statement and read it, now or (not `at_once`, or too large) by a job. The same file again changes nothing.

    Raises FileUnreadable (400), AccountNotFound (404), StatementInvalid (422), StatementUnderWay, StatementOlder (409).
    """
    owner = Scope.of_system(provider_id, scope.request_id)
    async with db.transaction(scope.with_party(provider_id, DESK_ID)) as session:
        account = await stock.account_of(session, owner, told.account_id)
    with TemporaryDirectory() as folder:
        path, encoding = await asyncio.to_thread(plain_copy, received.path, Path(folder))
        head = await asyncio.to_thread(headed, path, encoding, account.registry_code, told.layout)
    key = f"statements/{received.sha256}"
    await keep_file(files, key, received.path)
    incoming = _incoming(told, received, account.registry_code, head, key=key, trust=trust, source=source)
    small = at_once and received.size_bytes <= AT_ONCE_BYTES
    async with db.transaction(scope.with_party(provider_id, DESK_ID)) as session:
        statement, fresh = await operations.begin_statement(session, scope, provider_id, incoming, now=now)
        if not fresh:
            return statement
        job = await long_jobs.begin(
            session, owner if scope.org_id == provider_id else scope, job_id=job_id, kind=STAGE,
            subject_id=statement.id, stage="rows read", now=now,
        )  # fmt: skip
        # With a small one the job is only there in case this process ends: it then finds the work still to be done.
        outbox.enqueue(
            session, "reconciliation.read_statement", due=now if not small else now + _SOON, org_id=provider_id, statement_id=statement.id,
            job_org_id=job.org_id, job_id=job.id,
        )  # fmt: skip
    if not small:
        return job
    await read_statement(
        db, files, org_id=provider_id, statement_id=statement.id, job_org_id=job.org_id, job_id=job.id, now=now,
        request_id=scope.request_id,
    )  # fmt: skip
    async with db.transaction(scope.with_party(provider_id, DESK_ID)) as session:
        return await operations.locked_statement(session, provider_id, statement.id)


async def read_statement(
    db: Database, files: Files, *, org_id: UUID, statement_id: UUID, job_org_id: UUID, job_id: UUID, now: datetime,
    request_id: str,
) -> None:  # fmt: skip
    """Read a kept statement and compare its account, or do a turn of it. Does nothing when it is not being read."""
    scope = Scope.of_system(org_id, request_id).with_party(DESK_ID, job_org_id)
    turn = _Turn(db, files, scope, statement_id, job=(job_org_id, job_id), now=now)
    if not await turn.begin():
        return
    with TemporaryDirectory() as folder:
        try:
            await turn.read(Path(folder))
        except (FileUnreadable, StatementImplausible) as refusal:
            await turn.fail(refusal.detail)


class _Turn:
    """One job's share of reading a statement."""

    def __init__(
        self, db: Database, files: Files, scope: Scope, statement_id: UUID, *, job: tuple[UUID, UUID], now: datetime
    ) -> None:
        self._db, self._files, self._scope, self._now = db, files, scope, now
        self._statement_id = statement_id
        self._job_org_id, self._job_id = job

    async def begin(self) -> bool:
        """Look at where the reading stands; False when there is nothing to read (any more)."""
        async with self._db.transaction(self._scope) as session:
            self._statement = await queries.statement_of(session, self._scope, self._statement_id)
            if self._statement.status != StatementStatus.STAGING:
                return False
            self._staged, self._last_row = await queries.staged_rows(session, self._statement)
            comparison = await operations.locked_comparison(
                session, self._statement.org_id, self._statement.registry_account_id
            )
            self._lines = comparison.lines
            ns = _followed(self._statement.covers, comparison.active_n, comparison.ended_n)
            self._before = await queries.latest(
                session, self._statement.org_id, self._statement.registry_account_id, ns
            )
        return True

    async def read(self, folder: Path) -> None:
        """Stage rows until none is left, the turn is over, or somebody else has staged what we were about to."""
        statement, until = self._statement, time.monotonic() + TURN_S
        await self._files.get_file(statement.file_key, folder / "kept")
        path, encoding = await asyncio.to_thread(plain_copy, folder / "kept", folder)
        head = await asyncio.to_thread(headed, path, encoding, statement.registry_code, statement.layout)
        if head.wrong:
            await self.fail(
                "; ".join(f"{each.column}: {each.detail}" if each.column else each.detail for each in head.wrong)
            )
            return
        known, before = await self._known(folder, head, encoding)
        next_n = self._lines + 1 + len(self._staged)
        with ExitStack() as files:
            reading = Reading(
                files.enter_context(path.open("rb")), encoding, head, statement.registry_code, known or KnownRecords(b""),
                before=files.enter_context(before.open("rb")) if before else None, next_n=next_n,
            )  # fmt: skip
            await asyncio.to_thread(reading.pass_over, self._staged, last_row=self._last_row)
            last_row = self._last_row
            async with aclosing(_ahead(reading.batches())) as batches:
                async for batch in batches:
                    if not await self._keep(batch, head, encoding, after=last_row):
                        return
                    last_row = batch.last_row
                    if time.monotonic() >= until:
                        await self._go_on()
                        return
        await self._finish(reading, head, encoding, told_apart=known is not None)

    async def fail(self, why: str) -> None:
        """The statement as a whole cannot be read, or cannot be true."""
        async with self._db.transaction(self._scope) as session:
            statement = await operations.locked_statement(session, self._statement.org_id, self._statement_id)
            if statement.status != StatementStatus.STAGING:
                return
            await operations.fail_statement(session, statement, why, now=self._now)
            job = await long_jobs.locked(session, _of(self._job_org_id, self._scope), self._job_id)
            told = {"statement_id": public_id("stm", statement.id), "detail": statement.failure}
            await long_jobs.end(session, job, LongJobStatus.FAILED, told, now=self._now)

    async def _known(self, folder: Path, head: Headed, encoding: str) -> tuple[KnownRecords | None, Path | None]:
        """The records of the statement that this one follows, and that statement as text.

        None when it cannot be told apart from it by records.
        """
        statement, before = self._statement, self._before
        if before is None or before.known_key is None or statement.since is not None or before.since is not None:
            return None, None
        same = (before.covers, before.reach, before.layout, before.header, before.encoding)
        if same != (statement.covers, statement.reach, head.layout, list(head.header), encoding):
            return None, None
        known = await asyncio.to_thread(KnownRecords, await self._files.get(before.known_key))
        (earlier := folder / "before").mkdir()
        await self._files.get_file(before.file_key, earlier / "kept")
        return known, await asyncio.to_thread(as_text, earlier / "kept", earlier)

    async def _keep(self, batch: Batch, head: Headed, encoding: str, *, after: int) -> bool:
        """One batch and its progress; False when it was done already, by a worker that was thought dead."""
        async with self._db.transaction(self._scope) as session:
            statement = await operations.locked_statement(session, self._statement.org_id, self._statement_id)
            job = await long_jobs.locked(session, _of(self._job_org_id, self._scope), self._job_id)
            if statement.status != StatementStatus.STAGING or (job.total or 0) > after:
                return False
            _describe(statement, head, encoding)
            if batch.lines:
                await operations.stage_lines(session, statement, batch.lines)
            await operations.quarantine(session, statement, batch.quarantined)
            await long_jobs.advance(session, job, done=batch.last_row, total=batch.last_row)
        return True

    async def _go_on(self) -> None:
        async with self._db.transaction(self._scope) as session:
            outbox.enqueue(
                session, "reconciliation.read_statement", due=self._now, org_id=self._statement.org_id, statement_id=self._statement_id,
                job_org_id=self._job_org_id, job_id=self._job_id,
            )  # fmt: skip

    async def _finish(self, reading: Reading, head: Headed, encoding: str, *, told_apart: bool) -> None:
        known, last_line = reading.known, reading.next_n - 1
        if last_line - self._lines > MANY_LINES:
            async with self._db.transaction(self._scope) as session:
                await operations.look_at_lines(session)
        key = f"statements/known/{self._statement_id}"
        await self._files.put(key, await asyncio.to_thread(known.written, reading.rows))
        closed = list(known.gone()) if told_apart else None
        async with self._db.transaction(self._scope) as session:
            await operations.take_time(session)
            statement = await operations.locked_statement(session, self._statement.org_id, self._statement_id)
            if statement.status != StatementStatus.STAGING:
                return
            _describe(statement, head, encoding)
            quarantined = await queries.quarantined_rows(session, statement)
            read = Read(
                known.met + last_line - self._lines + quarantined, last_line - self._lines + quarantined, quarantined,
                last_line, closed, key,
            )  # fmt: skip
            made = await operations.finish_statement(
                session, self._scope, statement, read, reconciliation_id=new_id(), now=self._now
            )
            job = await long_jobs.locked(session, _of(self._job_org_id, self._scope), self._job_id)
            told = {
                "statement_id": public_id("stm", statement.id), "reconciliation_id": public_id("rcn", made.id),
                "rows_total": statement.rows_total, "rows_quarantined": statement.rows_quarantined,
            }  # fmt: skip
            await long_jobs.advance(session, job, done=max(job.done, 1), total=max(job.total or 0, 1))
            await long_jobs.end(session, job, LongJobStatus.DONE, told, now=self._now)


async def _ahead(batches: Iterator[Batch]) -> AsyncGenerator[Batch, None]:
    """Batches, each read in a thread while the database keeps the one before."""
    coming = asyncio.create_task(asyncio.to_thread(next, batches, None))
    try:
        while (batch := await coming) is not None:
            coming = asyncio.create_task(asyncio.to_thread(next, batches, None))
            yield batch
    finally:  # The thread reads a file that is about to be closed.
        await asyncio.gather(coming, return_exceptions=True)


def _describe(statement: Statement, head: Headed, encoding: str) -> None:
    statement.encoding, statement.layout = encoding, head.layout
    statement.header = [cell.replace("\0", "\ufffd") for cell in head.header]


def _followed(covers: Covers, active_n: int | None, ended_n: int | None) -> int | None:
    """The statement whose lines this one would replace whole; None when they come from several."""
    if covers == Covers.ALL:
        return active_n if active_n == ended_n else None
    return active_n if covers == Covers.ACTIVE else ended_n


def _of(org_id: UUID, scope: Scope) -> Scope:
    """The same work seen as the organisation's that looks at its job."""
    return Scope.of_system(org_id, scope.request_id)


def _incoming(
    told: Told, received: Received, registry_code: str, head: Headed, *, key: str, trust: Trust, source: str
) -> Incoming:
    covers = told.covers or (covers_of(head.found, head.header) if head.found is not None else Covers.ALL)
    return Incoming(
        told.statement_id, told.account_id, registry_code, covers, told.reach, told.since, told.as_of, source, trust,
        plain_filename(told.filename), received.sha256, key, received.size_bytes, told.layout or head.layout, told.control,
    )  # fmt: skip
