"""What was drawn and given back of orders on account, and on which claims do they stand?"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import Subquery, and_, func, select

from app.core.db import AsyncSession, any_of
from app.core.scope import DESK_ID
from app.invoices.models import CreditDraw, InvoiceClaim, Paper
from app.invoices.rules import Composed
from app.orders.models import Order
from app.orders.rules import OrderStatus
from app.payments.models import BankLine, Payment, Refund, RefundIssuer, RefundLine
from app.payments.rules import RefundKind, reference_in

PAID_FOR: Final = (OrderStatus.PAID, OrderStatus.SHORT, OrderStatus.FULFILLED)
"""Orders of which something is left: a payment's finality matters to them."""


async def draw_of(session: AsyncSession, org_id: UUID, order_id: UUID) -> CreditDraw | None:
    """What an order drew on its buyer's credit line, as it stands now; None when it was not bought on account."""
    asked = select(CreditDraw).where(CreditDraw.org_id == org_id, CreditDraw.order_id == order_id)
    return await session.scalar(asked.execution_options(populate_existing=True))


async def claims_of_papers(session: AsyncSession, org_id: UUID, paper_ids: Sequence[UUID]) -> Sequence[InvoiceClaim]:
    """What these combined invoices ask for, in the order of the claims' ids."""
    asked = select(InvoiceClaim).where(InvoiceClaim.org_id == org_id, InvoiceClaim.paper_id == any_of(paper_ids))
    return (await session.scalars(asked.order_by(InvoiceClaim.id))).all()


async def claims_meant_by(session: AsyncSession, line: BankLine) -> Sequence[InvoiceClaim]:
    """The invoices on account that a bank line's texts name, the one that is due first before the others.

    None when they are of several buyers: a person asks whose money it is. The transaction names the desk.
    """
    references = reference_in(line.payer_name, line.memo)
    if not references:
        return ()
    asked = select(InvoiceClaim).where(InvoiceClaim.desk_id == DESK_ID, InvoiceClaim.reference.in_(references))
    found = (await session.scalars(asked.order_by(InvoiceClaim.due_on, InvoiceClaim.id))).all()
    return found if len({claim.org_id for claim in found}) == 1 else ()


async def claim_and_paper(session: AsyncSession, org_id: UUID, claim_id: UUID) -> tuple[InvoiceClaim, Paper]:
    """A claim that is known to exist, as a job's ids say, and the combined invoice that it asks for."""
    asked = (
        select(InvoiceClaim, Paper)
        .join(Paper, and_(Paper.org_id == InvoiceClaim.org_id, Paper.id == InvoiceClaim.paper_id))
        .where(InvoiceClaim.org_id == org_id, InvoiceClaim.id == claim_id)
    )
    claim, paper = (await session.execute(asked)).one()
    return claim, paper


def sellers_on(paper: Paper) -> Sequence[UUID]:
    """Whose lines a paper has, by their ids: whom a transaction names that issues another paper of them."""
    return sorted({line.provider_id for line in msgspec.convert(paper.composed, Composed).lines})


async def refunded_by_seller(session: AsyncSession, org_id: UUID, refund_id: UUID) -> dict[UUID, int]:
    """What a refund gives back of each seller's goods and tax, in yen; empty of money alone."""
    asked = select(RefundIssuer.provider_id, RefundIssuer.goods_minor + RefundIssuer.tax_minor).where(
        RefundIssuer.org_id == org_id, RefundIssuer.refund_id == refund_id
    )
    return {provider_id: int(minor) for provider_id, minor in await session.execute(asked)}


async def set_off_before_invoice(
    session: AsyncSession, org_id: UUID, order_ids: Sequence[UUID]
) -> dict[tuple[UUID, UUID | None], int]:
    """What was set off of fulfilled orders since they were supplied, in yen by order and seller; None for money alone."""
    since_supply = _since_supply(org_id, order_ids)
    of = and_(RefundIssuer.org_id == since_supply.c.org_id, RefundIssuer.refund_id == since_supply.c.id)
    minor = func.sum(RefundIssuer.goods_minor + RefundIssuer.tax_minor)
    by_seller = (
        select(since_supply.c.order_id, RefundIssuer.provider_id, minor)
        .join(RefundIssuer, of)
        .group_by(since_supply.c.order_id, RefundIssuer.provider_id)
    )
    money = (
        select(since_supply.c.order_id, func.sum(since_supply.c.set_off_minor))
        .where(since_supply.c.kind == RefundKind.GOODWILL)
        .group_by(since_supply.c.order_id)
    )
    found: dict[tuple[UUID, UUID | None], int] = {}
    for order_id, provider_id, goods_and_tax in await session.execute(by_seller):
        found[order_id, provider_id] = int(goods_and_tax)
    for order_id, set_off in await session.execute(money):
        found[order_id, None] = int(set_off)
    return found


async def units_set_off_before_invoice(
    session: AsyncSession, org_id: UUID, order_ids: Sequence[UUID]
) -> dict[tuple[UUID, int], int]:
    """The units of what `set_off_before_invoice` is the money of, by order and line."""
    since_supply = _since_supply(org_id, order_ids)
    of = and_(RefundLine.org_id == since_supply.c.org_id, RefundLine.refund_id == since_supply.c.id)
    asked = (
        select(since_supply.c.order_id, RefundLine.n, func.sum(RefundLine.quantity))
        .join(RefundLine, of)
        .group_by(since_supply.c.order_id, RefundLine.n)
    )
    return {(order_id, n): int(units) for order_id, n, units in await session.execute(asked)}


def _since_supply(org_id: UUID, order_ids: Sequence[UUID]) -> Subquery:
    """Refunds that were set off of these fulfilled orders, since each was supplied."""
    return (
        select(Refund)
        .join(Order, and_(Order.org_id == Refund.org_id, Order.id == Refund.order_id))
        .where(Refund.org_id == org_id, Refund.order_id == any_of(order_ids))
        .where(Refund.set_off_minor > 0, Refund.made_at >= Order.closed_at)
        .subquery()
    )


async def returns_of_orders(session: AsyncSession, org_id: UUID, order_ids: Sequence[UUID]) -> Sequence[UUID]:
    """The refunds of these orders' units that were set off, in the order in which they were made."""
    asked = select(Refund.id).where(
        Refund.org_id == org_id, Refund.order_id == any_of(order_ids), Refund.kind == RefundKind.ORDER,
        Refund.set_off_minor > 0,
    )  # fmt: skip
    return (await session.scalars(asked.order_by(Refund.id))).all()


async def orders_to_release(session: AsyncSession, org_id: UUID, claim_id: UUID) -> Sequence[UUID]:
    """The orders on a claim that are not final though nothing is open of any invoice that they stand on, by their ids.

    The transaction names the buyer and the desk.
    """
    this: Any = select(InvoiceClaim.paper_id).where(InvoiceClaim.org_id == org_id, InvoiceClaim.id == claim_id)
    unpaid = select(InvoiceClaim.id).where(
        InvoiceClaim.org_id == org_id,
        InvoiceClaim.paper_id == func.any(CreditDraw.paper_ids),
        InvoiceClaim.open_minor > 0,
    )
    asked = (
        select(CreditDraw.order_id)
        .join(Order, and_(Order.org_id == CreditDraw.org_id, Order.id == CreditDraw.order_id))
        .join(Payment, and_(Payment.org_id == CreditDraw.org_id, Payment.order_id == CreditDraw.order_id))
        .where(CreditDraw.org_id == org_id, this.scalar_subquery() == func.any(CreditDraw.paper_ids))
        .where(Order.status.in_(PAID_FOR), Payment.final_at.is_(None), ~unpaid.exists())
        .order_by(CreditDraw.order_id)
    )
    return (await session.scalars(asked)).all()
