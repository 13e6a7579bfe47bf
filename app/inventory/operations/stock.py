"""How does a lot's stock move between free, reserved and sold? One statement each on the hot row, which is the lock."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import exists, insert, select, tuple_, update

from app.core import events
from app.core.db import AsyncSession
from app.core.ids import new_id
from app.core.scope import DESK_ID
from app.inventory.models import Holding, Lot, LotStatus, LotStock, RangeStatus, SerialRange
from app.inventory.operations.ranges import End, returned_to, turn
from app.inventory.rules import Serials, joined


class Carved(NamedTuple):
    """What the stock counts as sold now and nobody has yet: serials of the contiguous part, and how many that came back."""

    next_ones: Serials | None
    returned: int
    series_key: str
    unit: str
    units_per_serial: int


async def reserve(session: AsyncSession, *, provider_id: UUID, lot_id: UUID, quantity: int) -> bool:
    """Reserve `quantity` units of a sellable lot's free part. False when it is not sellable, or has fewer free."""
    assert quantity > 0, quantity
    taken = await session.execute(
        update(LotStock)
        .where(LotStock.lot_id == lot_id, LotStock.org_id == provider_id)
        .where(LotStock.sellable, LotStock.free >= quantity)
        .values(free=LotStock.free - quantity, reserved=LotStock.reserved + quantity)
        .returning(LotStock.lot_id)
        .execution_options(synchronize_session=False)
    )
    return taken.first() is not None


async def lock_stocks(session: AsyncSession, lots: Iterable[tuple[UUID, UUID]]) -> None:
    """Lock the stocks of several lots, given as (provider, lot), in the order in which lots are locked everywhere.

    For a step that moves them in another one. The transaction names the providers.
    """
    await session.execute(
        select(LotStock.lot_id)
        .where(tuple_(LotStock.org_id, LotStock.lot_id).in_(sorted(set(lots))))
        .order_by(LotStock.lot_id)
        .with_for_update()
    )


async def release(session: AsyncSession, *, provider_id: UUID, lot_id: UUID, quantity: int) -> None:
    """Give back a reservation of `quantity` units, whatever has become of the lot meanwhile.

    The transaction names the provider, and that much is reserved: otherwise this is a bug, and crashes.
    """
    assert quantity > 0, quantity
    given = await session.execute(
        update(LotStock)
        .where(LotStock.lot_id == lot_id, LotStock.org_id == provider_id)
        .values(free=LotStock.free + quantity, reserved=LotStock.reserved - quantity)
        .returning(LotStock.lot_id)
        .execution_options(synchronize_session=False)
    )
    assert given.first() is not None, lot_id


async def carve(
    session: AsyncSession,
    *,
    owner_id: UUID,
    provider_id: UUID,
    lot_id: UUID,
    order_id: UUID,
    line_n: int,
    quantity: int,
    final_at: datetime | None,
    blocked_at: datetime | None,
    now: datetime,
) -> Holding | None:
    """Turn `quantity` reserved units of a lot into serials that the owner holds: the next ones, in one piece if it has one.

    Otherwise what is left in one piece, and the lowest of those that came back. None when the lot cannot be carved:
    frozen, disputed, or with fewer reserved; then nothing is written. The transaction names the owner and the provider.
    Before `final_at`, and while `blocked_at` stands, nothing of it goes to a registry. How much was sold before makes no
    difference to the cost.
    """
    assert quantity > 0, quantity
    carved = await _in_one_piece(session, provider_id, lot_id, quantity)
    carved = carved or await _in_pieces(session, provider_id, lot_id, quantity)
    if carved is None:
        return None
    holding = Holding(
        org_id=owner_id, id=new_id(), provider_id=provider_id, lot_id=lot_id, order_id=order_id, line_n=line_n,
        quantity=quantity, held=quantity, retiring=0, retired=0, unit=carved.unit, final_at=final_at,
        blocked_at=blocked_at, created_at=now, version=1,
    )  # fmt: skip
    session.add(holding)
    await session.flush()
    serials = await _hold(session, holding, carved)
    await _tell(session, holding, serials, now=now)
    return holding


async def _in_one_piece(session: AsyncSession, provider_id: UUID, lot_id: UUID, quantity: int) -> Carved | None:
    """One statement; None when the contiguous part is too short, or the lot cannot be carved."""
    carved = await session.execute(
        update(LotStock)
        .where(LotStock.lot_id == lot_id, LotStock.org_id == provider_id)
        .where(LotStock.sellable, LotStock.reserved >= quantity, LotStock.end_hi - LotStock.next_lo >= quantity)
        .where(Lot.id == LotStock.lot_id, Lot.org_id == LotStock.org_id)
        .values(
            reserved=LotStock.reserved - quantity,
            sold=LotStock.sold + quantity,
            next_lo=LotStock.next_lo + quantity,
        )
        .returning(LotStock.next_lo - quantity, Lot.series_key, Lot.unit, Lot.units_per_serial)
        .execution_options(synchronize_session=False)
    )
    row = carved.one_or_none()
    if row is None:
        return None
    lo, series_key, unit, units_per_serial = row
    return Carved(Serials(lo, lo + quantity), 0, series_key, unit, units_per_serial)


async def _in_pieces(session: AsyncSession, provider_id: UUID, lot_id: UUID, quantity: int) -> Carved | None:
    """What is left of the contiguous part, and as many more of what came back; None when the lot cannot be carved."""
    found = await session.execute(
        select(LotStock, Lot.series_key, Lot.unit, Lot.units_per_serial)
        .join(Lot, (Lot.id == LotStock.lot_id) & (Lot.org_id == LotStock.org_id))
        .where(LotStock.lot_id == lot_id, LotStock.org_id == provider_id)
        .where(LotStock.sellable, LotStock.reserved >= quantity)
        .with_for_update(of=LotStock)
        .execution_options(populate_existing=True)
    )
    row = found.one_or_none()
    if row is None:
        return None
    stock, series_key, unit, units_per_serial = row
    lo, whole = stock.next_lo, min(quantity, stock.end_hi - stock.next_lo)
    stock.reserved -= quantity
    stock.sold += quantity
    stock.next_lo += whole
    stock.returned -= quantity - whole
    next_ones = Serials(lo, lo + whole) if whole else None
    return Carved(next_ones, quantity - whole, series_key, unit, units_per_serial)


async def _hold(session: AsyncSession, holding: Holding, carved: Carved) -> list[Serials]:
    """The serials of a new holding, which no other range has (`one_place_per_serial`)."""
    found: list[Serials] = []
    if carved.returned:
        lowest = returned_to(holding.provider_id, holding.lot_id)
        becomes = {"org_id": holding.org_id, "holding_id": holding.id, "status": RangeStatus.HELD}
        found += [
            Serials(each.lo, each.hi) for each in await turn(session, lowest, End.LOWEST, carved.returned, becomes)
        ]
    if carved.next_ones is not None:
        found.append(carved.next_ones)
        await session.execute(
            insert(SerialRange).values(
                org_id=holding.org_id, id=new_id(), provider_id=holding.provider_id, lot_id=holding.lot_id,
                holding_id=holding.id, retirement_id=None, series_key=carved.series_key, lo=carved.next_ones.lo,
                hi=carved.next_ones.hi, units_per_serial=carved.units_per_serial, status=RangeStatus.HELD,
            )
        )  # fmt: skip
    return joined(found)


async def _tell(session: AsyncSession, holding: Holding, serials: list[Serials], *, now: datetime) -> None:
    told = {"quantity": holding.quantity, "unit": holding.unit, "lot_id": str(holding.lot_id)}
    await events.record(
        session,
        "holding.created",
        org_id=holding.org_id,
        subject_kind="holding",
        subject_id=holding.id,
        after={**told, "order_id": str(holding.order_id), "lo": serials[0].lo, "serials": serials},
        party_ids=(holding.provider_id,),
        now=now,
    )


async def exhaust_if_empty(session: AsyncSession, *, provider_id: UUID, lot_id: UUID, now: datetime) -> bool:
    """End a confirmed lot of which nothing is free or reserved any more. Whether it ended now.

    Called after a carving in the same transaction, which therefore holds the stock's lock and names the desk.
    """
    empty = exists().where(
        LotStock.lot_id == lot_id, LotStock.org_id == provider_id, LotStock.free == 0, LotStock.reserved == 0
    )
    ended = await session.execute(
        update(Lot)
        .where(Lot.org_id == provider_id, Lot.id == lot_id, Lot.status == LotStatus.CONFIRMED, empty)
        .values(status=LotStatus.EXHAUSTED, version=Lot.version + 1)
        .returning(Lot.id)
        .execution_options(synchronize_session="fetch")
    )
    if ended.first() is None:
        return False
    await events.record(
        session,
        "lot.exhausted",
        org_id=provider_id,
        subject_kind="lot",
        subject_id=lot_id,
        before={"status": LotStatus.CONFIRMED},
        after={"status": LotStatus.EXHAUSTED},
        party_ids=(DESK_ID,),
        now=now,
    )
    return True
