"""Which serials did a registry pick for a retirement, and whose are they here?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from app.core.db import AsyncSession
from app.inventory.models import Lot, LotRangeStatus, LotStock, RangeStatus, SerialRange
from app.inventory.rules import Located, Serials, below_the_top, joined, locate, ungrouped


class PickedSerials(NamedTuple):
    """Serials as the registry writes them, both included."""

    prefix: str
    first: str
    last: str


class Holder(NamedTuple):
    """Whose a range is, and what becomes of it; no holding's when it is its provider's again."""

    org_id: UUID
    holding_id: UUID | None
    retirement_id: UUID | None
    status: RangeStatus | LotRangeStatus


@dataclass(frozen=True, slots=True)
class PlacedRange:
    """A range as its row has it."""

    id: UUID
    holder: Holder
    lo: int
    hi: int

    @property
    def serials(self) -> Serials:
        """The serials alone."""
        return Serials(self.lo, self.hi)


async def owners_of_picked(
    session: AsyncSession, *, owner_id: UUID, provider_id: UUID, retirement_id: UUID, picked: Sequence[PickedSerials]
) -> tuple[UUID, ...]:
    """The organisations that a transaction must name to swap these serials in: looked up first, and locked by nobody.

    Nobody besides the retirement's own parties when nothing can be swapped; the transaction here names these two.
    """
    lot = await lot_retiring(session, owner_id, provider_id, retirement_id)
    wanted = [] if lot is None else located_in(lot, picked)
    if lot is None or not wanted:
        return ()
    stock = await session.scalar(select(LotStock).where(LotStock.org_id == provider_id, LotStock.lot_id == lot.id))
    assert stock is not None, lot.id
    rows = await ranges_concerned(session, lot, stock, retirement_id, wanted)
    return tuple(sorted({row.holder.org_id for row in rows} - {owner_id, provider_id}))


async def lot_retiring(session: AsyncSession, owner_id: UUID, provider_id: UUID, retirement_id: UUID) -> Lot | None:
    """The lot that a retirement under way takes its serials from; None when nothing is set aside for it."""
    lot_id = await session.scalar(
        select(SerialRange.lot_id)
        .where(SerialRange.org_id == owner_id, SerialRange.provider_id == provider_id)
        .where(SerialRange.retirement_id == retirement_id, SerialRange.status == RangeStatus.RETIRING)
        .limit(1)
    )
    return await session.scalar(select(Lot).where(Lot.org_id == provider_id, Lot.id == lot_id))


def located_in(lot: Lot, picked: Iterable[PickedSerials]) -> list[Located]:
    """Where the serials lie; none when some cannot be read."""
    code, per_serial = lot.registry_code, lot.units_per_serial
    found = [
        locate(code, each.prefix, ungrouped(code, each.first), ungrouped(code, each.last), units_per_serial=per_serial)
        for each in picked
    ]
    located = [each for each in found if isinstance(each, Located)]
    return located if len(located) == len(found) else []


async def ranges_concerned(
    session: AsyncSession, lot: Lot, stock: LotStock, retirement_id: UUID, wanted: Sequence[Located]
) -> list[PlacedRange]:
    """What left the lot's contiguous part and may be concerned: the retirement's own, what was picked, what may move."""
    spans = [each.serials for each in wanted if each.series_key == lot.series_key]
    try:
        down = below_the_top((stock.next_lo, stock.end_hi), joined(spans)) or 0
    except ValueError:
        down = 0
    spans += [Serials(stock.next_lo - down, stock.next_lo)] if down else []
    concerned: list[ColumnElement[bool]] = [(SerialRange.lo < each.hi) & (SerialRange.hi > each.lo) for each in spans]
    found = await session.execute(
        select(
            SerialRange.id,
            SerialRange.org_id,
            SerialRange.holding_id,
            SerialRange.retirement_id,
            SerialRange.status,
            SerialRange.lo,
            SerialRange.hi,
        )
        .where(SerialRange.provider_id == lot.org_id, SerialRange.lot_id == lot.id)
        .where(or_(SerialRange.retirement_id == retirement_id, *concerned))
        .order_by(SerialRange.lo)
    )
    return [
        PlacedRange(id_, Holder(org_id, holding_id, retirement, _status(status)), lo, hi)
        for id_, org_id, holding_id, retirement, status, lo, hi in found
    ]


def _status(written: str) -> RangeStatus | LotRangeStatus:
    return LotRangeStatus(written) if written in set(LotRangeStatus) else RangeStatus(written)
