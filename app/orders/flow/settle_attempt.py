"""What happens when Stripe has taken money? It is looked at as it is there, booked once, and pays the order or goes back."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from app.core.db import AsyncSession, Database
from app.core.ids import public_id
from app.core.scope import DESK_ID, Scope
from app.core.terms import Terms
from app.orders import operations, queries
from app.orders.models import Order
from app.orders.rules import OrderStatus
from app.payments import operations as payments
from app.payments import queries as expected
from app.payments.flow import StripeSilent
from app.payments.models import PaymentAttempt, PaymentStatus
from app.payments.operations import Taken
from app.payments.rules import AttemptStatus, Holds
from integrations.stripe.client import Absent, LookupFailed, Stripe
from integrations.stripe.shapes import Charge, Intent, Session

_T = TypeVar("_T", Session, Intent, Charge)


@dataclass(frozen=True, slots=True)
class Seen:
    """What Stripe has of a try at this moment."""

    page: Session | None
    intent: Intent | None
    charge: Charge | None


async def settle_attempt(
    db: Database, stripe: Stripe | None, org_id: UUID, attempt_id: UUID, *, terms: Terms, now: datetime, request_id: str
) -> None:
    """Bring a try up to what Stripe says of it; late in peace when its money was booked before.

    Raises StripeSilent when Stripe gives no answer.
    """
    buyer = Scope.of_system(org_id, request_id)
    async with db.transaction(buyer) as session:
        attempt = await expected.attempt_of(session, buyer, attempt_id)
        providers = await queries.parties_of(session, org_id, attempt.order_id)
    if attempt.status in (AttemptStatus.PAID, AttemptStatus.RETURNED, AttemptStatus.MISMATCH, AttemptStatus.REFUSED):
        return
    if stripe is None:
        raise StripeSilent("There is no key for Stripe.")
    seen = await _look(stripe, attempt)
    async with db.transaction(buyer.with_party(DESK_ID, *providers)) as session:
        order = await queries.locked(session, org_id, attempt.order_id)
        await _take(session, order, attempt_id, seen, livemode=stripe.livemode, holds=holds_of(terms), now=now)


async def _look(stripe: Stripe, attempt: PaymentAttempt) -> Seen:
    page = None
    if attempt.session_id is not None:
        page = _found(await stripe.session(attempt.session_id))
    intent_id = attempt.intent_id if page is None else page.intent_id or attempt.intent_id
    if intent_id is None:
        return Seen(page, None, None)
    intent = _found(await stripe.intent(intent_id))
    if intent.status != "succeeded" or intent.charge_id is None:
        return Seen(page, intent, None)
    return Seen(page, intent, _found(await stripe.charge(intent.charge_id)))


def _found(answer: _T | Absent | LookupFailed) -> _T:
    """What was found. That something of ours is absent cannot be: its id came from Stripe."""
    if isinstance(answer, Absent | LookupFailed):
        raise StripeSilent("It is not there." if isinstance(answer, Absent) else answer.why)
    return answer


async def _take(
    session: AsyncSession, order: Order, attempt_id: UUID, seen: Seen, *, livemode: bool, holds: Holds, now: datetime
) -> None:
    payment = await payments.locked_payment_of(session, order.org_id, order.id)
    attempt = await payments.locked_attempt(session, order.org_id, attempt_id)
    if attempt.status in (AttemptStatus.PAID, AttemptStatus.RETURNED, AttemptStatus.MISMATCH, AttemptStatus.REFUSED):
        return
    if seen.page is not None:
        await payments.note_session(session, attempt, seen.page, now=now)
    if seen.intent is None:
        return
    if seen.charge is None:
        await payments.note_intent(session, attempt, seen.intent, now=now)
        return
    await payments.book(session, attempt, _taken(seen.intent, seen.charge), now=now)
    wrong = _mismatch(attempt, seen.intent, seen.charge, livemode=livemode)
    if wrong is not None:
        await payments.set_aside(session, payment, attempt, AttemptStatus.MISMATCH, wrong, now=now)
        return
    if payment.status == PaymentStatus.PAID or not await _is_wanted(session, order):
        await payments.set_aside(session, payment, attempt, AttemptStatus.RETURNED, "not_owed", now=now)
        return
    await operations.mark_paid(session, order, now=now)
    await payments.pay(session, payment, attempt, holds=holds, now=now)
    await payments.call_off(session, payment, now=now)


async def _is_wanted(session: AsyncSession, order: Order) -> bool:
    """Whether the order still takes money: one that has expired does when its tonnes can be reserved once more."""
    match order.status:
        case OrderStatus.AWAITING_PAYMENT:
            return True
        case OrderStatus.EXPIRED:
            return await operations.reserve_again(session, order)
        case _:
            return False


def _taken(intent: Intent, charge: Charge) -> Taken:
    return Taken(
        intent_id=intent.id,
        charge_id=charge.id,
        amount_minor=charge.amount_minor,
        currency=charge.currency,
        paid_by=charge.method or "unknown",
        risk_level=charge.risk_level,
        taken_at=charge.created_at,
    )


def _mismatch(attempt: PaymentAttempt, intent: Intent, charge: Charge, *, livemode: bool) -> str | None:
    """What of the money is not what was asked for, in a word; None when all is."""
    wanted = (
        (intent.reference == payments.reference_of(attempt), "reference"),
        (intent.livemode == charge.livemode == livemode, "livemode"),
        (intent.currency == charge.currency == attempt.currency, "currency"),
        (intent.amount_minor == intent.received_minor == charge.amount_minor == attempt.amount_minor, "amount"),
        (intent.transfer_group in (None, public_id("ord", attempt.order_id)), "order"),
        (charge.intent_id == intent.id and charge.status == "succeeded", "charge"),
    )
    return next((name for fits, name in wanted if not fits), None)


def holds_of(terms: Terms) -> Holds:
    """How long each kind of payment is waited for, by the desk's terms."""
    return Holds(terms.card_hold, terms.card_hold_elevated)
