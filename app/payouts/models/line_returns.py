"""Where is money sent that came from a payer for whom there is no payment?"""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Big, MaybeMoment, Moment, Version, one_of
from app.core.db import Table
from app.payouts.rules import LineReturnStatus


class LineReturn(Table):
    """What a bank's line brought and a person decided to give back, and the account that it is sent to.

    It is no refund, for no order is paid by it. Nobody's account is on file for it, so each sending names its own: one
    person types it, and another confirms it. What was refused, or came back, stays; another row names another account.
    """

    __tablename__ = "line_return"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="positive"),
        CheckConstraint(one_of("status", *LineReturnStatus), name="status"),
        CheckConstraint(one_of("account_kind", "ordinary", "current", "savings"), name="account_kind"),
        CheckConstraint("status = 'refused' or decided_by <> entered_by", name="two_people"),
        CheckConstraint("status = 'waiting' or decided_by is not null", name="decided"),
        CheckConstraint("(status in ('paid', 'came_back')) = (debited_line_id is not null)", name="debited"),
        CheckConstraint("(status = 'came_back') = (returned_line_id is not null)", name="came_back"),
        ForeignKeyConstraint(["org_id", "line_id"], ["bank_line.org_id", "bank_line.id"]),
        ForeignKeyConstraint(["org_id", "file_id"], ["payout_file.org_id", "payout_file.id"]),
        Index(
            "uq_line_return_standing", "org_id", "line_id", unique=True,
            postgresql_where=text("status in ('waiting', 'confirmed', 'paid')"),
        ),
        Index(
            "uq_line_return_returned_line", "returned_line_id", unique=True,
            postgresql_where=text("returned_line_id is not null"),
        ),
        Index("ix_line_return_file", "org_id", "file_id", postgresql_where=text("file_id is not null")),
    )  # fmt: skip

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The desk."""
    id: Mapped[UUID] = mapped_column(primary_key=True)
    line_id: Mapped[UUID]
    """The line that brought the money."""
    payer_id: Mapped[UUID | None]
    """Whose money it is, when that is known: a buyer that paid too much for an invoice."""
    amount_minor: Mapped[Big]
    currency: Mapped[str]
    bank_code: Mapped[str]
    bank_name: Mapped[str]
    branch_code: Mapped[str]
    branch_name: Mapped[str]
    account_kind: Mapped[str]
    account_number: Mapped[str]
    holder: Mapped[str]
    """In the banks' half-width kana."""
    status: Mapped[LineReturnStatus] = mapped_column(Text)
    entered_by: Mapped[UUID]
    entered_at: Mapped[Moment]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[MaybeMoment]
    note: Mapped[str | None]
    """How it was confirmed, or why it was refused, or came back."""
    file_id: Mapped[UUID | None]
    """The file of transfers that it is in."""
    debited_line_id: Mapped[UUID | None]
    """The line with which it left the desk's bank."""
    returned_line_id: Mapped[UUID | None]
    """The line with which the bank gave it back (組戻し)."""
    version: Mapped[Version]
