"""What do providers see of their listings?"""

from datetime import datetime

import msgspec

from app.core.ids import public_id
from app.core.money import Money
from app.core.quantity import priced_per
from app.listings.models import Listing
from app.listings.queries import OwnListing, OwnPrice
from app.listings.rules import Audience
from app.listings.schemas.prices import PriceOut, TierOut, price_out, tiers_out
from app.listings.schemas.public import TermsOut


class OfferedToOut(msgspec.Struct, frozen=True):
    """Whom a listing is for."""

    kind: str
    organisation_ids: list[str] | None
    storefront_id: str | None

    @classmethod
    def of(cls, listing: Listing) -> "OfferedToOut":
        """The audience by public ids."""
        audience, ids = Audience(listing.audience), listing.audience_ids
        organisations = [public_id("org", each) for each in ids] if audience == Audience.ORGANISATIONS else None
        storefront = public_id("sfr", ids[0]) if audience == Audience.STOREFRONT else None
        return cls(audience, organisations, storefront)


class OwnListingOut(msgspec.Struct, frozen=True):
    """A listing as its provider sees it, in any state. Prices are of `price_per` units, tax excluded; `floor` is yours alone."""

    id: str
    lot_id: str
    status: str
    unit: str
    available: int
    stock: str
    low_stock_at: int
    min_quantity: int
    quantity_step: int
    price: PriceOut
    price_per: int
    tax_basis_points: int
    price_with_tax: PriceOut
    tiers: list[TierOut]
    price_version: int
    floor: PriceOut | None
    offered_to: OfferedToOut
    terms: TermsOut | None
    starts_at: datetime | None
    ends_at: datetime | None
    published_at: datetime
    closed_at: datetime | None
    closed_reason: str | None
    version: int

    @classmethod
    def of(cls, own: OwnListing, tax_basis_points: int) -> "OwnListingOut":
        """The listing as its provider sees it."""
        listing: Listing = own.listing
        price = Money(listing.price_minor, listing.currency)
        words = own.words
        return cls(
            id=public_id("lst", listing.id),
            lot_id=public_id("lot", listing.lot_id),
            status=listing.status,
            unit=own.unit,
            available=own.available,
            stock=listing.stock_state,
            low_stock_at=listing.low_stock_at,
            min_quantity=listing.min_quantity,
            quantity_step=listing.quantity_step,
            price=price_out(price),
            price_per=priced_per(own.unit),
            tax_basis_points=tax_basis_points,
            price_with_tax=price_out(price + price.share(tax_basis_points)),
            tiers=tiers_out(listing.tier_quantities, listing.tier_prices, listing.currency),
            price_version=listing.price_version,
            floor=None if listing.floor_minor is None else PriceOut(listing.floor_minor, listing.currency),
            offered_to=OfferedToOut.of(listing),
            terms=TermsOut(listing.terms_version, words.ja, words.en) if words.ja or words.en else None,
            starts_at=listing.starts_at,
            ends_at=listing.ends_at,
            published_at=listing.published_at,
            closed_at=listing.closed_at,
            closed_reason=listing.closed_reason,
            version=listing.version,
        )


class OwnPriceOut(msgspec.Struct, frozen=True):
    """What a listing of yours asked for, of `price_per` units, from when until the next one, for whom, and who decided it."""

    version: int
    from_at: datetime
    price: PriceOut
    price_per: int
    tiers: list[TierOut]
    offered_to: str
    set_by: str

    @classmethod
    def of(cls, own: OwnPrice) -> "OwnPriceOut":
        """The price as its provider sees it."""
        row = own.price
        return cls(
            version=row.version,
            from_at=row.from_at,
            price=PriceOut(row.price_minor, row.currency),
            price_per=priced_per(own.unit),
            tiers=tiers_out(row.tier_quantities, row.tier_prices, row.currency),
            offered_to=row.audience,
            set_by=public_id("mem" if own.by_member else "key", row.set_by),
        )
