"""What is to be invalidated for whom, what was sent to the registry, and what did it say?"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Big, MaybeMoment, Moment, Version, one_of
from app.core.db import Table
from app.core.scope import DESK_ID
from app.retirements.rules import AttemptStatus, CaseStatus, Decision, EvidenceGrade, RetirementStatus, TaskStatus


class Retirement(Table):
    """A request to invalidate part of one holding. Its text is frozen by the sign-off: no registry lets it be corrected."""

    __tablename__ = "retirement"
    __table_args__ = (
        CheckConstraint(one_of("status", *RetirementStatus), name="status"),
        CheckConstraint("quantity > 0", name="positive"),
        CheckConstraint(
            "(status = 'recorded') = (recorded_on is not null and evidence_grade is not null)",
            name="recorded_with_evidence",
        ),
        UniqueConstraint("reference"),
        ForeignKeyConstraint(["org_id", "holding_id"], ["holding.org_id", "holding.id"]),
        Index("ix_retirement_provider", "provider_id", "id"),
        Index("ix_retirement_order", "org_id", "order_id"),
        Index("ix_retirement_moving", "status", postgresql_where=text("status in ('queued', 'submitted', 'unknown')")),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    provider_id: Mapped[UUID]
    holding_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    order_id: Mapped[UUID]
    """The order that the holding came from."""
    registry_code: Mapped[str]
    reference: Mapped[str]
    """Ours, written into the registry's public note."""
    quantity: Mapped[Big]
    unit: Mapped[str]
    beneficiary_name: Mapped[str]
    purpose: Mapped[str]
    purpose_detail: Mapped[str]
    fiscal_year: Mapped[int | None]
    status: Mapped[RetirementStatus] = mapped_column(Text)
    requested_by: Mapped[UUID]
    requested_at: Mapped[Moment]
    signed_off_by: Mapped[UUID | None]
    signed_off_at: Mapped[MaybeMoment]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    recorded_on: Mapped[date | None]
    """The day in the registry's own zone; it decides the tax year."""
    registry_transaction: Mapped[str | None]
    evidence_grade: Mapped[EvidenceGrade | None] = mapped_column(Text)
    simulated: Mapped[bool] = mapped_column(server_default=text("false"))
    """Recorded by a simulator: everything made from it says so."""
    refusal: Mapped[str | None]
    """The registry's own words when it refused, or why a person must decide."""
    version: Mapped[Version]


class RetirementAttempt(Table):
    """One sending to a registry: written before the first byte leaves, with everything that is sent."""

    __tablename__ = "retirement_attempt"
    __table_args__ = (
        CheckConstraint(one_of("status", *AttemptStatus), name="status"),
        ForeignKeyConstraint(["org_id", "retirement_id"], ["retirement.org_id", "retirement.id"]),
        Index(
            "uq_retirement_attempt_live",
            "org_id",
            "retirement_id",
            unique=True,
            postgresql_where=text("status in ('committed', 'unknown', 'recorded')"),
        ),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    retirement_id: Mapped[UUID] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[UUID]
    status: Mapped[AttemptStatus] = mapped_column(Text)
    request: Mapped[dict[str, Any]] = mapped_column(JSONB)
    committed_at: Mapped[Moment]
    answered_at: Mapped[MaybeMoment]
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    empty_lookups: Mapped[int] = mapped_column(server_default=text("0"))
    first_empty_at: Mapped[MaybeMoment]
    lookups: Mapped[int] = mapped_column(server_default=text("0"))


class RegistryTask(Table):
    """What a provider's people do at the registry by hand: one prepares, another checks, then it is carried out."""

    __tablename__ = "registry_task"
    __table_args__ = (
        CheckConstraint(one_of("status", *TaskStatus), name="status"),
        CheckConstraint("checker_id is null or checker_id <> maker_id", name="two_people"),
        ForeignKeyConstraint(["buyer_id", "retirement_id"], ["retirement.org_id", "retirement.id"]),
        Index("uq_registry_task_retirement", "buyer_id", "retirement_id", unique=True),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The provider."""
    id: Mapped[UUID] = mapped_column(primary_key=True)
    buyer_id: Mapped[UUID]
    desk_id: Mapped[UUID]
    retirement_id: Mapped[UUID]
    registry_code: Mapped[str]
    sheet: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """What is to be typed at the registry, word for word."""
    status: Mapped[TaskStatus] = mapped_column(Text)
    opened_at: Mapped[Moment]
    maker_id: Mapped[UUID | None]
    prepared_at: Mapped[MaybeMoment]
    checker_id: Mapped[UUID | None]
    checked_at: Mapped[MaybeMoment]
    executed_by: Mapped[UUID | None]
    executed_at: Mapped[MaybeMoment]
    registry_transaction: Mapped[str | None]
    recorded_on: Mapped[date | None]
    notice_key: Mapped[str | None]
    notice_sha256: Mapped[str | None]
    notice_filename: Mapped[str | None]
    released_by: Mapped[UUID | None]
    """The operator's person who read the notice and released it."""
    confirmed_at: Mapped[MaybeMoment]
    version: Mapped[Version]


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
