"""Which evidence was handed in for lots, and what waits for the operator?"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from app.catalog.models import Project
from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.core.scope import DESK_ID, Scope
from app.identity.models import Organisation
from app.inventory.errors import EvidenceNotFound
from app.inventory.models import Lot, LotEvidence


class EvidenceLine(NamedTuple):
    """Evidence with the lot that it is for and its provider's name, as the desk sees them."""

    evidence: LotEvidence
    lot: Lot
    provider_name: str
    project: Project


async def evidence_of_lot(session: AsyncSession, scope: Scope, lot_id: UUID) -> Sequence[LotEvidence]:
    """What the provider handed in for one of its lots, oldest first."""
    found = await session.scalars(
        select(LotEvidence)
        .where(LotEvidence.org_id == scope.org_id, LotEvidence.lot_id == lot_id)
        .order_by(LotEvidence.id)
    )
    return found.all()


async def evidence_for_desk(session: AsyncSession, page: Page, status: str | None) -> list[EvidenceLine]:
    """The operator's list, oldest first."""
    query = (
        select(LotEvidence, Lot, Organisation.name, Project)
        .join(Lot, (Lot.org_id == LotEvidence.org_id) & (Lot.id == LotEvidence.lot_id))
        .join(Organisation, Organisation.org_id == LotEvidence.org_id)
        .join(Project, Project.id == Lot.project_id)
        .where(LotEvidence.desk_id == DESK_ID)
    )
    if status is not None:
        query = query.where(LotEvidence.status == status)
    if page.after is not None:
        query = query.where(beyond([(LotEvidence.id, False)], page.after))
    rows = await session.execute(query.order_by(LotEvidence.id).limit(page.fetch))
    return [EvidenceLine(*row) for row in rows]


async def evidence_seen_by_desk(session: AsyncSession, evidence_id: UUID) -> LotEvidence:
    """One piece of evidence, whoever handed it in. Raises EvidenceNotFound (404)."""
    evidence = await session.scalar(
        select(LotEvidence).where(LotEvidence.desk_id == DESK_ID, LotEvidence.id == evidence_id)
    )
    if evidence is None:
        raise EvidenceNotFound("No evidence has this id.")
    return evidence
