"""What is printed of who issues papers and of who gets them, and whose registration does the operator vouch for?"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import DeskId, Moment, Version, one_of
from app.core.db import Table
from app.core.scope import DESK_ID
from app.invoices.rules import YEARS_KEPT, YEARS_KEPT_AFTER_A_LOSS, NumberedBy


class DeskProfile(Table):
    """The issuer's particulars from a day on. A change is another row: papers of before said what was right then."""

    __tablename__ = "desk_profile"
    __table_args__ = (
        CheckConstraint(f"org_id = '{DESK_ID}'", name="the_desks_own"),
        CheckConstraint(one_of("numbered_by", *NumberedBy), name="numbered_by"),
        CheckConstraint("fiscal_year_ends_in between 1 and 12", name="fiscal_year"),
        CheckConstraint(f"years_kept in ({YEARS_KEPT}, {YEARS_KEPT_AFTER_A_LOSS})", name="years_kept"),
        Index("ix_desk_profile_valid", "org_id", "valid_from", "id"),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    valid_from: Mapped[date]
    """Of two from the same day the later one counts."""
    name: Mapped[str]
    registration_number: Mapped[str | None]
    is_corporation: Mapped[bool]
    address: Mapped[str]
    phone: Mapped[str]
    bank: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """The account that buyers transfer to, as it is printed."""
    notes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Printed under every paper."""
    numbered_by: Mapped[NumberedBy] = mapped_column(Text)
    fiscal_year_ends_in: Mapped[int]
    """The last month of the desk's business year."""
    years_kept: Mapped[int]
    made_by: Mapped[UUID]
    made_at: Mapped[Moment]


class BillingProfile(Table):
    """How an organisation wants to be written on papers, and where it wants them sent."""

    __tablename__ = "billing_profile"

    org_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.org_id"), primary_key=True)
    id: Mapped[UUID]
    name: Mapped[str]
    department: Mapped[str]
    address: Mapped[str]
    phone: Mapped[str]
    purchase_order: Mapped[str]
    """Its own order number where none is told."""
    email: Mapped[str]
    changed_at: Mapped[Moment]
    version: Mapped[Version]


class ProviderInvoiceStatus(Table):
    """A provider's registration as the operator has confirmed it: the number, and since when the desk was told."""

    __tablename__ = "provider_invoice_status"
    __table_args__ = (
        CheckConstraint("(confirmed_on is null) = (registration_number is null)", name="confirmed_with_number"),
    )

    org_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.org_id"), primary_key=True)
    id: Mapped[UUID]
    desk_id: Mapped[DeskId]
    registration_number: Mapped[str | None]
    confirmed_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(server_default=text("''"))
    changed_at: Mapped[Moment]
    version: Mapped[Version]
