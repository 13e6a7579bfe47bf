"""Does a retirement have to wait for money to be final? Nothing irrevocable is sent for what can still be taken back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.core import outbox
from app.core.db import AsyncSession
from app.core.errors import InvalidState
from app.inventory import operations as inventory
from app.inventory.models import Holding
from app.retirements.models import Retirement
from app.retirements.rules import RetirementStatus

WAITING = (RetirementStatus.DRAFT, RetirementStatus.SIGNED_OFF, RetirementStatus.QUEUED)


async def note_payment(
    session: AsyncSession,
    owner_id: UUID,
    order_id: UUID,
    *,
    final_at: datetime | None,
    blocked_at: datetime | None,
    now: datetime,
) -> None:
    """The payment of an order is final at another moment, is disputed, or is no longer: what was bought with it follows.

    Retirements that wait show it, and those that may go are given their job. The transaction names owner and providers.
    """
    holdings = await inventory.note_finality(
        session, owner_id, order_id, final_at=final_at, blocked_at=blocked_at, now=now
    )
    waiting = await session.scalars(
        select(Retirement)
        .where(Retirement.org_id == owner_id, Retirement.holding_id.in_([holding.id for holding in holdings]))
        .where(Retirement.status.in_(WAITING))
        .order_by(Retirement.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for retirement in waiting.all():
        retirement.not_before, retirement.disputed_at = final_at, blocked_at
        retirement.version += 1
        if retirement.status == RetirementStatus.QUEUED:
            send_when_final(session, retirement, now=now)
    await session.flush()


def send_when_final(session: AsyncSession, retirement: Retirement, *, now: datetime) -> None:
    """Give a locked, queued retirement its job: for the moment from which it may go, or none while it is disputed."""
    if retirement.disputed_at is not None:
        return
    due = now if retirement.not_before is None else max(now, retirement.not_before)
    outbox.enqueue(session, "retirements.submit", due=due, org_id=retirement.org_id, retirement_id=retirement.id)


async def is_held(session: AsyncSession, retirement: Retirement, *, now: datetime) -> bool:
    """Whether a locked retirement has to wait: its holding says so, which is locked against a change of that.

    One whose moment is still to come has its job for then.
    """
    asked = select(Holding.final_at, Holding.blocked_at).where(
        Holding.org_id == retirement.org_id,
        Holding.provider_id == retirement.provider_id,
        Holding.id == retirement.holding_id,
    )
    final_at, blocked_at = (await session.execute(asked.with_for_update(read=True, key_share=False))).one()
    if blocked_at is not None:
        return True
    if final_at is not None and final_at > now:
        outbox.enqueue(
            session, "retirements.submit", due=final_at, org_id=retirement.org_id, retirement_id=retirement.id
        )
        return True
    return False


def refuse_disputed(retirement: Retirement) -> None:
    """Refuse to go on with what was paid by money that is disputed. Raises InvalidState (409)."""
    if retirement.disputed_at is not None:
        raise InvalidState("The buyer's payment is disputed: do not carry this out.", state="payment_disputed")
