"""What do callers see of a registry's statement and its lines?"""

from datetime import date, datetime

import msgspec

from app.core.ids import public_id
from app.reconciliation.models import QuarantinedRow, Statement, StatementLine
from app.reconciliation.rules import Covers, LineState, Reach


class TotalsOut(msgspec.Struct, frozen=True):
    """How many lines there are, and over how many units."""

    lines: int
    units: int


class StatementOut(msgspec.Struct, frozen=True):
    """A statement of a registry. `rows_new` are the rows that the statement before it did not have.

    `trust` says whose word it is: only what the operator has looked at, or the desk has fetched itself of a confirmed account, confirms lots.
    """

    id: str
    provider_id: str
    registry_account_id: str
    registry: str
    n: int
    covers: Covers
    reach: Reach
    since: date | None
    as_of: date
    source: str
    trust: str
    filename: str
    sha256: str
    size_bytes: int
    encoding: str
    layout: str
    status: str
    failure: str | None
    rows_total: int
    rows_good: int
    rows_quarantined: int
    rows_new: int
    lines_ended: int
    totals: dict[str, TotalsOut] | None
    control: dict[str, int] | None
    control_differs: list[str]
    created_at: datetime
    compared_at: datetime | None
    version: int

    @classmethod
    def of(cls, row: Statement) -> "StatementOut":
        """Show a statement."""
        totals = None if row.totals is None else {state: TotalsOut(**told) for state, told in row.totals.items()}
        return cls(
            id=public_id("stm", row.id), provider_id=public_id("org", row.org_id),
            registry_account_id=public_id("acc", row.registry_account_id), registry=row.registry_code, n=row.n,
            covers=row.covers, reach=row.reach, since=row.since, as_of=row.as_of, source=row.source, trust=row.trust,
            filename=row.filename, sha256=row.sha256, size_bytes=row.size_bytes, encoding=row.encoding,
            layout=row.layout, status=row.status, failure=row.failure, rows_total=row.rows_total,
            rows_good=row.rows_good, rows_quarantined=row.rows_quarantined, rows_new=row.rows_new,
            lines_ended=row.lines_ended, totals=totals, control=row.control,
            control_differs=_control_differs(row), created_at=row.created_at, compared_at=row.compared_at,
            version=row.version,
        )  # fmt: skip


class QuarantinedRowOut(msgspec.Struct, frozen=True):
    """A row that could not be read, with its own cells and the reasons."""

    row: int
    cells: list[str]
    errors: list[dict[str, str]]

    @classmethod
    def of(cls, row: QuarantinedRow) -> "QuarantinedRowOut":
        """Show a row."""
        return cls(row.row_number, row.cells, row.errors)


class LineOut(msgspec.Struct, frozen=True):
    """A line of the registry as it counts at present; positions of its serials, both included."""

    state: LineState
    series: str
    first: int
    last: int
    quantity: int
    changed_on: date | None
    beneficiary_name: str
    purpose: str
    note: str
    transaction_no: str
    reference: str
    statement_n: int
    row: int

    @classmethod
    def of(cls, row: StatementLine) -> "LineOut":
        """Show a line."""
        return cls(
            state=row.state, series=row.series_key, first=row.lo, last=row.hi - 1, quantity=row.hi - row.lo,
            changed_on=row.changed_on, beneficiary_name=row.beneficiary_name, purpose=row.purpose, note=row.note,
            transaction_no=row.transaction_no, reference=row.reference, statement_n=row.first_n, row=row.row_number,
        )  # fmt: skip


def _control_differs(row: Statement) -> list[str]:
    """Which of the totals that were told are not those of the lines: `rows`, or units by state."""
    if row.control is None or row.totals is None:
        return []
    found = {"rows": row.rows_total} | {state: told["units"] for state, told in row.totals.items()}
    return sorted(name for name, told in row.control.items() if found.get(name, 0) != told)
