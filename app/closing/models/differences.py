"""Where does our book say another thing than Stripe's or the bank's, who answers for it, and what was done?"""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.closing.rules import DifferenceAction, DifferenceKind, Side
from app.core.columns import Big, MaybeMoment, Moment, Version, one_of
from app.core.db import Table


class DifferenceStatus(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    PROPOSED = "proposed"
    RESOLVED = "resolved"


class MoneyDifference(Table):
    """One difference: a line without its posting, a posting without its line, or both with two amounts."""

    __tablename__ = "money_difference"
    __table_args__ = (
        CheckConstraint(one_of("kind", *DifferenceKind), name="kind"),
        CheckConstraint(one_of("side", *Side), name="side"),
        CheckConstraint(one_of("status", *DifferenceStatus), name="status"),
        CheckConstraint(one_of("action", *DifferenceAction), name="action"),
        CheckConstraint("line_id is not null or posting_id is not null", name="of_something"),
        CheckConstraint("(status = 'resolved') = (resolved_at is not null)", name="resolved"),
        CheckConstraint("action in ('write_off', 'correction') or counter_account is null", name="posts"),
        CheckConstraint(
            "status <> 'resolved' or action not in ('write_off', 'correction') or resolved_by <> proposed_by",
            name="two_people",
        ),
        Index("uq_money_difference_line", "org_id", "side", "line_id", unique=True,
              postgresql_where=text("line_id is not null and status <> 'resolved'")),
        Index("uq_money_difference_posting", "org_id", "posting_id", unique=True,
              postgresql_where=text("line_id is null and status <> 'resolved'")),
        Index("ix_money_difference_unresolved", "org_id", "id", postgresql_where=text("status <> 'resolved'")),
    )  # fmt: skip

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[DifferenceKind] = mapped_column(Text)
    side: Mapped[Side] = mapped_column(Text)
    amount_minor: Mapped[Big]
    """What they moved less what we did, as they see it: above zero when they hold more than our book says."""
    currency: Mapped[str]
    line_id: Mapped[UUID | None]
    """Our id of Stripe's or the bank's line."""
    posting_id: Mapped[UUID | None]
    subject: Mapped[str]
    """What it is about: Stripe's id, the bank's reference, or the reason of our posting."""
    day: Mapped[date]
    """The day of the line, or of the posting."""
    status: Mapped[DifferenceStatus] = mapped_column(Text)
    opened_at: Mapped[Moment]
    owner_id: Mapped[UUID | None]
    """The person who answers for it."""
    action: Mapped[DifferenceAction | None] = mapped_column(Text)
    counter_account: Mapped[str | None]
    note: Mapped[str] = mapped_column(server_default=text("''"))
    proposed_by: Mapped[UUID | None]
    proposed_at: Mapped[MaybeMoment]
    resolved_by: Mapped[UUID | None]
    resolved_at: Mapped[MaybeMoment]
    version: Mapped[Version]
