"""What happens when a payer's bank takes a payment back? What is not irrevocable yet waits, and the end decides the rest."""

from datetime import datetime
from uuid import UUID

from app.core.db import AsyncSession, Database
from app.core.scope import DESK_ID, Scope
from app.core.terms import Terms
from app.orders import operations, queries
from app.orders.flow.settle_attempt import settle_attempt
from app.orders.models import Order
from app.payments import operations as payments
from app.payments import queries as expected
from app.payments.flow import StripeSilent
from app.payments.models import PaymentAttempt
from app.payments.rules import DisputeOutcome, outcome_of
from integrations.stripe.client import Absent, LookupFailed, Stripe
from integrations.stripe.shapes import Dispute as StripeDispute


async def take_dispute(
    db: Database, stripe: Stripe | None, event_row_id: UUID, *, terms: Terms, now: datetime, request_id: str
) -> None:
    """Bring a dispute up to what Stripe says of it; late in peace when that is booked. Raises StripeSilent.

    Its event may overtake the one of the payment itself: what was paid is settled first.
    """
    desk = Scope.of_system(DESK_ID, request_id)
    async with db.transaction(desk) as session:
        event = await payments.event_of(session, event_row_id)
    if event is None:
        return
    if stripe is None:
        raise StripeSilent("There is no key for Stripe.")
    seen = await stripe.dispute(event.object_id)
    if isinstance(seen, LookupFailed):
        raise StripeSilent(seen.why)
    attempt = None if isinstance(seen, Absent) else await _attempt_of(db, desk, seen)
    if attempt is None or isinstance(seen, Absent):
        async with db.transaction(desk) as session:
            await payments.tick_off(session, event, "not_ours", ignored=True, now=now)
        return
    await settle_attempt(db, stripe, attempt.org_id, attempt.id, terms=terms, now=now, request_id=request_id)
    buyer = Scope.of_system(attempt.org_id, request_id)
    async with db.transaction(buyer) as session:
        providers = await queries.parties_of(session, attempt.org_id, attempt.order_id)
    async with db.transaction(desk.with_party(attempt.org_id, *providers)) as session:
        order = await queries.locked(session, attempt.org_id, attempt.order_id)
        await _take(session, order, attempt, seen, now=now)
        await payments.tick_off(session, event, "noted", ignored=False, now=now)


async def _attempt_of(db: Database, desk: Scope, seen: StripeDispute) -> PaymentAttempt | None:
    async with db.transaction(desk) as session:
        by_charge = await expected.attempt_by_object(session, seen.charge_id)
        if by_charge is not None or seen.intent_id is None:
            return by_charge
        return await expected.attempt_by_object(session, seen.intent_id)


async def _take(
    session: AsyncSession, order: Order, attempt: PaymentAttempt, seen: StripeDispute, *, now: datetime
) -> None:
    payment = await payments.locked_payment_of(session, order.org_id, order.id)
    attempt = await payments.locked_attempt(session, order.org_id, attempt.id)
    dispute = await payments.dispute_of(session, attempt, seen, now=now)
    if dispute.outcome != DisputeOutcome.OPEN:
        return  # Decided: nothing of it changes any more.
    await payments.book_dispute(session, dispute, seen, now=now)
    match outcome_of(seen.status):
        case DisputeOutcome.OPEN:
            await operations.hold_for_dispute(session, order, payment, dispute, now=now)
        case DisputeOutcome.WON:
            await operations.end_won(session, order, payment, dispute, now=now)
        case DisputeOutcome.LOST:
            if await payments.is_asked_for(session, attempt):
                raise StripeSilent("A refund of the same money was asked for and is not answered yet.")
            await operations.end_lost(session, order, payment, attempt, dispute, now=now)
