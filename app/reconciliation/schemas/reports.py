"""What do callers see of an account on a past day?"""

from datetime import date, datetime

import msgspec

from app.reconciliation.flow import Report
from app.reconciliation.queries import StatementSeen, Sums


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
