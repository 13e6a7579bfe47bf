"""How do a holding's serials go into a retirement, and out of it? The holding's row is locked first, then its ranges."""

from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select, update

from app.core.db import AsyncSession
from app.inventory.errors import HoldingNotFound, NotEnoughHeld
from app.inventory.models import Holding, RangeStatus, SerialRange
from app.inventory.operations.ranges import End, held_of, turn

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
    holding = await locked_holding(session, owner_id, provider_id, holding_id)
    if holding.held < quantity:
        raise NotEnoughHeld("Fewer credits of this holding are left than that.", held=holding.held, unit=holding.unit)
    becomes = {"status": RangeStatus.RETIRING, "retirement_id": retirement_id}
    found = await turn(session, held_of(holding), End.LOWEST, quantity, becomes)
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


async def locked_holding(session: AsyncSession, owner_id: UUID, provider_id: UUID, holding_id: UUID) -> Holding:
    """A holding under its lock: its ranges do not change meanwhile. Raises HoldingNotFound (404)."""
    told = {"owner": owner_id, "provider": provider_id, "holding": holding_id}
    holding = await session.scalar(_HOLDING_LOCKED, told)
    if holding is None:
        raise HoldingNotFound("You have no holding with this id.")
    return holding


async def _holding_retiring(
    session: AsyncSession, owner_id: UUID, provider_id: UUID, retirement_id: UUID
) -> Holding | None:
    """The holding, locked, of which something is being retired; None when it is finished, returned, or never began."""
    told = {"owner": owner_id, "provider": provider_id, "retirement": retirement_id}
    holding_id = await session.scalar(_RETIRING, told)
    if holding_id is None:
        return None
    holding = await locked_holding(session, owner_id, provider_id, holding_id)
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
