"""What did refunds give back, and which invoices and return invoices are still to be issued?"""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import and_, exists, func, or_, select

from app.core.db import AsyncSession
from app.core.scope import DESK_ID
from app.inventory.models import Holding
from app.invoices.models import CreditDraw, Paper
from app.invoices.rules import Kind
from app.orders.models import Order
from app.orders.rules import OrderStatus
from app.payments.models import Payment, PaymentStatus, Refund, RefundLine
from app.payments.operations import ON_ACCOUNT
from app.payments.rules import RefundKind, RefundStatus

_AT_ONCE: Final = 200
"""More follow when the clock asks again."""


async def refund_of(session: AsyncSession, org_id: UUID, refund_id: UUID) -> tuple[Refund, dict[int, int]]:
    """A refund, which is known to exist as a job's ids say, and its units by the order's line; empty of money alone."""
    asked = select(Refund).where(Refund.org_id == org_id, Refund.id == refund_id)
    lines = select(RefundLine.n, RefundLine.quantity).where(
        RefundLine.org_id == org_id, RefundLine.refund_id == refund_id
    )
    refund = (await session.scalars(asked)).one()
    return refund, {n: units for n, units in await session.execute(lines)}  # noqa: C416 - a Row is not a tuple to the type checker.


async def fulfilled_at(session: AsyncSession, org_id: UUID, order_id: UUID) -> datetime | None:
    """When an order's serials were carved, whatever became of it since; None while they have not been."""
    asked = select(func.min(Holding.created_at)).where(Holding.org_id == org_id, Holding.order_id == order_id)
    return await session.scalar(asked)


async def never_supplied(session: AsyncSession, order: Order) -> dict[int, int]:
    """Units of an order's lines that were given back before it was fulfilled, so that they are on no invoice."""
    asked = (
        select(RefundLine.n, func.sum(RefundLine.quantity))
        .join(Refund, and_(Refund.org_id == RefundLine.org_id, Refund.id == RefundLine.refund_id))
        .where(Refund.org_id == order.org_id, Refund.order_id == order.id, Refund.made_at < order.closed_at)
        .group_by(RefundLine.n)
    )
    return {n: int(units) for n, units in await session.execute(asked)}


async def orders_without_invoice(session: AsyncSession, *, since: datetime) -> list[tuple[UUID, UUID]]:
    """Fulfilled orders, as (buyer, order), paid since this moment, neither invoiced nor on account; the oldest first.

    The transaction names the desk.
    """
    invoiced = exists().where(Paper.org_id == Order.org_id, Paper.order_id == Order.id, Paper.kind == Kind.INVOICE)
    drawn = exists().where(CreditDraw.org_id == Order.org_id, CreditDraw.order_id == Order.id)
    asked = (
        select(Order.org_id, Order.id)
        .where(Order.desk_id == DESK_ID, Order.paid_at >= since, Order.status == OrderStatus.FULFILLED)
        .where(~invoiced, ~drawn)
        .order_by(Order.paid_at, Order.id)
        .limit(_AT_ONCE)
    )
    return [(org_id, order_id) for org_id, order_id in await session.execute(asked)]


async def payments_without_receipt(session: AsyncSession, *, since: datetime) -> list[tuple[UUID, UUID]]:
    """Payments, as (buyer, payment), that came in since this moment and have no receipt; the oldest first.

    What is owed on account did not come in. The transaction names the desk.
    """
    given = exists().where(
        Paper.org_id == Payment.org_id, Paper.order_id == Payment.order_id, Paper.kind == Kind.RECEIPT
    )
    asked = (
        select(Payment.org_id, Payment.id)
        .join(Order, and_(Order.org_id == Payment.org_id, Order.id == Payment.order_id))
        .where(Order.desk_id == DESK_ID, Order.paid_at >= since, Payment.status == PaymentStatus.PAID)
        .where(Payment.paid_by != ON_ACCOUNT, ~given)
        .order_by(Order.paid_at, Payment.id)
        .limit(_AT_ONCE)
    )
    return [(org_id, payment_id) for org_id, payment_id in await session.execute(asked)]


async def refunds_without_return(session: AsyncSession, *, since: datetime) -> list[tuple[UUID, UUID]]:
    """Refunds, as (buyer, refund), that arrived since this moment and gave back what is invoiced, without a return invoice.

    The transaction names the desk.
    """
    # Of an order that was given back whole nobody but its buyer sees when it was fulfilled: the job looks again.
    supplied = or_(Order.status != OrderStatus.FULFILLED, Refund.made_at >= Order.closed_at)
    invoiced = exists().where(
        Paper.org_id == Refund.org_id, Paper.order_id == Refund.order_id, Paper.kind == Kind.INVOICE
    )
    combined = exists().where(
        CreditDraw.org_id == Refund.org_id, CreditDraw.order_id == Refund.order_id, CreditDraw.invoiced_at.is_not(None)
    )
    returned = exists().where(Paper.org_id == Refund.org_id, Paper.kind == Kind.RETURN, Paper.subject_id == Refund.id)
    asked = (
        select(Refund.org_id, Refund.id)
        .join(Order, and_(Order.org_id == Refund.org_id, Order.id == Refund.order_id))
        .where(Refund.desk_id == DESK_ID, Refund.kind == RefundKind.ORDER, Refund.status == RefundStatus.SUCCEEDED)
        .where(Refund.done_at >= since, supplied, or_(invoiced, combined), ~returned)
        .order_by(Refund.done_at, Refund.id)
        .limit(_AT_ONCE)
    )
    return [(org_id, refund_id) for org_id, refund_id in await session.execute(asked)]
