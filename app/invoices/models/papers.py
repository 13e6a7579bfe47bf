"""Which papers were issued, with which numbers, and where do their files lie? Nothing here is ever changed but a counter."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Big, DeskId, Moment, one_of
from app.core.db import Table
from app.invoices.rules import IssuerMode, Kind


class PaperNumber(Table):
    """The last number of an issuer's papers of one series in one year. Its row's lock is what leaves no gap."""

    __tablename__ = "paper_number"
    __table_args__ = (CheckConstraint("last_n > 0", name="counts_from_one"),)

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The issuer: the desk."""
    series: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last_n: Mapped[Big]


class PaperCounterparty(Table):
    """A name under which somebody was given papers: few rows, so that a part of a name is looked for among them alone.

    Under row-level security no index answers what is not known to keep secrets (leakproof), and LIKE is such.
    """

    __tablename__ = "paper_counterparty"
    __table_args__ = (UniqueConstraint("org_id", "name"),)

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The issuer, who searches its papers by whom they were given to."""
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_folded: Mapped[str]


class Paper(Table):
    """One document that was issued, with everything that it says. Issuer and recipient may read it; nobody changes it.

    A copy has the number of what it copies: a seller's holds its own lines alone, so that no seller reads of another.
    """

    __tablename__ = "paper"
    __table_args__ = (
        CheckConstraint(one_of("kind", *Kind), name="kind"),
        CheckConstraint(one_of("mode", *IssuerMode), name="mode"),
        CheckConstraint("n > 0 and part > 0", name="counts_from_one"),
        CheckConstraint("total_minor >= 0 and tax_minor >= 0", name="never_below_zero"),
        CheckConstraint("issued_on < kept_through", name="kept"),
        ForeignKeyConstraint(["desk_id", "counterparty_id"], ["paper_counterparty.org_id", "paper_counterparty.id"]),
        Index(
            "uq_paper_subject", "org_id", "kind", "mode", "subject_id", "part", unique=True,
            postgresql_where=text("copy_of is null"),
        ),
        Index("uq_paper_corrects", "org_id", "corrects_id", unique=True, postgresql_where=text("corrects_id is not null")),
        Index("uq_paper_number", "desk_id", "series", "year", "n", unique=True, postgresql_where=text("copy_of is null")),
        Index("ix_paper_issued", "org_id", "issued_on", "id"),
        Index("ix_paper_total", "org_id", "total_minor", "id"),
        Index("ix_paper_desk_issued", "desk_id", "issued_on", "id"),
        Index("ix_paper_desk_total", "desk_id", "total_minor", "id"),
        Index("ix_paper_desk_counterparty", "desk_id", "counterparty_id", "issued_on", "id"),
        Index("ix_paper_order", "org_id", "order_id", postgresql_where=text("order_id is not null")),
        Index("ix_paper_copy_of", "desk_id", "copy_of", postgresql_where=text("copy_of is not null")),
    )  # fmt: skip

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    """Who was given it."""
    id: Mapped[UUID] = mapped_column(primary_key=True)
    desk_id: Mapped[DeskId]
    kind: Mapped[Kind] = mapped_column(Text)
    mode: Mapped[IssuerMode] = mapped_column(Text)
    series: Mapped[str]
    year: Mapped[int]
    n: Mapped[Big]
    number: Mapped[str]
    issued_on: Mapped[date]
    """The day in Japan."""
    supplied_from: Mapped[date | None]
    supplied_through: Mapped[date | None]
    due_on: Mapped[date | None]
    issuer_name: Mapped[str]
    issuer_number: Mapped[str | None]
    issuer_address: Mapped[str]
    recipient_name: Mapped[str]
    recipient_address: Mapped[str]
    counterparty_id: Mapped[UUID]
    parties_folded: Mapped[str]
    """The other sides as the reader searches for them: of a buyer's paper the issuer and the sellers, one a line."""
    subject_id: Mapped[UUID]
    """The order, quote, payment, refund, payout or period that it is for."""
    part: Mapped[int]
    """Of a subject that one paper could not hold; 1 of all others."""
    order_id: Mapped[UUID | None]
    original_id: Mapped[UUID | None]
    """The invoice that a return gives back of."""
    corrects_id: Mapped[UUID | None]
    """The wrong paper that this one says anew; null on copies."""
    copy_of: Mapped[UUID | None]
    currency: Mapped[str]
    goods_minor: Mapped[Big]
    tax_minor: Mapped[Big]
    total_minor: Mapped[Big]
    """What it is about: goods and tax. Of a payout statement these are the commission's, and this is what was paid out."""
    composed: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Lines and totals per rate and seller (`rules.Composed`), frozen."""
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """All that its PDF prints: the same facts give the same bytes."""
    kept_through: Mapped[date]
    issued_at: Mapped[Moment]


class PaperFile(Table):
    """Where a paper's PDF lies, written once when it was made."""

    __tablename__ = "paper_file"
    __table_args__ = (ForeignKeyConstraint(["org_id", "paper_id"], ["paper.org_id", "paper.id"]),)

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    paper_id: Mapped[UUID] = mapped_column(primary_key=True)
    desk_id: Mapped[DeskId]
    file_key: Mapped[str]
    sha256: Mapped[str]
    size_bytes: Mapped[Big]
    rendered_at: Mapped[Moment]
