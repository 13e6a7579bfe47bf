"""What is offered to whom, for how much, and what has a provider listed?"""

from app.listings.queries.chosen import Criteria, candidates, pricing_of
from app.listings.queries.facets import Facet, facets
from app.listings.queries.limited import seen_by
from app.listings.queries.own import OwnListing, OwnPrice, own_listing, own_listings, own_prices
from app.listings.queries.prices import PriceFilter, asked_prices, daily_price_place, daily_prices
from app.listings.queries.public import (
    Offer,
    availability,
    found_offers,
    offer,
    offer_place,
    offers_named,
    providers_of_project,
    public_listing,
    public_offers,
    special_offers,
    special_place,
    words,
)
from app.listings.queries.saved import START, Fit, filter_of, new_fits, next_searches, saved_search, saved_searches
from app.listings.queries.search import SORTS, ListingFilter, Wanted, first_cut, fits, wanted_by

__all__ = [
    "SORTS",
    "START",
    "Criteria",
    "Facet",
    "Fit",
    "ListingFilter",
    "Offer",
    "OwnListing",
    "OwnPrice",
    "PriceFilter",
    "Wanted",
    "asked_prices",
    "availability",
    "candidates",
    "daily_price_place",
    "daily_prices",
    "facets",
    "filter_of",
    "first_cut",
    "fits",
    "found_offers",
    "new_fits",
    "next_searches",
    "offer",
    "offer_place",
    "offers_named",
    "own_listing",
    "own_listings",
    "own_prices",
    "pricing_of",
    "providers_of_project",
    "public_listing",
    "public_offers",
    "saved_search",
    "saved_searches",
    "seen_by",
    "special_offers",
    "special_place",
    "wanted_by",
    "words",
]
