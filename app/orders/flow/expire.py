"""What happens when a time passes without money, or without an answer? The reservation returns to the lots."""

from datetime import datetime
from uuid import UUID

from app.core.db import Database
from app.core.scope import DESK_ID, Scope
from app.orders import operations, queries
from app.orders.rules import OrderStatus


async def expire(db: Database, org_id: UUID, order_id: UUID, *, now: datetime, request_id: str) -> None:
    """End an unpaid order whose deadline has passed; late in peace when it was paid or ended before."""
    scope = Scope.of_system(org_id, request_id)
    async with db.transaction(scope) as session:
        providers = await queries.parties_of(session, org_id, order_id)
    async with db.transaction(scope.with_party(DESK_ID, *providers)) as session:
        order = await queries.locked(session, org_id, order_id)
        if order.status != OrderStatus.AWAITING_PAYMENT or order.deadline > now:
            return
        await operations.close_unpaid(session, order, OrderStatus.EXPIRED, now=now)


async def expire_substitution(
    db: Database, org_id: UUID, order_id: UUID, substitution_id: UUID, *, now: datetime, request_id: str
) -> None:
    """End what was proposed for a short order and not answered in time; late in peace when it was, or ended otherwise."""
    scope = Scope.of_system(org_id, request_id)
    async with db.transaction(scope) as session:
        providers = await queries.parties_of(session, org_id, order_id)
    async with db.transaction(scope.with_party(DESK_ID, *providers)) as session:
        order = await queries.locked(session, org_id, order_id)
        await operations.require_parties(session, order)
        await operations.expire(session, order, substitution_id, now=now)
