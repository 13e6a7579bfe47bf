"""Which lots does a provider have, and how much of each is where?"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Row, Select, func, select

from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.core.scope import DESK_ID, Scope
from app.inventory.errors import LotNotFound
from app.inventory.models import Holding, Lot, LotStatus, LotStock
from app.inventory.rules import EnergyFacts


class LotLine(NamedTuple):
    """A lot, its stock, and the sums of the holdings that were carved from it, in the lot's unit."""

    lot: Lot
    stock: LotStock
    held: int
    retiring: int
    retired: int

    @property
    def seen(self) -> int:
        """A number that changes with everything shown of the lot: stock moves without touching the lot's version."""
        stock = self.stock
        parts = (self.lot.version, stock.free, stock.reserved, stock.sold, stock.withdrawn, self.retiring, self.retired)
        mixed = 0
        for part in parts:
            mixed = (mixed * _FACTOR + part + 1) % _MODULUS
        return mixed


_FACTOR = 6_364_136_223_846_793_005
_MODULUS = 2**61 - 1


async def lots_page(session: AsyncSession, scope: Scope, page: Page, status: LotStatus | None) -> list[LotLine]:
    """The provider's lots, newest first."""
    query = _lines(scope.org_id)
    if status is not None:
        query = query.where(Lot.status == status)
    if page.after is not None:
        query = query.where(beyond([(Lot.id, True)], page.after))
    return [_line(row) for row in await session.execute(query.order_by(Lot.id.desc()).limit(page.fetch))]


async def lot_line(session: AsyncSession, org_id: UUID, lot_id: UUID) -> LotLine:
    """One lot of this provider. Raises LotNotFound (404)."""
    row = (await session.execute(_lines(org_id).where(Lot.id == lot_id))).one_or_none()
    if row is None:
        raise LotNotFound("You have no lot with this id.")
    return _line(row)


async def lot_lines(session: AsyncSession, scope: Scope, lot_ids: Sequence[UUID]) -> list[LotLine]:
    """These of the provider's lots, in no order. One statement."""
    return [_line(row) for row in await session.execute(_lines(scope.org_id).where(Lot.id.in_(lot_ids)))]


async def provider_of_lot(session: AsyncSession, lot_id: UUID) -> UUID:
    """Whose lot this is: a question of the desk, which sees every lot. Raises LotNotFound (404)."""
    org_id = await session.scalar(select(Lot.org_id).where(Lot.desk_id == DESK_ID, Lot.id == lot_id))
    if org_id is None:
        raise LotNotFound("No lot has this id.")
    return org_id


async def lots_named(session: AsyncSession, lots: Sequence[tuple[UUID, UUID]]) -> dict[UUID, Lot]:
    """Lots by id, each looked for with its provider, which the transaction names."""
    providers, lot_ids = {provider_id for provider_id, _ in lots}, {lot_id for _, lot_id in lots}
    found = await session.scalars(select(Lot).where(Lot.org_id.in_(providers), Lot.id.in_(lot_ids)))
    return {lot.id: lot for lot in found}


def _lines(org_id: UUID) -> Select[Lot, LotStock, int, int, int]:
    sums = (
        select(
            func.coalesce(func.sum(Holding.held), 0).label("held"),
            func.coalesce(func.sum(Holding.retiring), 0).label("retiring"),
            func.coalesce(func.sum(Holding.retired), 0).label("retired"),
        )
        .where(Holding.provider_id == Lot.org_id, Holding.lot_id == Lot.id)
        .lateral("sums")
    )
    return (
        select(Lot, LotStock, sums.c.held, sums.c.retiring, sums.c.retired)
        .join(LotStock, (LotStock.lot_id == Lot.id) & (LotStock.org_id == Lot.org_id))
        .join(sums, Lot.id == Lot.id)
        .where(Lot.org_id == org_id)
    )


def _line(row: Row[Lot, LotStock, int, int, int]) -> LotLine:
    lot, stock, held, retiring, retired = row
    return LotLine(lot, stock, int(held), int(retiring), int(retired))


def energy_of(lot: Lot) -> EnergyFacts | None:
    """Which energy a lot's certificates are an attribute of; None for other credits."""
    return msgspec.convert(lot.energy, EnergyFacts | None)
