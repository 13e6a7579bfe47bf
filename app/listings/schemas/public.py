"""What does the public see of a listing?"""

from datetime import date, datetime

import msgspec

from app.core.ids import public_id
from app.core.money import Money
from app.listings.models import PublicListing
from app.listings.queries import Offer
from app.listings.schemas.prices import PriceOut, price_out


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
            price=price_out(price),
            tax_basis_points=tax_basis_points,
            price_with_tax=price_out(price + price.share(tax_basis_points)),
            confirmed_as_of=listing.confirmed_as_of,
            published_at=listing.published_at,
            version=listing.version,
        )
