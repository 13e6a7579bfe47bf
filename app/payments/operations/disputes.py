"""How is a dispute written down, and its money booked? In whatever order Stripe tells of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core import events
from app.core.db import AsyncSession
from app.core.errors import InvalidState
from app.core.ids import new_id, public_id
from app.core.money import Money
from app.core.scope import DESK_ID
from app.ledger import operations as ledger
from app.ledger.rules import disputes, stripe_clearing
from app.payments.models import Dispute, PaymentAttempt
from app.payments.operations.attempts import locked_attempt
from app.payments.operations.calls import plan
from app.payments.rules import DisputeOutcome, taken
from integrations.stripe.asked import Evidence
from integrations.stripe.shapes import Dispute as StripeDispute


async def dispute_of(session: AsyncSession, attempt: PaymentAttempt, seen: StripeDispute, *, now: datetime) -> Dispute:
    """The row of a dispute about a locked try's charge, locked; made when it is told of first. The desk is named."""
    asked = select(Dispute).where(Dispute.org_id == DESK_ID, Dispute.stripe_dispute_id == seen.id)
    found = await session.scalar(asked.with_for_update().execution_options(populate_existing=True))
    if found is not None:
        return found
    made = Dispute(
        org_id=DESK_ID,
        id=new_id(),
        stripe_dispute_id=seen.id,
        buyer_id=attempt.org_id,
        order_id=attempt.order_id,
        payment_id=attempt.payment_id,
        attempt_id=attempt.id,
        amount_minor=seen.amount_minor,
        currency=seen.currency,
        reason=seen.reason,
        status=seen.status,
        outcome=DisputeOutcome.OPEN,
        taken_minor=0,
        returned_minor=0,
        borne_minor=0,
        evidence_due_at=seen.evidence_due_at,
        opened_at=seen.created_at,
        version=1,
    )
    session.add(made)
    await session.flush()
    await tell_dispute(session, made, "dispute.opened", before=None, now=now)
    return made


async def book_dispute(session: AsyncSession, dispute: Dispute, seen: StripeDispute, *, now: datetime) -> None:
    """Book what a locked dispute took from the desk's balance, and what came back: each once."""
    moved = taken(line.amount_minor for line in seen.balance_transactions)
    dispute.status, dispute.evidence_due_at = seen.status, seen.evidence_due_at
    if moved.taken_minor:
        dispute.taken_minor = moved.taken_minor
        await _post(session, dispute, "stripe_dispute", moved.taken_minor, there=True, now=now)
    if moved.back_minor:
        await _post(session, dispute, "stripe_dispute_back", moved.back_minor, there=False, now=now)


async def _post(
    session: AsyncSession, dispute: Dispute, reason: str, minor: int, *, there: bool, now: datetime
) -> None:
    claimed, clearing = disputes(), stripe_clearing()
    await ledger.post(
        session,
        source=claimed if there else clearing,
        target=clearing if there else claimed,
        amount=Money(minor, dispute.currency),
        reason=reason,
        subject_id=dispute.id,
        counterparty_id=None,
        booked_on=None,
        now=now,
    )


def dispute_facts(dispute: Dispute) -> dict[str, Any]:
    """What an event tells of a dispute."""
    return {
        "status": dispute.status,
        "outcome": dispute.outcome,
        "order_id": str(dispute.order_id),
        "taken_minor": dispute.taken_minor,
        "returned_minor": dispute.returned_minor,
        "borne_minor": dispute.borne_minor,
        "borne_by": dispute.borne_by,
    }


async def tell_dispute(
    session: AsyncSession, dispute: Dispute, kind: str, *, before: dict[str, Any] | None, now: datetime
) -> None:
    """One event of a dispute, for the desk alone."""
    await events.record(
        session,
        kind,
        org_id=DESK_ID,
        subject_kind="dispute",
        subject_id=dispute.id,
        before=before,
        after=dispute_facts(dispute),
        now=now,
    )


async def is_disputed(session: AsyncSession, order_id: UUID) -> bool:
    """Whether an order's payment is disputed and that is not decided; the desk is named."""
    asked = select(Dispute.id).where(
        Dispute.org_id == DESK_ID, Dispute.order_id == order_id, Dispute.outcome == DisputeOutcome.OPEN
    )
    return await session.scalar(asked.limit(1)) is not None


async def plan_evidence(session: AsyncSession, dispute: Dispute, *, text: str, submit: bool, now: datetime) -> None:
    """Have Stripe show this to the payer's bank. Raises InvalidState (409) when it is decided."""
    if dispute.outcome != DisputeOutcome.OPEN:
        raise InvalidState(f"The dispute is {dispute.outcome}.", state=dispute.outcome)
    attempt = await locked_attempt(session, dispute.buyer_id, dispute.attempt_id)
    asked = Evidence(
        dispute_id=dispute.stripe_dispute_id,
        product_description=f"Carbon credits, order {public_id('ord', dispute.order_id)}",
        customer_name=attempt.payer_name,
        customer_email=attempt.payer_email,
        service_date="" if attempt.paid_at is None else attempt.paid_at.date().isoformat(),
        uncategorized_text=text,
        submit=submit,
    )
    # Each evidence is a write of its own: what was shown before is added to, and sent for good once.
    await plan(session, "evidence", asked, subject_id=new_id(), subject_org_id=dispute.buyer_id, due=now, now=now)
    before = dispute_facts(dispute)
    dispute.version += 1
    await session.flush()
    await tell_dispute(session, dispute, "dispute.answered", before=before, now=now)


async def locked_dispute(session: AsyncSession, dispute_id: UUID) -> Dispute | None:
    """A dispute of the desk's, locked."""
    asked = select(Dispute).where(Dispute.org_id == DESK_ID, Dispute.id == dispute_id)
    return await session.scalar(asked.with_for_update().execution_options(populate_existing=True))
