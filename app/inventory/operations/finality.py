"""From when may what a buyer holds go to a registry? As late as its payment is final, and never while that is disputed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.core import events
from app.core.db import AsyncSession
from app.inventory.models import Holding


async def note_finality(
    session: AsyncSession,
    owner_id: UUID,
    order_id: UUID,
    *,
    final_at: datetime | None,
    blocked_at: datetime | None,
    now: datetime,
) -> list[Holding]:
    """Write down from when an order's holdings are final, or since when they are blocked; those holdings, locked.

    The transaction names the owner and the providers.
    """
    asked = select(Holding).where(Holding.org_id == owner_id, Holding.order_id == order_id)
    locking = asked.order_by(Holding.id).with_for_update().execution_options(populate_existing=True)
    holdings = list(await session.scalars(locking))
    for holding in holdings:
        if (holding.final_at, holding.blocked_at) == (final_at, blocked_at):
            continue
        before = _facts(holding)
        holding.final_at, holding.blocked_at = final_at, blocked_at
        holding.version += 1
        await session.flush()
        await events.record(
            session,
            "holding.finality_changed",
            org_id=owner_id,
            subject_kind="holding",
            subject_id=holding.id,
            before=before,
            after=_facts(holding),
            party_ids=(holding.provider_id,),
            now=now,
        )
    return holdings


def _facts(holding: Holding) -> dict[str, str | None]:
    return {
        "final_at": None if holding.final_at is None else holding.final_at.isoformat(),
        "blocked_at": None if holding.blocked_at is None else holding.blocked_at.isoformat(),
    }
