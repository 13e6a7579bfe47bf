"""Who has agreed to a retirement, and what does the operator say of a registry?"""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Moment
from app.core.db import Table


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
