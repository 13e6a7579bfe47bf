"""How do serials that were sold come back to their lot, to be sold again or withdrawn?

They come back as ranges of the provider's own, beside the lot's contiguous part, which is one number that only grows:
carving from that stays one addition. Locked in the order of the house: the lot's stock, the holding, its ranges.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update

from app.core import events
from app.core.db import AsyncSession
from app.core.scope import DESK_ID
from app.inventory.errors import HoldingNotFound, NotEnoughHeld
from app.inventory.models import Holding, Lot, LotRangeStatus, LotStatus, LotStock, SerialRange
from app.inventory.operations.holdings import locked_holding
from app.inventory.operations.ranges import End, given_back_to, held_of, returned_to, turn
from app.inventory.rules import Serials, joined


async def give_back(
    session: AsyncSession, *, owner_id: UUID, provider_id: UUID, holding_id: UUID, quantity: int, now: datetime
) -> list[Serials]:
    """Give `quantity` held units of a holding back to their lot, which can sell them again; the serials, in order.

    The highest ones, as retirements take the lowest; whole serial numbers, as everywhere: the database refuses a part
    of one. An exhausted lot sells again; a frozen one has more to sell when it is set free. Raises HoldingNotFound
    (404), NotEnoughHeld (409). The transaction names owner, provider and desk.
    """
    assert quantity > 0, quantity
    stock = await _locked_stock(session, owner_id, provider_id, holding_id)
    holding = await locked_holding(session, owner_id, provider_id, holding_id)
    if holding.held < quantity:
        raise NotEnoughHeld("Fewer credits of this holding are left than that.", held=holding.held, unit=holding.unit)
    becomes = {"org_id": provider_id, "holding_id": None, "status": LotRangeStatus.RETURNED}
    taken = await turn(session, held_of(holding), End.HIGHEST, quantity, becomes)
    serials = joined(Serials(each.lo, each.hi) for each in taken)
    stock.sold -= quantity
    stock.free += quantity
    stock.returned += quantity
    holding.held -= quantity
    holding.quantity -= quantity
    holding.version += 1
    await session.flush()
    await _tell_owner(session, holding, serials, quantity=quantity, now=now)
    await _tell_provider(session, holding, serials, quantity=quantity, now=now)
    await _sell_again(session, provider_id, holding.lot_id, now=now)
    return serials


async def withdraw_returned(session: AsyncSession, lot: Lot, quantity: int) -> None:
    """Let units that came back to a locked lot be for sale no more: the highest, for the lowest are carved first."""
    becomes = {"status": LotRangeStatus.WITHDRAWN}
    await turn(session, returned_to(lot.org_id, lot.id), End.HIGHEST, quantity, becomes)


async def forget_returned(session: AsyncSession, lot: Lot) -> None:
    """A locked lot has ended with nothing sold: its serials are free for their next holder, who gets rows of his own."""
    await session.execute(
        delete(SerialRange).where(given_back_to(lot.org_id, lot.id)).execution_options(synchronize_session=False)
    )


async def _locked_stock(session: AsyncSession, owner_id: UUID, provider_id: UUID, holding_id: UUID) -> LotStock:
    """The stock of the lot that a holding was carved from. Not the lot's own row: the foreign keys of ranges that a
    retirement cuts wait for that one while they hold the holding.
    """
    lot_id = await session.scalar(
        select(Holding.lot_id).where(
            Holding.org_id == owner_id, Holding.provider_id == provider_id, Holding.id == holding_id
        )
    )
    if lot_id is None:
        raise HoldingNotFound("You have no holding with this id.")
    stock = await session.scalar(
        select(LotStock)
        .where(LotStock.org_id == provider_id, LotStock.lot_id == lot_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    assert stock is not None, lot_id
    return stock


async def _tell_owner(
    session: AsyncSession, holding: Holding, serials: list[Serials], *, quantity: int, now: datetime
) -> None:
    await events.record(
        session,
        "holding.given_back",
        org_id=holding.org_id,
        subject_kind="holding",
        subject_id=holding.id,
        before={"quantity": holding.quantity + quantity, "held": holding.held + quantity},
        after={
            "quantity": holding.quantity, "held": holding.held, "given_back": quantity, "serials": serials,
            "lot_id": str(holding.lot_id),
        },
        party_ids=(holding.provider_id,),
        now=now,
    )  # fmt: skip


async def _tell_provider(
    session: AsyncSession, holding: Holding, serials: list[Serials], *, quantity: int, now: datetime
) -> None:
    await events.record(
        session,
        "lot.serials_returned",
        org_id=holding.provider_id,
        subject_kind="lot",
        subject_id=holding.lot_id,
        after={"quantity": quantity, "serials": serials, "holding_id": str(holding.id)},
        party_ids=(DESK_ID,),
        now=now,
    )


async def _sell_again(session: AsyncSession, provider_id: UUID, lot_id: UUID, *, now: datetime) -> None:
    """Under the stock's lock: a lot that ended because it was empty is so no more. Nothing for any other."""
    opened = await session.execute(
        update(Lot)
        .where(Lot.org_id == provider_id, Lot.id == lot_id, Lot.status == LotStatus.EXHAUSTED)
        .values(status=LotStatus.CONFIRMED, version=Lot.version + 1)
        .returning(Lot.id)
        .execution_options(synchronize_session="fetch")
    )
    if opened.first() is None:
        return
    await events.record(
        session,
        "lot.confirmed",
        org_id=provider_id,
        subject_kind="lot",
        subject_id=lot_id,
        before={"status": LotStatus.EXHAUSTED},
        after={"status": LotStatus.CONFIRMED},
        party_ids=(DESK_ID,),
        now=now,
    )
