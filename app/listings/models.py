"""What is offered, at what price? The provider's listing, and the projection that the public reads."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Big, MaybeMoment, Moment, Version, one_of
from app.core.db import Table


class ListingStatus(StrEnum):
    OPEN = "open"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"


class Listing(Table):
    """A lot offered at a price in minor units of yen for one unit, tax excluded. At most one live listing per lot."""

    __tablename__ = "listing"
    __table_args__ = (
        CheckConstraint(one_of("status", *ListingStatus), name="status"),
        CheckConstraint("price_minor > 0 and min_quantity > 0", name="positive"),
        ForeignKeyConstraint(["org_id", "lot_id"], ["lot.org_id", "lot.id"]),
        Index(
            "uq_listing_live_lot",
            "org_id",
            "lot_id",
            unique=True,
            postgresql_where=text("status in ('open', 'paused')"),
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
    closed_at: Mapped[MaybeMoment]
    version: Mapped[Version]


class PublicListing(Table):
    """What anybody may know of an open listing. No organisation's secret, so no row-level security; no live numbers."""

    __tablename__ = "public_listing"
    __table_args__ = (
        Index("ix_public_listing_published", text("published_at desc"), text("listing_id desc")),
        Index("ix_public_listing_methodologies", "methodology_codes", postgresql_using="gin"),
        Index("ix_public_listing_regions", "regions", postgresql_using="gin"),
    )

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
    price_minor: Mapped[Big]
    currency: Mapped[str]
    min_quantity: Mapped[Big]
    confirmed_as_of: Mapped[date]
    published_at: Mapped[Moment]
    version: Mapped[int]
