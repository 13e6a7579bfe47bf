"""What may a provider offer, and what does how much of it cost? Pure."""

from app.listings.rules.audiences import Audience, Closing, ListingStatus, StockState, stock_state
from app.listings.rules.categories import BUYERS_MIN, PROVIDERS_MIN, SHARE_MAX_PERCENT, Traded, may_be_shown
from app.listings.rules.offered import MIN_QUANTITY_MAX, PRICE_MAX_MINOR, TERMS_MAX, Offered, TermsText, faults
from app.listings.rules.pricing import TIERS_MAX, Pricing
from app.listings.rules.searches import SEARCHES_MAX, led_by, wrong_about_search

__all__ = [
    "BUYERS_MIN",
    "MIN_QUANTITY_MAX",
    "PRICE_MAX_MINOR",
    "PROVIDERS_MIN",
    "SEARCHES_MAX",
    "SHARE_MAX_PERCENT",
    "TERMS_MAX",
    "TIERS_MAX",
    "Audience",
    "Closing",
    "ListingStatus",
    "Offered",
    "Pricing",
    "StockState",
    "TermsText",
    "Traded",
    "faults",
    "led_by",
    "may_be_shown",
    "stock_state",
    "wrong_about_search",
]
