"""How much may a buyer owe, what has it drawn, and which invoices on account are open?"""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Big, DeskId, MaybeMoment, Moment, Version, one_of
from app.core.db import Table
from app.invoices.rules import Reminder, Shift


class CreditLine(Table):
    """How much a buyer may owe, and on which terms. `used_minor` is exactly what it owes, in yen.

    A limit may be lowered below what is owed: nothing is drawn then until enough was paid. `most_minor` is the most that
    may be owed since the limit was last set: the limit, or what was owed then, and roundings of invoices.
    """

    __tablename__ = "credit_line"
    __table_args__ = (
        CheckConstraint("limit_minor >= 0 and used_minor >= 0", name="never_below_zero"),
        CheckConstraint("used_minor <= most_minor and limit_minor <= most_minor", name="within_limit"),
        CheckConstraint("closing_day between 1 and 31 and due_day between 1 and 31", name="days"),
        CheckConstraint("months_after between 0 and 12", name="months"),
        CheckConstraint(one_of("on_holiday", *Shift), name="on_holiday"),
        CheckConstraint("valid_through is null or valid_from <= valid_through", name="valid_in_order"),
        Index("ix_credit_line_desk", "desk_id", "org_id"),
    )

    org_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.org_id"), primary_key=True)
    id: Mapped[UUID]
    desk_id: Mapped[DeskId]
    limit_minor: Mapped[Big]
    most_minor: Mapped[Big]
    used_minor: Mapped[Big]
    closing_day: Mapped[int]
    months_after: Mapped[int]
    due_day: Mapped[int]
    on_holiday: Mapped[Shift] = mapped_column(Text)
    retire_before_paid: Mapped[bool]
    """Whether credits may be invalidated before they are paid: the desk's risk."""
    valid_from: Mapped[date]
    valid_through: Mapped[date | None]
    changed_at: Mapped[Moment]
    version: Mapped[Version]


class CreditDraw(Table):
    """An order that was bought on account: it stands on a combined invoice, or was given back before."""

    __tablename__ = "credit_draw"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="positive"),
        CheckConstraint("invoiced_at is null or given_back_at is null", name="one_end"),
        CheckConstraint("(invoiced_at is null) = (cardinality(paper_ids) = 0)", name="invoiced_with_papers"),
        ForeignKeyConstraint(["org_id", "order_id"], ["orders.org_id", "orders.id"]),
        Index(
            "ix_credit_draw_open", "org_id", "order_id",
            postgresql_where=text("invoiced_at is null and given_back_at is null"),
        ),
    )  # fmt: skip

    org_id: Mapped[UUID] = mapped_column(ForeignKey("credit_line.org_id"), primary_key=True)
    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    desk_id: Mapped[DeskId]
    amount_minor: Mapped[Big]
    paper_ids: Mapped[list[UUID]] = mapped_column(ARRAY(UuidType()), server_default=text("'{}'"))
    """The combined invoices that it stands on: two when some of its sellers are not registered."""
    drawn_at: Mapped[Moment]
    invoiced_at: Mapped[MaybeMoment]
    given_back_at: Mapped[MaybeMoment]


class InvoiceClaim(Table):
    """What a combined invoice asks for. The reference is what the payer writes before its name."""

    __tablename__ = "invoice_claim"
    __table_args__ = (
        CheckConstraint("amount_minor > 0 and open_minor between 0 and amount_minor", name="open_part"),
        CheckConstraint("(open_minor = 0) = (paid_at is not null)", name="paid_when_nothing_is_open"),
        CheckConstraint("credited_minor >= 0 and open_minor + credited_minor <= amount_minor", name="credited"),
        CheckConstraint(one_of("reminded", *Reminder), name="reminded"),
        UniqueConstraint("reference"),
        ForeignKeyConstraint(["org_id", "paper_id"], ["paper.org_id", "paper.id"]),
        Index("uq_invoice_claim_paper", "org_id", "paper_id", unique=True),
        Index("ix_invoice_claim_open", "desk_id", "due_on", "id", postgresql_where=text("open_minor > 0")),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    desk_id: Mapped[DeskId]
    paper_id: Mapped[UUID]
    reference: Mapped[str]
    amount_minor: Mapped[Big]
    open_minor: Mapped[Big]
    credited_minor: Mapped[Big] = mapped_column(server_default=text("0"))
    """What refunds took off: the rest of what is not open was paid."""
    currency: Mapped[str]
    due_on: Mapped[date]
    reminded: Mapped[Reminder | None] = mapped_column(Text)
    """The last that was sent."""
    reminded_at: Mapped[MaybeMoment]
    opened_at: Mapped[Moment]
    paid_at: Mapped[MaybeMoment]
    version: Mapped[Version]
