"""What do providers send of a listing, and what do they and the public see?"""

from app.listings.schemas.own import ListingChange, ListingIn, OwnListingOut
from app.listings.schemas.public import ListingOut

__all__ = ["ListingChange", "ListingIn", "ListingOut", "OwnListingOut"]
