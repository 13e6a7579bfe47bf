"""How is a batch of a holdings file's rows weighed against the catalogue and the stock, and kept for a person to see?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import text

from app.core.db import AsyncSession
from app.core.ids import public_id
from app.inventory import queries
from app.inventory.rules import HoldingFacts, ParsedRow

BATCH: Final = 500
CELLS_KEPT: Final = 60
CELL_CHARS_KEPT: Final = 2_000
LISTED_IN_FULL: Final = frozenset({"jcredit"})
"""Registries whose whole project list is in the catalogue: what is not in it does not exist."""
_KEEP: Final = text(
    "insert into import_row (org_id, import_id, n, cells, errors, facts, series_key, lo, hi)"
    " select :org_id, :import_id, n, cells, errors, facts, series_key, lo, hi from jsonb_to_recordset(cast(:kept as jsonb))"
    " as kept(n integer, cells jsonb, errors jsonb, facts jsonb, series_key text, lo bigint, hi bigint)"
)

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


class Staged(NamedTuple):
    """How many rows of a batch were what."""

    good: int
    bad: int
    not_active: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.good + self.bad + self.not_active


async def stage_rows(session: AsyncSession, target: Target, rows: Sequence[ParsedRow]) -> Staged:
    """Keep at most `BATCH` rows with their facts or their errors; how many are what. Three statements."""
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
        told = {"org_id": target.org_id, "import_id": target.import_id, "kept": msgspec.json.encode(kept).decode()}
        await session.execute(_KEEP, told)
    good = sum(row["facts"] is not None for row in kept)
    not_active = sum(row.is_not_active for row in rows)
    return Staged(good, len(rows) - good - not_active, not_active)


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
        facts = None if errors else _facts(row.facts, project_id)
    return {
        "n": row.row_number,
        "cells": {"cells": _kept(row.cells)},
        "errors": errors or None,
        "facts": facts,
        "series_key": row.located and _storable(row.located.series_key),
        "lo": row.located and row.located.lo,
        "hi": row.located and row.located.hi,
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
    elif project_id is None and (facts.declares is None or code in LISTED_IN_FULL):
        where = f" in the list {facts.project_list}" if facts.project_list else ""
        detail = f"{code} has no project {facts.project_number}{where} in the catalogue."
        errors.append(_error("project_number", "unknown_project", detail))
    if target.units.get(code, facts.unit) != facts.unit:
        detail = f"{code} counts in {target.units[code]}, not in {facts.unit}."
        errors.append(_error("unit", "unit_not_of_registry", detail))
    if declared:
        errors.append(already_declared(declared))
    return errors


def already_declared(lot_ids: Sequence[UUID]) -> CellErrorRow:
    """What is wrong with a row whose serials are in lots of the same provider; a few of them are named."""
    lots = ", ".join(public_id("lot", lot_id) for lot_id in lot_ids[:5])
    return _error("serial_first", "already_declared", f"You have declared these serials already: {lots}.")


def _error(column: str, code: str, detail: str) -> CellErrorRow:
    return {"column": column, "code": code, "detail": detail}


def _facts(facts: HoldingFacts, project_id: UUID | None) -> dict[str, Any]:
    told = {
        "registry_code": facts.registry_code,
        "project_list": facts.project_list,
        "project_number": facts.project_number,
        "project_id": project_id,
        "certification_no": facts.certification_no or "",
        "serial_prefix": facts.serial_prefix,
        "serial_first": facts.serial_first,
        "serial_last": facts.serial_last,
        "serial_text": facts.serial_text,
        "series_key": facts.located.series_key,
        "lo": facts.located.lo,
        "hi": facts.located.hi,
        "quantity": facts.quantity,
        "unit": facts.unit,
        "vintage_from": facts.vintage_from,
        "vintage_to": facts.vintage_to,
        "note": facts.note,
        "units_per_serial": facts.units_per_serial,
        "energy": facts.energy,
    }
    return told if project_id is not None else told | {"declares": facts.declares}


def _project_key(facts: HoldingFacts) -> queries.ProjectKey:
    return queries.ProjectKey(facts.registry_code, facts.project_list or "", facts.project_number)


def _kept(cells: Sequence[str]) -> Sequence[str]:
    """The cells as a person will see them again, cut where there are too many, or too long ones."""
    whole = "".join(cells)
    if whole.isascii() and "\0" not in whole and len(whole) <= CELL_CHARS_KEPT and len(cells) <= CELLS_KEPT:
        return cells  # Nearly every row of a large file.
    return [_storable(cell)[:CELL_CHARS_KEPT] for cell in cells[:CELLS_KEPT]]


def _storable(text: str) -> str:
    """The text as PostgreSQL's JSON takes it: neither U+0000 nor half of a surrogate pair has a place in it."""
    return (
        text.replace("\0", "\ufffd").encode(errors="replace").decode() if not text.isascii() or "\0" in text else text
    )
