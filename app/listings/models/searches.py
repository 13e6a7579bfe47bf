"""Which searches does an organisation want to be told of, and what is still to be matched with them?"""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Identity, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Moment, Version
from app.core.db import Table


class SavedSearch(Table):
    """A search that an organisation wants to be told of when something new fits. Prices in whole yen, tax excluded.

    It says the same as a `ListingFilter`, in columns: all of them are matched with a batch of news in one statement.
    """

    __tablename__ = "saved_search"
    __table_args__ = (
        CheckConstraint("price_gte <= price_lte", name="prices"),
        CheckConstraint("vintage_from <= vintage_to", name="vintages"),
        ForeignKeyConstraint(["org_id"], ["organisation.org_id"]),
        UniqueConstraint("org_id", "name"),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    q: Mapped[str | None]
    """As it was typed."""
    words: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """The words of `q`, folded as a project's are."""
    terms: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """The values asked for by equality, as a listing names them."""
    led_by: Mapped[str]
    """The rarest kind of value among them; empty: none. A listing is compared only with searches that it may fit."""
    provider_id: Mapped[UUID | None]
    price_gte: Mapped[int | None] = mapped_column(BigInteger)
    price_lte: Mapped[int | None] = mapped_column(BigInteger)
    vintage_from: Mapped[date | None]
    vintage_to: Mapped[date | None]
    available_gte: Mapped[int | None] = mapped_column(BigInteger)
    made_by: Mapped[UUID]
    made_at: Mapped[Moment]
    version: Mapped[Version]


class NewsBatch(Table):
    """News that is being matched, and how far: the last saved search that was compared. Gone when all were."""

    __tablename__ = "news_batch"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    after_org: Mapped[UUID]
    after_id: Mapped[UUID]


class ListingNews(Table):
    """A listing that came to be shown, or that has another price, until saved searches were matched with it.

    `batch_id` is given once: a batch that was begun goes on with the same rows, and its notices are the same.
    """

    __tablename__ = "listing_news"
    __table_args__ = (
        ForeignKeyConstraint(["batch_id"], ["news_batch.id"]),
        Index("ix_listing_news_batch_id", "batch_id"),
    )

    n: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    listing_id: Mapped[UUID]
    price_before: Mapped[int | None] = mapped_column(BigInteger)
    """What it asked for when it was shown last; None: it was not."""
    batch_id: Mapped[UUID | None]
