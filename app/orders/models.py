"""What was quoted, ordered and proposed instead, from whom, for how much, and how far is it?"""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Big, DeskId, MaybeMoment, Moment, Version, one_of
from app.core.db import Table
from app.orders.rules import OrderStatus, SubstitutionStatus


class Quote(Table):
    """Prices locked for some minutes. It reserves nothing; an order may use it once.

    A quote that was asked for by publishable key is its storefront's: any buyer of the storefront may order from it.
    """

    __tablename__ = "quote"
    __table_args__ = (ForeignKeyConstraint(["org_id", "storefront_id"], ["storefront.org_id", "storefront.id"]),)

    org_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.org_id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    currency: Mapped[str]
    unit: Mapped[str]
    quantity: Mapped[Big]
    goods_minor: Mapped[Big]
    tax_minor: Mapped[Big]
    total_minor: Mapped[Big]
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    order_id: Mapped[UUID | None]
    asked: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """The criteria that its listings were chosen by; null when they were named."""
    storefront_id: Mapped[UUID | None]


class QuoteLine(Table):
    """One listing in a quote, at the price of that moment (minor units of yen, tax excluded)."""

    __tablename__ = "quote_line"
    __table_args__ = (ForeignKeyConstraint(["org_id", "quote_id"], ["quote.org_id", "quote.id"]),)

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    quote_id: Mapped[UUID] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[UUID]
    listing_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    quantity: Mapped[Big]
    price_minor: Mapped[Big]
    goods_minor: Mapped[Big]
    price_version: Mapped[int] = mapped_column(server_default=text("0"))
    terms_version: Mapped[int] = mapped_column(server_default=text("0"))
    """The rows of `listing_price` and `listing_terms` that the quote holds on to; 0: there were none."""
    why: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """Why this listing, and so much of it."""


class Order(Table):
    """A buyer's order of one or several lines, which the desk sees too. The status is every step's recovery point."""

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint(one_of("status", *OrderStatus), name="status"),
        CheckConstraint("total_minor = goods_minor + tax_minor and goods_minor > 0", name="adds_up"),
        Index("ix_orders_short", "desk_id", "id", postgresql_where=text("status = 'short'")),
        Index("ix_orders_paid_at", "paid_at", postgresql_where=text("paid_at is not null")),
        Index("ix_orders_storefront", "storefront_id", "id", postgresql_where=text("storefront_id is not null")),
    )

    org_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.org_id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    desk_id: Mapped[DeskId]
    status: Mapped[OrderStatus] = mapped_column(Text)
    currency: Mapped[str]
    unit: Mapped[str]
    quantity: Mapped[Big]
    goods_minor: Mapped[Big]
    tax_minor: Mapped[Big]
    total_minor: Mapped[Big]
    quote_id: Mapped[UUID | None]
    retire: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """The invalidation asked for and signed off at order time."""
    placed_by: Mapped[UUID]
    placed_at: Mapped[Moment]
    deadline: Mapped[Moment]
    paid_at: Mapped[MaybeMoment]
    closed_at: Mapped[MaybeMoment]
    version: Mapped[Version]
    storefront_id: Mapped[UUID | None]
    """The storefront that it was placed through."""


class OrderLine(Table):
    """One listing in an order. Buyer and provider may both read it."""

    __tablename__ = "order_line"
    __table_args__ = (
        CheckConstraint(
            "quantity > 0 and price_minor > 0 and price_per > 0 and goods_minor = quantity * price_minor / price_per",
            name="adds_up",
        ),
        CheckConstraint("refunded >= 0 and refunded <= quantity", name="refunded_at_most"),
        CheckConstraint("substituted between 0 and refunded", name="substituted"),
        CheckConstraint(
            "borne_minor between 0 and goods_minor and (borne_minor = 0 or substitutes is not null)", name="borne"
        ),
        ForeignKeyConstraint(["org_id", "order_id"], ["orders.org_id", "orders.id"]),
        ForeignKeyConstraint(["provider_id", "listing_id"], ["listing.org_id", "listing.id"]),
        Index("ix_order_line_provider", "provider_id", "order_id"),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[UUID]
    listing_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    quantity: Mapped[Big]
    price_minor: Mapped[Big]
    price_per: Mapped[Big] = mapped_column(server_default=text("1"))
    """How many units the price is of; a line's fraction of a yen is rounded down."""
    goods_minor: Mapped[Big]
    refunded: Mapped[Big] = mapped_column(server_default=text("0"))
    """Units of it that were given back."""
    price_version: Mapped[int] = mapped_column(server_default=text("0"))
    """The row of `listing_price` that the price was read from, or that its quote was made from; 0: from before them."""
    terms_version: Mapped[int] = mapped_column(server_default=text("0"))
    """The words that it was bought under, in `listing_terms`; 0: none."""
    substituted: Mapped[Big] = mapped_column(server_default=text("0"))
    """Units of it, counted as given back, that other lines have taken the place of."""
    substitutes: Mapped[int | None]
    """The line whose units this one has taken the place of; null: it was ordered."""
    borne_minor: Mapped[Big] = mapped_column(server_default=text("0"))
    """What of its price, with tax, the desk has put in: it is dearer than what its buyer had paid for."""


class OrderIssuer(Table):
    """What an order owes to one provider: tax is rounded down once per issuer and rate, never per line.

    A qualified invoice rounds once per invoice and rate (Consumption Tax Act, qualified invoice system).
    """

    __tablename__ = "order_issuer"
    __table_args__ = (
        CheckConstraint("tax_minor = goods_minor * tax_basis_points / 10000", name="rounded_down_once"),
        CheckConstraint(
            "refunded_goods_minor between 0 and goods_minor and tax_minor - refunded_tax_minor ="
            " (goods_minor - refunded_goods_minor) * tax_basis_points / 10000",
            name="refunded_as_charged",
        ),
        ForeignKeyConstraint(["org_id", "order_id"], ["orders.org_id", "orders.id"]),
        Index("ix_order_issuer_provider", "provider_id", "order_id"),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    provider_id: Mapped[UUID] = mapped_column(primary_key=True)
    tax_basis_points: Mapped[int] = mapped_column(primary_key=True)
    goods_minor: Mapped[Big]
    tax_minor: Mapped[Big]
    refunded_goods_minor: Mapped[Big] = mapped_column(server_default=text("0"))
    refunded_tax_minor: Mapped[Big] = mapped_column(server_default=text("0"))
    """What was given back of both."""


class BuyerExposure(Table):
    """How much a buyer has reserved and not paid, and the most that it may: as many units as one price is of count as one."""

    __tablename__ = "buyer_exposure"
    __table_args__ = (CheckConstraint("unpaid >= 0", name="never_below_zero"),)

    org_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.org_id"), primary_key=True)
    unpaid: Mapped[Big]
    cap: Mapped[Big]


class Substitution(Table):
    """Other credits that the desk proposes for those a paid order is short of. Reserved for the buyer until it answers."""

    __tablename__ = "substitution"
    __table_args__ = (
        CheckConstraint(one_of("status", *SubstitutionStatus), name="status"),
        CheckConstraint("back_minor >= 0 and borne_minor >= 0 and (back_minor = 0 or borne_minor = 0)", name="one_way"),
        CheckConstraint("(status = 'open') = (closed_at is null)", name="closed"),
        ForeignKeyConstraint(["org_id", "order_id"], ["orders.org_id", "orders.id"]),
        Index("uq_substitution_open", "org_id", "order_id", unique=True, postgresql_where=text("status = 'open'")),
        Index("ix_substitution_order", "org_id", "order_id", "id"),
        Index("ix_substitution_desk", "desk_id", "order_id", "id"),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    desk_id: Mapped[DeskId]
    order_id: Mapped[UUID]
    status: Mapped[SubstitutionStatus] = mapped_column(Text)
    note: Mapped[str]
    """Why, in words for the buyer."""
    currency: Mapped[str]
    back_minor: Mapped[Big]
    """What the buyer gets back with it."""
    borne_minor: Mapped[Big]
    """What the desk puts in."""
    proposed_by: Mapped[UUID]
    proposed_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    answered_by: Mapped[UUID | None]
    closed_at: Mapped[MaybeMoment]
    version: Mapped[Version]


class SubstitutionLine(Table):
    """So many units of a listing, at the price of that moment, in the place of as many of line `line_n` of the order."""

    __tablename__ = "substitution_line"
    __table_args__ = (
        CheckConstraint(
            "quantity > 0 and price_minor > 0 and price_per > 0 and goods_minor = quantity * price_minor / price_per",
            name="adds_up",
        ),
        ForeignKeyConstraint(["org_id", "substitution_id"], ["substitution.org_id", "substitution.id"]),
        ForeignKeyConstraint(["provider_id", "listing_id"], ["listing.org_id", "listing.id"]),
        Index("ix_substitution_line_order", "org_id", "order_id"),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    substitution_id: Mapped[UUID] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[UUID]
    line_n: Mapped[int]
    provider_id: Mapped[UUID]
    listing_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    quantity: Mapped[Big]
    price_minor: Mapped[Big]
    price_per: Mapped[Big]
    goods_minor: Mapped[Big]
    price_version: Mapped[int]
    terms_version: Mapped[int]
