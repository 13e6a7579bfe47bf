"""What is offered, at what price? The provider's listing, and the projections that others read."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Computed, ForeignKeyConstraint, Index, Integer, Text, text
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Big, MaybeMoment, Moment, Version, one_of
from app.core.db import Table
from app.listings.rules import Audience, Closing, ListingStatus, StockState

__all__ = ["DailyPrice", "LimitedListing", "Listing", "ListingPrice", "ListingStatus", "ListingTerm", "ListingTerms", "PublicListing",
           "PublicPrice", "Shown"]  # fmt: skip


FISCAL_YEAR: Final = (
    "(extract(year from vintage_to)::int - case when extract(month from vintage_to) < 4 then 1 else 0 end)"
)
"""Japan's fiscal year begins in April."""


class Listing(Table):
    """A lot offered at a price in minor units of yen, tax excluded. At most one live listing per lot."""

    __tablename__ = "listing"
    __table_args__ = (
        CheckConstraint(one_of("status", *ListingStatus), name="status"),
        CheckConstraint("price_minor > 0 and min_quantity > 0", name="positive"),
        CheckConstraint(one_of("audience", *Audience), name="audience"),
        CheckConstraint("(audience = 'public') = (audience_ids = '{}')", name="audience_named"),
        CheckConstraint(one_of("stock_state", *StockState), name="stock_state"),
        CheckConstraint(f"closed_reason is null or {one_of('closed_reason', *Closing)}", name="closed_reason"),
        CheckConstraint("tiers_fall(price_minor, tier_quantities, tier_prices)", name="tiers"),
        CheckConstraint(
            "floor_minor is null or (floor_minor <= price_minor and floor_minor <= all (tier_prices))", name="floor"
        ),
        CheckConstraint(
            "quantity_step > 0 and low_stock_at >= 0 and min_quantity % quantity_step = 0", name="quantities"
        ),
        CheckConstraint(
            "reopens_as is null or (reopens_as in ('open', 'paused') and closed_reason = 'sold_out')",
            name="reopens_as",
        ),
        CheckConstraint("status <> 'scheduled' or starts_at is not null", name="scheduled"),
        CheckConstraint("ends_at is null or starts_at is null or starts_at < ends_at", name="times_in_order"),
        ForeignKeyConstraint(["org_id", "lot_id"], ["lot.org_id", "lot.id"]),
        Index(
            "uq_listing_live_lot",
            "org_id",
            "lot_id",
            unique=True,
            postgresql_where=text("status in ('scheduled', 'open', 'paused')"),
        ),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    lot_id: Mapped[UUID]
    price_minor: Mapped[Big]
    currency: Mapped[str]
    min_quantity: Mapped[Big]
    status: Mapped[ListingStatus] = mapped_column(Text)
    published_at: Mapped[Moment]
    """When it was opened first; of a scheduled one, when it is to be."""
    closed_at: Mapped[MaybeMoment]
    version: Mapped[Version]
    tier_quantities: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    tier_prices: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    """From the quantity at the same place on, this is the price: rising quantities, falling prices."""
    quantity_step: Mapped[Big] = mapped_column(server_default=text("1"))
    floor_minor: Mapped[int | None] = mapped_column(BigInteger)
    """The provider's own least price, which nobody else is ever told."""
    starts_at: Mapped[MaybeMoment]
    ends_at: Mapped[MaybeMoment]
    audience: Mapped[Audience] = mapped_column(Text, server_default=text("'public'"))
    audience_ids: Mapped[list[UUID]] = mapped_column(ARRAY(UuidType()), server_default=text("'{}'"))
    """The organisations, or the one storefront, that a listing with an audience is for."""
    low_stock_at: Mapped[Big] = mapped_column(server_default=text("0"))
    stock_state: Mapped[StockState] = mapped_column(Text, server_default=text("'in_stock'"))
    """What its provider was told last."""
    price_version: Mapped[int] = mapped_column(server_default=text("0"))
    """The newest row in `listing_price`; 0: nothing was asked yet."""
    terms_version: Mapped[int] = mapped_column(server_default=text("0"))
    """The newest row in `listing_terms`; 0: no terms."""
    priced_by: Mapped[UUID | None]
    """Who decided about the present price: a scheduled one takes effect when nobody is there."""
    closed_reason: Mapped[Closing | None] = mapped_column(Text)
    reopens_as: Mapped[ListingStatus | None] = mapped_column(Text)
    """As what it comes back when serials of its lot do: it sold out, and its provider has not ended it since. Null: never."""


class ListingPrice(Table):
    """What a listing asked for, from when, decided by whom. Append-only; a price in force until the next one."""

    __tablename__ = "listing_price"
    __table_args__ = (
        CheckConstraint("price_minor > 0 and version > 0", name="positive"),
        CheckConstraint("tiers_fall(price_minor, tier_quantities, tier_prices)", name="tiers"),
        ForeignKeyConstraint(["org_id", "listing_id"], ["listing.org_id", "listing.id"]),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    listing_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    from_at: Mapped[Moment]
    price_minor: Mapped[Big]
    currency: Mapped[str]
    tier_quantities: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    tier_prices: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    audience: Mapped[Audience] = mapped_column(Text)
    set_by: Mapped[UUID]


class ListingTerms(Table):
    """The words that a listing is sold under. Append-only: an order names the version it was placed under."""

    __tablename__ = "listing_terms"
    __table_args__ = (
        CheckConstraint("version > 0", name="positive"),
        ForeignKeyConstraint(["org_id", "listing_id"], ["listing.org_id", "listing.id"]),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    listing_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text_ja: Mapped[str]
    text_en: Mapped[str]
    from_at: Mapped[Moment]
    set_by: Mapped[UUID]


class Shown:
    """What others may know of an open listing: the same columns in both projections. No live numbers, no floor."""

    listing_id: Mapped[UUID] = mapped_column(primary_key=True)
    provider_id: Mapped[UUID]
    provider_name: Mapped[str]
    lot_id: Mapped[UUID]
    registry_code: Mapped[str]
    project_id: Mapped[UUID]
    list_kind: Mapped[str]
    project_number: Mapped[str]
    project_kind: Mapped[str]
    project_summary: Mapped[str]
    project_operator: Mapped[str]
    location: Mapped[str]
    regions: Mapped[list[str]] = mapped_column(ARRAY(Text))
    methodology_codes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    vintage_from: Mapped[date]
    vintage_to: Mapped[date]
    unit: Mapped[str]
    energy: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    price_minor: Mapped[Big]
    """Of as many units as `core.quantity.priced_per` says, as every price here."""
    currency: Mapped[str]
    min_quantity: Mapped[Big]
    confirmed_as_of: Mapped[date]
    compared_as_of: Mapped[date | None]
    """The day of the newest registry's statement that agrees with the lot; None while none did, or one says otherwise."""
    published_at: Mapped[Moment]
    version: Mapped[int]
    tier_quantities: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    tier_prices: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    quantity_step: Mapped[Big] = mapped_column(server_default=text("1"))
    ends_at: Mapped[MaybeMoment]
    low_stock_at: Mapped[Big] = mapped_column(server_default=text("0"))
    price_version: Mapped[int] = mapped_column(server_default=text("0"))
    terms_version: Mapped[int] = mapped_column(server_default=text("0"))
    terms_ja: Mapped[str] = mapped_column(server_default=text("''"), deferred=True)
    terms_en: Mapped[str] = mapped_column(server_default=text("''"), deferred=True)
    family: Mapped[str] = mapped_column(Text, server_default=text("'unknown'"))
    mechanism: Mapped[str] = mapped_column(Text, server_default=text("'unknown'"))
    prefectures: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    eligible_for: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    eligible_maybe: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    labels: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    sdgs: Mapped[list[int]] = mapped_column(ARRAY(Integer), server_default=text("'{}'"))
    ratings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    available_seen: Mapped[Big] = mapped_column(server_default=text("0"))
    """What was free when somebody looked last, for filters; what is shown is read at the moment."""
    priced_at: Mapped[MaybeMoment]
    price_before: Mapped[int | None] = mapped_column(BigInteger)
    """When the price changed last, and from what: who is paging by price has passed a place that moved."""
    fiscal_year: Mapped[int] = mapped_column(Computed(FISCAL_YEAR, persisted=True))
    """Japan's fiscal year in which the vintage ends."""
    terms: Mapped[list[str]] = mapped_column(
        ARRAY(Text),
        Computed(
            "listing_terms(registry_code, project_kind, family, mechanism, vintage_to, methodology_codes, regions, "
            "prefectures, eligible_for, labels, ratings)",
            persisted=True,
        ),
    )
    """Every value that a filter may ask for, as `dimension:value`."""
    issuance_id: Mapped[UUID | None]
    least_price_minor: Mapped[int] = mapped_column(
        BigInteger, Computed("coalesce(tier_prices[cardinality(tier_prices)], price_minor)", persisted=True)
    )
    """The lowest price that any quantity has."""


class PublicListing(Shown, Table):
    """What anybody may know of an open listing. No organisation's secret, so no row-level security; no live numbers."""

    __tablename__ = "public_listing"
    __table_args__ = (
        Index("ix_public_listing_published", text("published_at desc"), text("listing_id desc")),
        Index("ix_public_listing_lot_id", "lot_id"),
        Index("ix_public_listing_price", "price_minor", "listing_id"),
        Index("ix_public_listing_project", "project_id", "price_minor", "listing_id"),
        Index("ix_public_listing_provider", "provider_id", text("published_at desc"), text("listing_id desc")),
        Index("ix_public_listing_vintage", "vintage_to", "listing_id"),
        Index("ix_public_listing_available", "available_seen", "listing_id"),
        Index("ix_public_listing_terms", "terms", postgresql_using="gin"),
        Index("ix_public_listing_least_price", "unit", "least_price_minor", "listing_id"),
    )


class ListingTerm(Table):
    """One value of one public listing beside its price: who filters by a value reads the cheapest first, from an index.

    Kept by a trigger on `public_listing`, so that no way of writing that table can forget it.
    """

    __tablename__ = "listing_term"
    # Beside the key, for counting: of one value it holds nothing but places, in their order.
    __table_args__ = (Index("ix_listing_term_term", "term"),)

    term: Mapped[str] = mapped_column(Text, primary_key=True)
    price_minor: Mapped[Big] = mapped_column(primary_key=True, autoincrement=False)
    listing_id: Mapped[UUID] = mapped_column(primary_key=True)


class LimitedListing(Shown, Table):
    """The same of an open listing that is not for everybody: its provider reads it, and whom it is for."""

    __tablename__ = "limited_listing"
    __table_args__ = (
        Index("uq_limited_listing_listing_id", "listing_id", unique=True),
        Index("ix_limited_listing_lot_id", "lot_id"),
        Index("ix_limited_listing_audience", "audience_ids", postgresql_using="gin"),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    audience_ids: Mapped[list[UUID]] = mapped_column(ARRAY(UuidType()))


class PublicPrice(Table):
    """What a public listing asked everybody for, from when. Append-only, and stays when the listing is gone."""

    __tablename__ = "public_price"
    __table_args__ = (Index("ix_public_price_from_at", "from_at"),)

    listing_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    from_at: Mapped[Moment]
    registry_code: Mapped[str]
    family: Mapped[str]
    unit: Mapped[str]
    price_minor: Mapped[Big]
    currency: Mapped[str]
    tier_quantities: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    tier_prices: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))


class DailyPrice(Table):
    """A category's day in Japan: written once when the day is over, and never changed, so that no two can be compared."""

    __tablename__ = "daily_price"
    __table_args__ = (
        CheckConstraint("(average_minor is null) = (quantity is null)", name="both_or_neither"),
        CheckConstraint("average_minor is not null or last_ask_minor is not null", name="says_something"),
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    registry_code: Mapped[str] = mapped_column(primary_key=True)
    family: Mapped[str] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(primary_key=True)
    currency: Mapped[str]
    average_minor: Mapped[int | None] = mapped_column(BigInteger)
    """Yen, tax excluded, weighted by quantity; null: too few traded for it to be shown."""
    quantity: Mapped[int | None] = mapped_column(BigInteger)
    last_ask_minor: Mapped[int | None] = mapped_column(BigInteger)
    """What a public listing was put up at last, in the thirty days up to this one's end."""
    built_at: Mapped[Moment]
