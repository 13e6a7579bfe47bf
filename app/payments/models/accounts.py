"""Which accounts does the desk have at its banks, which are given to buyers to pay into, and what are payers called?"""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import DeskId, MaybeMoment, Moment, Version
from app.core.db import Table


class DeskBank(Table):
    """The accounts that the desk's bank files may be of, as the operator listed them: one row, changed as a whole."""

    __tablename__ = "desk_bank"

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    accounts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """Each as `rules.DeskAccount`."""
    changed_by: Mapped[UUID]
    changed_at: Mapped[Moment]
    version: Mapped[Version]


class VirtualAccount(Table):
    """An account number of the desk's bank (振込専用口座) that one buyer alone pays into, once it was given to one."""

    __tablename__ = "virtual_account"
    __table_args__ = (
        CheckConstraint("number ~ '^[0-9]{10}$'", name="ten_digits"),
        CheckConstraint("(payer_id is null) = (given_at is null)", name="given"),
        Index(
            "uq_virtual_account_payer", "org_id", "payer_id", unique=True, postgresql_where=text("payer_id is not null")
        ),
        Index("ix_virtual_account_free", "org_id", "number", postgresql_where=text("payer_id is null")),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The desk."""
    number: Mapped[str] = mapped_column(primary_key=True)
    """Three digits of its branch, seven of its own."""
    payer_id: Mapped[UUID | None]
    """The buyer, who may read it. It keeps it for good: money to an account that once was another's would be booked wrongly."""
    given_at: Mapped[MaybeMoment]
    loaded_by: Mapped[UUID]
    loaded_at: Mapped[Moment]


class PayerName(Table):
    """What a buyer's bank calls it: learned when a person gave one of its lines to an order."""

    __tablename__ = "payer_name"

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The desk: what payers wrote is nobody else's to read."""
    payer_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    """Folded (`rules.matching.folded_payer`)."""
    line_id: Mapped[UUID]
    """The line that it was learned from."""
    learned_by: Mapped[UUID]
    learned_at: Mapped[Moment]


class OwnPayerName(Table):
    """A name that a buyer says it pays under. It counts as one that was learned, until the buyer takes it back."""

    __tablename__ = "own_payer_name"
    __table_args__ = (UniqueConstraint("org_id", "folded"),)

    org_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.org_id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    desk_id: Mapped[DeskId]
    name: Mapped[str]
    """In the banks' half-width kana."""
    folded: Mapped[str]
    """As names are compared (`rules.matching.folded_payer`)."""
    added_by: Mapped[UUID]
    added_at: Mapped[Moment]
