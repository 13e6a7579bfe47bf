"""What did a registry say of an account, line by line and statement by statement, and where does it differ from us?"""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Big, DeskId, MaybeMoment, Moment, Version, one_of
from app.core.db import Table
from app.reconciliation.rules import Covers, DiscrepancyKind, LineState, Reach


class StatementStatus(StrEnum):
    STAGING = "staging"
    COMPARED = "compared"
    """Its lines are those that we compare with."""
    FAILED = "failed"


class Trust(StrEnum):
    """Whose word a statement is. The provider's own confirms no lot and settles no retirement."""

    PROVIDER = "provider"
    OPERATOR = "operator"
    REGISTRY = "registry"
    """Fetched by the desk itself."""


class DiscrepancyStatus(StrEnum):
    OPEN = "open"
    PROPOSED = "proposed"
    """One person has said what to do; a second one must agree."""
    RESOLVED = "resolved"


class Statement(Table):
    """One file, or one fetched list, of what a registry says of an account. Numbered within the account."""

    __tablename__ = "registry_statement"
    __table_args__ = (
        CheckConstraint(one_of("status", *StatementStatus), name="status"),
        CheckConstraint(one_of("trust", *Trust), name="trust"),
        CheckConstraint(one_of("covers", *Covers), name="covers"),
        CheckConstraint(one_of("reach", *Reach), name="reach"),
        ForeignKeyConstraint(["org_id", "registry_account_id"], ["registry_account.org_id", "registry_account.id"]),
        Index("uq_registry_statement_n", "org_id", "registry_account_id", "n", unique=True),
        Index(
            "uq_registry_statement_file",
            "org_id",
            "registry_account_id",
            "covers",
            "as_of",
            "sha256",
            unique=True,
            postgresql_where=text("status <> 'failed'"),
        ),
        Index(
            "uq_registry_statement_staging",
            "org_id",
            "registry_account_id",
            unique=True,
            postgresql_where=text("status = 'staging'"),
        ),
        Index("ix_registry_statement_desk", "desk_id", "id"),
    )

    org_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.org_id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    desk_id: Mapped[DeskId]
    registry_account_id: Mapped[UUID]
    registry_code: Mapped[str] = mapped_column(ForeignKey("registry.code"))
    n: Mapped[int]
    covers: Mapped[Covers] = mapped_column(Text)
    reach: Mapped[Reach] = mapped_column(Text)
    since: Mapped[date | None]
    """Ended blocks are listed from this day on; None: all that ever ended."""
    as_of: Mapped[date]
    """The day of the registry's state that it shows, in the registry's own zone."""
    source: Mapped[str]
    """`upload` or `fetch`."""
    trust: Mapped[Trust] = mapped_column(Text)
    trusted_by: Mapped[UUID | None]
    trusted_at: Mapped[MaybeMoment]
    filename: Mapped[str]
    sha256: Mapped[str]
    file_key: Mapped[str]
    known_key: Mapped[str | None]
    """Where the digests of its records are kept, for the next statement to be compared with."""
    size_bytes: Mapped[Big]
    encoding: Mapped[str]
    layout: Mapped[str]
    header: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    control: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """Totals that whoever sent it told: rows, and units by state."""
    status: Mapped[StatementStatus] = mapped_column(Text)
    failure: Mapped[str | None]
    rows_total: Mapped[int]
    rows_good: Mapped[int]
    rows_quarantined: Mapped[int]
    rows_new: Mapped[int]
    """Rows that the statement before did not have, and so were read."""
    lines_ended: Mapped[int]
    """Lines of the statement before that are there no more."""
    totals: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """Units and lines by state, of all its lines."""
    created_by: Mapped[UUID]
    created_at: Mapped[Moment]
    compared_at: Mapped[MaybeMoment]
    version: Mapped[Version]


class StatementLine(Table):
    """A line of a registry, from the statement that first had it up to, not including, the one that had it no more."""

    __tablename__ = "statement_line"
    __table_args__ = (
        CheckConstraint(one_of("state", *LineState), name="state"),
        CheckConstraint("lo < hi", name="range"),
        Index(
            "ix_statement_line_series",
            "org_id",
            "registry_account_id",
            "series_key",
            "lo",
            postgresql_where=text("until_n is null"),
        ),
        Index(
            "ix_statement_line_crowded", "org_id", "registry_account_id", "series_key", postgresql_where=text("crowded")
        ),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    registry_account_id: Mapped[UUID] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    first_n: Mapped[int]
    until_n: Mapped[int | None]
    row_number: Mapped[int]
    """In the file of the statement `first_n`."""
    series_key: Mapped[str]
    lo: Mapped[Big]
    hi: Mapped[Big]
    state: Mapped[LineState] = mapped_column(Text)
    changed_on: Mapped[date | None]
    beneficiary_name: Mapped[str]
    purpose: Mapped[str]
    note: Mapped[str]
    transaction_no: Mapped[str]
    project: Mapped[str]
    reference: Mapped[str]
    """Ours, when the note holds one."""
    crowded: Mapped[bool] = mapped_column(server_default=text("false"))
    """Another line has some of its serials, too: such lines are looked at in every comparison."""


class QuarantinedRow(Table):
    """A row of a statement that could not be read: what it said and why; it is compared with nothing."""

    __tablename__ = "statement_quarantine"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "statement_id"], ["registry_statement.org_id", "registry_statement.id"]),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    statement_id: Mapped[UUID] = mapped_column(primary_key=True)
    row_number: Mapped[int] = mapped_column(primary_key=True)
    cells: Mapped[list[str]] = mapped_column(JSONB)
    errors: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    series_key: Mapped[str | None]
    lo: Mapped[int | None] = mapped_column(BigInteger)
    hi: Mapped[int | None] = mapped_column(BigInteger)


class Comparison(Table):
    """How far an account has been compared: the lock of everything that is done to its statements."""

    __tablename__ = "account_comparison"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "registry_account_id"], ["registry_account.org_id", "registry_account.id"]),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    registry_account_id: Mapped[UUID] = mapped_column(primary_key=True)
    desk_id: Mapped[DeskId]
    statements: Mapped[int]
    lines: Mapped[Big]
    """Numbers given to statements and to lines so far."""
    active_n: Mapped[int | None]
    ended_n: Mapped[int | None]
    """The newest compared statement that tells of active, and of ended blocks."""
    active_as_of: Mapped[date | None]
    ended_as_of: Mapped[date | None]
    trusted_as_of: Mapped[date | None]
    """The day of the newest statement that is not only the provider's word."""
    compared_at: Mapped[MaybeMoment]
    version: Mapped[Version]


class Discrepancy(Table):
    """Serials of which the registry says one thing and our book another, until somebody has answered for it."""

    __tablename__ = "discrepancy"
    __table_args__ = (
        CheckConstraint(one_of("kind", *DiscrepancyKind), name="kind"),
        CheckConstraint(one_of("status", *DiscrepancyStatus), name="status"),
        CheckConstraint("lo < hi", name="range"),
        CheckConstraint("(status = 'resolved') = (resolved_at is not null)", name="resolved_at_some_time"),
        CheckConstraint(
            "proposed_by is null or resolved_by is null or not four_eyes or proposed_by <> resolved_by",
            name="two_people",
        ),
        ForeignKeyConstraint(["org_id", "registry_account_id"], ["registry_account.org_id", "registry_account.id"]),
        Index(
            "uq_discrepancy_open",
            "org_id",
            "registry_account_id",
            "kind",
            "series_key",
            "lo",
            "hi",
            "subject",
            unique=True,
            postgresql_where=text("status <> 'resolved'"),
        ),
        Index("ix_discrepancy_desk", "desk_id", "status", "id"),
        Index("ix_discrepancy_lot", "org_id", "lot_id", postgresql_where=text("status <> 'resolved'")),
    )

    org_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.org_id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    desk_id: Mapped[DeskId]
    registry_account_id: Mapped[UUID]
    registry_code: Mapped[str]
    kind: Mapped[DiscrepancyKind] = mapped_column(Text)
    series_key: Mapped[str]
    lo: Mapped[Big]
    hi: Mapped[Big]
    serials: Mapped[str]
    """The serials as the registry writes them, as far as that is known."""
    subject: Mapped[str]
    """What tells two differences over the same serials apart: a retirement's id, a row's number, or ""."""
    lot_id: Mapped[UUID | None]
    retirement_id: Mapped[UUID | None]
    at_risk: Mapped[bool]
    """Tonnes that we sell or have sold may not be there: the lot is frozen."""
    ours: Mapped[dict[str, Any]] = mapped_column(JSONB)
    theirs: Mapped[dict[str, Any]] = mapped_column(JSONB)
    cause: Mapped[str]
    """What most likely lies behind it: a code that pages have words for."""
    statement_n: Mapped[int]
    """The statement that first showed it."""
    seen_n: Mapped[int]
    """The statement that showed it last."""
    owner_id: Mapped[UUID | None]
    """The person who has taken it on."""
    froze: Mapped[bool] = mapped_column(server_default=text("false"))
    """It stopped its lot, which is set free again with the last such difference."""
    status: Mapped[DiscrepancyStatus] = mapped_column(Text)
    opened_at: Mapped[Moment]
    four_eyes: Mapped[bool] = mapped_column(server_default=text("false"))
    action: Mapped[str | None]
    note: Mapped[str | None]
    proposed_by: Mapped[UUID | None]
    proposed_at: Mapped[MaybeMoment]
    resolved_by: Mapped[UUID | None]
    resolved_at: Mapped[MaybeMoment]
    version: Mapped[Version]


class Reconciliation(Table):
    """One comparison of an account with its registry's record, as it was found. Never changed."""

    __tablename__ = "reconciliation"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "registry_account_id"], ["registry_account.org_id", "registry_account.id"]),
        Index("ix_reconciliation_desk", "desk_id", "id"),
    )

    org_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.org_id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    desk_id: Mapped[DeskId]
    registry_account_id: Mapped[UUID]
    newest_n: Mapped[int]
    active_as_of: Mapped[date | None]
    ended_as_of: Mapped[date | None]
    whole: Mapped[bool]
    """Everything was looked at; else what had changed since the comparison before."""
    found: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """How many differences of each kind stand after it, in differences and in units."""
    opened: Mapped[int]
    resolved: Mapped[int]
    lots_confirmed: Mapped[int]
    retirements_settled: Mapped[int]
    sha256: Mapped[str]
    """Of all differences that stand, in order: the same twice means that nothing differs between two comparisons."""
    made_by: Mapped[UUID]
    made_at: Mapped[Moment]


class Touch(Table):
    """Serials of an account whose place changed since it was compared. Written by triggers, gone when compared."""

    __tablename__ = "serial_touch"
    __table_args__ = (Index("ix_serial_touch_account", "org_id", "registry_account_id"),)

    n: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    org_id: Mapped[UUID]
    registry_account_id: Mapped[UUID]
    series_key: Mapped[str]
    lo: Mapped[Big]
    hi: Mapped[Big]


class Twin(Table):
    """Two projects of different registries that are known to be one: the same tonnes may be listed in both."""

    __tablename__ = "project_twin"

    registry_code: Mapped[str] = mapped_column(ForeignKey("registry.code"), primary_key=True)
    project_number: Mapped[str] = mapped_column(primary_key=True)
    twin_registry_code: Mapped[str] = mapped_column(ForeignKey("registry.code"), primary_key=True)
    twin_project_number: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str]
    as_of: Mapped[date]
    entered_by: Mapped[UUID]
    entered_at: Mapped[Moment]


class ComparedAccount(Table):
    """The days as of which an account agrees with its registry by more than the provider's word. For everybody."""

    __tablename__ = "compared_account"

    registry_account_id: Mapped[UUID] = mapped_column(primary_key=True)
    active_as_of: Mapped[date | None]
    ended_as_of: Mapped[date | None]


class ComparedExcept(Table):
    """Lots and retirements of which the registry says otherwise at present. Ids for everybody, and nothing else."""

    __tablename__ = "compared_except"

    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    registry_account_id: Mapped[UUID] = mapped_column(primary_key=True)
