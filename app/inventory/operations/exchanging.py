"""How does a retirement get the serials that the registry picked, instead of those that were set aside for it?

The rows keep their serials and change whose they are, so that no serial is in two places after any statement, as
`one_place_per_serial` asks. Locked in the order of the house: the lot's stock, then holdings by id.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from sqlalchemy import insert, select, update

from app.core import events
from app.core.db import AsyncSession
from app.core.ids import new_id
from app.core.scope import Scope
from app.inventory.errors import OwnersUnnamed, SerialsNotExchangeable
from app.inventory.models import Holding, Lot, LotRangeStatus, LotStock, RangeStatus, SerialRange
from app.inventory.queries.picked import PickedSerials, PlacedRange, located_in, lot_retiring, ranges_concerned
from app.inventory.rules import (
    Exchange,
    ExchangeRefusal,
    Located,
    Place,
    Serials,
    exchange,
    joined,
    without,
)


async def swap_serials(
    session: AsyncSession,
    *,
    owner_id: UUID,
    provider_id: UUID,
    retirement_id: UUID,
    picked: Sequence[PickedSerials],
    now: datetime,
) -> bool:
    """Give a retirement that is under way exactly the serials that its registry picked; whether any changed places.

    As many as were set aside, all of the same lot. Who held some of them gets as many of those set aside: no holding
    changes its quantity. Raises SerialsNotExchangeable (409) with the `reason`, and has changed nothing then; raises
    OwnersUnnamed when the transaction does not name everybody whose serials are concerned (`owners_of_picked`).
    """
    lot = await lot_retiring(session, owner_id, provider_id, retirement_id)
    if lot is None:
        raise _refused(ExchangeRefusal.NOTHING_RETIRING)
    stock = await _locked_stock(session, lot)
    wanted = located_in(lot, picked)
    if not wanted:
        raise _refused(ExchangeRefusal.UNREADABLE)
    if any(each.series_key != lot.series_key for each in wanted):
        raise _refused(ExchangeRefusal.OUTSIDE_LOT)
    rows = await _locked_rows(session, lot, stock, retirement_id, wanted)
    places = [_place(row, retirement_id) for row in rows if row.holder.status != LotRangeStatus.WITHDRAWN]
    plan = exchange(Serials(lot.lo, lot.hi), (stock.next_lo, stock.end_hi), places, [each.serials for each in wanted])
    if isinstance(plan, ExchangeRefusal):
        raise _refused(plan)
    if not plan.trades and not plan.down:
        return False
    moved = await _move_down(session, lot, stock, rows, plan.down, now=now)
    after = await _trade(session, lot, moved, plan, retirement_id)
    await _tell(session, lot, rows, after, now=now)
    return True


def _refused(reason: ExchangeRefusal) -> SerialsNotExchangeable:
    return SerialsNotExchangeable(
        "The serials that the registry picked cannot take the place of those set aside.", reason=reason.value
    )


async def _locked_stock(session: AsyncSession, lot: Lot) -> LotStock:
    stock = await session.scalar(
        select(LotStock)
        .where(LotStock.org_id == lot.org_id, LotStock.lot_id == lot.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    assert stock is not None, lot.id
    return stock


async def _locked_rows(
    session: AsyncSession, lot: Lot, stock: LotStock, retirement_id: UUID, wanted: Sequence[Located]
) -> list[PlacedRange]:
    """The same, with the holdings locked: read once to know them, and once more when nothing can change."""
    rows = await ranges_concerned(session, lot, stock, retirement_id, wanted)
    scope: Scope = session.info["scope"]
    if not {row.holder.org_id for row in rows} <= set(scope.org_ids):
        raise OwnersUnnamed
    holding_ids = _holdings(rows)
    locked = await session.scalars(
        select(Holding.id)
        .where(Holding.org_id.in_({row.holder.org_id for row in rows}), Holding.id.in_(holding_ids))
        .order_by(Holding.id)
        .with_for_update()
    )
    assert set(locked) == holding_ids, lot.id
    again = await ranges_concerned(session, lot, stock, retirement_id, wanted)
    # Under the lot's lock no serial changes its holding: meanwhile some may have gone into a retirement, or come back.
    assert _holdings(again) <= holding_ids, lot.id
    return again


def _holdings(rows: Iterable[PlacedRange]) -> set[UUID]:
    return {row.holder.holding_id for row in rows if row.holder.holding_id is not None}


def _place(row: PlacedRange, retirement_id: UUID) -> Place:
    ours = row.holder.retirement_id == retirement_id and row.holder.status == RangeStatus.RETIRING
    held, returned = row.holder.status == RangeStatus.HELD, row.holder.status == LotRangeStatus.RETURNED
    return Place(row.lo, row.hi, ours=ours, held=held, returned=returned)


async def _move_down(
    session: AsyncSession, lot: Lot, stock: LotStock, rows: list[PlacedRange], down: int, *, now: datetime
) -> list[PlacedRange]:
    """Let the unsold part begin and end `down` serials lower; what lay below it lies where it ended."""
    if not down:
        return rows
    before = {"next_lo": stock.next_lo, "end_hi": stock.end_hi}
    lowest, up = stock.next_lo - down, stock.end_hi - stock.next_lo
    cut = await _cut(session, lot, rows, [lowest])
    moved = [replace(row, lo=row.lo + up, hi=row.hi + up) if lowest <= row.lo < stock.next_lo else row for row in cut]
    for row in set(moved) - set(cut):
        await _write(session, row)
    stock.next_lo -= down
    stock.end_hi -= down
    await session.flush()
    await events.record(
        session, "lot.free_part_moved", org_id=lot.org_id, subject_kind="lot", subject_id=lot.id, before=before,
        after={"next_lo": stock.next_lo, "end_hi": stock.end_hi}, now=now,
    )  # fmt: skip
    return moved


async def _trade(
    session: AsyncSession, lot: Lot, rows: list[PlacedRange], plan: Exchange, retirement_id: UUID
) -> list[PlacedRange]:
    """Let each pair change holders; the rows afterwards."""
    sides = [side for trade in plan.trades for side in trade]
    cut = await _cut(session, lot, rows, [edge for side in sides for edge in side])
    by_serials = {row.serials: row for row in cut}
    for trade in plan.trades:
        given_up, taken = by_serials[trade.given_up], by_serials[trade.taken]
        assert given_up.holder.retirement_id == retirement_id, given_up
        for row, other in ((given_up, taken), (taken, given_up)):
            by_serials[row.serials] = replace(row, holder=other.holder)
            await _write(session, by_serials[row.serials], was=row.holder.org_id)
    return list(by_serials.values())


async def _cut(session: AsyncSession, lot: Lot, rows: Iterable[PlacedRange], edges: Iterable[int]) -> list[PlacedRange]:
    """The same ranges with none across an edge: a row is shortened before the rest gets a row, so they never overlap."""
    found: list[PlacedRange] = []
    inner = sorted(set(edges))
    for row in rows:
        bounds = [row.lo, *(edge for edge in inner if row.lo < edge < row.hi), row.hi]
        parts = [replace(row, lo=lo, hi=hi) for lo, hi in pairwise(bounds)]
        if len(parts) > 1:
            await _write(session, parts[0])
            parts[1:] = [replace(part, id=new_id()) for part in parts[1:]]
            await session.execute(insert(SerialRange), [_values(lot, part) for part in parts[1:]])
        found += parts
    return found


async def _write(session: AsyncSession, row: PlacedRange, *, was: UUID | None = None) -> None:
    """Write a row that is there; `was`: who had it, where that changes."""
    written = await session.execute(
        update(SerialRange)
        .where(SerialRange.org_id == (was or row.holder.org_id), SerialRange.id == row.id)
        .values(lo=row.lo, hi=row.hi, **row.holder._asdict())
        .returning(SerialRange.id)
        .execution_options(synchronize_session=False)
    )
    assert written.first() is not None, row.id


def _values(lot: Lot, row: PlacedRange) -> dict[str, object]:
    return {
        "id": row.id, "provider_id": lot.org_id, "lot_id": lot.id, "series_key": lot.series_key, "lo": row.lo,
        "hi": row.hi, "units_per_serial": lot.units_per_serial, **row.holder._asdict(),
    }  # fmt: skip


async def _tell(
    session: AsyncSession, lot: Lot, before: Sequence[PlacedRange], after: Sequence[PlacedRange], *, now: datetime
) -> None:
    """A new version of each holding whose serials are others now, and its event: it tells of nobody else's."""
    concerned = {(row.holder.org_id, row.holder.holding_id) for row in before if row.holder.holding_id is not None}
    for org_id, holding_id in sorted(concerned):
        had, has = _of_holding(before, holding_id), _of_holding(after, holding_id)
        if had == has:
            continue
        changed = await session.execute(
            update(Holding)
            .where(Holding.org_id == org_id, Holding.id == holding_id)
            .values(version=Holding.version + 1)
            .returning(Holding.id)
            .execution_options(synchronize_session="fetch")
        )
        assert changed.first() is not None, holding_id
        await events.record(
            session, "holding.serials_exchanged", org_id=org_id, subject_kind="holding", subject_id=holding_id,
            before={"serials": without(had, has)}, after={"serials": without(has, had), "lot_id": str(lot.id)},
            party_ids=(lot.org_id,), now=now,
        )  # fmt: skip


def _of_holding(rows: Iterable[PlacedRange], holding_id: UUID) -> list[Serials]:
    return joined(row.serials for row in rows if row.holder.holding_id == holding_id)
