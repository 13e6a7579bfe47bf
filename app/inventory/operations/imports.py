"""How do the rows of a holdings file wait, and how do the good ones become declared lots, all or none?"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, column, func, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError

from app.core import events
from app.core.db import AsyncSession
from app.core.ids import new_id, public_id
from app.core.scope import DESK_ID, Scope
from app.inventory import queries
from app.inventory.errors import AlreadyDeclared, ImportHasBadRows, ImportNotFound, ImportNotStaged, NothingToImport
from app.inventory.models import HoldingsImport, ImportRow, Lot, LotStatus, LotStock
from app.inventory.operations.staging import BATCH

Chosen = Literal["all", "good"]
_DECLARED = "one_lot_per_serial_of_a_provider"
_NAMED_LOTS = 20


async def commit_import(
    session: AsyncSession, scope: Scope, import_id: UUID, chosen: Chosen, *, now: datetime
) -> HoldingsImport:
    """Make every good row a declared lot with its stock; `all` says that no row may be bad.

    Raises ImportNotFound (404), ImportNotStaged, ImportHasBadRows, NothingToImport, and AlreadyDeclared (409) when
    serials were declared since the file was staged. The transaction names the desk.
    """
    found = await _locked(session, scope, import_id)
    _check_staged(found)
    if chosen == "all" and found.rows_bad:
        raise ImportHasBadRows("Correct the bad rows, or commit the good ones alone.", rows_bad=found.rows_bad)
    if not found.rows_good:
        raise NothingToImport("No row of this file is good.", rows_bad=found.rows_bad)
    # Two imports of one provider must not wait for each other's lots, each holding what the other wants.
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"lots:{scope.org_id}", 0))))
    after, declared = 0, 0
    while rows := await queries.good_rows_after(session, scope.org_id, import_id, after=after, limit=BATCH):
        await _declare(session, found, rows, now)
        for row in rows:  # A long file must not pile up in memory.
            session.expunge(row)
        after, declared = rows[-1].n, declared + len(rows)
    assert declared == found.rows_good, import_id
    return await _ended(session, found, "committed", now, lots=declared)


async def discard_import(session: AsyncSession, scope: Scope, import_id: UUID, *, now: datetime) -> HoldingsImport:
    """Give a staged import up. Raises ImportNotFound (404), ImportNotStaged (409)."""
    found = await _locked(session, scope, import_id)
    _check_staged(found)
    return await _ended(session, found, "discarded", now)


async def _locked(session: AsyncSession, scope: Scope, import_id: UUID) -> HoldingsImport:
    found = await session.scalar(
        select(HoldingsImport)
        .where(HoldingsImport.org_id == scope.org_id, HoldingsImport.id == import_id)
        .with_for_update()
    )
    if found is None:
        raise ImportNotFound("You have no import with this id.")
    return found


def _check_staged(found: HoldingsImport) -> None:
    if found.status != "staged":
        raise ImportNotStaged(f"The import is {found.status}.", state=found.status)


async def _declare(session: AsyncSession, found: HoldingsImport, rows: Sequence[ImportRow], now: datetime) -> None:
    """Write one batch: lots, their stock, their events, and the rows' answer to what became of them."""
    lots = [_lot(found, row, new_id(), now) for row in rows]
    try:
        async with session.begin_nested():
            await session.execute(insert(Lot), lots)
    except IntegrityError as error:
        if _DECLARED not in str(error.orig):
            raise
        raise await _already_declared(session, found.org_id, rows) from error
    await session.execute(insert(LotStock), [_stock(lot) for lot in lots])
    await _mark(session, found, {row.n: lot["id"] for row, lot in zip(rows, lots, strict=True)})
    await _record_declared(session, lots, now)


def _lot(found: HoldingsImport, row: ImportRow, lot_id: UUID, now: datetime) -> dict[str, Any]:
    facts = row.facts
    assert facts is not None, row.n
    same = ("registry_code", "serial_prefix", "serial_first", "serial_last", "series_key", "lo", "hi", "unit", "note")
    return {name: facts[name] for name in same} | {
        "org_id": found.org_id,
        "id": lot_id,
        "desk_id": DESK_ID,
        "registry_account_id": found.registry_account_id,
        "project_id": UUID(facts["project_id"]),
        "certification_no": facts["certification_no"],
        "vintage_from": date.fromisoformat(facts["vintage_from"]),
        "vintage_to": date.fromisoformat(facts["vintage_to"]),
        "status": LotStatus.DECLARED,
        "import_id": found.id,
        "created_at": now,
        "version": 1,
    }


def _stock(lot: dict[str, Any]) -> dict[str, Any]:
    quantity = lot["hi"] - lot["lo"]
    return {
        "lot_id": lot["id"],
        "org_id": lot["org_id"],
        "imported": quantity,
        "free": quantity,
        "reserved": 0,
        "sold": 0,
        "withdrawn": 0,
        "next_lo": lot["lo"],
        "end_hi": lot["hi"],
        "sellable": False,
    }


async def _mark(session: AsyncSession, found: HoldingsImport, lot_ids: dict[int, UUID]) -> None:
    """Tell each row which lot it became: one statement."""
    became = (
        func.unnest(
            bindparam("numbers", list(lot_ids), ARRAY(Integer)),
            bindparam("lots", list(lot_ids.values()), ARRAY(Uuid)),
        )
        .table_valued(column("n", Integer), column("lot_id", Uuid), name="became")
        .render_derived()
    )
    marked = await session.execute(
        update(ImportRow)
        .where(ImportRow.org_id == found.org_id, ImportRow.import_id == found.id, ImportRow.n == became.c.n)
        .values(lot_id=became.c.lot_id)
        .returning(ImportRow.n)
        .execution_options(synchronize_session=False)
    )
    assert len(marked.all()) == len(lot_ids), found.id


async def _already_declared(session: AsyncSession, org_id: UUID, rows: Sequence[ImportRow]) -> AlreadyDeclared:
    """The refusal that names the lots: they were declared after this file was staged."""
    overlaps = await queries.declared_already(
        session, org_id, [queries.DeclaredSerials(row.n, *_serials(row)) for row in rows]
    )
    lot_ids = dict.fromkeys(public_id("lot", lot_id) for found in overlaps.values() for lot_id in found)
    return AlreadyDeclared(
        "Serials of this file were declared since it was staged. Import the file again to see the rows.",
        lot_ids=list(lot_ids)[:_NAMED_LOTS],
        rows=list(overlaps)[:_NAMED_LOTS],
    )


def _serials(row: ImportRow) -> tuple[str, int, int]:
    assert row.facts is not None, row.n
    return row.facts["series_key"], row.facts["lo"], row.facts["hi"]


async def _record_declared(session: AsyncSession, lots: Sequence[dict[str, Any]], now: datetime) -> None:
    """The first event of each new lot: nobody else knows the lot yet, so that its `seq` needs no looking up."""
    scope: Scope = session.info["scope"]
    await session.execute(
        insert(events.Event),
        [
            {
                "org_id": lot["org_id"],
                "id": new_id(),
                "party_ids": [DESK_ID],
                "kind": "lot.declared",
                "subject_kind": "lot",
                "subject_id": lot["id"],
                "seq": 1,
                "actor_kind": scope.actor_kind,
                "actor_id": scope.actor_id,
                "before": None,
                "after": {"status": LotStatus.DECLARED, "quantity": lot["hi"] - lot["lo"], "unit": lot["unit"]},
                "request_id": scope.request_id,
                "at": now,
            }
            for lot in lots
        ],
    )


async def _ended(
    session: AsyncSession, found: HoldingsImport, status: str, now: datetime, **facts: int
) -> HoldingsImport:
    found.status = status
    found.version += 1
    if status == "committed":
        found.committed_at = now
    await session.flush()
    await events.record(
        session,
        f"import.{status}",
        org_id=found.org_id,
        subject_kind="import",
        subject_id=found.id,
        before={"status": "staged"},
        after={"status": status, **facts},
        now=now,
    )
    return found
