"""What money is expected of whom, and since when can nobody take it back?"""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Big, DeskId, MaybeMoment, Moment, one_of
from app.core.db import Table


class PaymentStatus(StrEnum):
    OPEN = "open"
    PAID = "paid"
    CLOSED = "closed"


class Payment(Table):
    """What an order expects to receive. The reference is what the payer writes before its name."""

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint(one_of("status", *PaymentStatus), name="status"),
        CheckConstraint("amount_minor > 0 and received_minor >= 0", name="positive"),
        UniqueConstraint("reference"),
        ForeignKeyConstraint(["org_id", "order_id"], ["orders.org_id", "orders.id"]),
        Index("uq_payment_order", "org_id", "order_id", unique=True),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    desk_id: Mapped[DeskId]
    order_id: Mapped[UUID]
    method: Mapped[str]
    reference: Mapped[str]
    amount_minor: Mapped[Big]
    received_minor: Mapped[Big] = mapped_column(server_default=text("0"))
    """What was applied to it from the bank's lines, taken through Stripe, or is owed on account instead."""
    currency: Mapped[str]
    status: Mapped[PaymentStatus] = mapped_column(Text)
    opened_at: Mapped[Moment]
    paid_at: Mapped[MaybeMoment]
    paid_by: Mapped[str | None]
    """The method that the money came by at last."""
    final_at: Mapped[MaybeMoment]
    """From when nobody can take the money back (`rules.finality`); null while that is not known."""
