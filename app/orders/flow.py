"""What happens to an order, from the first click to the holding? Read downwards: place, settle, allocate, expire."""

from datetime import datetime
from uuid import UUID

from app.core import events, outbox
from app.core.db import AsyncSession, Database
from app.core.money import Money
from app.core.scope import DESK_ID, Scope
from app.inventory import operations as inventory
from app.inventory.models import Holding
from app.ledger import operations as ledger
from app.ledger import rules as accounts
from app.listings import operations as listings
from app.orders import operations, queries
from app.orders.models import Order, OrderLine
from app.orders.rules import OrderStatus
from app.payments import operations as payments
from app.payments import queries as payment_queries
from app.payments import rules as payment_rules
from app.retirements import operations as retirements
from app.retirements.rules import Wish


async def settle(db: Database, line_id: UUID, *, now: datetime, request_id: str) -> None:
    """Money came in: judge the bank's line, apply it, and let its order move on."""
    desk = Scope.of_system(DESK_ID, request_id)
    async with db.transaction(desk) as session:
        expected = await payment_queries.payment_meant_by(session, line_id)
        if expected is None:
            await payments.leave_unknown(session, line_id, now=now)
            return
    buyer_id, order_id = expected.org_id, expected.order_id
    providers = await _providers(db, buyer_id, order_id, request_id)
    async with db.transaction(desk.with_party(buyer_id, *providers)) as session:  # A trade names its parties.
        order = await queries.locked(session, buyer_id, order_id)
        await _settle_locked(session, order, line_id, expected.id, now)


async def _settle_locked(session: AsyncSession, order: Order, line_id: UUID, payment_id: UUID, now: datetime) -> None:
    closed = order.status in (OrderStatus.EXPIRED, OrderStatus.CANCELED)
    ...
