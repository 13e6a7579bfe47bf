"""How is it written down where a paper's PDF lies?"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from app.core import events
from app.core.db import AsyncSession
from app.core.scope import DESK_ID
from app.invoices.models import Paper, PaperFile


@dataclass(frozen=True, slots=True)
class Pdf:
    """A PDF in the store: its key, its hash as 64 hexadecimal digits, its size."""

    key: str
    sha256: str
    size_bytes: int


async def keep_file(session: AsyncSession, paper: Paper, pdf: Pdf, *, now: datetime) -> bool:
    """Write down where the PDF lies; False when another worker already did. The transaction names reader and desk."""
    row = {
        "org_id": paper.org_id,
        "paper_id": paper.id,
        "file_key": pdf.key,
        "sha256": pdf.sha256,
        "size_bytes": pdf.size_bytes,
        "rendered_at": now,
    }
    writing = insert(PaperFile).values(row).on_conflict_do_nothing(index_elements=["org_id", "paper_id"])
    if await session.scalar(writing.returning(PaperFile.paper_id)) is None:
        return False
    await events.record(
        session, "paper.rendered", org_id=paper.org_id, party_ids=(DESK_ID,), subject_kind="paper",
        subject_id=paper.id, before={"sha256": None}, after={"sha256": pdf.sha256}, now=now,
    )  # fmt: skip
    return True
