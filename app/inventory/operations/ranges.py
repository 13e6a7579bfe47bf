"""How do so many units at one end of some ranges become something else? At most one range is cut for it."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, and_, func, insert, select, update

from app.core.db import AsyncSession, any_of
from app.core.ids import new_id
from app.inventory.models import Holding, LotRangeStatus, RangeStatus, SerialRange


class End(StrEnum):
    """From which end ranges are taken."""

    LOWEST = "lowest"
    HIGHEST = "highest"


def held_of(holding: Holding) -> ColumnElement[bool]:
    """The ranges that a holding holds: nothing of them is in a retirement."""
    return and_(
        SerialRange.org_id == holding.org_id,
        SerialRange.holding_id == holding.id,
        SerialRange.status == RangeStatus.HELD,
    )


def given_back_to(provider_id: UUID, lot_id: UUID) -> ColumnElement[bool]:
    """What came back to a lot, for sale or withdrawn. Found by `ix_serial_range_holding`: few ranges have no holding."""
    return and_(SerialRange.org_id == provider_id, SerialRange.holding_id.is_(None), SerialRange.lot_id == lot_id)


def returned_to(provider_id: UUID, lot_id: UUID) -> ColumnElement[bool]:
    """What came back to a lot and is for sale, or reserved."""
    return and_(given_back_to(provider_id, lot_id), SerialRange.status == LotRangeStatus.RETURNED)


async def turn(
    session: AsyncSession, among: ColumnElement[bool], end: End, quantity: int, becomes: dict[str, Any]
) -> list[SerialRange]:
    """Let exactly `quantity` units at one end of the ranges `among` become what is said; these ranges, the lowest first.

    Whoever asks has locked what the ranges belong to, and has counted that they hold as many: otherwise this is a bug,
    and crashes. All are of one lot.
    """
    assert quantity > 0, quantity
    rows = await _reaching(session, among, end, quantity)
    last, left = rows[-1], sum(row["hi"] - row["lo"] for row in rows) - quantity
    assert 0 <= left < last["hi"] - last["lo"], "There are as many as were counted."
    # The row keeps the part that is taken, and is shortened before the rest gets a row: they never overlap.
    if end == End.LOWEST:
        bound, rest = {"hi": func.least(SerialRange.hi, last["hi"] - left)}, (last["hi"] - left, last["hi"])
    else:
        bound, rest = {"lo": func.greatest(SerialRange.lo, last["lo"] + left)}, (last["lo"], last["lo"] + left)
    turned = await session.scalars(
        update(SerialRange)
        .where(among, SerialRange.id == any_of([row["id"] for row in rows]))
        .values(**bound, **becomes)
        .returning(SerialRange)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    found = sorted(turned, key=lambda each: each.lo)
    assert sum(each.hi - each.lo for each in found) == quantity, quantity
    if left:
        await session.execute(insert(SerialRange).values({**last, "id": new_id(), "lo": rest[0], "hi": rest[1]}))
    return found


async def _reaching(session: AsyncSession, among: ColumnElement[bool], end: End, quantity: int) -> list[dict[str, Any]]:
    """As many ranges from that end as hold `quantity` units, as their rows have them; no more are read."""
    size = SerialRange.hi - SerialRange.lo
    order = SerialRange.lo if end == End.LOWEST else SerialRange.lo.desc()
    before = (func.sum(size).over(order_by=order) - size).label("before")
    summed = select(*SerialRange.__table__.columns, before).where(among).subquery()
    found = await session.execute(
        select(*(column for column in summed.c if column.key != "before"))
        .where(summed.c.before < quantity)
        .order_by(summed.c.before)
    )
    return [_row(each) for each in found.mappings()]


def _row(found: RowMapping) -> dict[str, Any]:
    return {str(name): value for name, value in found.items()}
