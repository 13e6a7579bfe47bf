"""What do the doors of papers share: ids, filters, the file itself, and who may come in?"""

import hashlib
from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Response
from litestar.params import QueryParameter

from app.core.errors import Unavailable
from app.core.ids import read_public_id
from app.identity.errors import OrganisationNotFound
from app.invoices.errors import PaperNotFound, PaperNotRendered
from app.invoices.models import Paper, PaperFile
from app.invoices.rules import Kind
from integrations.storage.client import Files, FilesUnavailable

TOTAL_MAX = 10**13

OfKind = Annotated[Kind | None, QueryParameter(description="Papers of this kind.")]
IssuedFrom = Annotated[date | None, QueryParameter(description="Issued on this day in Japan or later.")]
IssuedThrough = Annotated[date | None, QueryParameter(description="Issued on this day in Japan or earlier.")]
TotalFrom = Annotated[int | None, QueryParameter(ge=0, le=TOTAL_MAX, description="At least so many yen, with tax.")]
TotalThrough = Annotated[int | None, QueryParameter(ge=0, le=TOTAL_MAX, description="At most so many yen, with tax.")]
Counterparty = Annotated[
    str | None,
    QueryParameter(min_length=1, max_length=100, description="A part of the other side's name, in any width or case."),
]


def paper_id_of(written: str) -> UUID:
    """The id that was written. Raises PaperNotFound (404)."""
    found = read_public_id("pap", written)
    if found is None:
        raise PaperNotFound("There is no paper of yours with this id.")
    return found


def organisation_id_of(written: str) -> UUID:
    """The id that was written. Raises OrganisationNotFound (404)."""
    found = read_public_id("org", written)
    if found is None:
        raise OrganisationNotFound("There is no such organisation.")
    return found


async def pdf_of(paper: Paper, kept: PaperFile | None, files: Files) -> Response[bytes]:
    """The file of a paper, whose bytes are those that were written down. Raises PaperNotRendered (404), Unavailable (503)."""
    if kept is None:
        raise PaperNotRendered("Ask again in a moment.", retry_after_s=5)
    try:
        content = await files.get(kept.file_key)
    except FilesUnavailable as error:
        raise Unavailable("The store of documents does not answer.", retry_after_s=5) from error
    assert hashlib.sha256(content).hexdigest() == kept.sha256, f"the file of paper {paper.id} was changed"
    headers = {
        "ETag": f'"{kept.sha256}"',
        "Cache-Control": "private, max-age=3600",
        "Content-Disposition": f'inline; filename="{paper.number}.pdf"',
    }
    return Response(content, media_type="application/pdf", headers=headers)
