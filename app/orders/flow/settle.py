"""What happens when money comes in? The bank's line is judged, applied to the order it names, and the order moves on."""

from datetime import datetime
from uuid import UUID

from app.core import outbox
from app.core.db import AsyncSession, Database
from app.core.scope import DESK_ID, Scope
from app.orders import operations, queries
from app.orders.models import Order
from app.payments import operations as payments
from app.payments import queries as expected
from app.payments.models import LineOutcome, LineStatus
from app.payments.rules import judge, may_reserve_again


async def settle(db: Database, line_id: UUID, *, now: datetime, request_id: str) -> None:
    """Judge one line of the bank's statement; late in peace when it was judged before."""
    desk = Scope.of_system(DESK_ID, request_id)
    async with db.transaction(desk) as session:
        payment = await expected.payment_meant_by(session, line_id)
        if payment is None:
            outbox.enqueue(session, "invoices.settle", due=now, line_id=line_id)  # An invoice's, or nobody's.
            return
    buyer = Scope.of_system(payment.org_id, request_id)
    async with db.transaction(buyer) as session:
        providers = await queries.parties_of(session, payment.org_id, payment.order_id)
    async with db.transaction(desk.with_party(payment.org_id, *providers)) as session:  # A trade names its parties.
        order = await queries.locked(session, payment.org_id, payment.order_id)
        await _settle_locked(session, order, line_id, payment.id, now)


async def _settle_locked(session: AsyncSession, order: Order, line_id: UUID, payment_id: UUID, now: datetime) -> None:
    line = await payments.locked_line(session, line_id)
    if line.status != LineStatus.NEW:
        return
    payment = await payments.locked_payment(session, order.org_id, payment_id)
    waiting = await payments.locked_waiting(session, payment)
    due = payments.due_of(payment, waiting=waiting, order_status=order.status)
    reserved_again = may_reserve_again(line.amount_minor, due) and await operations.reserve_again(session, order)
    judgement = judge(line.amount_minor, due, reserved_again=reserved_again)
    if judgement.applied_minor == 0:
        await payments.leave_for_a_person(session, line, LineOutcome(judgement.outcome), payment, now=now)
        return
    # The buyer's exposure is locked before the book's balances, as everywhere: else three steps could wait in a ring.
    await operations.mark_paid(session, order, now=now)
    await payments.apply(session, line, payment, judgement, waiting=waiting, now=now)
