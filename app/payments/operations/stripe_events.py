"""How is what Stripe told us ticked off? Each event once; what is ignored says so."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.core import outbox
from app.core.db import AsyncSession
from app.core.scope import DESK_ID
from app.payments.models import EventStatus, StripeEvent


async def event_of(session: AsyncSession, event_row_id: UUID) -> StripeEvent | None:
    """An event that waits; None when it was taken further before."""
    return await session.scalar(
        select(StripeEvent).where(
            StripeEvent.org_id == DESK_ID, StripeEvent.id == event_row_id, StripeEvent.status == EventStatus.RECEIVED
        )
    )


async def tick_off(session: AsyncSession, event: StripeEvent, outcome: str, *, ignored: bool, now: datetime) -> None:
    """What became of an event, in a word."""
    asked = select(StripeEvent).where(StripeEvent.org_id == DESK_ID, StripeEvent.event_id == event.event_id)
    row = (await session.scalars(asked.with_for_update().execution_options(populate_existing=True))).one()
    if row.status != EventStatus.RECEIVED:
        return
    row.status = EventStatus.IGNORED if ignored else EventStatus.DONE
    row.outcome, row.done_at = outcome, now
    await session.flush()


def ask_to_settle(session: AsyncSession, org_id: UUID, attempt_id: UUID, *, now: datetime) -> None:
    """Have a try looked at: what Stripe has of it is what counts."""
    outbox.enqueue(session, "orders.settle_attempt", due=now, org_id=org_id, attempt_id=attempt_id)
