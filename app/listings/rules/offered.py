"""What does a provider say of a listing, and what of it cannot be?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final
from uuid import UUID

from app.core.errors import FieldError
from app.listings.rules.audiences import Audience
from app.listings.rules.pricing import Pricing

PRICE_MAX_MINOR: Final = 10**8
"""A hundred million yen for one unit, or 1,000 of energy: more is a slip of the keyboard."""
MIN_QUANTITY_MAX: Final = 10**9
TERMS_MAX: Final = 5_000
"""Characters of the terms in one language."""


@dataclass(frozen=True, slots=True)
class TermsText:
    """What a buyer agrees to, in two languages. Both empty: no terms of the provider's own."""

    ja: str
    en: str


@dataclass(frozen=True, slots=True)
class Offered:
    """All that a provider decides about a listing. Prices are of `pricing.per` units in minor units, quantities in the lot's unit."""

    pricing: Pricing
    min_quantity: int
    quantity_step: int = 1
    """Only multiples of it are sold."""
    floor_minor: int | None = None
    """The provider's own least price. Nobody else is ever told."""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    audience: Audience = Audience.PUBLIC
    audience_ids: tuple[UUID, ...] = ()
    low_stock_at: int = 0
    """At how many units left the provider is told that they are few; 0: only when none is left."""


def faults(offered: Offered, *, lot_quantity: int, units_per_serial: int, now: datetime) -> tuple[FieldError, ...]:
    """What of it cannot be, each with its pointer into the body. `lot_quantity` is the whole lot's."""
    return (
        *_prices(offered),
        *_quantities(offered, lot_quantity, units_per_serial),
        *_worth_a_yen(offered),
        *_times(offered, now),
    )


def _prices(offered: Offered) -> Iterator[FieldError]:
    pricing, floor = offered.pricing, offered.floor_minor
    if floor is not None and pricing.price_minor < floor:
        yield FieldError("/price/amount", "below_floor", "The price is below your own floor.")
    steps = [
        (offered.min_quantity, pricing.price_minor),
        *zip(pricing.tier_quantities, pricing.tier_prices, strict=True),
    ]
    for n, ((before, dearer), (quantity, price)) in enumerate(pairwise(steps)):
        if quantity <= before:
            detail = "A tier begins above the smallest order and above the tier before it."
            yield FieldError(f"/tiers/{n}/quantity", "not_rising", detail)
        if price >= dearer:
            yield FieldError(f"/tiers/{n}/price/amount", "not_falling", "A tier is cheaper than the one before it.")
        if floor is not None and price < floor:
            yield FieldError(f"/tiers/{n}/price/amount", "below_floor", "The price is below your own floor.")


def _worth_a_yen(offered: Offered) -> Iterator[FieldError]:
    """A line is rounded down to whole yen: no quantity that may be ordered costs nothing."""
    pricing = offered.pricing
    if not pricing.goods(offered.min_quantity):
        detail = f"At the price of {pricing.per} units the smallest order costs less than one yen."
        yield FieldError("/min_quantity", "below_one_yen", detail)
    for n, quantity in enumerate(pricing.tier_quantities):
        if not pricing.goods(quantity):
            yield FieldError(f"/tiers/{n}/quantity", "below_one_yen", "So much costs less than one yen.")


def _quantities(offered: Offered, lot_quantity: int, units_per_serial: int) -> Iterator[FieldError]:
    if offered.quantity_step % units_per_serial:
        detail = f"One serial number stands for {units_per_serial} units: only multiples of it can be sold."
        yield FieldError("/quantity_step", "not_whole_serials", detail)
    if offered.min_quantity > lot_quantity:
        yield FieldError("/min_quantity", "range", f"The lot has {lot_quantity}.")
    if offered.min_quantity % offered.quantity_step:
        detail = f"The smallest order is a multiple of {offered.quantity_step}."
        yield FieldError("/min_quantity", "not_a_step", detail)


def _times(offered: Offered, now: datetime) -> Iterator[FieldError]:
    if offered.ends_at is not None and offered.ends_at <= max(now, offered.starts_at or now):
        yield FieldError("/ends_at", "too_early", "A listing ends in the future, and after it has begun.")
