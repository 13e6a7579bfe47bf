"""What happens to the statements that providers show for their lots? Kept first, then shown to the operator."""

import hashlib
from datetime import date, datetime
from typing import Final
from uuid import UUID

from app.core.db import Database
from app.core.errors import FieldError
from app.core.period import day_in_japan
from app.core.scope import DESK_ID, Scope
from app.core.text import decoded
from app.inventory import operations, queries
from app.inventory.errors import EvidenceInvalid, FileTypeWrong
from app.inventory.flow.kept import keep, plain_filename, store_away
from app.inventory.models import LotEvidence
from integrations.storage.client import Files, FilesUnavailable

OLDEST_STATEMENT: Final = date(1990, 1, 1)
_MAGIC: Final = {
    "application/pdf": b"%PDF-",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
}
EVIDENCE_TYPES: Final = (*_MAGIC, "text/csv")


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
    await keep(files, file.key, content)
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
        raise store_away() from error


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
