"""What may be done to an order within one transaction?"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update

from app.core import events, outbox
from app.core.db import AsyncSession
from app.inventory import operations as inventory
from app.orders import queries
from app.orders.models import BuyerExposure, Order, OrderLine
from app.orders.rules import OrderStatus, counted_unpaid
from app.payments import operations as payments


async def close_unpaid(session: AsyncSession, order: Order, status: OrderStatus, *, now: datetime) -> None:
    """Give back what a locked, unpaid order had reserved, and end it as canceled or expired."""
    assert order.status == OrderStatus.AWAITING_PAYMENT, order.status
    await _count_paid_or_over(session, order)
    for line in in_lot_order(await queries.lines_of(session, order.org_id, order.id)):
        await inventory.release(session, provider_id=line.provider_id, lot_id=line.lot_id, quantity=line.quantity)
    await payments.close(session, order.org_id, order.id, now=now)
    note_stock(session, order, now=now)
    order.closed_at = now
    await move(session, order, status, now=now)


async def reserve_again(session: AsyncSession, order: Order) -> bool:
    """Reserve a closed order's lines once more, all or none, for money that came late."""
    async with session.begin_nested() as attempt:
        for line in in_lot_order(await queries.lines_of(session, order.org_id, order.id)):
            taken = await inventory.reserve(
                session, provider_id=line.provider_id, lot_id=line.lot_id, quantity=line.quantity
            )
            if not taken:
                await attempt.rollback()
                return False
    return True


async def mark_paid(session: AsyncSession, order: Order, *, now: datetime) -> None:
    """The money is here: the deadline no longer matters, and serials are carved next."""
    if order.status == OrderStatus.AWAITING_PAYMENT:
        await _count_paid_or_over(session, order)
    else:
        note_stock(session, order, now=now)  # It was reserved once more.
    order.paid_at, order.closed_at = now, None
    await move(session, order, OrderStatus.PAID, now=now)
    outbox.enqueue(session, "orders.allocate", due=now, org_id=order.org_id, order_id=order.id)


def note_stock(session: AsyncSession, order: Order, *, now: datetime) -> None:
    """Have the providers told, if what the order gave back or took has moved their stock across a mark."""
    outbox.enqueue(session, "orders.note_stock", due=now, org_id=order.org_id, order_id=order.id)


async def move(session: AsyncSession, order: Order, status: OrderStatus, *, now: datetime, **facts: Any) -> None:
    """Change the status of a locked order, with its event."""
    before = order.status
    order.status = status
    order.version += 1
    await session.flush()
    await events.record(
        session,
        f"order.{status}",
        org_id=order.org_id,
        subject_kind="order",
        subject_id=order.id,
        before={"status": before},
        after={"status": status, **facts},
        now=now,
    )


def in_lot_order(lines: Sequence[OrderLine]) -> list[OrderLine]:
    """Lines in the order in which lots are locked everywhere."""
    return sorted(lines, key=lambda line: line.lot_id)


async def _count_paid_or_over(session: AsyncSession, order: Order) -> None:
    """The order is no longer reserved and unpaid: what `place.sql` counted for it is taken off."""
    counted = await session.execute(
        update(BuyerExposure)
        .where(BuyerExposure.org_id == order.org_id)
        .values(unpaid=BuyerExposure.unpaid - counted_unpaid(order.quantity, order.unit))
        .returning(BuyerExposure.org_id)
    )
    assert counted.one() is not None
