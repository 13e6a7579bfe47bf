"""Is a paper corrected, or proposed to be, and which corrections are there?"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.core.scope import DESK_ID
from app.invoices.errors import CorrectionNotFound
from app.invoices.models import CorrectionStatus, Paper, PaperCorrection


async def correction_of(session: AsyncSession, paper: Paper) -> PaperCorrection | None:
    """What has corrected a paper, or is proposed to; None when nothing is, or all was turned down."""
    asked = select(PaperCorrection).where(
        PaperCorrection.org_id == paper.org_id,
        PaperCorrection.paper_id == paper.id,
        PaperCorrection.status != CorrectionStatus.REJECTED,
    )
    return await session.scalar(asked)


async def correction_of_any(session: AsyncSession, correction_id: UUID) -> PaperCorrection:
    """Whoever's correction this is: the desk's question. Raises CorrectionNotFound (404)."""
    asked = select(PaperCorrection).where(PaperCorrection.desk_id == DESK_ID, PaperCorrection.id == correction_id)
    found = await session.scalar(asked)
    if found is None:
        raise CorrectionNotFound("There is no such correction.")
    return found


async def corrections_page(session: AsyncSession, page: Page) -> Sequence[PaperCorrection]:
    """Every correction, the newest first. The transaction names the desk."""
    asked = select(PaperCorrection).where(PaperCorrection.desk_id == DESK_ID)
    if page.after is not None:
        asked = asked.where(beyond([(PaperCorrection.id, True)], page.after))
    return (await session.scalars(asked.order_by(PaperCorrection.id.desc()).limit(page.fetch))).all()
