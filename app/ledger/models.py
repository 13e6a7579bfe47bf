"""Where is every yen? Postings that are never changed, balances that must not go below zero, and months that are closed."""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Big, MaybeMoment, Moment, Version, one_of
from app.core.db import Table


class CloseStatus(StrEnum):
    PROPOSED = "proposed"
    CLOSED = "closed"


class Posting(Table):
    """One balanced move of the desk's book: an amount leaves `source` and reaches `target`."""

    __tablename__ = "posting"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="positive"),
        CheckConstraint("source <> target", name="two_accounts"),
        UniqueConstraint("org_id", "reason", "subject_id", "source", "target"),
        Index("ix_posting_source", "org_id", "source", "day", "id"),
        Index("ix_posting_target", "org_id", "target", "day", "id"),
        Index("ix_posting_day", "org_id", "day", "id"),
        Index(
            "ix_posting_counterparty", "org_id", "counterparty_id", "day", "id",
            postgresql_where=text("counterparty_id is not null"),
        ),
    )  # fmt: skip

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
    booked_on: Mapped[date | None]
    """The bank's or Stripe's day, where that is not the day on which it was written."""
    day: Mapped[date] = mapped_column(
        Computed("coalesce(booked_on, (posted_at at time zone 'Asia/Tokyo')::date)", persisted=True)
    )
    """The day that it counts on, in Japan. On a closed day nothing can be written: a trigger sees to it."""


class AccountBalance(Table):
    """An account that may never be overdrawn: a row to lock, and a CHECK."""

    __tablename__ = "account_balance"
    __table_args__ = (CheckConstraint("balance_minor >= 0", name="never_below_zero"),)

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    balance_minor: Mapped[Big]


class LedgerClose(Table):
    """One month of the book. Closed, its postings stay as they are: the hash is over each of them and the month before."""

    __tablename__ = "ledger_close"
    __table_args__ = (
        CheckConstraint(one_of("status", *CloseStatus), name="status"),
        CheckConstraint("extract(day from month) = 1", name="a_month"),
        CheckConstraint("closed_by <> proposed_by", name="two_people"),
        CheckConstraint(
            "(status = 'closed') = (closed_by is not null and closed_at is not null and hash is not null)", name="whole"
        ),
        UniqueConstraint("org_id", "id"),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    """Its first day."""
    id: Mapped[UUID]
    status: Mapped[CloseStatus] = mapped_column(Text)
    proposed_by: Mapped[UUID]
    proposed_at: Mapped[Moment]
    closed_by: Mapped[UUID | None]
    closed_at: Mapped[MaybeMoment]
    postings: Mapped[Big] = mapped_column(server_default=text("0"))
    totals: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    """What was moved in the month, in minor units, by currency."""
    algorithm: Mapped[str] = mapped_column(server_default=text("''"))
    previous_hash: Mapped[str | None]
    hash: Mapped[str | None]
    version: Mapped[Version]


class LedgerBalance(Table):
    """What an account held when a month was closed, and what moved in it. Written once."""

    __tablename__ = "ledger_balance"
    __table_args__ = (
        CheckConstraint("closing_minor = opening_minor + in_minor - out_minor", name="adds_up"),
        CheckConstraint("in_minor >= 0 and out_minor >= 0", name="positive"),
        ForeignKeyConstraint(["org_id", "month"], ["ledger_close.org_id", "ledger_close.month"]),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    opening_minor: Mapped[Big]
    in_minor: Mapped[Big]
    out_minor: Mapped[Big]
    closing_minor: Mapped[Big]


class LedgerDay(Table):
    """The digest of a day's postings, made when its month was proposed for closing; anew while postings still came."""

    __tablename__ = "ledger_day"
    __table_args__ = (CheckConstraint("postings > 0", name="not_empty"),)

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    postings: Mapped[Big]
    digest: Mapped[str]
