"""What may happen to a lot as a whole: given up by its provider, stopped and set free again by the operator?"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from app.core import events, outbox
from app.core.db import AsyncSession
from app.core.errors import InvalidState
from app.core.scope import DESK_ID
from app.inventory.errors import LotNotFound, NothingToWithdraw
from app.inventory.models import Lot, LotStatus, LotStock
from app.inventory.operations.returning import forget_returned, withdraw_returned
from app.inventory.operations.stock import exhaust_if_empty

MAY_BE_WITHDRAWN = frozenset({LotStatus.DECLARED, LotStatus.CONFIRMED, LotStatus.DISPUTED})


class LockedLot(NamedTuple):
    """A lot and its stock, both locked: nobody reserves or carves meanwhile."""

    lot: Lot
    stock: LotStock


async def locked_lot(session: AsyncSession, provider_id: UUID, lot_id: UUID) -> LockedLot:
    """The lot under its lock, which is the stock's row. The transaction names provider and desk.

    Raises LotNotFound (404).
    """
    stock = await session.scalar(
        select(LotStock)
        .where(LotStock.org_id == provider_id, LotStock.lot_id == lot_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    lot = await session.scalar(
        select(Lot)
        .where(Lot.org_id == provider_id, Lot.id == lot_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if stock is None or lot is None:
        raise LotNotFound("You have no lot with this id.")
    return LockedLot(lot, stock)


async def withdraw(session: AsyncSession, locked: LockedLot, *, now: datetime) -> int:
    """Take the whole free part of a locked lot off the desk; how many units that was.

    A lot of which nothing was sold or is reserved ends, and its serials are free for their next holder. One that was
    sold in part stays what it is. Raises InvalidState and NothingToWithdraw (409).
    """
    if locked.lot.status not in MAY_BE_WITHDRAWN:
        raise InvalidState(f"The lot is {locked.lot.status}.", state=locked.lot.status)
    return await _withdraw(session, locked, now=now)


async def withdraw_at_risk(session: AsyncSession, locked: LockedLot, *, now: datetime) -> int:
    """The same for a lot that is frozen because its registry says otherwise; two people have decided it.

    Raises InvalidState and NothingToWithdraw (409).
    """
    if locked.lot.status not in MAY_BE_WITHDRAWN | {LotStatus.FROZEN}:
        raise InvalidState(f"The lot is {locked.lot.status}.", state=locked.lot.status)
    return await _withdraw(session, locked, now=now)


async def _withdraw(session: AsyncSession, locked: LockedLot, *, now: datetime) -> int:
    lot, stock = locked
    if not stock.free:
        raise NothingToWithdraw("All of this lot is reserved, sold or withdrawn.", reserved=stock.reserved)
    quantity, before = stock.free, lot.status
    # What is reserved keeps as much as it can of the contiguous part, so that it is carved in one piece.
    contiguous = min(quantity, max(0, stock.end_hi - stock.next_lo - stock.reserved))
    stock.withdrawn += quantity
    stock.end_hi -= contiguous
    stock.returned -= quantity - contiguous
    stock.free = 0
    if not stock.reserved and not stock.sold:
        lot.status, stock.sellable = LotStatus.WITHDRAWN, False
        stock.next_lo = stock.end_hi = lot.lo
        await forget_returned(session, lot)
    elif quantity > contiguous:
        await withdraw_returned(session, lot, quantity - contiguous)
    await _changed(session, lot, "lot.withdrawn", before=before, now=now, note=None, quantity=quantity)
    outbox.enqueue(session, "listings.lot_withdrawn", due=now, org_id=lot.org_id, lot_id=lot.id)
    if await exhaust_if_empty(session, provider_id=lot.org_id, lot_id=lot.id, now=now):
        await session.refresh(lot)
    return quantity


async def freeze(session: AsyncSession, locked: LockedLot, *, note: str, now: datetime) -> None:
    """Stop a confirmed lot: nothing of it is reserved or carved until it is set free. Raises InvalidState (409)."""
    await _turn(session, locked, LotStatus.CONFIRMED, LotStatus.FROZEN, note=note, now=now)


async def unfreeze(session: AsyncSession, locked: LockedLot, *, note: str, now: datetime) -> None:
    """Let a frozen lot sell again. Raises InvalidState (409)."""
    await _turn(session, locked, LotStatus.FROZEN, LotStatus.CONFIRMED, note=note, now=now)


async def dispute(session: AsyncSession, lot: Lot, *, now: datetime) -> None:
    """Mark a locked lot whose serials are somebody's live lot already. The event tells nothing of the other."""
    if lot.status == LotStatus.DISPUTED:
        return
    before, lot.status = lot.status, LotStatus.DISPUTED
    await _changed(session, lot, "lot.disputed", before=before, now=now, note=None)


async def confirmed(session: AsyncSession, locked: LockedLot, *, before: LotStatus, now: datetime) -> None:
    """Say that a locked lot, confirmed already, sells from now on."""
    locked.stock.sellable = True
    await _changed(session, locked.lot, "lot.confirmed", before=before, now=now, note=None)


async def _turn(
    session: AsyncSession, locked: LockedLot, source: LotStatus, target: LotStatus, *, note: str, now: datetime
) -> None:
    lot, stock = locked
    if lot.status != source:
        raise InvalidState(f"The lot is {lot.status}.", state=lot.status)
    lot.status = target
    stock.sellable = target == LotStatus.CONFIRMED
    await _changed(session, lot, f"lot.{target}", before=source, now=now, note=note)


async def _changed(
    session: AsyncSession, lot: Lot, kind: str, *, before: LotStatus, now: datetime, note: str | None, **facts: int
) -> None:
    """Write a locked lot down, with the event that provider and desk may read."""
    lot.version += 1
    await session.flush()
    said = {} if note is None else {"note": note}
    await events.record(
        session,
        kind,
        org_id=lot.org_id,
        subject_kind="lot",
        subject_id=lot.id,
        before={"status": before},
        after={"status": lot.status, **said, **facts},
        party_ids=(DESK_ID,),
        now=now,
    )
