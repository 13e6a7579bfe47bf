"""How do a holding's serials go into a retirement, and out of it? The holding's row is locked first, then its ranges."""

from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, func, insert, select, update

from app.core.db import AsyncSession
from app.core.ids import new_id
from app.inventory.errors import HoldingNotFound, NotEnoughHeld
from app.inventory.models import Holding, RangeStatus, SerialRange

# Made once: every step of every retirement asks these.
_HOLDING_LOCKED: Final = (
    select(Holding)
    .where(
        Holding.org_id == bindparam("owner"),
        Holding.provider_id == bindparam("provider"),
        Holding.id == bindparam("holding"),
    )
    .with_for_update()
    .execution_options(populate_existing=True)
)
_RETIRING: Final = (
    select(SerialRange.holding_id)
    .where(SerialRange.org_id == bindparam("owner"), SerialRange.provider_id == bindparam("provider"))
    .where(SerialRange.retirement_id == bindparam("retirement"), SerialRange.status == RangeStatus.RETIRING)
    .limit(1)
)


async def start_retiring(
    session: AsyncSession, *, owner_id: UUID, provider_id: UUID, holding_id: UUID, retirement_id: UUID, quantity: int
) -> list[SerialRange]:
    """Set `quantity` units of a holding aside for a retirement, the lowest serials first; the ranges, in order.

    Raises HoldingNotFound (404), NotEnoughHeld (409). The transaction names the owner and the provider.
    """
    assert quantity > 0, quantity
    holding = await _locked(session, owner_id, provider_id, holding_id)
    if holding.held < quantity:
        raise NotEnoughHeld("Fewer credits of this holding are left than that.", held=holding.held, unit=holding.unit)
    ranges = await _lowest_held(session, holding, quantity)
    cut = _cut(ranges, quantity)
    last = ranges[-1]
    end = last.hi
    taken = await session.scalars(
        update(SerialRange)
        .where(SerialRange.org_id == owner_id, SerialRange.id.in_([each.id for each in ranges]))
        .where(SerialRange.status == RangeStatus.HELD)
        # The row keeps the part that is taken, and is shortened before the rest gets a row: they never overlap.
        .values(status=RangeStatus.RETIRING, retirement_id=retirement_id, hi=func.least(SerialRange.hi, cut))
        .returning(SerialRange)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    found = sorted(taken, key=lambda each: each.lo)
    assert sum(each.hi - each.lo for each in found) == quantity, retirement_id
    if cut < end:
        await _keep_rest(session, last, lo=cut, hi=end)
    holding.held -= quantity
    holding.retiring += quantity
    holding.version += 1
    await session.flush()
    return found


async def return_to_holding(session: AsyncSession, *, owner_id: UUID, provider_id: UUID, retirement_id: UUID) -> None:
    """The retirement will not be: its serials are held again. Nothing happens when none is being retired for it."""
    holding = await _holding_retiring(session, owner_id, provider_id, retirement_id)
    if holding is None:
        return
    quantity = await _end_retiring(session, owner_id, retirement_id, RangeStatus.HELD)
    holding.retiring -= quantity
    holding.held += quantity
    holding.version += 1
    await session.flush()


async def finish_retiring(session: AsyncSession, *, owner_id: UUID, provider_id: UUID, retirement_id: UUID) -> None:
    """The registry has recorded the retirement: its serials are gone for good. Nothing happens the second time."""
    holding = await _holding_retiring(session, owner_id, provider_id, retirement_id)
    if holding is None:
        return
    quantity = await _end_retiring(session, owner_id, retirement_id, RangeStatus.RETIRED)
    holding.retiring -= quantity
    holding.retired += quantity
    holding.version += 1
    await session.flush()


async def _locked(session: AsyncSession, owner_id: UUID, provider_id: UUID, holding_id: UUID) -> Holding:
    told = {"owner": owner_id, "provider": provider_id, "holding": holding_id}
    holding = await session.scalar(_HOLDING_LOCKED, told)
    if holding is None:
        raise HoldingNotFound("You have no holding with this id.")
    return holding


async def _lowest_held(session: AsyncSession, holding: Holding, quantity: int) -> list[SerialRange]:
    """As many of a locked holding's held ranges, from the lowest, as hold `quantity` units; no more are read."""
    size = SerialRange.hi - SerialRange.lo
    before = (func.sum(size).over(order_by=SerialRange.lo) - size).label("before")
    mine = (
        select(SerialRange.id, before)
        .where(SerialRange.org_id == holding.org_id, SerialRange.holding_id == holding.id)
        .where(SerialRange.status == RangeStatus.HELD)
        .subquery()
    )
    found = await session.scalars(
        select(SerialRange)
        .join(mine, SerialRange.id == mine.c.id)
        .where(SerialRange.org_id == holding.org_id, mine.c.before < quantity)
        .order_by(SerialRange.lo)
        .execution_options(populate_existing=True)
    )
    return list(found)


def _cut(ranges: list[SerialRange], quantity: int) -> int:
    """Where the taken part ends: somewhere in the last of the ranges, at its end at most."""
    whole = sum(each.hi - each.lo for each in ranges[:-1])
    cut = ranges[-1].lo + quantity - whole
    assert ranges[-1].lo < cut <= ranges[-1].hi, "The holding counts as many as its ranges hold."
    return cut


async def _keep_rest(session: AsyncSession, cut_range: SerialRange, *, lo: int, hi: int) -> None:
    """A row for the part of a cut range that stays held."""
    await session.execute(
        insert(SerialRange).values(
            org_id=cut_range.org_id,
            id=new_id(),
            provider_id=cut_range.provider_id,
            lot_id=cut_range.lot_id,
            holding_id=cut_range.holding_id,
            retirement_id=None,
            series_key=cut_range.series_key,
            lo=lo,
            hi=hi,
            units_per_serial=cut_range.units_per_serial,
            status=RangeStatus.HELD,
        )
    )


async def _holding_retiring(
    session: AsyncSession, owner_id: UUID, provider_id: UUID, retirement_id: UUID
) -> Holding | None:
    """The holding, locked, of which something is being retired; None when it is finished, returned, or never began."""
    told = {"owner": owner_id, "provider": provider_id, "retirement": retirement_id}
    holding_id = await session.scalar(_RETIRING, told)
    if holding_id is None:
        return None
    holding = await _locked(session, owner_id, provider_id, holding_id)
    # Asked again under the lock: somebody may have been faster.
    return holding if await session.scalar(_RETIRING, told) else None


async def _end_retiring(session: AsyncSession, owner_id: UUID, retirement_id: UUID, status: RangeStatus) -> int:
    """Move a retirement's ranges on, under the holding's lock; how many units they are."""
    kept = None if status == RangeStatus.HELD else retirement_id
    moved = await session.execute(
        update(SerialRange)
        .where(SerialRange.org_id == owner_id, SerialRange.retirement_id == retirement_id)
        .where(SerialRange.status == RangeStatus.RETIRING)
        .values(status=status, retirement_id=kept)
        .returning(SerialRange.hi - SerialRange.lo)
        .execution_options(synchronize_session="fetch")
    )
    quantity = sum(moved.scalars())
    assert quantity > 0, retirement_id
    return quantity
