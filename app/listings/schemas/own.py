"""What do providers send of a listing, and what do they see?"""

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec

from app.core.ids import public_id
from app.core.money import Money
from app.listings.models import Listing
from app.listings.queries import OwnListing
from app.listings.schemas.prices import PriceOut, price_out

PRICE_MAX_MINOR: Final = 10**8
"""A hundred million yen for one unit: more is a slip of the keyboard."""
MIN_QUANTITY_MAX: Final = 10**9

MinQuantity = Annotated[
    int, msgspec.Meta(ge=1, le=MIN_QUANTITY_MAX, description="The smallest order, in the lot's unit.")
]


class PriceIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The price of one unit, consumption tax excluded, in whole yen."""

    amount: Annotated[int, msgspec.Meta(ge=1, le=PRICE_MAX_MINOR)]
    currency: Literal["JPY"]


class ListingIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A confirmed lot to offer. `price` is of one unit, tax excluded."""

    lot_id: Annotated[str, msgspec.Meta(max_length=40)]
    price: PriceIn
    min_quantity: MinQuantity


class ListingChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be different; what is left out stays. `price` is of one unit, tax excluded."""

    price: PriceIn | None = None
    min_quantity: MinQuantity | None = None


class OwnListingOut(msgspec.Struct, frozen=True):
    """A listing as its provider sees it, in any state. `price` is of one unit, tax excluded."""

    id: str
    lot_id: str
    status: str
    unit: str
    available: int
    min_quantity: int
    price: PriceOut
    tax_basis_points: int
    price_with_tax: PriceOut
    published_at: datetime
    closed_at: datetime | None
    version: int

    @classmethod
    def of(cls, own: OwnListing, tax_basis_points: int) -> "OwnListingOut":
        """The listing as its provider sees it."""
        listing: Listing = own.listing
        price = Money(listing.price_minor, listing.currency)
        return cls(
            id=public_id("lst", listing.id),
            lot_id=public_id("lot", listing.lot_id),
            status=listing.status,
            unit=own.unit,
            available=own.available,
            min_quantity=listing.min_quantity,
            price=price_out(price),
            tax_basis_points=tax_basis_points,
            price_with_tax=price_out(price + price.share(tax_basis_points)),
            published_at=listing.published_at,
            closed_at=listing.closed_at,
            version=listing.version,
        )
