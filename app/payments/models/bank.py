"""What did the bank say came in, and what was made of it?"""

from datetime import date
from enum import StrEnum
from typing import get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Big, MaybeMoment, Moment, Version, one_of
from app.core.db import Table
from app.payments.rules.matching import MatchOutcome


class LineOutcome(StrEnum):
    """What a line of a bank statement turned out to be. All but `exact` leave something for a person.

    The last five suggest something to that person: `rules.matching` says what each of them means.
    """

    PENDING = "pending"
    EXACT = "exact"
    OVER = "over"
    SHORT = "short"
    COMPLETES = "completes"
    DUPLICATE = "duplicate"
    LATE = "late"
    LATE_RESERVED = "late_reserved"
    UNKNOWN_PAYER = "unknown_payer"
    OUTGOING = "outgoing"
    INVOICE = "invoice"
    """It pays an invoice on account, whole or in part."""
    AMBIGUOUS = "ambiguous"
    SEVERAL_ORDERS = "several_orders"
    AMOUNT_DIFFERS = "amount_differs"
    NAME_DIFFERS = "name_differs"
    OTHER_REFERENCE = "other_reference"


class LineStatus(StrEnum):
    NEW = "new"
    APPLIED = "applied"
    FOR_A_PERSON = "for_a_person"
    RESOLVED = "resolved"
    RETURNED = "returned"
    """It was sent back to a payer for whom there is no payment, to an account that two people named."""


class BankStatement(Table):
    """A file from the desk's bank, as it came in."""

    __tablename__ = "bank_statement"

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    filename: Mapped[str]
    sha256: Mapped[str]
    file_key: Mapped[str]
    lines_total: Mapped[int]
    lines_new: Mapped[int]
    imported_by: Mapped[UUID]
    imported_at: Mapped[Moment]


class BankLine(Table):
    """One movement on the desk's account. `line_key` makes the same movement in a second file a no-op."""

    __tablename__ = "bank_line"
    __table_args__ = (
        CheckConstraint(one_of("outcome", *LineOutcome), name="outcome"),
        CheckConstraint(one_of("status", *LineStatus), name="status"),
        CheckConstraint(one_of("matched_as", *get_args(MatchOutcome)), name="matched_as"),
        UniqueConstraint("org_id", "line_key"),
        ForeignKeyConstraint(["org_id", "statement_id"], ["bank_statement.org_id", "bank_statement.id"]),
        Index("ix_bank_line_for_a_person", "org_id", "id", postgresql_where=text("status = 'for_a_person'")),
        Index(
            "ix_bank_line_owed", "org_id", "id",
            postgresql_where=text("status = 'resolved' and resolution = 'refund' and payment_id is null"),
        ),
        Index("ix_bank_line_payment", "payment_id", postgresql_where=text("payment_id is not null")),
    )  # fmt: skip

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    statement_id: Mapped[UUID]
    line_key: Mapped[str]
    booked_on: Mapped[date]
    counted_on: Mapped[date | None]
    """The day that it counts on in the book, where the month of the bank's day was closed when the line came in."""
    amount_minor: Mapped[Big]
    """Yen; negative when money left the account."""
    currency: Mapped[str]
    payer_name: Mapped[str]
    memo: Mapped[str]
    bank_reference: Mapped[str]
    virtual_account: Mapped[str] = mapped_column(server_default=text("''"))
    """The virtual account that it was paid into: ten digits, or ""."""
    outcome: Mapped[LineOutcome] = mapped_column(Text)
    status: Mapped[LineStatus] = mapped_column(Text)
    payment_id: Mapped[UUID | None]
    payer_org_id: Mapped[UUID | None]
    order_id: Mapped[UUID | None]
    matched_as: Mapped[MatchOutcome | None] = mapped_column(Text)
    """What it was taken for when its statement was matched; null before, and for what left the account."""
    score: Mapped[int | None]
    """How alike payer and candidate are, in basis points, where names were looked at."""
    candidates_found: Mapped[int] = mapped_column(server_default=text("0"))
    candidate_ids: Mapped[list[UUID]] = mapped_column(ARRAY(PgUUID(as_uuid=True)), server_default=text("'{}'"))
    """Payments for a person to choose from, the likest first; fewer than were found where those are many."""
    candidate_payers: Mapped[list[UUID]] = mapped_column(ARRAY(PgUUID(as_uuid=True)), server_default=text("'{}'"))
    """Whose each of them is."""
    missing_minor: Mapped[Big] = mapped_column(server_default=text("0"))
    """By how much it is less than the one candidate: a fee that the payer's bank may have kept."""
    unapplied_minor: Mapped[Big] = mapped_column(server_default=text("0"))
    """What of it waits for a person in the book's account `unapplied`."""
    resolution: Mapped[str | None]
    resolved_by: Mapped[UUID | None]
    resolved_at: Mapped[MaybeMoment]
    note: Mapped[str] = mapped_column(server_default=text("''"))
    version: Mapped[Version]
