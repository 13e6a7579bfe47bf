"""In which states is a listing, whom is it for, and how full is its shelf?"""

from enum import StrEnum


class ListingStatus(StrEnum):
    SCHEDULED = "scheduled"
    """Published for later: nobody but its provider sees it before `starts_at`."""
    OPEN = "open"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"


class Audience(StrEnum):
    PUBLIC = "public"
    ORGANISATIONS = "organisations"
    """The named organisations alone."""
    STOREFRONT = "storefront"
    """Whoever comes through one storefront."""


class Closing(StrEnum):
    """Why a listing ended."""

    BY_PROVIDER = "by_provider"
    SOLD_OUT = "sold_out"
    ENDED = "ended"
    """Its time was over."""
    LOT_WITHDRAWN = "lot_withdrawn"


class StockState(StrEnum):
    IN_STOCK = "in_stock"
    LOW = "low"
    SOLD_OUT = "sold_out"


def stock_state(free: int, low_stock_at: int) -> StockState:
    """How full the shelf is: `low` at the provider's threshold or below it, in the lot's unit; 0 is sold out."""
    if free <= 0:
        return StockState.SOLD_OUT
    return StockState.LOW if free <= low_stock_at else StockState.IN_STOCK
