"""What if two providers say that they hold the same serials? The operator is told, and neither of them is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.core import events
from app.core.db import AsyncSession
from app.core.errors import InvalidState
from app.core.ids import new_id
from app.core.scope import DESK_ID, Scope
from app.inventory import queries
from app.inventory.errors import DisputeNotFound
from app.inventory.models import LotDispute


async def open_disputes(
    session: AsyncSession,
    provider_id: UUID,
    lot_ids: Sequence[UUID],
    serials: Sequence[queries.DeclaredSerials],
    *,
    now: datetime,
) -> int:
    """Open a dispute for each of these lots and each lot of another provider that shares serials with it; how many.

    `serials` are the lots', numbered by their place in `lot_ids`. Withdrawn lots are nobody's; a pair that was told
    before is not told again. The transaction names the desk, which sees every lot; nothing of what is found may reach
    the answer to a provider.
    """
    rows: list[dict[str, Any]] = [
        {
            "org_id": DESK_ID, "id": new_id(), "provider_id": provider_id, "lot_id": lot_ids[each.row_number],
            "other_provider_id": each.org_id, "other_lot_id": each.lot_id, "lo": each.lo, "hi": each.hi,
            "status": "open", "opened_at": now,
        }
        for each in await queries.overlaps_with_others(session, provider_id, serials)
    ]  # fmt: skip
    if not rows:
        return 0
    writing = insert(LotDispute).on_conflict_do_nothing(index_elements=["lot_id", "other_lot_id"])
    made = set(await session.scalars(writing.returning(LotDispute.id), rows))
    told = {
        row["id"]: {"status": "open", "lot_id": str(row["lot_id"]), "other_lot_id": str(row["other_lot_id"])}
        for row in rows
        if row["id"] in made
    }
    await events.record_first(session, "dispute.opened", org_id=DESK_ID, subject_kind="dispute", told=told, now=now)
    return len(made)


async def locked_dispute(session: AsyncSession, scope: Scope, dispute_id: UUID) -> LotDispute:
    """A dispute that the operator is about to resolve. Raises DisputeNotFound (404)."""
    found = await session.scalar(
        select(LotDispute).where(LotDispute.org_id == scope.org_id, LotDispute.id == dispute_id).with_for_update()
    )
    if found is None:
        raise DisputeNotFound("No dispute has this id.")
    return found


async def resolve_dispute(
    session: AsyncSession, scope: Scope, dispute: LotDispute, *, note: str, now: datetime
) -> None:
    """Close a locked dispute and say why; what became of the lots is done with the lots. Raises InvalidState (409)."""
    if dispute.status != "open":
        raise InvalidState("The dispute is resolved.", state=dispute.status)
    dispute.status, dispute.note, dispute.resolved_at, dispute.resolved_by = "resolved", note, now, scope.actor_id
    dispute.version += 1
    await session.flush()
    await events.record(
        session, "dispute.resolved", org_id=DESK_ID, subject_kind="dispute", subject_id=dispute.id,
        before={"status": "open"}, after={"status": "resolved", "note": note}, now=now,
    )  # fmt: skip
