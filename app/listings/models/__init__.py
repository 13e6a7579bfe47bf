"""What is offered, at what price, and who wants to hear of it?"""

from app.listings.models.listings import (
    DailyPrice,
    LimitedListing,
    Listing,
    ListingPrice,
    ListingStatus,
    ListingTerm,
    ListingTerms,
    PublicListing,
    PublicPrice,
    Shown,
)
from app.listings.models.searches import ListingNews, NewsBatch, SavedSearch

__all__ = [
    "DailyPrice",
    "LimitedListing",
    "Listing",
    "ListingNews",
    "ListingPrice",
    "ListingStatus",
    "ListingTerm",
    "ListingTerms",
    "NewsBatch",
    "PublicListing",
    "PublicPrice",
    "SavedSearch",
    "Shown",
]
