"""How far has an account been compared with its registry, and what may anybody know of that?"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Big, DeskId, MaybeMoment, Moment, Version
from app.core.db import Table


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

    n: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    org_id: Mapped[UUID]
    registry_account_id: Mapped[UUID]
    series_key: Mapped[str]
    lo: Mapped[Big]
    hi: Mapped[Big]
