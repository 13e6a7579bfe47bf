"""Which paper is this, what was issued for the same matter before, and what is still to be issued?"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, func, or_, select

from app.core.db import AsyncSession
from app.core.scope import Scope
from app.invoices.errors import PaperNotFound
from app.invoices.models import CreditDraw, Paper, PaperFile
from app.invoices.rules import Composed, IssuerMode, Kind
from app.payments.models import Payment

_MADE_UP_FOR_AT_ONCE: Final = 200


async def paper_of(session: AsyncSession, scope: Scope, paper_id: UUID) -> Paper:
    """A paper that the caller's organisation was given. Raises PaperNotFound (404)."""
    return await _found(session, Paper.org_id == scope.org_id, Paper.id == paper_id)


async def paper_of_any(session: AsyncSession, scope: Scope, paper_id: UUID) -> Paper:
    """A paper that the caller has issued: the desk's question. Raises PaperNotFound (404)."""
    return await _found(session, Paper.desk_id == scope.org_id, Paper.id == paper_id)


async def _found(session: AsyncSession, *conditions: ColumnElement[bool]) -> Paper:
    paper = await session.scalar(select(Paper).where(*conditions))
    if paper is None:
        raise PaperNotFound("There is no paper of yours with this id.")
    return paper


async def file_of(session: AsyncSession, paper: Paper) -> PaperFile | None:
    """Where a paper's PDF lies; None while it is not made."""
    asked = select(PaperFile).where(PaperFile.org_id == paper.org_id, PaperFile.paper_id == paper.id)
    return await session.scalar(asked)


async def paper_on(session: AsyncSession, org_id: UUID, kind: Kind, subject_id: UUID) -> Sequence[Paper]:
    """What was issued to an organisation for this matter, no copies: one, or of an order's invoice one for each mode."""
    asked = select(Paper).where(
        Paper.org_id == org_id, Paper.kind == kind, Paper.subject_id == subject_id, Paper.copy_of.is_(None)
    )
    return (await session.scalars(asked.order_by(Paper.id))).all()


async def invoices_of(session: AsyncSession, org_id: UUID, order_id: UUID) -> Sequence[Paper]:
    """The invoices that an order stands on, as first issued: its own, or the combined ones of a buyer on account."""
    combined = select(func.unnest(CreditDraw.paper_ids)).where(
        CreditDraw.org_id == org_id, CreditDraw.order_id == order_id
    )
    own = (Paper.kind == Kind.INVOICE) & (Paper.order_id == order_id)
    asked = select(Paper).where(
        Paper.org_id == org_id, or_(own, Paper.id.in_(combined)), Paper.copy_of.is_(None), Paper.corrects_id.is_(None)
    )
    return (await session.scalars(asked.order_by(Paper.id))).all()


async def monthly_parts(session: AsyncSession, org_id: UUID, mode: IssuerMode, subject_id: UUID) -> int:
    """How many combined invoices of this mode a period has already."""
    asked = select(func.count()).where(
        Paper.org_id == org_id,
        Paper.kind == Kind.MONTHLY_INVOICE,
        Paper.mode == mode,
        Paper.subject_id == subject_id,
        Paper.copy_of.is_(None),
    )
    return await session.scalar(asked) or 0


async def order_of_payment(session: AsyncSession, org_id: UUID, payment_id: UUID) -> UUID:
    """The order that a payment is for; it is known to exist, as a job's ids say."""
    asked = select(Payment.order_id).where(Payment.org_id == org_id, Payment.id == payment_id)
    return (await session.scalars(asked)).one()


async def returned_before(session: AsyncSession, original: Paper) -> dict[tuple[UUID, int], int]:
    """Units of each line of an invoice that its return invoices have given back so far."""
    asked = select(Paper.composed).where(
        Paper.org_id == original.org_id,
        Paper.kind == Kind.RETURN,
        Paper.original_id == original.id,
        Paper.copy_of.is_(None),
        Paper.corrects_id.is_(None),
    )
    units: dict[tuple[UUID, int], int] = {}
    for frozen in await session.scalars(asked):
        for line in msgspec.convert(frozen, Composed).lines:
            units[line.key] = units.get(line.key, 0) + line.quantity
    return units
