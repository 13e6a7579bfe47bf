"""What do callers send about statements and discrepancies, and what do they see?"""

from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from app.core.ids import public_id
from app.reconciliation.flow import Report
from app.reconciliation.models import Discrepancy, QuarantinedRow, Reconciliation, Statement, StatementLine
from app.reconciliation.operations import NOTE_MAX
from app.reconciliation.queries import StatementSeen, Sums
from app.reconciliation.rules import HANDLING, Action, Covers, DiscrepancyKind, LineState, Reach

AccountIdIn = Annotated[str, msgspec.Meta(max_length=40)]
Note = Annotated[str, msgspec.Meta(min_length=1, max_length=NOTE_MAX)]


class TotalsOut(msgspec.Struct, frozen=True):
    """How many lines there are, and over how many units."""

    lines: int
    units: int


class StatementOut(msgspec.Struct, frozen=True):
    """A statement of a registry. `rows_new` are the rows that the statement before it did not have.

    `trust` says whose word it is: only what the operator has looked at, or the desk has fetched itself, confirms lots.
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


class CompareIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which account is compared with its registry's lines once more; `provider_id` is the operator's to give."""

    registry_account_id: AccountIdIn
    provider_id: AccountIdIn | None = None


class FoundOut(msgspec.Struct, frozen=True):
    """How many differences of a kind stand, and over how many units."""

    differences: int
    units: int


class ReconciliationOut(msgspec.Struct, frozen=True):
    """A comparison and what it found. The same `sha256` twice means that nothing differs between two comparisons."""

    id: str
    provider_id: str
    registry_account_id: str
    statement_n: int
    active_as_of: date | None
    ended_as_of: date | None
    whole: bool
    found: dict[str, FoundOut]
    opened: int
    resolved: int
    lots_confirmed: int
    retirements_to_settle: int
    sha256: str
    made_at: datetime

    @classmethod
    def of(cls, row: Reconciliation) -> "ReconciliationOut":
        """Show a comparison."""
        return cls(
            id=public_id("rcn", row.id), provider_id=public_id("org", row.org_id),
            registry_account_id=public_id("acc", row.registry_account_id), statement_n=row.newest_n,
            active_as_of=row.active_as_of, ended_as_of=row.ended_as_of, whole=row.whole,
            found={kind: FoundOut(**told) for kind, told in row.found.items()}, opened=row.opened,
            resolved=row.resolved, lots_confirmed=row.lots_confirmed, retirements_to_settle=row.retirements_settled,
            sha256=row.sha256, made_at=row.made_at,
        )  # fmt: skip


class DiscrepancyOut(msgspec.Struct, frozen=True):
    """A difference between the registry's record and our book. `actions` are what may be done about it.

    `age_days` counts from the day that it was found. `at_risk`: tonnes that are sold or for sale may not be there.
    """

    id: str
    provider_id: str
    registry_account_id: str
    registry: str
    kind: DiscrepancyKind
    serials: str
    quantity: int
    lot_id: str | None
    retirement_id: str | None
    at_risk: bool
    ours: dict[str, Any]
    theirs: dict[str, Any]
    cause: str
    statement_n: int
    seen_in_statement_n: int
    owner_id: str | None
    status: str
    actions: list[Action]
    action: str | None
    note: str | None
    proposed_by: str | None
    proposed_at: datetime | None
    resolved_by: str | None
    resolved_at: datetime | None
    opened_at: datetime
    age_days: int
    version: int

    @classmethod
    def of(cls, row: Discrepancy, *, now: datetime) -> "DiscrepancyOut":
        """Show a discrepancy as old as it is at this moment, or was when it was resolved."""
        return cls(
            id=public_id("dcy", row.id), provider_id=public_id("org", row.org_id),
            registry_account_id=public_id("acc", row.registry_account_id), registry=row.registry_code, kind=row.kind,
            serials=row.serials, quantity=row.hi - row.lo,
            lot_id=None if row.lot_id is None else public_id("lot", row.lot_id),
            retirement_id=None if row.retirement_id is None else public_id("ret", row.retirement_id),
            at_risk=row.at_risk, ours=row.ours, theirs=row.theirs, cause=row.cause, statement_n=row.statement_n,
            seen_in_statement_n=row.seen_n, owner_id=_person(row.owner_id), status=row.status,
            actions=list(HANDLING[row.kind].actions), action=row.action, note=row.note,
            proposed_by=_person(row.proposed_by), proposed_at=row.proposed_at, resolved_by=_person(row.resolved_by),
            resolved_at=row.resolved_at, opened_at=row.opened_at,
            age_days=max(0, ((row.resolved_at or now) - row.opened_at).days), version=row.version,
        )  # fmt: skip


class ResolveIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to do about a discrepancy, and why."""

    action: Action
    note: Note


class DecideIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A second person's answer to what was proposed."""

    agreed: bool
    note: Note


class TakeIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An empty object."""


class HeldOut(msgspec.Struct, frozen=True):
    """Units of one kind: imported = withdrawn + unsold + held + retiring + retired."""

    unit: str
    lots: int
    imported: int
    withdrawn: int
    unsold: int
    held: int
    retiring: int
    retired: int

    @classmethod
    def of(cls, each: Sums) -> "HeldOut":
        """Show sums."""
        unsold, held = each.imported - each.withdrawn - each.sold, each.sold - each.retiring - each.retired
        return cls(each.unit, each.lots, each.imported, each.withdrawn, unsold, held, each.retiring, each.retired)


class StatedOut(msgspec.Struct, frozen=True):
    """What the registry's newest statement of that day or before it says: units, as of when, and by which file."""

    units: int
    as_of: date
    statement_n: int
    sha256: str
    trust: str

    @classmethod
    def of(cls, seen: StatementSeen) -> "StatedOut":
        """Show what was stated."""
        return cls(seen.units, seen.as_of, seen.n, seen.sha256, seen.trust)


class HoldingsReportOut(msgspec.Struct, frozen=True):
    """An account at the end of a day in Japan: our book by unit, the registry's statements, and what differed."""

    registry: str
    account_no: str
    holder_name: str
    on: date
    made_at: datetime
    book: list[HeldOut]
    registry_active: StatedOut | None
    registry_retired: StatedOut | None
    open_differences: int
    differing_units: int

    @classmethod
    def of(cls, report: Report) -> "HoldingsReportOut":
        """Show a report."""
        return cls(
            registry=report.registry_code, account_no=report.account_no, holder_name=report.holder_name,
            on=report.day, made_at=report.made_at, book=[HeldOut.of(each) for each in report.sums],
            registry_active=None if report.active is None else StatedOut.of(report.active),
            registry_retired=None if report.retired is None else StatedOut.of(report.retired),
            open_differences=report.differences, differing_units=report.differing_units,
        )  # fmt: skip


def _person(member_id: Any) -> str | None:
    return None if member_id is None else public_id("mem", member_id)


def _control_differs(row: Statement) -> list[str]:
    """Which of the totals that were told are not those of the lines: `rows`, or units by state."""
    if row.control is None or row.totals is None:
        return []
    found = {"rows": row.rows_total} | {state: told["units"] for state, told in row.totals.items()}
    return sorted(name for name, told in row.control.items() if found.get(name, 0) != told)
