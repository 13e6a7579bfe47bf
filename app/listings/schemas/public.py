"""What does the public see of a listing?"""

from datetime import date, datetime

import msgspec

from app.core.ids import public_id
from app.core.money import Money
from app.core.quantity import priced_per
from app.inventory.rules import EnergyFacts
from app.listings.models import PublicPrice, Shown
from app.listings.queries import Offer
from app.listings.rules import stock_state
from app.listings.schemas.prices import PriceOut, TierOut, price_out, tiers_out


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
    def of(cls, listing: Shown) -> "ListedProjectOut":
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


class RatingOut(msgspec.Struct, frozen=True):
    """What an agency thinks of the project, on its own scale."""

    agency: str
    value: str
    scale: str
    as_of: str


class QualityOut(msgspec.Struct, frozen=True):
    """What is known of the credits' quality; provenance stands in the project. Lists of codes, sorted.

    `eligible_for` are uses for which they count, `eligible_maybe` those on conditions; of any other nobody here knows.
    """

    family: str
    mechanism: str
    fiscal_year: int
    prefectures: list[str]
    eligible_for: list[str]
    eligible_maybe: list[str]
    labels: list[str]
    sdgs: list[int]
    ratings: list[RatingOut]

    @classmethod
    def of(cls, listing: Shown) -> "QualityOut":
        """The quality facts as they stand in the listing."""
        return cls(
            family=listing.family,
            mechanism=listing.mechanism,
            fiscal_year=listing.fiscal_year,
            prefectures=listing.prefectures,
            eligible_for=listing.eligible_for,
            eligible_maybe=listing.eligible_maybe,
            labels=listing.labels,
            sdgs=listing.sdgs,
            ratings=[
                RatingOut(**{name: str(each[name]) for name in RatingOut.__struct_fields__}) for each in listing.ratings
            ],
        )


class SellerOut(msgspec.Struct, frozen=True):
    """The provider whose credits they are."""

    id: str
    name: str


class ListingOut(msgspec.Struct, frozen=True):
    """An open listing. `price` is of `price_per` units, tax excluded (1,000 where a unit costs less than a yen).

    A line's fraction of a yen is rounded down once, and so is an order's tax, once per provider. `price_with_tax` adds
    tax at `tax_basis_points` to the price, rounded down. `energy` is null for other than energy certificates. `available` units can be ordered now, from
    `min_quantity` on in multiples of `quantity_step`. `compared_as_of` is the day of the newest statement of the registry
    that agrees with the lot, null while none does. A line that reaches a tier has its price for every unit.
    """

    id: str
    provider: SellerOut
    project: ListedProjectOut
    quality: QualityOut
    vintage: VintageOut
    energy: EnergyFacts | None
    unit: str
    available: int
    stock: str
    min_quantity: int
    quantity_step: int
    price: PriceOut
    price_per: int
    tax_basis_points: int
    price_with_tax: PriceOut
    tiers: list[TierOut]
    price_version: int
    terms_version: int
    confirmed_as_of: date
    compared_as_of: date | None
    published_at: datetime
    ends_at: datetime | None
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
            quality=QualityOut.of(listing),
            vintage=VintageOut(listing.vintage_from, listing.vintage_to),
            energy=msgspec.convert(listing.energy, EnergyFacts | None),
            unit=listing.unit,
            available=offer.available,
            stock=stock_state(offer.available, listing.low_stock_at),
            min_quantity=listing.min_quantity,
            quantity_step=listing.quantity_step,
            price=price_out(price),
            price_per=priced_per(listing.unit),
            tax_basis_points=tax_basis_points,
            price_with_tax=price_out(price + price.share(tax_basis_points)),
            tiers=tiers_out(listing.tier_quantities, listing.tier_prices, listing.currency),
            price_version=listing.price_version,
            terms_version=listing.terms_version,
            confirmed_as_of=listing.confirmed_as_of,
            compared_as_of=listing.compared_as_of,
            published_at=listing.published_at,
            ends_at=listing.ends_at,
            version=listing.version,
        )


class TermsOut(msgspec.Struct, frozen=True):
    """What a buyer agrees to, as its provider wrote it; an order keeps the version it was placed under."""

    version: int
    ja: str
    en: str


class AskedOut(msgspec.Struct, frozen=True):
    """What a public listing asked for, from when until the next one. Prices are of `price_per` units, tax excluded."""

    version: int
    from_at: datetime
    price: PriceOut
    price_per: int
    tiers: list[TierOut]

    @classmethod
    def of(cls, row: PublicPrice) -> "AskedOut":
        """The price as anybody sees it."""
        return cls(
            row.version,
            row.from_at,
            PriceOut(row.price_minor, row.currency),
            priced_per(row.unit),
            tiers_out(row.tier_quantities, row.tier_prices, row.currency),
        )
