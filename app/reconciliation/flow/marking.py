"""Which recorded retirements does the registry's statement show as they are recorded? They are marked as reconciled.

Apart from the comparison, which names the provider alone: a mark is its buyer's row too. Batch by batch, each in one
transaction that names the owners of its retirements, and a turn leaves the rest to the next.
"""

import time
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from app.core import outbox
from app.core.db import Database
from app.core.scope import DESK_ID, Scope
from app.reconciliation import queries
from app.reconciliation.models import Trust
from app.reconciliation.rules import shown_as_recorded
from app.retirements import operations as retirements

BATCH: Final = 1_000
TURN_S: Final = 20
"""How long one job goes on: well under its lease."""


async def mark_reconciled(
    db: Database, *, org_id: UUID, account_id: UUID, after_id: UUID, now: datetime, request_id: str
) -> int:
    """Mark the recorded retirements of an account, behind `after_id`, that its newest statement shows; how many.

    Only a statement that is more than the provider's own word marks any. What is marked stays so: the same statement
    again finds nothing to mark.
    """
    scope = Scope.of_system(org_id, request_id).with_party(DESK_ID)
    until, marked = time.monotonic() + TURN_S, 0
    while (found := await _look(db, scope, account_id, after_id)) is not None:
        if found.shown:
            async with db.transaction(scope.with_party(*{owner_id for owner_id, _ in found.shown})) as session:
                marked += await retirements.mark_reconciled(
                    session, org_id, found.shown, as_of=found.as_of, statement_sha256=found.sha256, now=now
                )
        after_id = found.last_id
        if time.monotonic() >= until:
            async with db.transaction(scope) as session:
                outbox.enqueue(
                    session, "reconciliation.mark_reconciled", due=now, org_id=org_id, account_id=account_id,
                    after_id=after_id,
                )  # fmt: skip
            break
    return marked


@dataclass(frozen=True, slots=True)
class _Found:
    """Retirements (owner, id) that a statement shows as recorded, out of one batch of those not marked."""

    shown: list[tuple[UUID, UUID]]
    last_id: UUID
    as_of: date
    sha256: str


async def _look(db: Database, scope: Scope, account_id: UUID, after_id: UUID) -> _Found | None:
    """One batch; None when there is no more, or no statement that may mark any."""
    async with db.transaction(scope) as session:
        comparison = await queries.comparison_of(session, scope, account_id)
        newest = await queries.latest(session, scope.org_id, account_id, comparison.ended_n)
        if newest is None or newest.trust == Trust.PROVIDER:
            return None
        told = {"org_id": scope.org_id, "account_id": account_id, "newest_n": newest.n}
        batch = await queries.unreconciled(session, told, after_id=after_id, most=BATCH)
    if not batch:
        return None
    shown = [
        (each.owner_id, each.id)
        for each in batch
        if shown_as_recorded(each.sought, each.lines, recorded_on=each.recorded_on, since=newest.since)
    ]
    return _Found(shown, batch[-1].id, newest.as_of, newest.sha256)
