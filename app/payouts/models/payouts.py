"""Which payouts are there, of which entries, in which file of transfers, and what was taken back?"""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Big, DeskId, MaybeMoment, Moment, Version, one_of
from app.core.db import Table
from app.payouts.rules import FileKind, FileStatus, PayoutMethod, PayoutStatus, ReversalStatus


class Payout(Table):
    """What is paid to a provider at once, with the sums of its statement. Lines and sums are fixed with the draft."""

    __tablename__ = "payout"
    __table_args__ = (
        CheckConstraint(one_of("status", *PayoutStatus), name="status"),
        CheckConstraint(one_of("method", *PayoutMethod), name="method"),
        CheckConstraint(
            "payout_minor = goods_minor + tax_minor - commission_minor - commission_tax_minor + adjustment_minor",
            name="adds_up",
        ),
        CheckConstraint("payout_minor > 0 and commission_minor >= 0 and commission_tax_minor >= 0", name="positive"),
        CheckConstraint("commission_tax_minor = commission_minor * tax_basis_points / 10000", name="rounded_down_once"),
        CheckConstraint("approved_by <> made_by", name="two_people"),
        CheckConstraint("reversed_minor between 0 and payout_minor", name="reversed"),
        CheckConstraint("(method = 'zengin') = (account_id is not null)", name="bank_account"),
        CheckConstraint("(method = 'stripe') = (destination is not null)", name="connected_account"),
        ForeignKeyConstraint(["org_id", "account_id"], ["payout_account.org_id", "payout_account.id"]),
        ForeignKeyConstraint(["desk_id", "file_id"], ["payout_file.org_id", "payout_file.id"]),
        Index("uq_payout_closing", "org_id", "closed_on", unique=True, postgresql_where=text("by_clock")),
        Index("uq_payout_transfer", "transfer_id", unique=True, postgresql_where=text("transfer_id is not null")),
        Index("uq_payout_id", "id", unique=True),
        Index("ix_payout_desk", "desk_id", "id"),
        Index("ix_payout_file", "desk_id", "file_id", postgresql_where=text("file_id is not null")),
    )

    org_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.org_id"), primary_key=True)
    """The provider."""
    id: Mapped[UUID] = mapped_column(primary_key=True)
    desk_id: Mapped[DeskId]
    status: Mapped[PayoutStatus] = mapped_column(Text)
    method: Mapped[PayoutMethod] = mapped_column(Text)
    currency: Mapped[str]
    closed_on: Mapped[date]
    """The last day, in Japan, up to which entries were taken."""
    by_clock: Mapped[bool]
    """Whether the schedule made it: one for each closing day, whatever becomes of it."""
    lines: Mapped[int]
    goods_minor: Mapped[Big]
    tax_minor: Mapped[Big]
    commission_minor: Mapped[Big]
    tax_basis_points: Mapped[int]
    commission_tax_minor: Mapped[Big]
    adjustment_minor: Mapped[Big]
    payout_minor: Mapped[Big]
    account_id: Mapped[UUID | None]
    """The bank account that it goes to."""
    destination: Mapped[str | None]
    """The account at Stripe that it goes to."""
    file_id: Mapped[UUID | None]
    transfer_id: Mapped[str | None]
    """Stripe's."""
    reversed_minor: Mapped[Big] = mapped_column(server_default=text("0"))
    """What of it was taken back at Stripe."""
    reason: Mapped[str | None]
    """Why it failed or was canceled."""
    made_by: Mapped[UUID]
    made_at: Mapped[Moment]
    approved_by: Mapped[UUID | None]
    approved_at: Mapped[MaybeMoment]
    sent_at: Mapped[MaybeMoment]
    paid_at: Mapped[MaybeMoment]
    closed_at: Mapped[MaybeMoment]
    """When it failed or was canceled."""
    bank_line_id: Mapped[UUID | None]
    """The line with which it left the desk's bank."""
    returned_line_id: Mapped[UUID | None]
    """The line with which the bank gave it back (組戻し)."""
    version: Mapped[Version]


class PayoutLine(Table):
    """One entry in a payout. It stays when the payout ends unpaid, and the entry goes into another."""

    __tablename__ = "payout_line"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "payout_id"], ["payout.org_id", "payout.id"]),
        ForeignKeyConstraint(["org_id", "earning_id"], ["earning.org_id", "earning.id"]),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    payout_id: Mapped[UUID] = mapped_column(primary_key=True)
    earning_id: Mapped[UUID] = mapped_column(primary_key=True)
    desk_id: Mapped[DeskId]


class PayoutReversal(Table):
    """Money of a payout by Stripe that the desk takes back, because the provider owes it."""

    __tablename__ = "payout_reversal"
    __table_args__ = (
        CheckConstraint(one_of("status", *ReversalStatus), name="status"),
        CheckConstraint("amount_minor > 0", name="positive"),
        ForeignKeyConstraint(["org_id", "payout_id"], ["payout.org_id", "payout.id"]),
        Index("ix_payout_reversal_payout", "org_id", "payout_id"),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    desk_id: Mapped[DeskId]
    payout_id: Mapped[UUID]
    amount_minor: Mapped[Big]
    currency: Mapped[str]
    status: Mapped[ReversalStatus] = mapped_column(Text)
    reversal_id: Mapped[str | None]
    """Stripe's."""
    reason: Mapped[str | None]
    note: Mapped[str]
    asked_by: Mapped[UUID]
    asked_at: Mapped[Moment]
    done_at: Mapped[MaybeMoment]


class PayoutFile(Table):
    """A file of transfers (総合振込) for the desk's bank. A payout, or a refund, is in one live file at most."""

    __tablename__ = "payout_file"
    __table_args__ = (
        CheckConstraint(one_of("status", *FileStatus), name="status"),
        CheckConstraint(one_of("kind", *FileKind), name="kind"),
        CheckConstraint("kind <> 'refunds' or sent_by <> made_by", name="two_people"),
        CheckConstraint("transfers > 0 and total_minor > 0", name="positive"),
        CheckConstraint("debited_minor between 0 and total_minor", name="debited"),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The desk."""
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[FileKind] = mapped_column(Text, server_default=text("'payouts'"))
    status: Mapped[FileStatus] = mapped_column(Text)
    transfer_on: Mapped[date]
    """The day on which the bank is to pay."""
    transfers: Mapped[int]
    total_minor: Mapped[Big]
    debited_minor: Mapped[Big] = mapped_column(server_default=text("0"))
    """What of it the bank has booked."""
    names_cut: Mapped[int]
    """How many holders' names were longer than the file's 30 columns."""
    sha256: Mapped[str]
    file_key: Mapped[str]
    made_by: Mapped[UUID]
    made_at: Mapped[Moment]
    sent_by: Mapped[UUID | None]
    sent_at: Mapped[MaybeMoment]
    voided_by: Mapped[UUID | None]
    voided_at: Mapped[MaybeMoment]
    version: Mapped[Version]
