"""Which money goes back to whom, why, by which way, and has it arrived?"""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Big, DeskId, MaybeMoment, Moment, Version, one_of
from app.core.db import Table
from app.payments.rules import RefundKind, RefundStatus, RefundWay


class Refund(Table):
    """Money that the desk owes back to a buyer. From the first row on it stands in the book's `refunds` account, but for
    one that is only proposed.
    """

    __tablename__ = "refund"
    __table_args__ = (
        CheckConstraint(one_of("kind", *RefundKind), name="kind"),
        CheckConstraint(one_of("status", *RefundStatus), name="status"),
        CheckConstraint(one_of("way", *RefundWay), name="way"),
        CheckConstraint("amount_minor > 0", name="positive"),
        CheckConstraint("set_off_minor between 0 and amount_minor", name="set_off"),
        CheckConstraint("confirmed_by is null or confirmed_by <> proposed_by", name="two_people"),
        CheckConstraint(
            "kind <> 'goodwill' or status in ('proposed', 'rejected') or confirmed_by is not null",
            name="goodwill_by_a_second",
        ),
        CheckConstraint("way <> 'stripe' or attempt_id is not null", name="stripe_by_its_attempt"),
        ForeignKeyConstraint(["org_id", "payment_id"], ["payment.org_id", "payment.id"]),
        Index("ix_refund_order", "org_id", "order_id", "id"),
        Index("ix_refund_desk", "desk_id", "status", "id"),
        CheckConstraint("file_id is null or (way = 'bank' and account_id is not null)", name="file"),
        Index("ix_refund_file", "desk_id", "file_id", postgresql_where=text("file_id is not null")),
        CheckConstraint("returns >= 0 and (returns = 0) = (returned_line_id is null)", name="returns"),
        Index(
            "uq_refund_returned_line", "returned_line_id", unique=True,
            postgresql_where=text("returned_line_id is not null"),
        ),
        Index("uq_refund_id", "id", unique=True),
        Index(
            "uq_refund_stripe", "stripe_refund_id", unique=True, postgresql_where=text("stripe_refund_id is not null")
        ),
    )  # fmt: skip

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    desk_id: Mapped[DeskId]
    order_id: Mapped[UUID]
    payment_id: Mapped[UUID]
    attempt_id: Mapped[UUID | None]
    """The try whose money goes back through Stripe."""
    kind: Mapped[RefundKind] = mapped_column(Text)
    way: Mapped[RefundWay] = mapped_column(Text)
    amount_minor: Mapped[Big]
    set_off_minor: Mapped[Big] = mapped_column(server_default=text("0"))
    """What of it lowered what the buyer owed on account; the rest is sent."""
    currency: Mapped[str]
    status: Mapped[RefundStatus] = mapped_column(Text)
    note: Mapped[str]
    proposed_by: Mapped[UUID]
    confirmed_by: Mapped[UUID | None]
    stripe_refund_id: Mapped[str | None]
    failure: Mapped[str | None]
    bank_line_id: Mapped[UUID | None]
    """The outgoing line of the desk's bank that paid it."""
    account_id: Mapped[UUID | None]
    """The buyer's bank account that its file of transfers sends it to."""
    file_id: Mapped[UUID | None]
    """The file of transfers that it is in, if any: then nobody sends it by hand."""
    returns: Mapped[int] = mapped_column(server_default=text("0"))
    """How often the bank gave it back (組戻し), each time to be sent once more."""
    returned_line_id: Mapped[UUID | None]
    """The incoming line of the last time."""
    made_at: Mapped[Moment]
    done_at: Mapped[MaybeMoment]
    version: Mapped[Version]


class RefundLine(Table):
    """How many units of an order's line a refund is of, and what they cost; tax is told per provider, in `goods` and `tax`."""

    __tablename__ = "refund_line"
    __table_args__ = (
        CheckConstraint("quantity > 0 and goods_minor >= 0", name="positive"),
        ForeignKeyConstraint(["org_id", "refund_id"], ["refund.org_id", "refund.id"]),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    refund_id: Mapped[UUID] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[UUID]
    quantity: Mapped[Big]
    goods_minor: Mapped[Big]


class RefundIssuer(Table):
    """What a refund gives back of one provider's goods and tax."""

    __tablename__ = "refund_issuer"
    __table_args__ = (
        CheckConstraint("goods_minor >= 0 and tax_minor >= 0", name="not_negative"),
        ForeignKeyConstraint(["org_id", "refund_id"], ["refund.org_id", "refund.id"]),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    refund_id: Mapped[UUID] = mapped_column(primary_key=True)
    provider_id: Mapped[UUID] = mapped_column(primary_key=True)
    tax_basis_points: Mapped[int]
    goods_minor: Mapped[Big]
    tax_minor: Mapped[Big]
