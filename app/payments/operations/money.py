"""How does what Stripe has taken come into the book, and pay, or wait to go back?"""

from dataclasses import dataclass
from datetime import datetime

from app.core import outbox
from app.core.db import AsyncSession
from app.core.money import Money
from app.core.period import day_in_japan
from app.ledger import operations as ledger
from app.ledger.queries import open_day
from app.ledger.rules import held_orders, refunds, stripe_clearing, unapplied
from app.payments.models import Payment, PaymentAttempt, PaymentStatus
from app.payments.operations.attempts import changed, facts_of
from app.payments.operations.lines import record_payment
from app.payments.operations.refunds import owe
from app.payments.rules import AttemptStatus, Holds, RefundKind, RefundStatus, final_at

BANK_TRANSFER_AT_STRIPE = "customer_balance"


@dataclass(frozen=True, slots=True)
class Taken:
    """Money that Stripe has taken for a try: from which charge, by what, and how Radar saw it."""

    intent_id: str
    charge_id: str
    amount_minor: int
    currency: str
    """As it was taken: whether that is what was asked for is another question."""
    paid_by: str
    risk_level: str | None
    taken_at: datetime


async def book(session: AsyncSession, attempt: PaymentAttempt, taken: Taken, *, now: datetime) -> None:
    """Bring a locked try's money into the book, where it is nobody's yet: once, whatever becomes of it.

    It counts on the day on which Stripe took it, unless that month is closed.
    """
    await ledger.post(
        session,
        source=stripe_clearing(),
        target=unapplied(),
        amount=Money(taken.amount_minor, taken.currency),
        reason="stripe_charge",
        subject_id=attempt.id,
        counterparty_id=attempt.org_id,
        booked_on=await open_day(session, day_in_japan(taken.taken_at)),
        now=now,
    )
    attempt.intent_id, attempt.charge_id = taken.intent_id, taken.charge_id
    attempt.received_minor = taken.amount_minor
    attempt.paid_by, attempt.risk_level = method_of(taken.paid_by), taken.risk_level
    attempt.paid_at = taken.taken_at


async def pay(session: AsyncSession, payment: Payment, attempt: PaymentAttempt, *, holds: Holds, now: datetime) -> None:
    """Give a booked try's money to what it was for: the whole of a locked payment, which is paid from here on."""
    assert attempt.received_minor == payment.amount_minor - payment.received_minor, attempt.id
    assert attempt.paid_by is not None, attempt.id
    assert attempt.paid_at is not None, attempt.id
    await _move(session, attempt, target_is_held=True, now=now)
    before, received_minor, status = facts_of(attempt), payment.received_minor, payment.status
    payment.received_minor += attempt.received_minor
    payment.status, payment.paid_at, payment.paid_by = PaymentStatus.PAID, now, attempt.paid_by
    payment.final_at = final_at(attempt.paid_by, attempt.risk_level, attempt.paid_at, holds)
    attempt.status, attempt.closed_at = AttemptStatus.PAID, now
    await record_payment(session, "payment.received", payment, status, received_minor, now)
    outbox.enqueue(session, "invoices.issue_receipt", due=now, org_id=payment.org_id, payment_id=payment.id)
    await changed(session, attempt, "payment_attempt.paid", before=before, now=now)


async def set_aside(
    session: AsyncSession, payment: Payment, attempt: PaymentAttempt, status: AttemptStatus, why: str, *, now: datetime
) -> None:
    """A booked try's money pays nothing: it is owed back to its payer (`returned`), or waits for a person (`mismatch`)."""
    before = facts_of(attempt)
    if status is AttemptStatus.RETURNED:
        await _move(session, attempt, target_is_held=False, now=now)
    attempt.status, attempt.failure, attempt.closed_at = status, why, now
    await changed(session, attempt, f"payment_attempt.{status}", before=before, now=now)
    if status is AttemptStatus.RETURNED:
        await owe(
            session, payment, RefundKind.RETURNED, amount_minor=attempt.received_minor, attempt=attempt,
            status=RefundStatus.DUE, note=why, now=now,
        )  # fmt: skip


def method_of(paid_by: str) -> str:
    """What a charge was paid with, by our name: Stripe calls a bank transfer `customer_balance`."""
    return "jp_bank_transfer" if paid_by == BANK_TRANSFER_AT_STRIPE else paid_by


async def _move(session: AsyncSession, attempt: PaymentAttempt, *, target_is_held: bool, now: datetime) -> None:
    await ledger.post(
        session,
        source=unapplied(),
        target=held_orders() if target_is_held else refunds(attempt.org_id),
        amount=Money(attempt.received_minor, attempt.currency),
        reason="payment" if target_is_held else "refund",
        subject_id=attempt.id,
        counterparty_id=attempt.org_id,
        booked_on=None,
        now=now,
    )
