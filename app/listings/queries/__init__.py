"""What is offered to anybody, and what has a provider listed?"""

from app.listings.queries.own import OwnListing, own_listing, own_listings
from app.listings.queries.public import ListingFilter, Offer, offer, offer_place, offers, offers_named

__all__ = [
    "ListingFilter",
    "Offer",
    "OwnListing",
    "offer",
    "offer_place",
    "offers",
    "offers_named",
    "own_listing",
    "own_listings",
]
