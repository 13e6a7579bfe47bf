"""What does an order on account mean for its payment, and a bank line that pays invoices on account?

The order counts as paid because the desk lends its buyer the money: receivable -> held:orders, and from there it goes on
as any other. From when the payment is final is whose risk it is: see `invoices.operations.buying`.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from app.core.db import AsyncSession
from app.core.money import Money
from app.ledger import operations as ledger
from app.ledger.rules import held_orders, receivable
from app.payments.models import BankLine, LineOutcome, LineStatus, Payment, PaymentStatus
from app.payments.operations.attempts import call_off
from app.payments.operations.lines import facts_of, record_line, record_payment

ON_ACCOUNT: Final = "on_account"
"""What `paid_by` says of a payment that is owed instead."""


async def pay_on_account(session: AsyncSession, payment: Payment, *, final_at: datetime | None, now: datetime) -> None:
    """Let a locked, open payment be owed by its buyer, whole: nothing came in, and nothing is expected of it any more.

    Open tries at Stripe are called off; money that comes all the same goes back. The transaction names buyer and desk.
    """
    assert payment.status == PaymentStatus.OPEN, payment.status
    status, received_minor = payment.status, payment.received_minor
    assert received_minor == 0, payment.id
    payment.received_minor, payment.status = payment.amount_minor, PaymentStatus.PAID
    payment.paid_at, payment.paid_by, payment.final_at = now, ON_ACCOUNT, final_at
    await session.flush()
    await call_off(session, payment, now=now)
    await record_payment(session, "payment.on_account", payment, status, received_minor, now)
    posted = await ledger.post(
        session, source=receivable(payment.org_id), target=held_orders(),
        amount=Money(payment.amount_minor, payment.currency), reason="on_account", subject_id=payment.order_id,
        counterparty_id=payment.org_id, booked_on=None, now=now,
    )  # fmt: skip
    assert posted, payment.order_id


async def note_invoice_paid(
    session: AsyncSession, line: BankLine, payer_id: UUID, applied_minor: int, *, now: datetime
) -> None:
    """Write into a locked line how much of it paid invoices on account of this buyer. What is left waits for a person."""
    before = facts_of(line)
    line.payer_org_id = payer_id
    line.unapplied_minor -= applied_minor
    line.status = LineStatus.FOR_A_PERSON if line.unapplied_minor else LineStatus.APPLIED
    line.outcome = _outcome(applied_minor, line.unapplied_minor)
    line.version += 1
    await session.flush()
    await record_line(session, "bank_line.judged", line, before=before, now=now)


def _outcome(applied_minor: int, left_minor: int) -> LineOutcome:
    if not applied_minor:
        return LineOutcome.DUPLICATE
    return LineOutcome.OVER if left_minor else LineOutcome.INVOICE
