"""What did a registry say of an account, statement by statement and line by line?"""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Big, DeskId, MaybeMoment, Moment, Version, one_of
from app.core.db import Table
from app.reconciliation.rules import Covers, LineState, Reach


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
    """Fetched by the desk itself, of an account that the operator has confirmed to be the provider's."""


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
