"""What happens when a bank line is no order's, when a refund is of an order on account, and when an invoice is paid?"""

from datetime import datetime
from uuid import UUID

from app.core.db import Database
from app.core.scope import DESK_ID, Scope
from app.invoices import operations, queries
from app.orders import operations as ordering
from app.orders import queries as orders
from app.payments import operations as payments
from app.payments import queries as expected
from app.payments.models import LineStatus


async def settle(db: Database, line_id: UUID, *, now: datetime, request_id: str) -> None:
    """Let a bank line pay the invoices on account that it names; one that names none is left to a person.

    `orders.settle` has looked for an order's reference before. Late in peace when the line was judged.
    """
    desk = Scope.of_system(DESK_ID, request_id)
    async with db.transaction(desk) as session:
        named = await queries.claims_meant_by(session, await expected.line_of(session, line_id))
        if not named:
            await payments.leave_unknown(session, line_id, now=now)
            return
    buyer_id, claim_ids = named[0].org_id, [claim.id for claim in named]
    async with db.transaction(desk.with_party(buyer_id)) as session:  # The desk's bank line pays what a buyer owes.
        line = await payments.locked_line(session, line_id)
        if line.status != LineStatus.NEW:
            return
        await operations.pay_claims(session, line, buyer_id, claim_ids, now=now)


async def set_off(db: Database, org_id: UUID, refund_id: UUID, *, now: datetime, request_id: str) -> None:
    """Lower what a buyer owes by a refund of an order on account; late in peace when that was done."""
    scope = Scope.of_system(org_id, request_id).with_party(DESK_ID)  # The desk lets its buyer owe less.
    async with db.transaction(scope) as session:
        found, _ = await queries.refund_of(session, org_id, refund_id)
        order = await orders.locked(session, org_id, found.order_id)
        refund = await payments.locked_refund(session, org_id, refund_id)
        await operations.set_off(session, order, refund, now=now)


async def release_orders(db: Database, org_id: UUID, claim_id: UUID, *, now: datetime, request_id: str) -> None:
    """Nothing is open of an invoice on account: its orders' credits may be invalidated, and their providers paid.

    An order that stands on another invoice too waits for that one. Each in a transaction of its own: its parties differ.
    """
    buyer = Scope.of_system(org_id, request_id)
    async with db.transaction(buyer.with_party(DESK_ID)) as session:
        order_ids = await queries.orders_to_release(session, org_id, claim_id)
        parties = {order_id: await orders.parties_of(session, org_id, order_id) for order_id in order_ids}
    for order_id in order_ids:
        async with db.transaction(buyer.with_party(DESK_ID, *parties[order_id])) as session:
            order = await orders.locked(session, org_id, order_id)
            payment = await payments.locked_payment_of(session, org_id, order_id)
            if order.status in queries.PAID_FOR and payment.final_at is None:
                await ordering.release(session, order, note="Its invoice is paid.", now=now)
