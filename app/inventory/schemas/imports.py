"""What do providers send and see of holdings files?"""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from app.core.ids import public_id
from app.core.pages import PageOut
from app.inventory.models import HoldingsImport, ImportRow
from app.inventory.rules import EnergyFacts


class ImportOut(msgspec.Struct, frozen=True):
    """A holdings file and how far it has got. Staged, it has written no lot.

    total = good + bad + not active: rows that are right and no stock, being retired or cancelled at the registry.
    """

    id: str
    registry_account_id: str
    filename: str
    sha256: str
    encoding: str
    status: str
    rows_total: int
    rows_good: int
    rows_bad: int
    rows_not_active: int
    layout: str
    size_bytes: int
    failure: str | None
    created_at: datetime
    committed_at: datetime | None
    version: int

    @classmethod
    def of(cls, found: HoldingsImport) -> "ImportOut":
        """Show a row."""
        return cls(
            id=public_id("imp", found.id),
            registry_account_id=public_id("acc", found.registry_account_id),
            filename=found.filename,
            sha256=found.sha256,
            encoding=found.encoding,
            status=found.status,
            rows_total=found.rows_total,
            rows_good=found.rows_good,
            rows_bad=found.rows_bad,
            rows_not_active=found.rows_not_active,
            layout=found.layout,
            size_bytes=found.size_bytes,
            failure=found.failure,
            created_at=found.created_at,
            committed_at=found.committed_at,
            version=found.version,
        )


class CellErrorOut(msgspec.Struct, frozen=True):
    """What is wrong with one cell; with the whole row or file where `column` is empty."""

    column: str
    code: str
    detail: str


class RowProjectOut(msgspec.Struct, frozen=True):
    """A project that the catalogue does not know: the commit declares it in these words."""

    number: str
    name: str
    country: str | None
    project_type: str
    developer: str
    methodologies: list[str]


class RowFactsOut(msgspec.Struct, frozen=True):
    """What a good row declares. Serials and vintage days are inclusive; `serial_text` is the whole serial as written."""

    registry_code: str
    project_id: str | None
    project: RowProjectOut | None
    certification_no: str | None
    serial_prefix: str
    serial_first: str
    serial_last: str
    serial_text: str | None
    quantity: int
    unit: str
    units_per_serial: int
    vintage_from: date
    vintage_to: date
    note: str
    energy: EnergyFacts | None


class ImportRowOut(msgspec.Struct, frozen=True):
    """One row, numbered as a spreadsheet does (the header is row 1), with its cells as they stand in the file."""

    row: int
    outcome: Literal["good", "bad", "not_active"]
    cells: list[str]
    errors: list[CellErrorOut]
    declares: RowFactsOut | None
    lot_id: str | None

    @classmethod
    def of(cls, row: ImportRow) -> "ImportRowOut":
        """Show a row."""
        return cls(
            row=row.n,
            outcome=_outcome(row),
            cells=row.cells["cells"],
            errors=msgspec.convert(row.errors or [], list[CellErrorOut]),
            declares=None if row.facts is None else _declared(row.facts),
            lot_id=None if row.lot_id is None else public_id("lot", row.lot_id),
        )


class StagedImportOut(msgspec.Struct, frozen=True):
    """A file that was just staged, and the first of its bad rows; the others are at `/v1/imports/{id}/rows`."""

    staged: ImportOut = msgspec.field(name="import")
    bad_rows: PageOut[ImportRowOut]


class CommitIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`all` is refused when a row is bad; `good` leaves the bad rows out."""

    rows: Literal["all", "good"]


def _outcome(row: ImportRow) -> Literal["good", "bad", "not_active"]:
    if row.errors is None:
        return "good"
    return "not_active" if any(error["code"] == "not_active" for error in row.errors) else "bad"


def _declared(facts: dict[str, Any]) -> RowFactsOut:
    told = {name: facts.get(name) for name in RowFactsOut.__struct_fields__}
    told["units_per_serial"] = facts.get("units_per_serial", 1)  # Rows that were staged before it was kept.
    new = facts.get("declares")
    project_id = None if told["project_id"] is None else public_id("prj", msgspec.convert(told["project_id"], UUID))
    project = None if new is None else new | {"number": facts["project_number"]}
    blank = {name: told[name] or None for name in ("certification_no", "serial_text")}
    return msgspec.convert(told | blank | {"project_id": project_id, "project": project}, RowFactsOut)
