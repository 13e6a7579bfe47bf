"""What do registries say exists? Reference rows without an organisation, readable by everybody."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Big, Moment, one_of
from app.core.db import Table
from app.core.quantity import UNITS


class Standing(StrEnum):
    LISTED = "listed"
    DECLARED = "declared"


class Registry(Table):
    """A register of credits, kept by somebody else."""

    __tablename__ = "registry"

    code: Mapped[str] = mapped_column(primary_key=True)
    name_ja: Mapped[str]
    name_en: Mapped[str]
    unit: Mapped[str]
    home_url: Mapped[str]
    source: Mapped[str]


class Project(Table):
    """A registered project. Its number alone is no key: each list of a registry counts from one."""

    __tablename__ = "project"
    __table_args__ = (
        UniqueConstraint("registry_code", "list_kind", "number"),
        CheckConstraint(one_of("kind", "normal", "programme"), name="kind"),
        CheckConstraint(one_of("standing", *Standing), name="standing"),
        CheckConstraint("country ~ '^[A-Z]{2}$'", name="country"),
        CheckConstraint("standing = 'listed' or declared_by is not null", name="declared_by_somebody"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    registry_code: Mapped[str] = mapped_column(ForeignKey("registry.code"))
    list_kind: Mapped[str]
    number: Mapped[str]
    kind: Mapped[str]
    operator_name: Mapped[str]
    credit_taker: Mapped[str | None]
    summary: Mapped[str]
    location: Mapped[str]
    regions: Mapped[list[str]] = mapped_column(ARRAY(Text))
    applied_on: Mapped[date | None]
    committee: Mapped[str | None]
    ends_on: Mapped[date | None]
    ends_text: Mapped[str]
    """The registry's own words where they are not one date."""
    source: Mapped[str]
    loaded_at: Mapped[Moment]
    name: Mapped[str] = mapped_column(server_default=text("''"))
    country: Mapped[str | None]
    """ISO 3166, two letters; None where nobody has told it."""
    standing: Mapped[Standing] = mapped_column(Text, server_default=text("'listed'"))
    declared_by: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.org_id"))
    """Who named the project first, when that was a provider's holdings file and not a registry's list."""


class ProjectMethodology(Table):
    """One methodology that a project applies, in the version and the words of the list."""

    __tablename__ = "project_methodology"
    __table_args__ = (Index("ix_project_methodology_code", "code"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    version: Mapped[str | None]
    text: Mapped[str]
    summary: Mapped[str]
    estimated_kg: Mapped[Big | None]
    """The list's estimate in kilograms of CO2e: never a credit."""


class Issuance(Table):
    """One block that a registry issued, as confirmed by evidence: certification number and vintage, verbatim."""

    __tablename__ = "issuance"
    __table_args__ = (
        UniqueConstraint("registry_code", "certification_no"),
        CheckConstraint("vintage_from <= vintage_to", name="vintage_in_order"),
        CheckConstraint(one_of("unit", *UNITS), name="unit"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    registry_code: Mapped[str] = mapped_column(ForeignKey("registry.code"))
    certification_no: Mapped[str]
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    vintage_from: Mapped[date]
    vintage_to: Mapped[date]
    unit: Mapped[str]
    confirmed_at: Mapped[Moment]
