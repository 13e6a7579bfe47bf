"""How is a batch of a holdings file's rows weighed against the catalogue and the stock, and kept for a person to see?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import insert

from app.core.db import AsyncSession
from app.core.ids import public_id
from app.inventory import queries
from app.inventory.models import ImportRow
from app.inventory.rules import HoldingFacts, ParsedRow

BATCH: Final = 500
CELLS_KEPT: Final = 40
CELL_CHARS_KEPT: Final = 500

CellErrorRow = dict[str, str]
"""{column, code, detail}: what is wrong with one cell, or with the row where `column` is empty."""


@dataclass(frozen=True, slots=True)
class Target:
    """What the rows of one import are weighed against."""

    org_id: UUID
    import_id: UUID
    registry_code: str
    """Of the account that the file is for."""
    units: Mapping[str, str]


async def stage_rows(session: AsyncSession, target: Target, rows: Sequence[ParsedRow]) -> int:
    """Keep at most `BATCH` rows with their facts or their errors; how many are good. Three statements."""
    assert len(rows) <= BATCH, len(rows)
    read = [(row.row_number, row.facts) for row in rows if row.facts is not None]
    projects = await queries.project_ids(session, list({_project_key(facts) for _, facts in read}))
    declared = await queries.declared_already(
        session,
        target.org_id,
        [queries.DeclaredSerials(n, facts.located.series_key, facts.located.lo, facts.located.hi) for n, facts in read],
    )
    kept = [_row(target, row, projects, declared.get(row.row_number, [])) for row in rows]
    if kept:
        await session.execute(insert(ImportRow), kept)
    return sum(row["facts"] is not None for row in kept)


def _row(
    target: Target, row: ParsedRow, projects: Mapping[queries.ProjectKey, UUID], declared: Sequence[UUID]
) -> dict[str, Any]:
    errors = [
        {"column": _storable(error.column), "code": error.code, "detail": _storable(error.detail)}
        for error in row.errors
    ]
    facts = None
    if row.facts is not None:
        project_id = projects.get(_project_key(row.facts))
        errors += _weighed(row.facts, target, project_id, declared)
        facts = None if errors or project_id is None else _facts(row.facts, project_id)
    return {
        "org_id": target.org_id,
        "import_id": target.import_id,
        "n": row.row_number,
        "cells": {"cells": [_storable(cell)[:CELL_CHARS_KEPT] for cell in row.cells[:CELLS_KEPT]]},
        "errors": errors or None,
        "facts": facts,
        "lot_id": None,
    }


def _weighed(
    facts: HoldingFacts, target: Target, project_id: UUID | None, declared: Sequence[UUID]
) -> list[CellErrorRow]:
    """What is wrong with a readable row here: with this catalogue, this account, and what is in stock."""
    code = facts.registry_code
    errors: list[CellErrorRow] = []
    if code not in target.units:
        errors.append(_error("registry", "unknown_registry", f"The desk does not know the registry {code}."))
    elif code != target.registry_code:
        detail = f"The account is one of {target.registry_code}; this row names {code}."
        errors.append(_error("registry", "registry_not_of_account", detail))
    elif project_id is None:
        where = f" in the list {facts.project_list}" if facts.project_list else ""
        detail = f"{code} has no project {facts.project_number}{where} in the catalogue."
        errors.append(_error("project_number", "unknown_project", detail))
    if target.units.get(code, facts.unit) != facts.unit:
        detail = f"{code} counts in {target.units[code]}, not in {facts.unit}."
        errors.append(_error("unit", "unit_not_of_registry", detail))
    if declared:
        lots = ", ".join(public_id("lot", lot_id) for lot_id in declared[:5])
        errors.append(_error("serial_first", "already_declared", f"You have declared these serials already: {lots}."))
    return errors


def _error(column: str, code: str, detail: str) -> CellErrorRow:
    return {"column": column, "code": code, "detail": detail}


def _facts(facts: HoldingFacts, project_id: UUID) -> dict[str, Any]:
    return {
        "registry_code": facts.registry_code,
        "project_list": facts.project_list,
        "project_number": facts.project_number,
        "project_id": str(project_id),
        "certification_no": facts.certification_no or "",
        "serial_prefix": facts.serial_prefix,
        "serial_first": facts.serial_first,
        "serial_last": facts.serial_last,
        "series_key": facts.located.series_key,
        "lo": facts.located.lo,
        "hi": facts.located.hi,
        "quantity": facts.quantity,
        "unit": facts.unit,
        "vintage_from": facts.vintage_from.isoformat(),
        "vintage_to": facts.vintage_to.isoformat(),
        "note": facts.note,
    }


def _project_key(facts: HoldingFacts) -> queries.ProjectKey:
    return queries.ProjectKey(facts.registry_code, facts.project_list or "", facts.project_number)


def _storable(text: str) -> str:
    """The text as PostgreSQL's JSON takes it: U+0000 is the one character that it has no place for."""
    return text.replace("\0", "\ufffd")
