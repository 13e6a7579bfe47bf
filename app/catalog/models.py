"""What do registries say exists? Reference rows without an organisation, readable by everybody."""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.catalog.rules import Answer, FactKind, Family, Level, Mechanism
from app.core.columns import Big, Moment, Version, one_of
from app.core.db import Table
from app.core.quantity import UNITS


class Standing(StrEnum):
    LISTED = "listed"
    DECLARED = "declared"


class Registry(Table):
    """A register of credits or certificates, kept by somebody else."""

    __tablename__ = "registry"
    __table_args__ = (CheckConstraint("units_per_serial > 0", name="units_per_serial"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    name_ja: Mapped[str]
    name_en: Mapped[str]
    unit: Mapped[str]
    home_url: Mapped[str]
    source: Mapped[str]
    units_per_serial: Mapped[Big] = mapped_column(server_default=text("1"))
    """How many units one serial number stands for."""
    note_ja: Mapped[str] = mapped_column(server_default=text("''"))
    note_en: Mapped[str] = mapped_column(server_default=text("''"))


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


class ProjectWords(Table):
    """What a project is looked for by, folded for comparison, and the pairs of characters in it."""

    __tablename__ = "project_words"
    __table_args__ = (Index("ix_project_words_grams", "grams", postgresql_using="gin"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    folded: Mapped[str] = mapped_column(Text)
    grams: Mapped[list[str]] = mapped_column(ARRAY(Text))


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


class Region(Table):
    """A part of Japan as the J-Credit project list divides it; `n` is its place from north to south."""

    __tablename__ = "region"

    code: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int]
    name_ja: Mapped[str]
    name_en: Mapped[str]


class Prefecture(Table):
    """One of the 47 prefectures, by its code of JIS X 0401: "01" to "47"."""

    __tablename__ = "prefecture"

    code: Mapped[str] = mapped_column(primary_key=True)
    name_ja: Mapped[str]
    name_en: Mapped[str]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))


class Methodology(Table):
    """A methodology of a registry. The version "" says what holds for every version that has no row of its own."""

    __tablename__ = "methodology"
    __table_args__ = (
        CheckConstraint(one_of("family", *Family), name="family"),
        CheckConstraint(one_of("mechanism", *Mechanism), name="mechanism"),
    )

    registry_code: Mapped[str] = mapped_column(ForeignKey("registry.code"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    name_ja: Mapped[str]
    name_en: Mapped[str]
    """Empty where no source that we read names it."""
    name_en_source: Mapped[str]
    family: Mapped[str] = mapped_column(Text)
    category: Mapped[str]
    """What eligibility is said of where it is finer than the family: power and heat are one family."""
    mechanism: Mapped[str] = mapped_column(Text)
    abolished_on: Mapped[date | None]
    source: Mapped[str]
    loaded_at: Mapped[Moment]


class ProjectMember(Table):
    """One of the many whose small reductions a programme project bundles."""

    __tablename__ = "project_member"
    __table_args__ = (
        UniqueConstraint("project_id", "n"),
        CheckConstraint("n > 0", name="counts_from_one"),
        CheckConstraint("left_on is null or joined_on is null or joined_on <= left_on", name="joined_before_left"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    n: Mapped[int]
    name: Mapped[str]
    location: Mapped[str]
    joined_on: Mapped[date | None]
    left_on: Mapped[date | None]
    source: Mapped[str]
    entered_by: Mapped[UUID]
    entered_at: Mapped[Moment]
    version: Mapped[Version]


class Fact(Table):
    """One thing that somebody says of credits: what they count for, a label, a rating. Written once, never edited.

    A later row supersedes an earlier one, which stays: the newest of a chain (`root_id`) is what holds, unless it was
    withdrawn. One row at most supersedes another, so that of two editors one is told.
    """

    __tablename__ = "fact"
    __table_args__ = (
        UniqueConstraint("supersedes", name="uq_fact_superseded_once"),
        CheckConstraint(one_of("kind", *FactKind), name="kind"),
        CheckConstraint(one_of("level", *Level), name="level"),
        CheckConstraint(one_of("answer", *Answer), name="answer"),
        CheckConstraint("(answer is not null) = (kind in ('eligibility', 'label'))", name="answer_where_asked"),
        CheckConstraint("valid_to is null or valid_from <= valid_to", name="valid_in_order"),
        CheckConstraint("(supersedes is null) = (root_id = id)", name="first_is_root"),
        CheckConstraint("(supersedes is null) = (reason = '')", name="change_has_reason"),
        CheckConstraint("supersedes is not null or not withdrawn", name="first_is_not_withdrawn"),
        CheckConstraint("(version_from is null) = (version_to is null)", name="version_range"),
        CheckConstraint(
            "case level"
            " when 'issuance' then issuance_id is not null and num_nonnulls(project_id, registry_code, category, methodology_code, version_from) = 0"
            " when 'project' then project_id is not null and num_nonnulls(issuance_id, registry_code, category, methodology_code, version_from) = 0"
            " when 'methodology' then num_nulls(registry_code, methodology_code) = 0 and num_nonnulls(project_id, issuance_id, category) = 0"
            " when 'category' then num_nulls(registry_code, category) = 0 and num_nonnulls(project_id, issuance_id, methodology_code, version_from) = 0"
            " else registry_code is not null and num_nonnulls(project_id, issuance_id, category, methodology_code, version_from) = 0"
            " end",
            name="subject_of_level",
        ),
        Index("ix_fact_registry_code", "registry_code", "kind"),
        Index("ix_fact_project_id", "project_id", postgresql_where=text("project_id is not null")),
        Index("ix_fact_issuance_id", "issuance_id", postgresql_where=text("issuance_id is not null")),
        Index("ix_fact_root_id", "root_id", "entered_at"),
        Index("ix_fact_kind_key", "kind", "key", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    root_id: Mapped[UUID]
    supersedes: Mapped[UUID | None] = mapped_column(ForeignKey("fact.id"))
    kind: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Text)
    registry_code: Mapped[str | None] = mapped_column(ForeignKey("registry.code"))
    category: Mapped[str | None]
    methodology_code: Mapped[str | None]
    version_from: Mapped[str | None]
    version_to: Mapped[str | None]
    """Both inclusive; a methodology's fact without them holds for every version."""
    project_id: Mapped[UUID | None] = mapped_column(ForeignKey("project.id"))
    issuance_id: Mapped[UUID | None] = mapped_column(ForeignKey("issuance.id"))
    key: Mapped[str]
    """Which use, which label, whose rating; empty where a subject has one fact of the kind."""
    answer: Mapped[str | None] = mapped_column(Text)
    value: Mapped[dict[str, Any]] = mapped_column(JSONB)
    note_ja: Mapped[str]
    note_en: Mapped[str]
    source: Mapped[str]
    source_url: Mapped[str]
    source_date: Mapped[date | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    """Both days inclusive, in Japan."""
    entered_by: Mapped[UUID]
    entered_kind: Mapped[str]
    """`system` for what the desk ships with; else who the operator's caller was."""
    entered_at: Mapped[Moment]
    withdrawn: Mapped[bool]
    reason: Mapped[str]
    """Why an earlier row was superseded or withdrawn."""
