"""How does a judged line reach its payment, or a person? The caller has locked the order before anything here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core import events, outbox
from app.core.db import AsyncSession
from app.core.money import Money
from app.core.scope import DESK_ID
from app.ledger import operations as ledger
from app.ledger.rules import held_orders, unapplied
from app.payments.errors import LineNotFound
from app.payments.models import BankLine, LineOutcome, LineStatus, Payment, PaymentStatus
from app.payments.operations.attempts import call_off
from app.payments.rules import Due, Judgement


async def locked_line(session: AsyncSession, line_id: UUID) -> BankLine:
    """A line of the desk's bank statements, locked. Raises LineNotFound (404)."""
    asked = select(BankLine).where(BankLine.org_id == DESK_ID, BankLine.id == line_id)
    line = await session.scalar(asked.with_for_update().execution_options(populate_existing=True))
    if line is None:
        raise LineNotFound("There is no such line.")
    return line


async def locked_payment(session: AsyncSession, buyer_id: UUID, payment_id: UUID) -> Payment:
    """A buyer's payment, locked; the transaction names the buyer and the desk, or the row is not found: a crash."""
    asked = select(Payment).where(Payment.org_id == buyer_id, Payment.id == payment_id)
    return (await session.scalars(asked.with_for_update().execution_options(populate_existing=True))).one()


async def locked_payment_of(session: AsyncSession, buyer_id: UUID, order_id: UUID) -> Payment:
    """What a buyer's order expects, locked; the transaction names the buyer and the desk."""
    asked = select(Payment).where(Payment.org_id == buyer_id, Payment.order_id == order_id)
    return (await session.scalars(asked.with_for_update().execution_options(populate_existing=True))).one()


async def locked_waiting(session: AsyncSession, payment: Payment) -> Sequence[BankLine]:
    """The short lines of a payment whose money waits for the rest, locked, in the order of their ids."""
    asked = select(BankLine).where(
        BankLine.org_id == DESK_ID,
        BankLine.payment_id == payment.id,
        BankLine.status == LineStatus.FOR_A_PERSON,
        BankLine.outcome == LineOutcome.SHORT,
    )
    locking = asked.order_by(BankLine.id).with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(locking)).all()


def due_of(payment: Payment, *, waiting: Sequence[BankLine], order_status: str) -> Due:
    """What a locked payment expects, as `rules.judge` asks for it."""
    waiting_minor = sum(line.unapplied_minor for line in waiting)
    return Due(payment.amount_minor, payment.received_minor, waiting_minor, payment.status, order_status)


async def apply(
    session: AsyncSession,
    line: BankLine,
    payment: Payment,
    judgement: Judgement,
    *,
    waiting: Sequence[BankLine],
    now: datetime,
) -> None:
    """Move the money to `held:orders` and mark the payment paid; `waiting` lines go with it when the judgement says so.

    All are locked, and the transaction names the desk and the buyer. What the line holds beyond waits for a person.
    """
    assert line.status == LineStatus.NEW, line.status
    assert judgement.applied_minor + judgement.left_minor == line.unapplied_minor, judgement
    taken = waiting if judgement.from_waiting_minor else ()
    assert sum(earlier.unapplied_minor for earlier in taken) == judgement.from_waiting_minor, judgement
    for earlier in taken:
        await _hold(session, earlier, payment, earlier.unapplied_minor, now)
        await _settle(session, earlier, payment, earlier.outcome, left_minor=0, now=now)
    await _hold(session, line, payment, judgement.applied_minor, now)
    outcome = LineOutcome(judgement.outcome)
    await _settle(session, line, payment, outcome, left_minor=judgement.left_minor, now=now)
    await _receive(session, payment, judgement.applied_minor + judgement.from_waiting_minor, now)


async def leave_for_a_person(
    session: AsyncSession, line: BankLine, outcome: LineOutcome, payment: Payment | None, *, now: datetime
) -> None:
    """Apply nothing of a locked, new line: its money stays in `unapplied` until a person decides, or more comes."""
    assert line.status == LineStatus.NEW, line.status
    await _settle(session, line, payment, outcome, left_minor=line.unapplied_minor, now=now)


async def leave_unknown(session: AsyncSession, line_id: UUID, *, now: datetime) -> None:
    """Leave a line that pays nothing known to a person, called as it was matched; nothing when it was judged before.

    Raises LineNotFound (404).
    """
    line = await locked_line(session, line_id)
    if line.status == LineStatus.NEW:
        matched = line.matched_as or "nothing"
        outcome = LineOutcome.UNKNOWN_PAYER if matched == "nothing" else LineOutcome(matched)
        await leave_for_a_person(session, line, outcome, None, now=now)


async def close(session: AsyncSession, org_id: UUID, order_id: UUID, *, now: datetime) -> None:
    """No longer expect the money of an order that ended unpaid. The transaction names the buyer and the desk.

    The reference stays known: money that comes late is recognised.
    """
    payment = await locked_payment_of(session, org_id, order_id)
    if payment.status != PaymentStatus.OPEN:
        return
    payment.status = PaymentStatus.CLOSED
    await session.flush()
    await call_off(session, payment, now=now)
    await record_payment(session, "payment.closed", payment, PaymentStatus.OPEN, 0, now)


async def _hold(session: AsyncSession, line: BankLine, payment: Payment, minor: int, now: datetime) -> None:
    assert line.currency == payment.currency, (line.currency, payment.currency)
    posted = await ledger.post(
        session,
        source=unapplied(),
        target=held_orders(),
        amount=Money(minor, line.currency),
        reason="payment",
        subject_id=line.id,
        counterparty_id=payment.org_id,
        booked_on=None,
        now=now,
    )
    assert posted, line.id


async def _settle(
    session: AsyncSession,
    line: BankLine,
    payment: Payment | None,
    outcome: LineOutcome,
    *,
    left_minor: int,
    now: datetime,
) -> None:
    before = facts_of(line)
    line.outcome = outcome
    line.status = LineStatus.FOR_A_PERSON if left_minor else LineStatus.APPLIED
    line.unapplied_minor = left_minor
    line.version += 1
    if payment is not None:
        name_payment(line, payment)
    await session.flush()
    await record_line(session, "bank_line.judged", line, before=before, now=now)


async def _receive(session: AsyncSession, payment: Payment, minor: int, now: datetime) -> None:
    status, received_minor = payment.status, payment.received_minor
    payment.received_minor += minor
    assert payment.received_minor == payment.amount_minor, (payment.received_minor, payment.amount_minor)
    payment.status = PaymentStatus.PAID
    payment.paid_at = payment.final_at = now  # Nobody calls a bank transfer back (`rules.finality`).
    payment.paid_by = "bank_transfer"
    await session.flush()
    await call_off(session, payment, now=now)
    await record_payment(session, "payment.received", payment, status, received_minor, now)
    outbox.enqueue(session, "invoices.issue_receipt", due=now, org_id=payment.org_id, payment_id=payment.id)


async def record_payment(
    session: AsyncSession, kind: str, payment: Payment, status: PaymentStatus, received_minor: int, now: datetime
) -> None:
    """One event of a locked payment, for its buyer and the desk; `status` and `received_minor` are from before."""
    await events.record(
        session,
        kind,
        org_id=payment.org_id,
        subject_kind="payment",
        subject_id=payment.id,
        before={"status": status, "received_minor": received_minor},
        after={"status": payment.status, "received_minor": payment.received_minor},
        party_ids=(DESK_ID,),
        now=now,
    )


def name_payment(line: BankLine, payment: Payment) -> None:
    """Write into the line whose payment, and which order, it is for."""
    line.payment_id, line.payer_org_id, line.order_id = payment.id, payment.org_id, payment.order_id


def facts_of(line: BankLine) -> dict[str, Any]:
    """What an event tells of a line."""
    return {
        "outcome": line.outcome,
        "status": line.status,
        "unapplied_minor": line.unapplied_minor,
        "matched_as": line.matched_as,
        "payment_id": None if line.payment_id is None else str(line.payment_id),
    }


async def record_line(
    session: AsyncSession, kind: str, line: BankLine, *, before: dict[str, Any], now: datetime, **more: str
) -> None:
    """One event of a line, for the desk alone: what other payers wrote is not the buyer's to read."""
    await events.record(
        session,
        kind,
        org_id=DESK_ID,
        subject_kind="bank_line",
        subject_id=line.id,
        before=before,
        after=facts_of(line) | more,
        now=now,
    )
