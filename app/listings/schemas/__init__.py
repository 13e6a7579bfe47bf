"""What do providers send of a listing, and what do they and others see?"""

from app.listings.schemas.own import OwnListingOut, OwnPriceOut
from app.listings.schemas.prices import DailyPriceOut, PriceOut, TierOut
from app.listings.schemas.public import AskedOut, ListingOut, TermsOut
from app.listings.schemas.search import ComparisonOut, ListingPageOut, facets_out
from app.listings.schemas.searches import SavedSearchChange, SavedSearchIn, SavedSearchOut, read_search
from app.listings.schemas.wishes import ListingChange, ListingIn, read_change, read_listing

__all__ = [
    "AskedOut",
    "ComparisonOut",
    "DailyPriceOut",
    "ListingChange",
    "ListingIn",
    "ListingOut",
    "ListingPageOut",
    "OwnListingOut",
    "OwnPriceOut",
    "PriceOut",
    "SavedSearchChange",
    "SavedSearchIn",
    "SavedSearchOut",
    "TermsOut",
    "TierOut",
    "facets_out",
    "read_change",
    "read_listing",
    "read_search",
]
