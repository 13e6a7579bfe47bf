"""What do providers send of a listing, and what do they and others see?"""

from app.listings.schemas.own import OwnListingOut, OwnPriceOut
from app.listings.schemas.prices import DailyPriceOut, PriceOut, TierOut
from app.listings.schemas.public import AskedOut, ListingOut, TermsOut
from app.listings.schemas.wishes import ListingChange, ListingIn, read_change, read_listing

__all__ = [
    "AskedOut",
    "DailyPriceOut",
    "ListingChange",
    "ListingIn",
    "ListingOut",
    "OwnListingOut",
    "OwnPriceOut",
    "PriceOut",
    "TermsOut",
    "TierOut",
    "read_change",
    "read_listing",
]
