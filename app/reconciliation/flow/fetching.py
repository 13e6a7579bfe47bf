"""How does the desk fetch a registry's own lines of an account? Page by page into a file, which is then read as any other."""

import asyncio
import csv
from collections.abc import AsyncIterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import UUID

from app.core import long_jobs, outbox
from app.core.db import Database
from app.core.ids import new_id, public_id
from app.core.long_jobs import LongJob, LongJobStatus
from app.core.period import day_in_japan
from app.core.scope import DESK_ID, Scope
from app.inventory import queries as stock
from app.inventory.flow import Received
from app.inventory.flow.kept import keep_file
from app.reconciliation.errors import RegistryNotReadable, StatementOlder, StatementUnderWay
from app.reconciliation.flow.settling import trust
from app.reconciliation.flow.statements import Told, take_statement
from app.reconciliation.models import Statement, Trust
from app.reconciliation.rules import STATEMENT_HEADER, Column, Covers, Reach
from integrations.registries.base import ReadableRegistry, Registries
from integrations.registries.lines import Reading, ReadingFailed, StatementLine, StatementPage
from integrations.storage.client import Files

KIND: Final = "reconciliation.fetch_statement"
PAGES_MAX: Final = 20_000


class ListUnreadable(Exception):
    """The registry gave no whole list. The job is tried again later, and parked for a person at last."""


async def ask_to_fetch(
    db: Database,
    registries: Registries,
    scope: Scope,
    provider_id: UUID,
    account_id: UUID,
    *,
    job_id: UUID,
    now: datetime,
) -> LongJob:
    """Write down that an account's lines are to be fetched. Raises AccountNotFound (404), RegistryNotReadable (409)."""
    owner = Scope.of_system(provider_id, scope.request_id)
    async with db.transaction(scope.with_party(provider_id, DESK_ID)) as session:
        account = await stock.account_of(session, owner, account_id)
        if not isinstance(registries.registry_for(account.registry_code), ReadableRegistry):
            raise RegistryNotReadable("Send its statement as a file.", registry=account.registry_code)
        asker = owner if scope.org_id == provider_id else scope
        job = await long_jobs.begin(
            session, asker, job_id=job_id, kind=KIND, subject_id=account_id, stage="lines fetched", now=now
        )
        outbox.enqueue(
            session, "reconciliation.fetch_statement", due=now, org_id=provider_id, account_id=account_id,
            job_org_id=job.org_id, job_id=job.id,
        )  # fmt: skip
        return job


async def fetch_statement(
    db: Database, files: Files, registries: Registries, *, org_id: UUID, account_id: UUID, job_org_id: UUID,
    job_id: UUID, now: datetime, request_id: str,
) -> None:  # fmt: skip
    """Fetch an account's lines and compare it with them. What is simulated is fetched at test desks alone.

    Only a whole list counts; of an account that is not confirmed to be the provider's it is but the provider's word:
    anybody can enter anybody's number. Raises ListUnreadable when it is not: the job is tried again.
    """
    scope = Scope.of_system(org_id, request_id)
    async with db.transaction(scope.with_party(DESK_ID, job_org_id)) as session:
        job = await long_jobs.long_job_of(session, Scope.of_system(job_org_id, request_id), job_id)
        account = await stock.account_of(session, scope, account_id)
    if job.status in long_jobs.OVER:
        return
    whose = Trust.PROVIDER if account.confirmed_at is None else Trust.REGISTRY
    registry = registries.registry_for(account.registry_code)
    assert isinstance(registry, ReadableRegistry), account.registry_code
    with TemporaryDirectory() as folder:
        path, raw = Path(folder) / "lines.csv", Path(folder) / "pages"
        await _written(registry, account.account_no, path, raw, request_id)
        received = await asyncio.to_thread(_received, path)
        await keep_file(files, f"statements/raw/{received.sha256}", raw)
        told = Told(
            new_id(), account_id, f"{account.registry_code}-{account.account_no}.csv", day_in_japan(now), Covers.ALL,
            Reach.ACCOUNT, None, "template", None,
        )  # fmt: skip
        try:
            made: Statement | LongJob | StatementOlder = await take_statement(
                db, files, scope.with_party(DESK_ID), org_id, received, told, trust=whose, source="fetch",
                job_id=new_id(), at_once=True, now=now,
            )  # fmt: skip
            if isinstance(made, Statement):
                made = await _vouched(db, scope.with_party(DESK_ID), made, whose, now)
        except StatementUnderWay as refusal:
            raise ListUnreadable(str(refusal)) from refusal
        except StatementOlder as refusal:
            made = refusal
    await _end(db, scope.with_party(DESK_ID, job_org_id), job_org_id, job_id, made, now)


async def _vouched(db: Database, scope: Scope, made: Statement, whose: Trust, now: datetime) -> Statement:
    """The same list may have been here today as the provider's word, before its account was confirmed."""
    claims_less = (made.reach, made.since) != (Reach.ACCOUNT, None)
    if claims_less or whose == Trust.PROVIDER or made.trust != Trust.PROVIDER:
        return made
    return await trust(db, scope, made.org_id, made.id, whose=whose, reconciliation_id=new_id(), now=now)


async def _end(
    db: Database,
    scope: Scope,
    job_org_id: UUID,
    job_id: UUID,
    made: Statement | LongJob | StatementOlder,
    now: datetime,
) -> None:
    told, status = {}, LongJobStatus.DONE
    if isinstance(made, Statement):
        told = {"statement_id": public_id("stm", made.id), "rows_total": made.rows_total}
    elif isinstance(made, LongJob):
        told = {"statement_id": public_id("stm", made.subject_id), "job_id": public_id("job", made.id)}
    else:
        told, status = {"code": made.code, "detail": made.detail}, LongJobStatus.FAILED
    async with db.transaction(scope) as session:
        job = await long_jobs.locked(session, Scope.of_system(job_org_id, scope.request_id), job_id)
        if job.status not in long_jobs.OVER:
            await long_jobs.end(session, job, status, told, now=now)


async def _written(registry: ReadableRegistry, account_no: str, path: Path, raw: Path, request_id: str) -> None:
    """Write the lines in our own layout, and the registry's own bytes beside them."""
    with path.open("w", encoding="utf-8", newline="") as out, raw.open("wb") as kept:
        writer = csv.DictWriter(out, STATEMENT_HEADER, restval="", lineterminator="\n")
        writer.writeheader()
        async for page in _pages(registry, account_no, request_id):
            kept.write(page.raw + b"\n")
            writer.writerows(_cells(line) for line in page.lines)


async def _pages(registry: ReadableRegistry, account_no: str, request_id: str) -> AsyncIterator[StatementPage]:
    """Every page of what is active, then of what has ended. Raises ListUnreadable."""
    for ended in (False, True):
        cursor: str | None = None
        for _ in range(PAGES_MAX):
            page: Reading = (
                await registry.statement(account_no, since=None, cursor=cursor, request_id=request_id)
                if ended
                else await registry.holdings(account_no, cursor=cursor, request_id=request_id)
            )
            if isinstance(page, ReadingFailed):
                raise ListUnreadable(page.why)
            if not page.complete:
                raise ListUnreadable("the registry says that its list is not whole")
            yield page
            cursor = page.next_cursor
            if cursor is None:
                break
        else:
            raise ListUnreadable(f"more than {PAGES_MAX} pages")


def _cells(line: StatementLine) -> dict[Column, str]:
    return {
        "state": line.state, "serial": line.serial, "serial_prefix": line.serial_prefix,
        "serial_first": line.serial_first, "serial_last": line.serial_last, "quantity": str(line.quantity),
        "changed_on": line.changed_on.isoformat() if line.changed_on else "",
        "beneficiary_name": line.beneficiary_name, "purpose": line.purpose, "note": line.note,
        "transaction_no": line.transaction_no, "project": line.project,
    }  # fmt: skip


def _received(path: Path) -> Received:
    digest, size = sha256(), 0
    with path.open("rb") as file:
        while part := file.read(1_000_000):
            digest.update(part)
            size += len(part)
    return Received(path, digest.hexdigest(), size)
