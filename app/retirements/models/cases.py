"""Which retirements can no rule decide, and what did two people decide?"""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import MaybeMoment, Moment, Version, one_of
from app.core.db import Table
from app.core.scope import DESK_ID
from app.retirements.rules import CaseStatus, Decision, EvidenceGrade


class RetirementCase(Table):
    """A retirement that no rule can decide, and what two people decided. The desk's own row: no party of it sees it."""

    __tablename__ = "retirement_case"
    __table_args__ = (
        CheckConstraint(one_of("status", *CaseStatus), name="status"),
        CheckConstraint(one_of("decision", *Decision), name="decision"),
        CheckConstraint(f"org_id = '{DESK_ID}'", name="the_desks_own"),
        CheckConstraint("confirmed_by <> proposed_by", name="two_people"),
        CheckConstraint(
            "status not in ('proposed', 'decided') or (decision is not null and proposed_by is not null"
            " and note is not null and evidence_sha256 is not null)",
            name="proposed_with_evidence",
        ),
        CheckConstraint("status <> 'decided' or confirmed_by is not null", name="decided_by_a_second"),
        ForeignKeyConstraint(["buyer_id", "retirement_id"], ["retirement.org_id", "retirement.id"]),
        Index(
            "uq_retirement_case_live",
            "buyer_id",
            "retirement_id",
            unique=True,
            postgresql_where=text("status in ('open', 'proposed')"),
        ),
        Index("ix_retirement_case_status", "org_id", "status", "id"),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    buyer_id: Mapped[UUID]
    provider_id: Mapped[UUID]
    retirement_id: Mapped[UUID]
    why: Mapped[str]
    status: Mapped[CaseStatus] = mapped_column(Text)
    opened_at: Mapped[Moment]
    decision: Mapped[Decision | None] = mapped_column(Text)
    registry_transaction: Mapped[str | None]
    recorded_on: Mapped[date | None]
    """As proposed: the day in the registry's own zone."""
    evidence_grade: Mapped[EvidenceGrade | None] = mapped_column(Text)
    evidence_sha256: Mapped[str | None]
    """Of the file that both people have seen."""
    note: Mapped[str | None]
    proposed_by: Mapped[UUID | None]
    proposed_at: Mapped[MaybeMoment]
    confirmed_by: Mapped[UUID | None]
    closed_at: Mapped[MaybeMoment]
    version: Mapped[Version]
