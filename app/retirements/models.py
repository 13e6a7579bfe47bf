"""What is to be invalidated for whom, what was sent to the registry, and what did it say?"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Big, MaybeMoment, Moment, Version, one_of
from app.core.db import Table
from app.retirements.rules import AttemptStatus, EvidenceGrade, NoticeState, RetirementStatus, TaskStatus


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
        CheckConstraint("offset_place ~ '^(0[1-9]|[1-3][0-9]|4[0-7])$'", name="offset_place"),
        CheckConstraint("power_kwh >= 0 and heat_mj >= 0", name="energy_not_negative"),
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
    also_purposes: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """Further reports that the same credits serve, of the same scope of use and for the same beneficiary."""
    purpose_word: Mapped[str | None]
    """The registry's word for the purpose when it was asked for; None in rows of before: the desk's own word."""
    offset_place: Mapped[str | None]
    """The prefecture of what is offset, by its code of JIS X 0401."""
    power_kwh: Mapped[Big | None]
    heat_mj: Mapped[Big | None]
    """This part's share of the renewable energy that its issuance counts for, rounded down."""
    energy: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """Of energy certificates: what they are an attribute of, and which consumption (`rules.EnergyRetired`), frozen too."""
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
        CheckConstraint(one_of("mode", "serial", "total"), name="mode"),
        CheckConstraint(one_of("notice_state", *NoticeState), name="notice_state"),
        CheckConstraint(
            "status <> 'confirmed' or notice_since is null or notice_state in ('agreed', 'made_up')",
            name="released_when_agreed",
        ),
        CheckConstraint("(precheck_requested_at is null) = (precheck_requested_by is null)", name="precheck_requested"),
        CheckConstraint(
            "(precheck_answered_at is null) = (precheck_answer is null)"
            " and (precheck_answered_at is null) = (precheck_answered_by is null)",
            name="precheck_answered",
        ),
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
    due_at: Mapped[MaybeMoment]
    """By the registry's calendar of cut-offs as it was known when the task was opened."""
    mode: Mapped[str] = mapped_column(Text, server_default=text("'serial'"))
    precheck_requested_by: Mapped[UUID | None]
    precheck_requested_at: Mapped[MaybeMoment]
    precheck_answered_by: Mapped[UUID | None]
    precheck_answered_at: Mapped[MaybeMoment]
    precheck_answer: Mapped[str | None]
    """What the registry's office said of the sheet, as the provider's person noted it."""
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
    notice_state: Mapped[NoticeState] = mapped_column(Text, server_default=text("'none'"))
    notice_since: Mapped[MaybeMoment]
    """Since when the notice at hand is read: what was typed before does not count."""
    released_by: Mapped[UUID | None]
    """The operator's person who read the notice and released it."""
    confirmed_at: Mapped[MaybeMoment]
    version: Mapped[Version]


class NoticeReading(Table):
    """What a program read, or a person typed, of a task's notice. Written once, never edited."""

    __tablename__ = "notice_reading"
    __table_args__ = (
        CheckConstraint(one_of("kind", "read", "typed"), name="kind"),
        CheckConstraint("(kind = 'typed') = (typed_by is not null)", name="typed_by_somebody"),
        ForeignKeyConstraint(["org_id", "task_id"], ["registry_task.org_id", "registry_task.id"]),
        Index("ix_notice_reading_task", "org_id", "task_id", "id"),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The provider."""
    id: Mapped[UUID] = mapped_column(primary_key=True)
    desk_id: Mapped[UUID]
    task_id: Mapped[UUID]
    notice_sha256: Mapped[str]
    kind: Mapped[str] = mapped_column(Text)
    typed_by: Mapped[UUID | None]
    taken_at: Mapped[Moment]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    differences: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """Where it says something else than was asked for, field by field, both versions."""


class RetirementMandate(Table):
    """The buyer's mandate (委任) to have its credits invalidated in the provider's account. Written once."""

    __tablename__ = "retirement_mandate"
    __table_args__ = (ForeignKeyConstraint(["org_id", "retirement_id"], ["retirement.org_id", "retirement.id"]),)

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    retirement_id: Mapped[UUID] = mapped_column(primary_key=True)
    provider_id: Mapped[UUID]
    given_by: Mapped[UUID]
    given_at: Mapped[Moment]
    text_version: Mapped[str]
    text_ja: Mapped[str]
    text_en: Mapped[str]


class HolderConsent(Table):
    """The account holder's consent (許諾): for an account from now on, or for one task. Written once."""

    __tablename__ = "holder_consent"
    __table_args__ = (
        CheckConstraint("num_nonnulls(registry_account_id, task_id) = 1", name="for_one_thing"),
        ForeignKeyConstraint(["org_id", "registry_account_id"], ["registry_account.org_id", "registry_account.id"]),
        ForeignKeyConstraint(["org_id", "task_id"], ["registry_task.org_id", "registry_task.id"]),
        Index("uq_holder_consent_account", "org_id", "registry_account_id", unique=True),
        Index("uq_holder_consent_task", "org_id", "task_id", unique=True),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The provider."""
    id: Mapped[UUID] = mapped_column(primary_key=True)
    registry_account_id: Mapped[UUID | None]
    task_id: Mapped[UUID | None]
    given_by: Mapped[UUID]
    given_at: Mapped[Moment]
    text_version: Mapped[str]
    text_ja: Mapped[str]
    text_en: Mapped[str]


class RegistryRule(Table):
    """What the operator said of one rule of a registry. The newest of a key holds; none is edited."""

    __tablename__ = "registry_rule"
    __table_args__ = (Index("ix_registry_rule_registry_code", "registry_code", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    registry_code: Mapped[str] = mapped_column(ForeignKey("registry.code"))
    key: Mapped[str]
    value: Mapped[Any] = mapped_column(JSONB)
    verified: Mapped[bool]
    source: Mapped[str]
    note: Mapped[str]
    reason: Mapped[str]
    entered_by: Mapped[UUID]
    entered_at: Mapped[Moment]
