"""What has a provider earned, what went off again, and from when may it be paid?"""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Big, DeskId, MaybeMoment, Moment, one_of
from app.core.db import Table
from app.payouts.rules import EarningKind


class Earning(Table):
    """One signed entry of a provider's account, in yen. Its amounts never change; a mistake is another entry."""

    __tablename__ = "earning"
    __table_args__ = (
        CheckConstraint(one_of("kind", *EarningKind), name="kind"),
        CheckConstraint("net_minor = goods_minor + tax_minor - commission_minor + adjustment_minor", name="adds_up"),
        CheckConstraint("(kind = 'correction') or (order_id is not null and adjustment_minor = 0)", name="of_an_order"),
        CheckConstraint("(kind = 'sale') = (exact_commission is not null)", name="exact"),
        UniqueConstraint("org_id", "kind", "subject_id"),
        ForeignKeyConstraint(
            ["org_id", "payout_id"],
            ["payout.org_id", "payout.id"],
            # The entries are taken first: what they come to decides whether there is a payout.
            deferrable=True,
            initially="DEFERRED",
        ),
        Index("ix_earning_order", "org_id", "order_id"),
        Index("ix_earning_unpaid", "desk_id", "org_id", postgresql_where=text("payout_id is null")),
        Index("ix_earning_payout", "org_id", "payout_id", postgresql_where=text("payout_id is not null")),
    )

    org_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.org_id"), primary_key=True)
    """The provider."""
    id: Mapped[UUID] = mapped_column(primary_key=True)
    desk_id: Mapped[DeskId]
    kind: Mapped[EarningKind] = mapped_column(Text)
    order_id: Mapped[UUID | None]
    subject_id: Mapped[UUID]
    """What caused it: the order, the refund, the dispute, what came back of a payout."""
    currency: Mapped[str]
    goods_minor: Mapped[Big]
    tax_minor: Mapped[Big]
    commission_minor: Mapped[Big]
    """Before the tax on it, which is reckoned once per payout."""
    adjustment_minor: Mapped[Big] = mapped_column(server_default=text("0"))
    """Money that moved beside any sale."""
    net_minor: Mapped[Big]
    exact_commission: Mapped[Big | None]
    """Of a sale: its commission in ten-thousandths of a yen, not rounded; what is left of it later is reckoned from this."""
    shares: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    """Of a sale: by which rate each category was charged."""
    available_at: Mapped[MaybeMoment]
    """From when it may be paid; null while nobody knows."""
    held: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether a dispute is open over its order."""
    payout_id: Mapped[UUID | None]
    """The payout that it is in, unless that ended unpaid."""
    earned_at: Mapped[Moment]
