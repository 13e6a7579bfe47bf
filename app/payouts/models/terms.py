"""On which terms does a provider sell through the desk, by which rate is it charged, and from where does the desk pay?"""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, literal_column
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Big, DeskId, MaybeMoment, Moment, Version, one_of
from app.core.db import Table
from app.payouts.rules import PayoutMethod, RiskBearer, SaleMode


class ProviderTerms(Table):
    """What was agreed with a provider from a day on. Never changed: the newest row that has begun is in force."""

    __tablename__ = "provider_terms"
    __table_args__ = (
        CheckConstraint(one_of("sale_mode", *SaleMode), name="sale_mode"),
        CheckConstraint(one_of("risk_bearer", *RiskBearer), name="risk_bearer"),
        CheckConstraint(one_of("payout_method", *PayoutMethod), name="payout_method"),
        CheckConstraint("(closing_weekday is null) <> (closing_day is null)", name="one_closing"),
        CheckConstraint("closing_weekday between 1 and 7", name="weekday"),
        CheckConstraint("closing_day between 1 and 31", name="day"),
        CheckConstraint("smallest_payout_minor > 0", name="positive"),
        CheckConstraint("(invoice_confirmed_on is null) = (invoice_confirmed_by is null)", name="confirmed_by"),
        Index("ix_provider_terms_in_force", "org_id", "valid_from", "id"),
        Index("ix_provider_terms_desk", "desk_id", "id"),
    )

    org_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.org_id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    desk_id: Mapped[DeskId]
    valid_from: Mapped[date]
    sale_mode: Mapped[SaleMode] = mapped_column(Text)
    risk_bearer: Mapped[RiskBearer] = mapped_column(Text)
    payout_method: Mapped[PayoutMethod] = mapped_column(Text)
    closing_weekday: Mapped[int | None]
    """1 Monday to 7 Sunday."""
    closing_day: Mapped[int | None]
    """Of the month; a month that is shorter closes with its end."""
    smallest_payout_minor: Mapped[Big]
    invoice_confirmed_on: Mapped[date | None]
    """When the provider's registration as an issuer of qualified invoices was looked up; null: not yet."""
    invoice_confirmed_by: Mapped[UUID | None]
    made_by: Mapped[UUID]
    made_at: Mapped[Moment]


class CommissionRate(Table):
    """A rate of commission on goods before tax. Only its end is ever set: what was charged by it stays explained."""

    __tablename__ = "commission_rate"
    __table_args__ = (
        CheckConstraint("basis_points between 0 and 10000", name="basis_points"),
        CheckConstraint("valid_until >= valid_from", name="days"),
        ExcludeConstraint(
            ("org_id", "="),
            (literal_column("coalesce(provider_id, '00000000-0000-0000-0000-000000000000'::uuid)"), "="),
            (literal_column("coalesce(registry_code, '')"), "="),
            (literal_column("coalesce(methodology_family, '')"), "="),
            (literal_column("daterange(valid_from, valid_until)"), "&&"),
            name="one_commission_rate_at_a_time",
        ),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The desk."""
    id: Mapped[UUID] = mapped_column(primary_key=True)
    provider_id: Mapped[UUID | None]
    """Null: all providers; so with the category's two parts."""
    registry_code: Mapped[str | None]
    methodology_family: Mapped[str | None]
    basis_points: Mapped[int]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    """The first day on which it is not valid any more; equal to `valid_from`: it never was."""
    made_by: Mapped[UUID]
    made_at: Mapped[Moment]
    ended_by: Mapped[UUID | None]
    ended_at: Mapped[MaybeMoment]
    version: Mapped[Version]


class PayoutOriginator(Table):
    """The account that the desk pays from, as its bank wants it at the head of a file of transfers."""

    __tablename__ = "payout_originator"
    __table_args__ = (
        CheckConstraint(one_of("account_kind", "ordinary", "current"), name="account_kind"),
        CheckConstraint(one_of("line_end", "crlf", "none"), name="line_end"),
        CheckConstraint(one_of("end_mark", "0x1a", "none"), name="end_mark"),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The desk."""
    code: Mapped[str]
    """振込依頼人コード, which the bank gave."""
    name: Mapped[str]
    bank_code: Mapped[str]
    bank_name: Mapped[str]
    branch_code: Mapped[str]
    branch_name: Mapped[str]
    account_kind: Mapped[str]
    account_number: Mapped[str]
    line_end: Mapped[str]
    end_mark: Mapped[str]
    """What banks differ in: how a record ends, and whether 0x1A stands behind the last."""
    changed_by: Mapped[UUID]
    changed_at: Mapped[Moment]
    version: Mapped[Version]
