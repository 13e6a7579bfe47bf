"""What is to be invalidated for whom, what was sent to the registry, and what did it say?"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Big, MaybeMoment, Moment, Version, one_of
from app.core.db import Table
from app.retirements.rules import AttemptStatus, EvidenceGrade, RetirementStatus


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
        CheckConstraint("reconciled_as_of is null or status = 'recorded'", name="reconciled_when_recorded"),
        UniqueConstraint("reference"),
        CheckConstraint("offset_place ~ '^(0[1-9]|[1-3][0-9]|4[0-7])$'", name="offset_place"),
        CheckConstraint("power_kwh >= 0 and heat_mj >= 0", name="energy_not_negative"),
        ForeignKeyConstraint(["org_id", "holding_id"], ["holding.org_id", "holding.id"]),
        Index("ix_retirement_provider", "provider_id", "id"),
        Index("ix_retirement_order", "org_id", "order_id"),
        Index(
            "ix_retirement_unreconciled",
            "provider_id",
            "id",
            postgresql_where=text("status = 'recorded' and reconciled_as_of is null"),
        ),
        Index("ix_retirement_recorded", "provider_id", "recorded_on", postgresql_where=text("recorded_on is not null")),
        Index(
            "ix_retirement_in_doubt",
            "provider_id",
            "id",
            postgresql_where=text("status in ('submitted', 'unknown', 'manual')"),
        ),
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
    beneficiary_domain: Mapped[str | None]
    """Its internet domain, where the buyer gave one: some registries tell beneficiaries of one name apart by it."""
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
    not_before: Mapped[MaybeMoment]
    """From when the money for it is final, so that it may be sent; null: from the beginning."""
    disputed_at: Mapped[MaybeMoment]
    """Since when its payment is disputed, or waits for a person: it is not sent."""
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    recorded_on: Mapped[date | None]
    """The day in the registry's own zone; it decides the tax year."""
    registry_transaction: Mapped[str | None]
    evidence_grade: Mapped[EvidenceGrade | None] = mapped_column(Text)
    simulated: Mapped[bool] = mapped_column(server_default=text("false"))
    """Recorded by a simulator: everything made from it says so."""
    reconciled_as_of: Mapped[date | None]
    """The day of the first statement, by more than the provider's word, that showed it as it is recorded.

    A mark beside `recorded`, which callers see as the status `reconciled`: a certificate, its proofs and the invariants
    ask whether a retirement is recorded, and it stays so. It tells of its day and is never taken back: what a later
    statement says otherwise is a discrepancy, and takes the certificate out of what is compared.
    """
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
