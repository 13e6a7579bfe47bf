"""How is money owed back, and sent back? It is in the book's `refunds` account until bank or Stripe has it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core import events, outbox
from app.core.db import AsyncSession
from app.core.ids import new_id, public_id
from app.core.money import Money
from app.core.scope import DESK_ID, Scope
from app.ledger import operations as ledger
from app.ledger.rules import receivable, refunds, stripe_clearing
from app.payments.errors import RefundNotFound, RefundNotPayable
from app.payments.models import Payment, PaymentAttempt, Refund
from app.payments.operations import calls
from app.payments.operations.attempts import locked_attempt
from app.payments.operations.disputes import is_disputed
from app.payments.operations.on_account import ON_ACCOUNT
from app.payments.rules import AttemptStatus, RefundKind, RefundStatus, RefundWay, status_of_refund
from integrations.stripe.asked import NewRefund
from integrations.stripe.shapes import Refund as StripeRefund

REFUND_PREFIX = "rfd"
_FAILED_AT_STRIPE = (RefundStatus.FAILED,)


async def owe(
    session: AsyncSession,
    payment: Payment,
    kind: RefundKind,
    *,
    amount_minor: int,
    attempt: PaymentAttempt | None,
    status: RefundStatus,
    note: str,
    now: datetime,
) -> Refund:
    """Write a refund of a locked payment. The caller posts what it owes to `refunds`, unless it is only proposed.

    Through Stripe where its money came so; of an order on account it lowers what is owed; else a person makes a bank
    transfer. Buyer and desk are named.
    """
    scope: Scope = session.info["scope"]
    refund = Refund(
        org_id=payment.org_id,
        id=new_id(),
        order_id=payment.order_id,
        payment_id=payment.id,
        attempt_id=None if attempt is None else attempt.id,
        kind=kind,
        way=_way(payment, attempt),
        amount_minor=amount_minor,
        set_off_minor=0,
        returns=0,
        currency=payment.currency,
        status=status,
        note=note,
        proposed_by=scope.actor_id,
        made_at=now,
        version=1,
    )
    session.add(refund)
    await session.flush()
    await _tell(session, refund, "refund.made", before=None, now=now)
    if status is RefundStatus.DUE:
        await send(session, refund, attempt, now=now)
    return refund


async def send(session: AsyncSession, refund: Refund, attempt: PaymentAttempt | None, *, now: datetime) -> None:
    """Ask Stripe for a locked refund that is due, or have it set off; one by bank waits for a person."""
    if refund.way == RefundWay.ACCOUNT:
        outbox.enqueue(session, "invoices.set_off", due=now, org_id=refund.org_id, refund_id=refund.id)
    if refund.way != RefundWay.STRIPE:
        return
    assert attempt is not None, refund.id
    assert attempt.intent_id is not None, attempt.id
    asked = NewRefund(
        reference=public_id(REFUND_PREFIX, refund.id),
        intent_id=attempt.intent_id,
        amount_minor=refund.amount_minor,
        reason="duplicate" if refund.kind == RefundKind.RETURNED else "requested_by_customer",
        payer_email=attempt.payer_email,
        facts={"order_id": public_id("ord", refund.order_id), "organisation_id": public_id("org", refund.org_id)},
    )
    await calls.plan(session, "refund", asked, subject_id=refund.id, subject_org_id=refund.org_id, due=now, now=now)


async def paying_attempt(session: AsyncSession, payment: Payment) -> PaymentAttempt | None:
    """The try whose money paid a payment; None where a bank transfer to the desk did."""
    return await session.scalar(
        select(PaymentAttempt).where(
            PaymentAttempt.org_id == payment.org_id,
            PaymentAttempt.payment_id == payment.id,
            PaymentAttempt.status == AttemptStatus.PAID,
        )
    )


async def locked_refund(session: AsyncSession, org_id: UUID, refund_id: UUID) -> Refund:
    """A buyer's refund, locked. Raises RefundNotFound (404)."""
    asked = select(Refund).where(Refund.org_id == org_id, Refund.id == refund_id)
    found = await session.scalar(asked.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise RefundNotFound("There is no such refund.")
    return found


async def note_refund(session: AsyncSession, refund: Refund, seen: StripeRefund, *, now: datetime) -> None:
    """Bring a locked refund up to what Stripe says of it, in whatever order that comes; its money follows in the book."""
    if refund.way != RefundWay.STRIPE:
        return  # It failed there, and a person has taken it on: what Stripe says of it has been seen.
    status = status_of_refund(seen.status)
    before = facts_of(refund)
    refund.stripe_refund_id = seen.id
    if seen.balance_transaction_id is not None:
        await _post(session, refund, source_is_owed=True, now=now)
    if status is RefundStatus.FAILED and seen.balance_transaction_id is not None:
        await _post(session, refund, source_is_owed=False, now=now)
    refund.status, refund.failure = status, seen.failure_reason
    refund.done_at = now if status is RefundStatus.SUCCEEDED else None
    if facts_of(refund) != before:
        await record_change(session, refund, f"refund.{status}", before=before, now=now)


async def fail(session: AsyncSession, refund: Refund, why: str, *, now: datetime) -> None:
    """Stripe would not have a locked refund: its money is owed still, and a person chooses another way."""
    before = facts_of(refund)
    refund.status, refund.failure = RefundStatus.FAILED, why
    await record_change(session, refund, "refund.failed", before=before, now=now)


async def confirm(session: AsyncSession, refund: Refund, *, now: datetime) -> None:
    """A second person has confirmed a locked proposal: it is due. Raises RefundNotPayable (409)."""
    scope: Scope = session.info["scope"]
    if refund.status != RefundStatus.PROPOSED:
        raise RefundNotPayable(f"The refund is {refund.status}.", state=refund.status)
    before = facts_of(refund)
    refund.confirmed_by, refund.status = scope.actor_id, RefundStatus.DUE
    await record_change(session, refund, "refund.confirmed", before=before, now=now)
    attempt = None if refund.attempt_id is None else await locked_attempt(session, refund.org_id, refund.attempt_id)
    await send(session, refund, attempt, now=now)


async def reject(session: AsyncSession, refund: Refund, *, now: datetime) -> None:
    """Turn a locked proposal down. Raises RefundNotPayable (409)."""
    if refund.status != RefundStatus.PROPOSED:
        raise RefundNotPayable(f"The refund is {refund.status}.", state=refund.status)
    before = facts_of(refund)
    refund.status, refund.done_at = RefundStatus.REJECTED, now
    await record_change(session, refund, "refund.rejected", before=before, now=now)


async def pay_by_bank(session: AsyncSession, refund: Refund, *, now: datetime) -> None:
    """Give a locked refund that Stripe could not carry out to a person, for a bank transfer. Raises RefundNotPayable.

    Not while its payment is disputed: the payer's bank may give the same money back.
    """
    if refund.status not in _FAILED_AT_STRIPE:
        raise RefundNotPayable(f"The refund is {refund.status}.", state=refund.status)
    if await is_disputed(session, refund.order_id):
        raise RefundNotPayable("The payment is disputed: its payer's bank decides.", state="payment_disputed")
    before = facts_of(refund)
    refund.way, refund.status = RefundWay.BANK, RefundStatus.DUE
    await record_change(session, refund, "refund.due", before=before, now=now)


async def set_off(session: AsyncSession, refund: Refund, minor: int, *, now: datetime) -> None:
    """Let a locked refund on account lower what its buyer owes, by so many yen; the rest is owed to the buyer by bank.

    refunds -> receivable. The caller lowers the claims and the credit line by as much.
    """
    assert (refund.way, refund.status) == (RefundWay.ACCOUNT, RefundStatus.DUE), refund.id
    before = facts_of(refund)
    if minor:
        await ledger.post(
            session, source=refunds(refund.org_id), target=receivable(refund.org_id), amount=Money(minor, refund.currency),
            reason="set_off", subject_id=refund.id, counterparty_id=refund.org_id, booked_on=None, now=now,
        )  # fmt: skip
    refund.set_off_minor = minor
    if minor == refund.amount_minor:
        refund.status, refund.done_at = RefundStatus.SUCCEEDED, now
        await record_change(session, refund, "refund.succeeded", before=before, now=now)
        return
    refund.way = RefundWay.BANK
    await record_change(session, refund, "refund.due", before=before, now=now)


def _way(payment: Payment, attempt: PaymentAttempt | None) -> RefundWay:
    if attempt is not None:
        return RefundWay.STRIPE
    return RefundWay.ACCOUNT if payment.paid_by == ON_ACCOUNT else RefundWay.BANK


async def _post(session: AsyncSession, refund: Refund, *, source_is_owed: bool, now: datetime) -> None:
    owed, there = refunds(refund.org_id), stripe_clearing()
    await ledger.post(
        session,
        source=owed if source_is_owed else there,
        target=there if source_is_owed else owed,
        amount=Money(refund.amount_minor, refund.currency),
        reason="stripe_refund" if source_is_owed else "stripe_refund_back",
        subject_id=refund.id,
        counterparty_id=refund.org_id,
        booked_on=None,
        now=now,
    )


def facts_of(refund: Refund) -> dict[str, Any]:
    """What an event says of a refund."""
    return {
        "status": refund.status,
        "kind": refund.kind,
        "way": refund.way,
        "amount_minor": refund.amount_minor,
        "set_off_minor": refund.set_off_minor,
        "stripe_refund_id": refund.stripe_refund_id,
        "failure": refund.failure,
        "in_file": refund.file_id is not None,
        "returns": refund.returns,
    }


async def record_change(
    session: AsyncSession, refund: Refund, kind: str, *, before: dict[str, Any], now: datetime
) -> None:
    """Tell what has become of a refund; one that has arrived has its paper."""
    refund.version += 1
    await session.flush()
    await _tell(session, refund, kind, before=before, now=now)
    if refund.kind == RefundKind.ORDER and refund.status == RefundStatus.SUCCEEDED:
        outbox.enqueue(session, "invoices.issue_return", due=now, org_id=refund.org_id, refund_id=refund.id)


async def _tell(
    session: AsyncSession, refund: Refund, kind: str, *, before: dict[str, Any] | None, now: datetime
) -> None:
    await events.record(
        session,
        kind,
        org_id=refund.org_id,
        subject_kind="refund",
        subject_id=refund.id,
        before=before,
        after=facts_of(refund),
        party_ids=(DESK_ID,),
        now=now,
    )
