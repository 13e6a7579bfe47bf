"""How does a try to pay begin at Stripe? The buyer is made known to it first, then the payment or the page is made."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from app.core.db import AsyncSession, Database
from app.core.ids import public_id
from app.core.scope import DESK_ID, Scope
from app.payments import operations, queries
from app.payments.flow.calls import StripeSilent, call
from app.payments.flow.kinds import KINDS
from app.payments.models import PaymentAttempt, StripeCall
from app.payments.rules import AttemptMethod, AttemptStatus
from integrations.stripe.asked import Method, NewCustomer, NewIntent, NewSession
from integrations.stripe.client import Absent, LookupFailed, Refused, Stripe
from integrations.stripe.shapes import Intent

PAGE_MIN: Final = timedelta(minutes=31)
PAGE_MAX: Final = timedelta(hours=23, minutes=50)
"""A Checkout Session may live 30 minutes to 24 hours (docs.stripe.com/api/checkout/sessions/create, expires_at); what is
sent a moment later must still be within."""


@dataclass(frozen=True, slots=True)
class Till:
    """The desk's account at Stripe, if it has one, and the publishable key with which a page shows its fields for cards."""

    stripe: Stripe | None
    publishable_key: str | None


KONBINI_DAYS_MAX: Final = 60
_METHODS: Final = {
    AttemptMethod.CARD: Method.CARD,
    AttemptMethod.JP_BANK_TRANSFER: Method.BANK_TRANSFER,
    AttemptMethod.KONBINI: Method.KONBINI,
}


async def start(
    db: Database, stripe: Stripe | None, org_id: UUID, attempt_id: UUID, *, now: datetime, request_id: str
) -> str | None:
    """Carry a try that is starting to Stripe; of a card's, the secret that the storefront's fields need.

    Late in peace when it has begun already. Raises StripeSilent when Stripe gives no answer; the same again goes on.
    """
    scope = Scope.of_system(org_id, request_id).with_party(DESK_ID)
    async with db.transaction(scope) as session:
        attempt = await operations.locked_attempt(session, org_id, attempt_id)
        if attempt.status != AttemptStatus.STARTING:
            return None
        introducing = await _introduce(session, attempt, now)
    if introducing is not None:
        answer = await call(db, stripe, KINDS, introducing.id, now=now, request_id=request_id)
        if isinstance(answer, Refused | Absent):
            async with db.transaction(scope) as session:
                attempt = await operations.locked_attempt(session, org_id, attempt_id)
                why = answer.code if isinstance(answer, Refused) else "never_reached"
                await operations.refuse(session, attempt, why, now=now)
            return None
    async with db.transaction(scope) as session:
        attempt = await operations.locked_attempt(session, org_id, attempt_id)
        planned = await _plan(session, attempt, now)
    answer = await call(db, stripe, KINDS, planned.id, now=now, request_id=request_id)
    return answer.client_secret if isinstance(answer, Intent) and attempt.method == AttemptMethod.CARD else None


async def secret_of(db: Database, stripe: Stripe, org_id: UUID, attempt_id: UUID, *, request_id: str) -> str | None:
    """The secret of a card's try that begun in an earlier call, asked for anew: it is kept nowhere here.

    Raises StripeSilent.
    """
    scope = Scope.of_system(org_id, request_id)
    async with db.transaction(scope) as session:
        attempt = await queries.attempt_of(session, scope, attempt_id)
    if attempt.method != AttemptMethod.CARD or attempt.intent_id is None:
        return None
    intent = await stripe.intent(attempt.intent_id)
    if isinstance(intent, Absent | LookupFailed):
        raise StripeSilent("The payment that was begun is not found.")
    return intent.client_secret


async def _introduce(session: AsyncSession, attempt: PaymentAttempt, now: datetime) -> StripeCall | None:
    """The call that makes the buyer known to Stripe; None when it is."""
    customer = await operations.customer_of(session, attempt.org_id, now=now)
    if customer.customer_id is not None:
        return None
    asked = NewCustomer(
        reference=public_id("scu", customer.id),
        name=attempt.payer_name,
        email=attempt.payer_email,
        language=attempt.language,
    )
    return await operations.plan(
        session,
        "customer",
        asked,
        subject_id=customer.id,
        subject_org_id=attempt.org_id,
        due=now + operations.MADE_BY_CALLER,
        now=now,
    )


async def _plan(session: AsyncSession, attempt: PaymentAttempt, now: datetime) -> StripeCall:
    customer = await operations.customer_of(session, attempt.org_id, now=now)
    assert customer.customer_id is not None, attempt.id
    kind = "session" if attempt.method == AttemptMethod.CHECKOUT else "intent"
    asked = (
        _page(attempt, customer.customer_id, now)
        if attempt.method == AttemptMethod.CHECKOUT
        else _intent(attempt, customer.customer_id, now)
    )
    return await operations.plan(
        session,
        kind,
        asked,
        subject_id=attempt.id,
        subject_org_id=attempt.org_id,
        due=now + operations.MADE_BY_CALLER,
        now=now,
    )


def _intent(attempt: PaymentAttempt, customer_id: str, now: datetime) -> NewIntent:
    konbini = attempt.method == AttemptMethod.KONBINI
    return NewIntent(
        reference=operations.reference_of(attempt),
        customer_id=customer_id,
        method=_METHODS[attempt.method],
        amount_minor=attempt.amount_minor,
        currency=attempt.currency,
        description=_description(attempt),
        transfer_group=public_id("ord", attempt.order_id),
        facts=_facts(attempt),
        payer_name=attempt.payer_name,
        payer_email=attempt.payer_email,
        expires_after_days=_days_until(attempt.expires_at, now) if konbini else None,
    )


def _page(attempt: PaymentAttempt, customer_id: str, now: datetime) -> NewSession:
    assert attempt.success_url is not None, attempt.id
    assert attempt.cancel_url is not None, attempt.id
    wanted = attempt.expires_at or now + PAGE_MAX
    return NewSession(
        reference=operations.reference_of(attempt),
        customer_id=customer_id,
        methods=(Method.CARD, Method.BANK_TRANSFER, Method.KONBINI),
        amount_minor=attempt.amount_minor,
        currency=attempt.currency,
        title=_description(attempt),
        description=_description(attempt),
        transfer_group=public_id("ord", attempt.order_id),
        facts=_facts(attempt),
        success_url=attempt.success_url,
        cancel_url=attempt.cancel_url,
        expires_at=min(max(wanted, now + PAGE_MIN), now + PAGE_MAX).astimezone(UTC).replace(microsecond=0),
        language=attempt.language,
    )


def _description(attempt: PaymentAttempt) -> str:
    return f"Offset Desk order {public_id('ord', attempt.order_id)}"


def _facts(attempt: PaymentAttempt) -> dict[str, str]:
    return {
        "order_id": public_id("ord", attempt.order_id),
        "organisation_id": public_id("org", attempt.org_id),
    }


def _days_until(deadline: datetime | None, now: datetime) -> int:
    """Whole days, at least one: a konbini's slip ends with a day in Japan (docs.stripe.com/payments/konbini)."""
    days = KONBINI_DAYS_MAX if deadline is None else (deadline - now) // timedelta(days=1)
    return min(max(days, 1), KONBINI_DAYS_MAX)
