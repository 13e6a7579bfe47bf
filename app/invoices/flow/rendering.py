"""How does an issued paper become a PDF in the store?"""

import hashlib
from datetime import datetime
from uuid import UUID

import msgspec

from app.core.db import Database
from app.core.scope import DESK_ID, Scope
from app.invoices import operations, queries
from app.invoices.models import Paper, PaperFile
from integrations.documents.client import Documents
from integrations.documents.paper import PaperFacts
from integrations.storage.client import Files


async def render(
    db: Database, documents: Documents, files: Files, org_id: UUID, paper_id: UUID, *, now: datetime, request_id: str
) -> None:
    """Set the PDF from the frozen facts alone, keep it under its hash, and write the hash down.

    When that was done before, only a file that the store has lost is made again. Raises DocumentRefused (a person
    must look), FilesUnavailable (try again).
    """
    scope = Scope.of_system(org_id, request_id).with_party(DESK_ID)
    async with db.transaction(scope) as session:
        paper = await queries.paper_of(session, scope, paper_id)
        kept = await queries.file_of(session, paper)
    if kept is not None and await files.exists(kept.file_key):
        return
    pdf = await _kept(documents, files, paper, kept)
    async with db.transaction(scope) as session:
        await operations.keep_file(session, paper, pdf, now=now)


async def _kept(documents: Documents, files: Files, paper: Paper, before: PaperFile | None) -> operations.Pdf:
    content = await documents.paper(msgspec.convert(paper.facts, PaperFacts))
    sha256 = hashlib.sha256(content).hexdigest()
    # The same facts give the same bytes; anything else must not stand beside what was given out.
    assert before is None or before.sha256 == sha256, f"paper {paper.id}: another PDF than before"
    key = f"papers/{paper.org_id}/{paper.id}/{sha256}.pdf"
    await files.put(key, content)
    return operations.Pdf(key, sha256, len(content))
