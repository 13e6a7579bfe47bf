"""Does every serial have exactly one place? Questions of an audit transaction, over all organisations (I1, I2)."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased

from app.core.db import AsyncSession
from app.inventory.models import Holding, Lot, LotRangeStatus, LotStatus, LotStock, RangeStatus, SerialRange


class UnevenLot(NamedTuple):
    """A lot whose stock and holdings do not add up to what was imported."""

    org_id: UUID
    lot_id: UUID
    imported: int
    placed: int
    """free + reserved + withdrawn + held + retiring + retired."""


class UnevenHolding(NamedTuple):
    """A holding that counts otherwise than its ranges do."""

    org_id: UUID
    holding_id: UUID


async def lots_out_of_balance(session: AsyncSession) -> list[UnevenLot]:
    """I1: per lot, imported = free + reserved + held + retiring + retired + withdrawn. Empty when all is well.

    A lot is told, too, when its holdings are more or fewer than it sold, when it lacks a stock row, or when the ranges
    that came back are not those that its stock counts.
    """
    owned = (
        select(
            Holding.provider_id,
            Holding.lot_id,
            func.sum(Holding.held + Holding.retiring + Holding.retired).label("quantity"),
        )
        .group_by(Holding.provider_id, Holding.lot_id)
        .subquery()
    )
    size = SerialRange.hi - SerialRange.lo
    came_back = (
        select(SerialRange.provider_id, SerialRange.lot_id, func.sum(size).label("quantity"))
        .where(SerialRange.holding_id.is_(None), SerialRange.status == LotRangeStatus.RETURNED)
        .group_by(SerialRange.provider_id, SerialRange.lot_id)
        .subquery()
    )
    held, returned = func.coalesce(owned.c.quantity, 0), func.coalesce(came_back.c.quantity, 0)
    placed = func.coalesce(LotStock.free + LotStock.reserved + LotStock.withdrawn + held, 0)
    rows = await session.execute(
        select(Lot.org_id, Lot.id, Lot.quantity, placed)
        .outerjoin(LotStock, (LotStock.lot_id == Lot.id) & (LotStock.org_id == Lot.org_id))
        .outerjoin(owned, (owned.c.provider_id == Lot.org_id) & (owned.c.lot_id == Lot.id))
        .outerjoin(came_back, (came_back.c.provider_id == Lot.org_id) & (came_back.c.lot_id == Lot.id))
        .where(
            placed.is_distinct_from(Lot.quantity)
            | LotStock.imported.is_distinct_from(Lot.quantity)
            | LotStock.returned.is_distinct_from(returned)
        )
        .order_by(Lot.id)
    )
    return [UnevenLot(org_id, lot_id, int(imported), int(found)) for org_id, lot_id, imported, found in rows]


async def holdings_out_of_balance(session: AsyncSession) -> list[UnevenHolding]:
    """Holdings whose held, retiring and retired are not the sizes of their ranges. Empty when all is well."""
    size = SerialRange.hi - SerialRange.lo
    counted = (
        select(
            SerialRange.org_id,
            SerialRange.holding_id,
            *(
                func.sum(case((SerialRange.status == status, size), else_=0)).label(status.value)
                for status in RangeStatus
            ),
        )
        .where(SerialRange.holding_id.is_not(None))
        .group_by(SerialRange.org_id, SerialRange.holding_id)
        .subquery()
    )
    rows = await session.execute(
        select(Holding.org_id, Holding.id)
        .outerjoin(counted, (counted.c.org_id == Holding.org_id) & (counted.c.holding_id == Holding.id))
        .where(
            # Of which everything was given back, a holding has no range left.
            func.coalesce(counted.c.held, 0).is_distinct_from(Holding.held)
            | func.coalesce(counted.c.retiring, 0).is_distinct_from(Holding.retiring)
            | func.coalesce(counted.c.retired, 0).is_distinct_from(Holding.retired)
        )
        .order_by(Holding.id)
    )
    return [UnevenHolding(org_id, holding_id) for org_id, holding_id in rows]


async def overlapping_ranges(session: AsyncSession) -> Sequence[UUID]:
    """I2: ranges that share a serial with an earlier one, or with what their lot has not sold. Empty when all is well."""
    highest_before = func.max(SerialRange.hi).over(
        partition_by=SerialRange.series_key, order_by=[SerialRange.lo, SerialRange.id], rows=(None, -1)
    )
    ordered = select(SerialRange.id, SerialRange.lo, highest_before.label("highest_before")).subquery()
    twice = select(ordered.c.id).where(ordered.c.highest_before > ordered.c.lo)
    outside = (
        select(SerialRange.id)
        .join(Lot, (Lot.org_id == SerialRange.provider_id) & (Lot.id == SerialRange.lot_id))
        .join(LotStock, (LotStock.org_id == Lot.org_id) & (LotStock.lot_id == Lot.id))
        .where(
            (SerialRange.series_key != Lot.series_key)
            | (SerialRange.lo < Lot.lo)
            | (SerialRange.hi > Lot.hi)
            | ((SerialRange.lo < LotStock.end_hi) & (SerialRange.hi > LotStock.next_lo))
        )
    )
    return (await session.scalars(twice.union(outside))).all()


async def overlapping_lots(session: AsyncSession) -> list[tuple[UUID, UUID]]:
    """I2: pairs of live lots, of whichever providers, that share a serial. Empty when all is well."""
    live = (LotStatus.CONFIRMED, LotStatus.FROZEN, LotStatus.EXHAUSTED)
    one, other = aliased(Lot), aliased(Lot)
    rows = await session.execute(
        select(one.id, other.id)
        .join(other, (one.series_key == other.series_key) & (one.id < other.id))
        .where(one.lo < other.hi, other.lo < one.hi)
        .where(one.status.in_(live), other.status.in_(live))
    )
    return [(first, second) for first, second in rows]
