"""Where is a provider paid: which bank account did it name and who confirmed it, and what does Stripe say of it?"""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import DeskId, MaybeMoment, Moment, Version, one_of
from app.core.db import Table
from app.payouts.rules import AccountStatus


class PayoutAccount(Table):
    """A bank account that a provider named. Another one is another row, and nothing is paid there unconfirmed.

    To have payouts sent to an account of one's own is what somebody wants who has taken over a provider's login: a
    person of the desk, who is not the one who typed it, asks the provider by another way.
    """

    __tablename__ = "payout_account"
    __table_args__ = (
        CheckConstraint(one_of("status", *AccountStatus), name="status"),
        CheckConstraint(one_of("account_kind", "ordinary", "current", "savings"), name="account_kind"),
        CheckConstraint("decided_by <> entered_by", name="two_people"),
        CheckConstraint("status not in ('confirmed', 'refused') or decided_by is not null", name="decided"),
        UniqueConstraint("org_id", "n"),
        Index("uq_payout_account_waiting", "org_id", unique=True, postgresql_where=text("status = 'waiting'")),
        Index("uq_payout_account_confirmed", "org_id", unique=True, postgresql_where=text("status = 'confirmed'")),
        Index("ix_payout_account_desk", "desk_id", "id"),
    )

    org_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.org_id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    desk_id: Mapped[DeskId]
    n: Mapped[int]
    """Counts a provider's accounts."""
    bank_code: Mapped[str]
    bank_name: Mapped[str]
    branch_code: Mapped[str]
    branch_name: Mapped[str]
    account_kind: Mapped[str]
    account_number: Mapped[str]
    holder: Mapped[str]
    """In the banks' half-width kana."""
    status: Mapped[AccountStatus] = mapped_column(Text)
    entered_by: Mapped[UUID]
    entered_at: Mapped[Moment]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[MaybeMoment]
    note: Mapped[str | None]
    """How it was confirmed, or why it was refused."""
    version: Mapped[Version]


class ConnectedAccount(Table):
    """A provider's account at Stripe, connected to the desk's, as Stripe last said that it stands."""

    __tablename__ = "connected_account"
    __table_args__ = (
        Index("uq_connected_account_id", "id", unique=True),
        Index("uq_connected_account", "account_id", unique=True, postgresql_where=text("account_id is not null")),
    )

    org_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.org_id"), primary_key=True)
    id: Mapped[UUID]
    desk_id: Mapped[DeskId]
    account_id: Mapped[str | None]
    """Stripe's id; null until Stripe has answered."""
    transfers: Mapped[str]
    """Whether it may be sent money: Stripe's active, pending or inactive."""
    payouts_enabled: Mapped[bool]
    details_submitted: Mapped[bool]
    due: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """What Stripe still wants to know."""
    disabled_reason: Mapped[str | None]
    refused: Mapped[str | None]
    """Why Stripe would not make it."""
    created_at: Mapped[Moment]
    checked_at: Mapped[MaybeMoment]
    version: Mapped[Version]
