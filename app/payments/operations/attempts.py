"""How is a try to pay through Stripe begun, and what becomes of it while its payer makes up their mind?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.core import events, outbox
from app.core.db import AsyncSession
from app.core.ids import new_id, public_id
from app.core.scope import DESK_ID
from app.payments.models import Payment, PaymentAttempt, StripeCustomer
from app.payments.operations import calls
from app.payments.rules import UNPAID, AttemptMethod, AttemptStatus, status_of_intent
from integrations.stripe.shapes import Intent, Session

ATTEMPT_PREFIX = "pat"
"""Of an attempt's public id, which is its reference in Stripe's metadata."""


@dataclass(frozen=True, slots=True)
class Trying:
    """How somebody wants to pay. `success_url` and `cancel_url` are where Stripe's page sends the payer back to."""

    method: AttemptMethod
    payer_name: str
    payer_email: str
    language: str
    success_url: str | None
    cancel_url: str | None


async def begin_attempt(
    session: AsyncSession,
    payment: Payment,
    trying: Trying,
    *,
    attempt_id: UUID,
    started_by: UUID,
    expires_at: datetime,
    now: datetime,
) -> PaymentAttempt:
    """Write a try for the whole of what a locked payment expects until `expires_at`; the buyer and the desk are named."""
    attempt = PaymentAttempt(
        org_id=payment.org_id,
        id=attempt_id,
        payment_id=payment.id,
        order_id=payment.order_id,
        method=trying.method,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        status=AttemptStatus.STARTING,
        payer_name=trying.payer_name,
        payer_email=trying.payer_email,
        language=trying.language,
        success_url=trying.success_url,
        cancel_url=trying.cancel_url,
        received_minor=0,
        started_by=started_by,
        started_at=now,
        expires_at=expires_at,
        version=1,
    )
    session.add(attempt)
    await session.flush()
    await tell(session, attempt, "payment_attempt.started", before=None, now=now)
    due = now + calls.MADE_BY_CALLER
    outbox.enqueue(session, "payments.start_attempt", due=due, org_id=attempt.org_id, attempt_id=attempt.id)
    return attempt


async def locked_attempt(session: AsyncSession, org_id: UUID, attempt_id: UUID) -> PaymentAttempt:
    """A buyer's try, locked after its order and payment; the transaction names the buyer, or it is not found: a crash."""
    asked = select(PaymentAttempt).where(PaymentAttempt.org_id == org_id, PaymentAttempt.id == attempt_id)
    return (await session.scalars(asked.with_for_update().execution_options(populate_existing=True))).one()


async def customer_of(session: AsyncSession, org_id: UUID, *, now: datetime) -> StripeCustomer:
    """The buyer as Stripe is to know it: one row, made when it is first wanted. The desk is named too."""
    found = await session.scalar(select(StripeCustomer).where(StripeCustomer.org_id == org_id).with_for_update())
    if found is not None:
        return found
    made = StripeCustomer(org_id=org_id, id=new_id(), customer_id=None, created_at=now)
    session.add(made)
    await session.flush()  # Two who meet here: the second ends at `uq_stripe_customer_org`, and its job comes again.
    return made


async def note_customer(session: AsyncSession, org_id: UUID, customer_id: str) -> None:
    """Keep Stripe's id of a buyer."""
    row = await session.scalar(select(StripeCustomer).where(StripeCustomer.org_id == org_id).with_for_update())
    assert row is not None, org_id
    assert row.customer_id in (None, customer_id), row.customer_id
    row.customer_id = customer_id
    await session.flush()


async def note_intent(session: AsyncSession, attempt: PaymentAttempt, intent: Intent, *, now: datetime) -> None:
    """Show in a locked, unpaid try what Stripe says of its intent, but for its money: that is `orders.settle_attempt`'s."""
    if attempt.status not in UNPAID:
        return
    told = None if intent.instructions is None else msgspec.to_builtins(intent.instructions)
    status = status_of_intent(intent.status)
    seen = (attempt.intent_id, attempt.status, attempt.received_minor, attempt.instructions, attempt.failure)
    if seen == (intent.id, status, intent.received_minor, told, intent.last_error):
        return
    before = facts_of(attempt)
    attempt.intent_id = intent.id
    attempt.status = status
    attempt.received_minor = intent.received_minor
    attempt.instructions = told or attempt.instructions
    attempt.failure = intent.last_error
    if attempt.url is None and told is not None:
        attempt.url = told.get("hosted_url")
    if status is AttemptStatus.CANCELED:
        attempt.closed_at = now
    await changed(session, attempt, "payment_attempt.changed", before=before, now=now)


async def note_session(session: AsyncSession, attempt: PaymentAttempt, page: Session, *, now: datetime) -> None:
    """Show in a locked, unpaid try what Stripe says of its page."""
    if attempt.status not in UNPAID:
        return
    before = facts_of(attempt)
    attempt.session_id, attempt.url = page.id, page.url or attempt.url
    attempt.intent_id = page.intent_id or attempt.intent_id
    attempt.expires_at = page.expires_at
    attempt.status = AttemptStatus.CANCELED if page.status == "expired" else attempt.status
    if attempt.status == AttemptStatus.STARTING:
        attempt.status = AttemptStatus.OPEN
    if attempt.status == AttemptStatus.CANCELED:
        attempt.closed_at = now
    if facts_of(attempt) != before:
        await changed(session, attempt, "payment_attempt.changed", before=before, now=now)


def name_object(attempt: PaymentAttempt, object_kind: str, object_id: str) -> None:
    """Keep the id of a locked try's intent or page, which Stripe told of before it had answered our own call."""
    if object_kind == "payment_intent" and attempt.intent_id is None:
        attempt.intent_id = object_id
    if object_kind == "checkout.session" and attempt.session_id is None:
        attempt.session_id = object_id


async def refuse(session: AsyncSession, attempt: PaymentAttempt, why: str, *, now: datetime) -> None:
    """End a locked try that Stripe would not have, or never had."""
    if attempt.status != AttemptStatus.STARTING:
        return
    before = facts_of(attempt)
    attempt.status, attempt.failure, attempt.closed_at = AttemptStatus.REFUSED, why, now
    await changed(session, attempt, "payment_attempt.refused", before=before, now=now)


async def call_off(session: AsyncSession, payment: Payment, *, now: datetime) -> None:
    """Ask Stripe to close whatever is still open for a locked payment that needs no more: it was paid, or its order ended."""
    for attempt in await open_attempts(session, payment):
        if attempt.session_id is not None:
            asked = Closing(attempt.session_id)
            await calls.plan(
                session, "expire_session", asked, subject_id=attempt.id, subject_org_id=attempt.org_id, due=now, now=now
            )
        elif attempt.intent_id is not None:
            asked = Closing(attempt.intent_id)
            await calls.plan(
                session, "cancel_intent", asked, subject_id=attempt.id, subject_org_id=attempt.org_id, due=now, now=now
            )


class Closing(msgspec.Struct, frozen=True):
    """What is to be closed at Stripe."""

    object_id: str


async def open_attempts(session: AsyncSession, payment: Payment) -> Sequence[PaymentAttempt]:
    """The tries for a payment that may still bring money, in the order of their ids."""
    asked = select(PaymentAttempt).where(
        PaymentAttempt.org_id == payment.org_id,
        PaymentAttempt.payment_id == payment.id,
        PaymentAttempt.status.in_(UNPAID),
    )
    return (await session.scalars(asked.order_by(PaymentAttempt.id))).all()


def reference_of(attempt: PaymentAttempt) -> str:
    """What Stripe's metadata names this try by."""
    return public_id(ATTEMPT_PREFIX, attempt.id)


def facts_of(attempt: PaymentAttempt) -> dict[str, Any]:
    """What an event tells of a try: no name, no address, no secret."""
    return {
        "status": attempt.status,
        "method": attempt.method,
        "intent_id": attempt.intent_id,
        "session_id": attempt.session_id,
        "received_minor": attempt.received_minor,
        "failure": attempt.failure,
    }


async def changed(
    session: AsyncSession, attempt: PaymentAttempt, kind: str, *, before: dict[str, Any], now: datetime
) -> None:
    """Count a locked try's change, and tell of it."""
    attempt.version += 1
    await session.flush()
    await tell(session, attempt, kind, before=before, now=now)


async def tell(
    session: AsyncSession, attempt: PaymentAttempt, kind: str, *, before: dict[str, Any] | None, now: datetime
) -> None:
    """One event of a try, for its buyer and the desk."""
    await events.record(
        session,
        kind,
        org_id=attempt.org_id,
        subject_kind="payment_attempt",
        subject_id=attempt.id,
        before=before,
        after=facts_of(attempt),
        party_ids=(DESK_ID,),
        now=now,
    )
