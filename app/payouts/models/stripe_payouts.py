"""What does Stripe send from the desk's balance to the desk's bank, and has it arrived?"""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Big, MaybeMoment, Moment, Version
from app.core.db import Table


class StripePayout(Table):
    """One of Stripe's own payouts to the desk's bank, as Stripe last said that it stands."""

    __tablename__ = "stripe_payout"
    __table_args__ = (
        CheckConstraint("(bank_line_id is null) = (arrived_at is null)", name="arrived"),
        Index("uq_stripe_payout", "payout_id", unique=True),
        Index("ix_stripe_payout_open", "org_id", "amount_minor", postgresql_where=text("bank_line_id is null")),
        Index(
            "uq_stripe_payout_line", "org_id", "bank_line_id", unique=True,
            postgresql_where=text("bank_line_id is not null"),
        ),
    )  # fmt: skip

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The desk."""
    id: Mapped[UUID] = mapped_column(primary_key=True)
    payout_id: Mapped[str]
    """Stripe's id."""
    status: Mapped[str]
    """Stripe's word: paid, pending, in_transit, canceled or failed. `paid` may still become `failed`."""
    amount_minor: Mapped[Big]
    """Below zero when Stripe takes money from the bank."""
    currency: Mapped[str]
    automatic: Mapped[bool]
    arrives_on: Mapped[date]
    """In Japan, as Stripe expects it."""
    failure_code: Mapped[str | None]
    bank_line_id: Mapped[UUID | None]
    arrived_at: Mapped[MaybeMoment]
    """When the bank's line was found to be this."""
    first_seen_at: Mapped[Moment]
    checked_at: Mapped[Moment]
    version: Mapped[Version]
