"""How does one batch of an import's good rows become declared lots? A handful of statements, however long the batch."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import DateTime, Integer, Text, Uuid, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from app.catalog import operations as catalog
from app.core.db import AsyncSession
from app.core.ids import new_id
from app.core.scope import DESK_ID, Scope
from app.inventory import queries
from app.inventory.models import HoldingsImport
from app.inventory.operations.disputes import open_disputes
from app.inventory.operations.staging import already_declared
from app.inventory.queries import GoodRow

_DECLARE: Final = text((Path(__file__).parent / "declaring.sql").read_text()).bindparams(
    bindparam("org_id", type_=Uuid()),
    bindparam("import_id", type_=Uuid()),
    bindparam("desk_id", type_=Uuid()),
    bindparam("account_id", type_=Uuid()),
    bindparam("actor_id", type_=Uuid()),
    bindparam("actor_kind", type_=Text()),
    bindparam("request_id", type_=Text()),
    bindparam("now", type_=DateTime(timezone=True)),
    bindparam("rows", type_=ARRAY(Integer())),
    bindparam("ids", type_=ARRAY(Uuid())),
)

# By place in the batch, which is in order, not by a join: a plan made for a table that has just grown joins the whole
# file's rows.
_MARK: Final = text(
    "update import_row r set lot_id = (:lot_ids)[width_bucket(r.n, :rows)]"
    " where r.org_id = :org_id and r.import_id = :import_id and r.n = any (:rows)"
).bindparams(bindparam("rows", type_=ARRAY(Integer())), bindparam("lot_ids", type_=ARRAY(Uuid())))
_REFUSE: Final = text(
    "update import_row r set facts = null, errors = told.errors"
    " from jsonb_to_recordset(cast(:told as jsonb)) as told(n integer, errors jsonb)"
    " where r.org_id = :org_id and r.import_id = :import_id and r.n = told.n"
)


async def hold_declaring(session: AsyncSession) -> None:
    """Let one transaction at a time declare lots.

    Two of one provider must not wait for each other's lots, each holding what the other wants; two of different ones
    must each see what the other has declared, or an overlap would go unseen.
    """
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("lots are declared", 0))))


async def conflicts_of(session: AsyncSession, org_id: UUID, rows: Sequence[GoodRow]) -> dict[int, list[UUID]]:
    """The rows whose serials are in lots of this provider by now, with these lots. Asked while declaring is held."""
    asked = [queries.DeclaredSerials(row.n, row.series_key, row.lo, row.hi) for row in rows]
    return await queries.declared_already(session, org_id, asked)


async def declare_rows(session: AsyncSession, found: HoldingsImport, rows: Sequence[GoodRow], now: datetime) -> None:
    """Make these rows declared lots, with their projects, stock and events; what overlaps another's lot is told to the
    desk alone. The transaction names the desk, and holds declaring.
    """
    scope: Scope = session.info["scope"]
    await catalog.declare_projects(session, scope, _new_projects(rows), now=now)
    told: dict[str, Any] = {
        "org_id": found.org_id,
        "import_id": found.id,
        "desk_id": DESK_ID,
        "account_id": found.registry_account_id,
        "actor_id": scope.actor_id,
        "actor_kind": scope.actor_kind,
        "request_id": scope.request_id,
        "now": now,
        "rows": [row.n for row in rows],
        "ids": [new_id() for _ in range(2 * len(rows))],
    }
    made = await session.scalar(_DECLARE, told)
    assert made == len(rows), found.id
    lot_ids = told["ids"][::2]
    assert told["rows"] == sorted(told["rows"]), found.id
    marked = {"org_id": found.org_id, "import_id": found.id, "rows": told["rows"], "lot_ids": lot_ids}
    await session.execute(_MARK, marked)
    serials = [queries.DeclaredSerials(n, row.series_key, row.lo, row.hi) for n, row in enumerate(rows)]
    await open_disputes(session, found.org_id, lot_ids, serials, now=now)


async def refuse_rows(session: AsyncSession, found: HoldingsImport, conflicts: Mapping[int, Sequence[UUID]]) -> None:
    """Mark rows bad whose serials were declared after the file was staged."""
    told = [{"n": n, "errors": [already_declared(lot_ids)]} for n, lot_ids in conflicts.items()]
    asked = {"org_id": found.org_id, "import_id": found.id, "told": msgspec.json.encode(told).decode()}
    await session.execute(_REFUSE, asked)
    found.rows_good -= len(conflicts)
    found.rows_bad += len(conflicts)
    await session.flush()


def _new_projects(rows: Sequence[GoodRow]) -> list[catalog.NewProject]:
    """The projects that the catalogue did not know when the rows were staged, each once, as its first row tells it."""
    found: dict[tuple[str, str], catalog.NewProject] = {}
    for row in rows:
        told = row.declares
        if told is None:
            continue
        project = catalog.NewProject(
            row.registry_code, row.project_number, told["name"], told["country"], told["project_type"],
            told["developer"], tuple(told["methodologies"]),
        )  # fmt: skip
        found.setdefault((project.registry_code, project.number), project)
    return list(found.values())
