"""What is offered to whom, for how much, and what has a provider listed?"""

from app.listings.queries.chosen import Criteria, candidates, pricing_of
from app.listings.queries.limited import seen_by
from app.listings.queries.own import OwnListing, OwnPrice, own_listing, own_listings, own_prices
from app.listings.queries.prices import PriceFilter, asked_prices, daily_price_place, daily_prices
from app.listings.queries.public import (
    ListingFilter,
    Offer,
    availability,
    offer,
    offer_place,
    offers,
    public_listing,
    special_offers,
    words,
)

__all__ = [
    "Criteria",
    "ListingFilter",
    "Offer",
    "OwnListing",
    "OwnPrice",
    "PriceFilter",
    "asked_prices",
    "availability",
    "candidates",
    "daily_price_place",
    "daily_prices",
    "offer",
    "offer_place",
    "offers",
    "own_listing",
    "own_listings",
    "own_prices",
    "pricing_of",
    "public_listing",
    "seen_by",
    "special_offers",
    "words",
]
