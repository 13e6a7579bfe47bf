"""What becomes of refunds whose money the payer's own bank gave back instead?"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app.core.db import AsyncSession
from app.core.money import Money
from app.ledger import operations as ledger
from app.ledger.rules import disputes, refunds
from app.payments.models import PaymentAttempt, Refund
from app.payments.operations.refunds import facts_of, record_change
from app.payments.rules import RefundStatus, RefundWay


async def is_asked_for(session: AsyncSession, attempt: PaymentAttempt) -> bool:
    """Whether Stripe has not answered yet to a refund of a try's money."""
    return bool(await _of_attempt(session, attempt, RefundStatus.DUE))


async def settle_by_dispute(session: AsyncSession, attempt: PaymentAttempt, most_minor: int, *, now: datetime) -> int:
    """What Stripe would not refund, for the payer's bank was about to, the payer has got from that bank: it is done.

    refunds -> disputes, for as many refunds as fit into `most_minor`; how much that is. Buyer and desk are named.
    """
    left_minor = most_minor
    for refund in await _of_attempt(session, attempt, RefundStatus.FAILED):
        if refund.amount_minor > left_minor:
            continue
        left_minor -= refund.amount_minor
        await ledger.post(
            session, source=refunds(refund.org_id), target=disputes(), amount=Money(refund.amount_minor, refund.currency),
            reason="dispute_refunded", subject_id=refund.id, counterparty_id=refund.org_id, booked_on=None, now=now,
        )  # fmt: skip
        before = facts_of(refund)
        refund.status, refund.done_at = RefundStatus.SUCCEEDED, now
        await record_change(session, refund, "refund.given_by_payers_bank", before=before, now=now)
    return most_minor - left_minor


async def _of_attempt(session: AsyncSession, attempt: PaymentAttempt, status: RefundStatus) -> Sequence[Refund]:
    """The refunds through Stripe of a locked try's money that stand so, locked in the order of their ids."""
    asked = select(Refund).where(
        Refund.org_id == attempt.org_id,
        Refund.order_id == attempt.order_id,
        Refund.attempt_id == attempt.id,
        Refund.way == RefundWay.STRIPE,
        Refund.status == status,
    )
    locking = asked.order_by(Refund.id).with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(locking)).all()
