"""Who holds which serials, and how does the registry write them?"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.core.scope import Scope
from app.inventory.errors import HoldingNotFound
from app.inventory.models import Holding, Lot, RangeStatus, SerialRange
from app.inventory.queries.lots import lots_named
from app.inventory.rules import Serials, joined, numbers_like, part_written


class SerialsWritten(NamedTuple):
    """Neighbouring serials as the registry writes them, both included; `quantity` is in the lot's unit.

    `numbers` is how many serial numbers that are.
    """

    serial_prefix: str
    first: str
    last: str
    quantity: int
    numbers: int
    certification_no: str
    text: str | None
    """The whole block in the registry's own form, where it has one."""


async def holdings_page(session: AsyncSession, scope: Scope, page: Page) -> Sequence[Holding]:
    """The buyer's holdings, newest first."""
    query = select(Holding).where(Holding.org_id == scope.org_id)
    if page.after is not None:
        query = query.where(beyond([(Holding.id, True)], page.after))
    return (await session.scalars(query.order_by(Holding.id.desc()).limit(page.fetch))).all()


async def holding_of(session: AsyncSession, scope: Scope, holding_id: UUID) -> Holding:
    """The buyer's own holding. Raises HoldingNotFound (404)."""
    holding = await session.scalar(select(Holding).where(Holding.org_id == scope.org_id, Holding.id == holding_id))
    if holding is None:
        raise HoldingNotFound("You have no holding with this id.")
    return holding


async def lots_of_holdings(session: AsyncSession, holdings: Sequence[Holding]) -> dict[UUID, Lot]:
    """The lots that these holdings were carved from, by id. The transaction names their providers."""
    return await lots_named(session, [(holding.provider_id, holding.lot_id) for holding in holdings])


async def ranges_of(session: AsyncSession, org_id: UUID, holding_id: UUID) -> Sequence[SerialRange]:
    """A holding's ranges, the lowest serials first."""
    ranges = await session.scalars(
        select(SerialRange)
        .where(SerialRange.org_id == org_id, SerialRange.holding_id == holding_id)
        .order_by(SerialRange.lo)
    )
    return ranges.all()


async def serials_written(session: AsyncSession, org_id: UUID, retirement_id: UUID) -> list[SerialsWritten]:
    """The serials that are being retired, or were, as the registry writes them, the lowest first.

    The transaction names the provider: the writing is told by its lot.
    """
    rows = await session.execute(
        select(SerialRange.lo, SerialRange.hi, Lot)
        .join(Lot, (Lot.org_id == SerialRange.provider_id) & (Lot.id == SerialRange.lot_id))
        .where(SerialRange.org_id == org_id, SerialRange.retirement_id == retirement_id)
        .where(SerialRange.status != RangeStatus.HELD)
        .order_by(SerialRange.lo)
    )
    of_lot: dict[UUID, tuple[Lot, list[Serials]]] = {}
    for lo, hi, lot in rows:
        of_lot.setdefault(lot.id, (lot, []))[1].append(Serials(lo, hi))
    return [block for lot, ranges in of_lot.values() for block in written_ranges(lot, ranges)]


def written_ranges(lot: Lot, ranges: Iterable[Serials]) -> list[SerialsWritten]:
    """Ranges of one lot as its registry writes them, with neighbours as one block."""
    _, high, _ = lot.series_key.split(":", 2)
    like, per_serial = lot.serial_first, lot.units_per_serial
    return [
        SerialsWritten(
            lot.serial_prefix, *numbers_like(high, serials, like, units_per_serial=per_serial),
            serials.quantity, serials.quantity // per_serial, lot.certification_no,
            part_written(lot.registry_code, lot.serial_text, serials),
        )
        for serials in joined(ranges)
    ]  # fmt: skip
