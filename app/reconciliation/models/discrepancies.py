"""Where does a registry's record differ from our book, and who answers for it?"""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Big, DeskId, MaybeMoment, Moment, Version, one_of
from app.core.db import Table
from app.reconciliation.rules import DiscrepancyKind


class DiscrepancyStatus(StrEnum):
    OPEN = "open"
    PROPOSED = "proposed"
    """One person has said what to do; a second one must agree."""
    RESOLVED = "resolved"


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
