"""Which payments have their payers' banks taken back, and how did that end?"""

from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Big, MaybeMoment, Moment, Version, one_of
from app.core.db import Table
from app.payments.rules import Bearer, DisputeOutcome


class Dispute(Table):
    """A payer's bank takes a payment back and asks. What it took is in the book's `disputes` until it is decided."""

    __tablename__ = "dispute"
    __table_args__ = (
        CheckConstraint(one_of("outcome", *DisputeOutcome), name="outcome"),
        CheckConstraint(one_of("borne_by", *Bearer), name="borne_by"),
        CheckConstraint("returned_minor >= 0 and borne_minor >= 0", name="not_negative"),
        CheckConstraint("outcome <> 'lost' or returned_minor + borne_minor = taken_minor", name="lost_adds_up"),
        Index("uq_dispute_stripe", "stripe_dispute_id", unique=True),
        Index("ix_dispute_open", "org_id", "id", postgresql_where=text("outcome = 'open'")),
        Index("ix_dispute_order", "org_id", "order_id"),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The desk: what the payer's bank takes, it takes from the desk."""
    id: Mapped[UUID] = mapped_column(primary_key=True)
    stripe_dispute_id: Mapped[str]
    buyer_id: Mapped[UUID]
    order_id: Mapped[UUID]
    payment_id: Mapped[UUID]
    attempt_id: Mapped[UUID]
    amount_minor: Mapped[Big]
    currency: Mapped[str]
    reason: Mapped[str]
    status: Mapped[str]
    """Stripe's own word for how far it is."""
    outcome: Mapped[DisputeOutcome] = mapped_column(Text)
    taken_minor: Mapped[Big]
    """What was taken from the desk's balance for it, fees aside."""
    returned_minor: Mapped[Big] = mapped_column(server_default=text("0"))
    """Of a lost one: what credits that came back to their providers are worth."""
    borne_minor: Mapped[Big] = mapped_column(server_default=text("0"))
    borne_by: Mapped[Bearer | None] = mapped_column(Text)
    """Who bears the rest, by contract: its credits are at the registry."""
    evidence_due_at: Mapped[MaybeMoment]
    opened_at: Mapped[Moment]
    closed_at: Mapped[MaybeMoment]
    version: Mapped[Version]
