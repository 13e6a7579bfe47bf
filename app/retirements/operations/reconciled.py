"""What follows when a registry's statement shows recorded retirements in the words in which they are recorded?"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text

from app.core import events
from app.core.db import AsyncSession
from app.retirements.rules import RetirementStatus, ShownStatus

_MARK: Final = text(
    "with mine as materialized ("
    " select t.org_id, t.id from retirement t"
    " join unnest(cast(:owners as uuid[]), cast(:ids as uuid[])) as m(org_id, id) on m.org_id = t.org_id and m.id = t.id"
    " where t.provider_id = :provider_id and t.status = 'recorded' and t.reconciled_as_of is null"
    " order by t.id for update of t)"
    " update retirement t set reconciled_as_of = :as_of, version = t.version + 1"
    " from mine where t.org_id = mine.org_id and t.id = mine.id returning t.org_id, t.id"
)


async def mark_reconciled(
    session: AsyncSession,
    provider_id: UUID,
    shown: Sequence[tuple[UUID, UUID]],
    *,
    as_of: date,
    statement_sha256: str,
    now: datetime,
) -> int:
    """Mark recorded retirements (owner, id) out of a provider's accounts as reconciled; how many were not yet.

    `as_of` is the day of the registry's state that the statement shows. Two statements, however many rows they are. The
    transaction names the provider and every owner.
    """
    told = {"provider_id": provider_id, "as_of": as_of}
    rows = {"owners": [owner_id for owner_id, _ in shown], "ids": [retirement_id for _, retirement_id in shown]}
    marked = {retirement_id: owner_id for owner_id, retirement_id in await session.execute(_MARK, told | rows)}
    after = {
        "status": ShownStatus.RECONCILED, "reconciled_as_of": as_of.isoformat(), "statement_sha256": statement_sha256,
    }  # fmt: skip
    await events.record_next_of(
        session, "retirement.reconciled", subject_kind="retirement", owners=marked, after=after,
        before={"status": RetirementStatus.RECORDED}, party_ids=(provider_id,), now=now,
    )  # fmt: skip
    return len(marked)
