"""Which accounts' lists are still to be asked for today, and what did an owner say of its account?"""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import text

from app.core.db import AsyncSession
from app.core.scope import Scope
from app.reconciliation.models import DailyFetch

_DUE: Final = text(
    """
    with at_work as materialized (
      select ids ->> 'account_id' as account_id from job
      where name = 'reconciliation.fetch_statement' and done_at is null and parked_at is null
    )
    select d.org_id, d.registry_account_id from daily_fetch d
    join registry_account a on a.org_id = d.org_id and a.id = d.registry_account_id
    join organisation o on o.org_id = d.org_id
    where d.wanted and d.asked_on is distinct from :day and a.registry_code = any (:codes) and o.status = 'active'
      and not exists (
        select from registry_statement s
        where s.org_id = d.org_id and s.registry_account_id = d.registry_account_id and s.source = 'fetch'
          and s.as_of >= :day and s.status <> 'failed'
      )
      and not exists (select from at_work w where w.account_id = cast(d.registry_account_id as text))
    order by d.org_id, d.registry_account_id limit :most
    """
)


async def accounts_to_fetch(
    session: AsyncSession, codes: Sequence[str], *, day: date, most: int
) -> list[tuple[UUID, UUID]]:
    """Owner and id of accounts that are wanted daily, not fetched today, and not at work since an earlier day.

    An audit transaction's question.
    """
    rows = await session.execute(_DUE, {"codes": list(codes), "day": day, "most": most})
    return [(owner_id, account_id) for owner_id, account_id in rows]


async def daily_of(session: AsyncSession, scope: Scope, account_id: UUID) -> DailyFetch | None:
    """What the owner said of its account; None when it said nothing."""
    return await session.get(DailyFetch, (scope.org_id, account_id))
