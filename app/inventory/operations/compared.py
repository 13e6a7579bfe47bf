"""What may happen to many lots at once when a registry's statement has been compared? A few statements, however many."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.catalog import operations as catalog
from app.catalog.operations import Issued
from app.core import events
from app.core.db import AsyncSession, any_of
from app.core.scope import DESK_ID
from app.inventory import queries
from app.inventory.models import Lot, LotStatus, LotStock
from app.inventory.queries import DeclaredSerials

CONFIRMED_AT_ONCE = 2_000
_LIVE = "one_live_lot_per_serial"
_CONFIRMABLE = (LotStatus.DECLARED, LotStatus.DISPUTED)


async def freeze_lots(
    session: AsyncSession, provider_id: UUID, lot_ids: Sequence[UUID], *, note: str, now: datetime
) -> list[UUID]:
    """Stop these lots, as far as they sell: nothing of them is reserved or carved meanwhile. Which ones were stopped.

    The transaction names provider and desk.
    """
    return await _turned(session, provider_id, lot_ids, LotStatus.CONFIRMED, LotStatus.FROZEN, note=note, now=now)


async def unfreeze_lots(
    session: AsyncSession, provider_id: UUID, lot_ids: Sequence[UUID], *, note: str, now: datetime
) -> list[UUID]:
    """Let these lots sell again, as far as they are frozen; which ones do. The transaction names provider and desk."""
    return await _turned(session, provider_id, lot_ids, LotStatus.FROZEN, LotStatus.CONFIRMED, note=note, now=now)


async def confirm_lots(
    session: AsyncSession, provider_id: UUID, lot_ids: Sequence[UUID], *, as_of: date, now: datetime
) -> list[UUID]:
    """Confirm declared lots that a registry's statement shows, as of its day: they sell, and are nobody else's.

    Left as they are: lots without a certification number, with an issuance that differs from what was confirmed
    before, or with serials that are somebody's live lot. The transaction names provider and desk.
    """
    await _lock(session, provider_id, lot_ids)
    found = await session.scalars(
        select(Lot)
        .where(
            Lot.org_id == provider_id,
            Lot.id == any_of(lot_ids),
            Lot.status.in_(_CONFIRMABLE),
            Lot.certification_no != "",
        )
        .order_by(Lot.id)
        .execution_options(populate_existing=True)
    )
    lots = list(found)
    issuances = await catalog.confirm_issuances(session, [_issued(lot) for lot in lots], now=now)
    known = [lot for lot in lots if (lot.registry_code, lot.certification_no) in issuances]
    serials = [DeclaredSerials(n, lot.series_key, lot.lo, lot.hi) for n, lot in enumerate(known)]
    shared = {overlap.row_number for overlap in await queries.overlaps_with_others(session, provider_id, serials)}
    alone = [lot for n, lot in enumerate(known) if n not in shared]
    confirmed = await _confirm(session, alone, issuances, as_of, now)
    for n in sorted(shared):  # Each may be somebody's live lot: then it stays, and its dispute is the operator's.
        confirmed += await _confirm(session, [known[n]], issuances, as_of, now)
    await catalog.list_projects(session, [lot.project_id for lot in confirmed], now=now)
    return [lot.id for lot in confirmed]


async def _confirm(
    session: AsyncSession, lots: Sequence[Lot], issuances: dict[tuple[str, str], UUID], as_of: date, now: datetime
) -> list[Lot]:
    """Confirm lots all or none; none when one of them is somebody's live lot by now."""
    if not lots:
        return []
    before = {lot.id: lot.status for lot in lots}
    try:
        async with session.begin_nested():
            for lot in lots:
                lot.issuance_id = issuances[lot.registry_code, lot.certification_no]
                lot.status, lot.confirmed_at, lot.confirmed_as_of = LotStatus.CONFIRMED, now, as_of
                lot.version += 1
            await session.flush()
    except IntegrityError as error:
        if _LIVE not in str(error.orig):
            raise
        for lot in lots:
            await session.refresh(lot)
        return []
    ids = [lot.id for lot in lots]
    await session.execute(
        update(LotStock).where(LotStock.org_id == lots[0].org_id, LotStock.lot_id == any_of(ids)).values(sellable=True)
    )
    for status in dict.fromkeys(before.values()):
        told = {lot.id: {"status": lot.status, "as_of": as_of.isoformat()} for lot in lots if before[lot.id] == status}
        await events.record_next(
            session, "lot.confirmed", org_id=lots[0].org_id, subject_kind="lot", told=told,
            before={"status": status}, party_ids=(DESK_ID,), now=now,
        )  # fmt: skip
    return list(lots)


async def _turned(
    session: AsyncSession, provider_id: UUID, lot_ids: Sequence[UUID], source: LotStatus, target: LotStatus,
    *, note: str, now: datetime,
) -> list[UUID]:  # fmt: skip
    if not lot_ids:
        return []
    await _lock(session, provider_id, lot_ids)
    turned = await session.scalars(
        update(Lot)
        .where(Lot.org_id == provider_id, Lot.id == any_of(lot_ids), Lot.status == source)
        .values(status=target, version=Lot.version + 1)
        .returning(Lot.id)
        .execution_options(synchronize_session="fetch")
    )
    ids = list(turned)
    if not ids:
        return []
    await session.execute(
        update(LotStock)
        .where(LotStock.org_id == provider_id, LotStock.lot_id == any_of(ids))
        .values(sellable=target == LotStatus.CONFIRMED)
    )
    after: dict[str, Any] = {"status": target, "note": note}
    await events.record_next(
        session, f"lot.{target}", org_id=provider_id, subject_kind="lot", told=dict.fromkeys(ids, after),
        before={"status": source}, party_ids=(DESK_ID,), now=now,
    )  # fmt: skip
    return ids


async def _lock(session: AsyncSession, provider_id: UUID, lot_ids: Sequence[UUID]) -> None:
    """The stock's rows are the lots' locks; in ascending order, as everywhere."""
    await session.execute(
        select(LotStock.lot_id)
        .where(LotStock.org_id == provider_id, LotStock.lot_id == any_of(lot_ids))
        .order_by(LotStock.lot_id)
        .with_for_update()
    )


def _issued(lot: Lot) -> Issued:
    return Issued(lot.registry_code, lot.certification_no, lot.project_id, lot.vintage_from, lot.vintage_to, lot.unit)
