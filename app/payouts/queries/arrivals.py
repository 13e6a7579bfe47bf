"""Which lines of the bank can only be what Stripe sent?"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import text

from app.core.db import AsyncSession
from app.core.scope import DESK_ID

ARRIVES_WITHIN_DAYS: Final = 5
"""How far a line may lie from the day on which Stripe expects its payout to arrive: a guess, over any weekend."""
_LINES: Final = text(
    """
with pairs as (
  select l.id as line_id, p.id as payout_id from bank_line l
  join stripe_payout p on p.org_id = l.org_id and p.amount_minor = l.amount_minor and p.currency = l.currency
    and p.arrives_on between l.booked_on - cast(:days as int) and l.booked_on + cast(:days as int)
  where l.org_id = :org and l.status = 'for_a_person' and l.payment_id is null and l.amount_minor > 0
    and l.unapplied_minor = l.amount_minor and p.bank_line_id is null and p.status in ('in_transit', 'paid'))
select line_id from pairs group by line_id
having count(*) = 1 and not exists (
  select from pairs o where o.payout_id = (array_agg(pairs.payout_id))[1] and o.line_id <> pairs.line_id)
order by line_id limit :most
"""
)


async def lines_of_stripe(session: AsyncSession, *, limit: int) -> Sequence[UUID]:
    """Lines that wait for a person and fit one payout of Stripe's, which fits no other line. The desk is named."""
    given = {"org": DESK_ID, "days": ARRIVES_WITHIN_DAYS, "most": limit}
    return (await session.scalars(_LINES, given)).all()
