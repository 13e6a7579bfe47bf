"""How is an owner's wish for a daily list written down, and how are many lists asked for at once?"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from app.core import events, long_jobs, outbox
from app.core.db import AsyncSession
from app.core.ids import new_id
from app.core.scope import Scope
from app.reconciliation.models import DailyFetch

FETCH: Final = "reconciliation.fetch_statement"
_ASK: Final = text(
    "update daily_fetch d set asked_on = :day"
    " from unnest(cast(:owners as uuid[]), cast(:accounts as uuid[])) as m(org_id, account_id)"
    " where d.org_id = m.org_id and d.registry_account_id = m.account_id and d.wanted"
    " and d.asked_on is distinct from :day returning d.org_id, d.registry_account_id"
)


async def want_daily(
    session: AsyncSession, scope: Scope, account_id: UUID, *, wanted: bool, now: datetime
) -> DailyFetch:
    """Write down whether the owner wants its account's list every day. Saying the same again changes nothing."""
    values = {"wanted": wanted, "said_by": scope.actor_id, "said_at": now}
    made = insert(DailyFetch).values(org_id=scope.org_id, registry_account_id=account_id, asked_on=None, **values)
    changed = await session.scalar(
        made.on_conflict_do_update(
            index_elements=["org_id", "registry_account_id"], set_=values, where=DailyFetch.wanted != wanted
        ).returning(DailyFetch.wanted)
    )
    if changed is not None:
        await events.record(
            session, "account.daily_fetch", org_id=scope.org_id, subject_kind="registry_account",
            subject_id=account_id, after={"wanted": wanted}, now=now,
        )  # fmt: skip
    found = await session.get(DailyFetch, (scope.org_id, account_id), populate_existing=True)
    assert found is not None, account_id
    return found


async def ask_daily(session: AsyncSession, due: Sequence[tuple[UUID, UUID]], *, day: date, now: datetime) -> int:
    """Ask for the lists of accounts (owner, id) that were not asked for on that day yet; how many.

    A fixed number of statements, however many accounts. The transaction names every owner.
    """
    told = {"owners": [owner_id for owner_id, _ in due], "accounts": [account_id for _, account_id in due], "day": day}
    asked = [(new_id(), owner_id, account_id) for owner_id, account_id in await session.execute(_ASK, told)]
    await long_jobs.begin_each(session, asked, kind=FETCH, stage="lines fetched", now=now)
    for job_id, owner_id, account_id in asked:
        outbox.enqueue(
            session, "reconciliation.fetch_statement", due=now, org_id=owner_id, account_id=account_id,
            job_org_id=owner_id, job_id=job_id,
        )  # fmt: skip
    await session.flush()
    return len(asked)
