"""Which payment is meant, what is known of it, and which lines of the bank wait for whom?"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select, tuple_

from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.core.scope import DESK_ID, Scope
from app.payments.errors import AttemptNotFound, LineNotFound, PaymentNotFound
from app.payments.models import BankLine, Dispute, LineStatus, Payment, PaymentAttempt, Refund
from app.payments.rules import (
    ATTEMPTS_MAX,
    UNPAID,
    AttemptStatus,
    DisputeOutcome,
    RefundKind,
    RefundStatus,
    reference_in,
)

REFUNDS_MAX = 100
"""Of one order that are shown."""


async def payment_of_order(session: AsyncSession, scope: Scope, order_id: UUID) -> Payment:
    """What the caller's own order expects to receive. Raises PaymentNotFound (404)."""
    asked = select(Payment).where(Payment.org_id == scope.org_id, Payment.order_id == order_id)
    payment = await session.scalar(asked)
    if payment is None:
        raise PaymentNotFound("There is no such payment.")
    return payment


async def payment_by_reference(session: AsyncSession, reference: str) -> Payment | None:
    """The payment that has this reference, whoever's it is: the desk sees them all."""
    return await session.scalar(select(Payment).where(Payment.desk_id == DESK_ID, Payment.reference == reference))


async def payment_meant_by(session: AsyncSession, line_id: UUID) -> Payment | None:
    """The payment that a line is for: the one that a person chose, else the only one that its texts name.

    None when it names none, or several: who pays two orders at once is asked by a person. Raises LineNotFound (404).
    """
    line = await line_of(session, line_id)
    if line.payment_id is not None:
        chosen = select(Payment).where(
            Payment.org_id == line.payer_org_id, Payment.id == line.payment_id, Payment.desk_id == DESK_ID
        )
        return (await session.scalars(chosen)).one()
    references = reference_in(line.payer_name, line.memo)
    if not references:
        return None
    named = select(Payment).where(Payment.desk_id == DESK_ID, Payment.reference.in_(references)).limit(2)
    payments = (await session.scalars(named)).all()
    return payments[0] if len(payments) == 1 else None


async def line_of(session: AsyncSession, line_id: UUID) -> BankLine:
    """A line of the desk's bank statements. Raises LineNotFound (404)."""
    line = await session.scalar(select(BankLine).where(BankLine.org_id == DESK_ID, BankLine.id == line_id))
    if line is None:
        raise LineNotFound("There is no such line.")
    return line


async def lines(session: AsyncSession, status: LineStatus | None, page: Page) -> Sequence[BankLine]:
    """The desk's bank lines, the longest imported first; one more than the page shows."""
    asked = select(BankLine).where(BankLine.org_id == DESK_ID)
    if status is not None:
        asked = asked.where(BankLine.status == status)
    if page.after is not None:
        asked = asked.where(beyond([(BankLine.id, False)], page.after))
    return (await session.scalars(asked.order_by(BankLine.id).limit(page.fetch))).all()


async def candidates_of(session: AsyncSession, lines: Sequence[BankLine]) -> dict[UUID, Payment]:
    """The payments that these lines suggest, by their ids; a transaction of the desk's."""
    wanted = {key for line in lines for key in zip(line.candidate_payers, line.candidate_ids, strict=True)}
    if not wanted:
        return {}
    found = await session.scalars(select(Payment).where(tuple_(Payment.org_id, Payment.id).in_(sorted(wanted))))
    return {payment.id: payment for payment in found}


async def attempt_of(session: AsyncSession, scope: Scope, attempt_id: UUID) -> PaymentAttempt:
    """One of the caller's own tries to pay. Raises AttemptNotFound (404)."""
    asked = select(PaymentAttempt).where(PaymentAttempt.org_id == scope.org_id, PaymentAttempt.id == attempt_id)
    attempt = await session.scalar(asked)
    if attempt is None:
        raise AttemptNotFound("You have no payment with this id.")
    return attempt


async def attempts_of_order(session: AsyncSession, scope: Scope, order_id: UUID) -> Sequence[PaymentAttempt]:
    """The tries to pay the caller's own order, the oldest first; there are as many as its buyer began."""
    asked = select(PaymentAttempt).where(PaymentAttempt.org_id == scope.org_id, PaymentAttempt.order_id == order_id)
    return (await session.scalars(asked.order_by(PaymentAttempt.id).limit(ATTEMPTS_MAX))).all()


async def attempt_named(session: AsyncSession, attempt_id: UUID) -> PaymentAttempt | None:
    """The try that Stripe's metadata names, whoever's it is: the desk sees them all."""
    asked = select(PaymentAttempt).where(PaymentAttempt.desk_id == DESK_ID, PaymentAttempt.id == attempt_id)
    return await session.scalar(asked)


async def attempt_by_object(session: AsyncSession, object_id: str) -> PaymentAttempt | None:
    """The try whose intent, page or charge at Stripe this is, whoever's it is."""
    asked = select(PaymentAttempt).where(
        PaymentAttempt.desk_id == DESK_ID,
        or_(
            PaymentAttempt.intent_id == object_id,
            PaymentAttempt.session_id == object_id,
            PaymentAttempt.charge_id == object_id,
        ),
    )
    return await session.scalar(asked)


async def refund_named(session: AsyncSession, refund_id: UUID) -> Refund | None:
    """The refund that Stripe's metadata, or the operator, names, whoever's it is: the desk sees them all."""
    return await session.scalar(select(Refund).where(Refund.desk_id == DESK_ID, Refund.id == refund_id))


async def refunds_of_order(session: AsyncSession, scope: Scope, order_id: UUID) -> Sequence[Refund]:
    """What was given back of the caller's own order, the oldest first; the proposed and the rejected are the desk's own."""
    shown = Refund.status.not_in((RefundStatus.PROPOSED, RefundStatus.REJECTED))
    asked = select(Refund).where(Refund.org_id == scope.org_id, Refund.order_id == order_id, shown)
    return (await session.scalars(asked.order_by(Refund.id).limit(REFUNDS_MAX))).all()


async def refunds_of_desk(session: AsyncSession, status: RefundStatus | None, page: Page) -> Sequence[Refund]:
    """The desk's refunds, the oldest first; one more than the page shows."""
    asked = select(Refund).where(Refund.desk_id == DESK_ID)
    if status is not None:
        asked = asked.where(Refund.status == status)
    if page.after is not None:
        asked = asked.where(beyond([(Refund.id, False)], page.after))
    return (await session.scalars(asked.order_by(Refund.id).limit(page.fetch))).all()


async def refunded_minor(session: AsyncSession, org_id: UUID, payment_id: UUID) -> int:
    """How much of a payment was given back, or is about to be; what came too much does not count."""
    asked = select(func.coalesce(func.sum(Refund.amount_minor), 0)).where(
        Refund.org_id == org_id,
        Refund.payment_id == payment_id,
        Refund.kind != RefundKind.RETURNED,
        Refund.status != RefundStatus.REJECTED,
    )
    return int((await session.scalars(asked)).one())


async def dispute(session: AsyncSession, dispute_id: UUID) -> Dispute | None:
    """A dispute of the desk's."""
    return await session.scalar(select(Dispute).where(Dispute.org_id == DESK_ID, Dispute.id == dispute_id))


async def disputes(session: AsyncSession, outcome: DisputeOutcome | None, page: Page) -> Sequence[Dispute]:
    """The desk's disputes, the oldest first; one more than the page shows."""
    asked = select(Dispute).where(Dispute.org_id == DESK_ID)
    if outcome is not None:
        asked = asked.where(Dispute.outcome == outcome)
    if page.after is not None:
        asked = asked.where(beyond([(Dispute.id, False)], page.after))
    return (await session.scalars(asked.order_by(Dispute.id).limit(page.fetch))).all()


async def attempts_of_desk(session: AsyncSession, status: AttemptStatus | None, page: Page) -> Sequence[PaymentAttempt]:
    """Every try to pay through Stripe, the oldest first; one more than the page shows."""
    asked = select(PaymentAttempt).where(PaymentAttempt.desk_id == DESK_ID)
    if status is not None:
        asked = asked.where(PaymentAttempt.status == status)
    if page.after is not None:
        asked = asked.where(beyond([(PaymentAttempt.id, False)], page.after))
    return (await session.scalars(asked.order_by(PaymentAttempt.id).limit(page.fetch))).all()


async def open_attempts(session: AsyncSession, *, before: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """Organisation and id of tries that began before a moment and may still bring money, the oldest first."""
    rows = await session.execute(
        select(PaymentAttempt.org_id, PaymentAttempt.id)
        .where(PaymentAttempt.desk_id == DESK_ID, PaymentAttempt.status.in_(UNPAID), PaymentAttempt.started_at < before)
        .order_by(PaymentAttempt.id)
        .limit(limit)
    )
    return [(org_id, attempt_id) for org_id, attempt_id in rows]
