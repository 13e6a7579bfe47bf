"""Where is every yen? Postings that are never changed, and the balances that must not go below zero."""

from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Big, Moment
from app.core.db import Table


class Posting(Table):
    """One balanced move of the desk's book: an amount leaves `source` and reaches `target`."""

    __tablename__ = "posting"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="positive"),
        CheckConstraint("source <> target", name="two_accounts"),
        UniqueConstraint("org_id", "reason", "subject_id", "source", "target"),
        Index("ix_posting_source", "org_id", "source"),
        Index("ix_posting_target", "org_id", "target"),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The desk: it is its book."""
    id: Mapped[UUID] = mapped_column(primary_key=True)
    counterparty_id: Mapped[UUID | None]
    """The organisation whose money it is, which may read the posting too."""
    source: Mapped[str]
    target: Mapped[str]
    amount_minor: Mapped[Big]
    currency: Mapped[str]
    reason: Mapped[str]
    subject_id: Mapped[UUID]
    posted_at: Mapped[Moment]


class AccountBalance(Table):
    """An account that may never be overdrawn: a row to lock, and a CHECK."""

    __tablename__ = "account_balance"
    __table_args__ = (CheckConstraint("balance_minor >= 0", name="never_below_zero"),)

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    balance_minor: Mapped[Big]
