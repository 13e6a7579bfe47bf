"""What do callers send about differences and comparisons, and what do they see?"""

from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from app.core.ids import public_id
from app.reconciliation.models import Discrepancy, Reconciliation
from app.reconciliation.operations import NOTE_MAX
from app.reconciliation.rules import HANDLING, Action, DiscrepancyKind

AccountIdIn = Annotated[str, msgspec.Meta(max_length=40)]
Note = Annotated[str, msgspec.Meta(min_length=1, max_length=NOTE_MAX)]


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


def _person(member_id: Any) -> str | None:
    return None if member_id is None else public_id("mem", member_id)
