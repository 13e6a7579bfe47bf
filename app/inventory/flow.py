"""What happens to the files that providers send? Kept first, then weighed row by row, or shown to the operator."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import PurePosixPath
from typing import Final, NamedTuple
from uuid import UUID

from app.core import events
from app.core.db import AsyncSession, Database
from app.core.errors import FieldError, Unavailable
from app.core.pages import Page
from app.core.period import day_in_japan
from app.core.scope import DESK_ID, Scope
from app.core.text import decoded, has_control_characters, lines_of, tidy_line
from app.inventory import operations, queries
from app.inventory.errors import EvidenceInvalid, FileTypeWrong, FileUnreadable, TooManyRows
from app.inventory.models import HoldingsImport, ImportRow, LotEvidence
from app.inventory.rules import ParsedRow, read_holdings
from integrations.storage.client import Files, FilesUnavailable

ROWS_MAX: Final = 20_000
FILENAME_MAX: Final = 200
OLDEST_STATEMENT: Final = date(1990, 1, 1)
_MAGIC: Final = {
    "application/pdf": b"%PDF-",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
}
EVIDENCE_TYPES: Final = (*_MAGIC, "text/csv")


class Staged(NamedTuple):
    """A staged import, and the bad rows that its first page shows."""

    staged: HoldingsImport
    bad_rows: list[ImportRow]


async def import_file(
    db: Database,
    files: Files,
    scope: Scope,
    content: bytes,
    *,
    import_id: UUID,
    account_id: UUID,
    filename: str,
    bad_rows: Page,
    now: datetime,
) -> Staged:
    """Keep a holdings file and stage every row of it, good or bad. No lot is written: that is the commit's.

    Raises FileUnreadable (400), AccountNotFound (404), TooManyRows (422).
    """
    try:
        text, encoding = decoded(content)
    except ValueError as error:
        raise FileUnreadable(str(error)) from error
    async with db.transaction(scope) as session:
        account = await queries.account_of(session, scope, account_id)
    sha256 = hashlib.sha256(content).hexdigest()
    await _keep(files, f"imports/{sha256}", content)
    async with db.transaction(scope) as session:
        staged = HoldingsImport(
            org_id=scope.org_id,
            id=import_id,
            registry_account_id=account_id,
            filename=plain_filename(filename),
            sha256=sha256,
            file_key=f"imports/{sha256}",
            encoding=encoding,
            status="staged",
            rows_total=0,
            rows_good=0,
            rows_bad=0,
            created_by=scope.actor_id,
            created_at=now,
            committed_at=None,
            version=1,
        )
        session.add(staged)
        await session.flush()
        units = await queries.units_of_registries(session)
        target = operations.Target(scope.org_id, import_id, account.registry_code, units)
        await _stage(session, staged, target, read_holdings(lines_of(text)))
        await _record_staged(session, staged, now)
        return Staged(staged, list(await queries.import_rows_page(session, scope, import_id, bad_rows, outcome="bad")))


async def submit_evidence(
    db: Database,
    files: Files,
    scope: Scope,
    content: bytes,
    *,
    lot_id: UUID,
    evidence_id: UUID,
    media_type: str,
    filename: str,
    as_of: date,
    now: datetime,
) -> LotEvidence:
    """Keep a statement and show it to the operator.

    Raises EvidenceInvalid and FileTypeWrong (422), LotNotFound (404), InvalidState (409).
    """
    if not OLDEST_STATEMENT <= as_of <= day_in_japan(now):
        wrong = FieldError("?as_of", "date_out_of_range", "A statement shows a day that has begun.")
        raise EvidenceInvalid("See `errors`.", errors=(wrong,))
    _check_type(content, media_type)
    sha256 = hashlib.sha256(content).hexdigest()
    file = operations.KeptFile(
        f"evidence/{sha256}", sha256, plain_filename(filename), media_type, size_bytes=len(content)
    )
    async with db.transaction(scope) as session:
        await queries.lot_line(session, scope.org_id, lot_id)
    await _keep(files, file.key, content)
    async with db.transaction(scope.with_party(DESK_ID)) as session:  # The desk is who it is shown to.
        return await operations.submit_evidence(
            session, scope, lot_id, file, evidence_id=evidence_id, as_of=as_of, now=now
        )


async def evidence_file(db: Database, files: Files, scope: Scope, evidence_id: UUID) -> tuple[LotEvidence, bytes]:
    """What a provider handed in, byte for byte, for the operator. Raises EvidenceNotFound (404)."""
    async with db.transaction(scope) as session:
        evidence = await queries.evidence_seen_by_desk(session, evidence_id)
    try:
        return evidence, await files.get(evidence.file_key)
    except FilesUnavailable as error:
        raise _store_away() from error


def plain_filename(text: str) -> str:
    """A file's name for a person to recognise: without folders, on one line, never longer than `FILENAME_MAX`."""
    name = PurePosixPath(tidy_line(text).replace("\\", "/")).name
    return "".join(char for char in name if not has_control_characters(char))[:FILENAME_MAX] or "file"


async def _keep(files: Files, key: str, content: bytes) -> None:
    try:
        await files.put(key, content)
    except FilesUnavailable as error:
        raise _store_away() from error


def _store_away() -> Unavailable:
    return Unavailable("The place where files are kept does not answer.", retry_after_s=5)


async def _stage(
    session: AsyncSession, staged: HoldingsImport, target: operations.Target, rows: Iterable[ParsedRow]
) -> None:
    """Weigh and keep the rows batch by batch: the memory that this takes does not grow with the file's rows."""
    total, good = 0, 0
    for batch in _batches(rows):
        total += len(batch)
        if total > ROWS_MAX:
            raise TooManyRows(f"One import takes {ROWS_MAX} rows. Split the file.", rows_max=ROWS_MAX)
        good += await operations.stage_rows(session, target, batch)
    staged.rows_total, staged.rows_good, staged.rows_bad = total, good, total - good
    await session.flush()


def _batches(rows: Iterable[ParsedRow]) -> Iterator[list[ParsedRow]]:
    reading = iter(rows)
    while batch := list(islice(reading, operations.BATCH)):
        yield batch


async def _record_staged(session: AsyncSession, staged: HoldingsImport, now: datetime) -> None:
    await events.record(
        session,
        "import.staged",
        org_id=staged.org_id,
        subject_kind="import",
        subject_id=staged.id,
        after={"status": "staged", "rows_good": staged.rows_good, "rows_bad": staged.rows_bad, "sha256": staged.sha256},
        now=now,
    )


def _check_type(content: bytes, media_type: str) -> None:
    """Whether the bytes begin as the type says; text is any text that can be read. Raises FileTypeWrong (422)."""
    assert media_type in EVIDENCE_TYPES, media_type
    magic = _MAGIC.get(media_type)
    if magic is not None and not content.startswith(magic):
        raise FileTypeWrong(f"This is no {media_type}: its first bytes say so.")
    if magic is None:
        try:
            text, _ = decoded(content)
        except ValueError as error:
            raise FileTypeWrong(str(error)) from error
        if not text.strip() or "\0" in text:
            raise FileTypeWrong("This is no text: it is empty, or holds bytes that no text has.")
