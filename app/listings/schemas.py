"""What do providers send of a listing, and what do they and the public see?"""

from datetime import date, datetime
from typing import Annotated, Final, Literal

import msgspec

from app.core.ids import public_id
from app.core.money import Money
from app.listings.models import Listing, PublicListing
from app.listings.queries import Offer, OwnListing

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


class PriceOut(msgspec.Struct, frozen=True):
    """The price of one unit in the currency's minor unit."""

    amount: int
    currency: str


class VintageOut(msgspec.Struct, frozen=True):
    """The period in which the reductions or removals happened; both days inclusive, in the registry's zone."""

    first: date = msgspec.field(name="from")
    last: date = msgspec.field(name="to")


class ListedProjectOut(msgspec.Struct, frozen=True):
    """The project that the credits come from."""

    id: str
    registry: str
    list_kind: str
    number: str
    kind: str
    operator_name: str
    summary: str
    location: str
    regions: list[str]
    methodology_codes: list[str]

    @classmethod
    def of(cls, listing: PublicListing) -> "ListedProjectOut":
        """The project as it stands in the listing."""
        return cls(
            id=public_id("prj", listing.project_id),
            registry=listing.registry_code,
            list_kind=listing.list_kind,
            number=listing.project_number,
            kind=listing.project_kind,
            operator_name=listing.project_operator,
            summary=listing.project_summary,
            location=listing.location,
            regions=listing.regions,
            methodology_codes=listing.methodology_codes,
        )


class SellerOut(msgspec.Struct, frozen=True):
    """The provider whose credits they are."""

    id: str
    name: str


class ListingOut(msgspec.Struct, frozen=True):
    """An open listing. `price` is of one unit, tax excluded; an order rounds its tax down once per provider.

    `price_with_tax` adds tax at `tax_basis_points` to one unit, rounded down. `available` units can be ordered now.
    """

    id: str
    provider: SellerOut
    project: ListedProjectOut
    vintage: VintageOut
    unit: str
    available: int
    min_quantity: int
    price: PriceOut
    tax_basis_points: int
    price_with_tax: PriceOut
    confirmed_as_of: date
    published_at: datetime
    version: int

    @classmethod
    def of(cls, offer: Offer, tax_basis_points: int) -> "ListingOut":
        """The listing as anybody sees it."""
        listing = offer.listing
        price = Money(listing.price_minor, listing.currency)
        return cls(
            id=public_id("lst", listing.listing_id),
            provider=SellerOut(public_id("org", listing.provider_id), listing.provider_name),
            project=ListedProjectOut.of(listing),
            vintage=VintageOut(listing.vintage_from, listing.vintage_to),
            unit=listing.unit,
            available=offer.available,
            min_quantity=listing.min_quantity,
            price=_price(price),
            tax_basis_points=tax_basis_points,
            price_with_tax=_price(price + price.share(tax_basis_points)),
            confirmed_as_of=listing.confirmed_as_of,
            published_at=listing.published_at,
            version=listing.version,
        )


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
            price=_price(price),
            tax_basis_points=tax_basis_points,
            price_with_tax=_price(price + price.share(tax_basis_points)),
            published_at=listing.published_at,
            closed_at=listing.closed_at,
            version=listing.version,
        )


def _price(money: Money) -> PriceOut:
    return PriceOut(money.minor, money.currency)
