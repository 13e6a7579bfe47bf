"""What do providers send and see of registry accounts and holdings files?"""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from app.core.ids import public_id
from app.core.pages import PageOut
from app.inventory.models import HoldingsImport, ImportRow, RegistryAccount

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class AccountIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Your account at a registry, as the registry names it."""

    registry_code: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    account_no: Text
    holder_name: Text


class AccountOut(msgspec.Struct, frozen=True):
    """Your account at a registry."""

    id: str
    registry_code: str
    account_no: str
    holder_name: str
    created_at: datetime
    version: int

    @classmethod
    def of(cls, account: RegistryAccount) -> "AccountOut":
        """Show a row."""
        return cls(
            id=public_id("acc", account.id),
            registry_code=account.registry_code,
            account_no=account.account_no,
            holder_name=account.holder_name,
            created_at=account.created_at,
            version=account.version,
        )


class ImportOut(msgspec.Struct, frozen=True):
    """A holdings file and how far it has got. Staged, it has written no lot."""

    id: str
    registry_account_id: str
    filename: str
    sha256: str
    encoding: str
    status: str
    rows_total: int
    rows_good: int
    rows_bad: int
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
            created_at=found.created_at,
            committed_at=found.committed_at,
            version=found.version,
        )


class CellErrorOut(msgspec.Struct, frozen=True):
    """What is wrong with one cell; with the whole row or file where `column` is empty."""

    column: str
    code: str
    detail: str


class RowFactsOut(msgspec.Struct, frozen=True):
    """What a good row declares. Serials and vintage days are inclusive."""

    registry_code: str
    project_id: str
    certification_no: str | None
    serial_prefix: str
    serial_first: str
    serial_last: str
    quantity: int
    unit: str
    vintage_from: date
    vintage_to: date
    note: str


class ImportRowOut(msgspec.Struct, frozen=True):
    """One row, numbered as a spreadsheet does (the header is row 1), with its cells as they stand in the file."""

    row: int
    outcome: Literal["good", "bad"]
    cells: list[str]
    errors: list[CellErrorOut]
    declares: RowFactsOut | None
    lot_id: str | None

    @classmethod
    def of(cls, row: ImportRow) -> "ImportRowOut":
        """Show a row."""
        return cls(
            row=row.n,
            outcome="good" if row.errors is None else "bad",
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


def _declared(facts: dict[str, object]) -> RowFactsOut:
    shown = {name: facts[name] for name in RowFactsOut.__struct_fields__}
    project_id = msgspec.convert(shown["project_id"], UUID)
    return msgspec.convert(
        shown | {"project_id": public_id("prj", project_id), "certification_no": shown["certification_no"] or None},
        RowFactsOut,
    )
