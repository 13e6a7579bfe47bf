"""What does Stripe say it moved of the desk's balance, which posting of ours is that, and how far was it read?"""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Computed, Identity, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.closing.rules import Settled
from app.core.columns import Big, MaybeMoment, Moment, one_of
from app.core.db import Table


class StripeLine(Table):
    """One line of Stripe's own book (a balance transaction), as it was read. Only what it was settled as may change."""

    __tablename__ = "stripe_line"
    __table_args__ = (
        CheckConstraint("net_minor = amount_minor - fee_minor", name="net"),
        CheckConstraint(one_of("settled_as", *Settled), name="settled_as"),
        CheckConstraint("settled_as <> 'matched' or posting_id is not null", name="matched"),
        UniqueConstraint("org_id", "line_id"),
        Index("ix_stripe_line_n", "org_id", "n"),
        Index("ix_stripe_line_day", "org_id", "day"),
        Index("ix_stripe_line_unsettled", "org_id", "n", postgresql_where=text("settled_as is null")),
        Index("uq_stripe_line_posting", "org_id", "posting_id", unique=True,
              postgresql_where=text("posting_id is not null")),
    )  # fmt: skip

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The desk: it is its account at Stripe."""
    id: Mapped[UUID] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    """The order in which they were read, which is Stripe's own."""
    line_id: Mapped[str]
    type: Mapped[str]
    reporting_category: Mapped[str]
    amount_minor: Mapped[Big]
    fee_minor: Mapped[Big]
    net_minor: Mapped[Big]
    currency: Mapped[str]
    source_id: Mapped[str | None]
    created_at: Mapped[Moment]
    available_at: Mapped[Moment]
    read_at: Mapped[Moment]
    day: Mapped[date] = mapped_column(Computed("(created_at at time zone 'Asia/Tokyo')::date", persisted=True))
    settled_as: Mapped[Settled | None] = mapped_column(Text)
    """Null while nothing of ours answers to it."""
    posting_id: Mapped[UUID | None]
    """The posting of ours that says the same."""


class StripeReading(Table):
    """How far Stripe's book has been read: one row."""

    __tablename__ = "stripe_reading"
    __table_args__ = (CheckConstraint("complete_at <= read_at", name="in_order"),)

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    read_at: Mapped[Moment]
    complete_at: Mapped[MaybeMoment]
    """When it was last read to its end."""
