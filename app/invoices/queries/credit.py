"""What do buyers on account owe, since when, and what is to be invoiced or reminded of?"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, case, func, select

from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.core.scope import DESK_ID
from app.identity.models import Organisation
from app.invoices.models import CreditDraw, CreditLine, InvoiceClaim
from app.invoices.rules import REMINDED_AFTER_DAYS
from app.orders.models import Order
from app.orders.rules import OrderStatus


class Aged(NamedTuple):
    """What one buyer owes by how late it is, in yen."""

    org_id: UUID
    name: str
    not_due_minor: int
    up_to_30_minor: int
    up_to_60_minor: int
    up_to_90_minor: int
    over_90_minor: int
    open_minor: int


async def credit_line_of(session: AsyncSession, org_id: UUID) -> CreditLine | None:
    """A buyer's credit line; None where it has none."""
    return await session.scalar(select(CreditLine).where(CreditLine.org_id == org_id))


async def is_on_account(session: AsyncSession, org_id: UUID, order_id: UUID) -> bool:
    """Whether an order was bought on account: it is invoiced with its month."""
    asked = select(CreditDraw.order_id).where(
        CreditDraw.org_id == org_id, CreditDraw.order_id == order_id, CreditDraw.given_back_at.is_(None)
    )
    return await session.scalar(asked) is not None


async def buyers_to_close(session: AsyncSession) -> list[tuple[CreditLine, datetime]]:
    """Credit lines with orders that are fulfilled and not invoiced, and when the first of them was fulfilled.

    The transaction names the desk.
    """
    asked = (
        select(CreditLine, func.min(Order.closed_at))
        .join(CreditDraw, CreditDraw.org_id == CreditLine.org_id)
        .join(Order, and_(Order.org_id == CreditDraw.org_id, Order.id == CreditDraw.order_id))
        .where(CreditLine.desk_id == DESK_ID, Order.status == OrderStatus.FULFILLED)
        .where(CreditDraw.invoiced_at.is_(None), CreditDraw.given_back_at.is_(None))
        .group_by(CreditLine.org_id)
        .order_by(CreditLine.org_id)
    )
    return [(line, first_at) for line, first_at in await session.execute(asked) if first_at is not None]


async def draws_to_invoice(
    session: AsyncSession, org_id: UUID, *, fulfilled_before: datetime
) -> list[tuple[CreditDraw, Order]]:
    """What a buyer drew for orders that were fulfilled before this moment and are not invoiced, the oldest first."""
    asked = (
        select(CreditDraw, Order)
        .join(Order, and_(Order.org_id == CreditDraw.org_id, Order.id == CreditDraw.order_id))
        .where(CreditDraw.org_id == org_id, CreditDraw.invoiced_at.is_(None), CreditDraw.given_back_at.is_(None))
        .where(Order.status == OrderStatus.FULFILLED, Order.closed_at < fulfilled_before)
        .order_by(Order.closed_at, Order.id)
    )
    return [(drawn, order) for drawn, order in await session.execute(asked)]


async def claim_by_reference(session: AsyncSession, reference: str) -> InvoiceClaim | None:
    """The invoice on account that a payer means by this reference; None when it names none. The transaction names the desk."""
    asked = select(InvoiceClaim).where(InvoiceClaim.desk_id == DESK_ID, InvoiceClaim.reference == reference)
    return await session.scalar(asked)


async def claim_of_paper(session: AsyncSession, org_id: UUID, paper_id: UUID) -> InvoiceClaim | None:
    """What a combined invoice asks for; None of any other paper."""
    asked = select(InvoiceClaim).where(InvoiceClaim.org_id == org_id, InvoiceClaim.paper_id == paper_id)
    return await session.scalar(asked)


async def claims_to_remind(session: AsyncSession, today: date) -> Sequence[InvoiceClaim]:
    """Open invoices that are due so soon, or so late, that a reminder may be sent. The transaction names the desk."""
    earliest = today - timedelta(days=min(REMINDED_AFTER_DAYS.values()))
    asked = select(InvoiceClaim).where(
        InvoiceClaim.desk_id == DESK_ID, InvoiceClaim.open_minor > 0, InvoiceClaim.due_on <= earliest
    )
    return (await session.scalars(asked.order_by(InvoiceClaim.due_on, InvoiceClaim.id))).all()


async def ageing_page(session: AsyncSession, page: Page, *, today: date) -> list[Aged]:
    """What each buyer owes on account by how late it is, in one statement. The transaction names the desk.

    The buckets are those of `rules.bucket_of`; on its due date nothing is late.
    """
    late = today - InvoiceClaim.due_on
    steps = ((None, 0), (0, 30), (30, 60), (60, 90), (90, None))
    sums = []
    for after, through in steps:
        within = [*([late > after] if after is not None else []), *([late <= through] if through is not None else [])]
        sums.append(func.coalesce(func.sum(case((and_(*within), InvoiceClaim.open_minor), else_=0)), 0))
    asked = (
        select(InvoiceClaim.org_id, Organisation.name, *sums, func.sum(InvoiceClaim.open_minor))
        .join(Organisation, Organisation.org_id == InvoiceClaim.org_id)
        .where(InvoiceClaim.desk_id == DESK_ID, InvoiceClaim.open_minor > 0)
        .group_by(InvoiceClaim.org_id, Organisation.name)
        .order_by(InvoiceClaim.org_id)
        .limit(page.fetch)
    )
    if page.after is not None:
        asked = asked.where(beyond([(InvoiceClaim.org_id, False)], page.after))
    return [Aged(row[0], row[1], *(int(minor) for minor in row[2:])) for row in await session.execute(asked)]
