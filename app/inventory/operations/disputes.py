"""What if two providers say that they hold the same serials? The operator is told, and neither of them is."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import INT8RANGE, insert
from sqlalchemy.orm import aliased

from app.core import events
from app.core.db import AsyncSession
from app.core.errors import InvalidState
from app.core.ids import new_id
from app.core.scope import DESK_ID, Scope
from app.inventory.errors import DisputeNotFound
from app.inventory.models import Lot, LotDispute, LotStatus


async def open_disputes(session: AsyncSession, provider_id: UUID, lot_ids: Sequence[UUID], *, now: datetime) -> int:
    """Open a dispute for each of these lots and each lot of another provider that shares serials with it; how many.

    Withdrawn lots are nobody's. A pair that was told before is not told again. The transaction names the desk, which
    sees every lot; nothing of what is found may reach the answer to a provider.
    """
    other = aliased(Lot)
    pairs = await session.execute(
        select(
            Lot.id, other.org_id, other.id, func.greatest(Lot.lo, other.lo), func.least(Lot.hi, other.hi)
        )
        .join(
            other,
            (other.series_key == Lot.series_key)
            & func.int8range(other.lo, other.hi, type_=INT8RANGE).op("&&")(func.int8range(Lot.lo, Lot.hi, type_=INT8RANGE)),
        )
        .where(Lot.org_id == provider_id, Lot.id.in_(lot_ids))
        .where(other.desk_id == DESK_ID, other.org_id != provider_id, other.status != LotStatus.WITHDRAWN)
        .order_by(Lot.id, other.id)
    )  # fmt: skip
    rows = [
        {
            "org_id": DESK_ID, "id": new_id(), "provider_id": provider_id, "lot_id": lot_id, "other_provider_id": whose,
            "other_lot_id": other_id, "lo": lo, "hi": hi, "status": "open", "opened_at": now,
        }
        for lot_id, whose, other_id, lo, hi in pairs
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
