"""How is a price told?"""

from collections.abc import Sequence
from datetime import date

import msgspec

from app.core.money import Money
from app.core.quantity import priced_per
from app.listings.models import DailyPrice


class PriceOut(msgspec.Struct, frozen=True):
    """A price in the currency's minor unit: of one unit, or of as many as a `price_per` beside it says."""

    amount: int
    currency: str


class TierOut(msgspec.Struct, frozen=True):
    """From `quantity` units on, a whole line has this `price`, tax excluded."""

    quantity: int
    price: PriceOut


def price_out(money: Money) -> PriceOut:
    """An amount of money as a price."""
    return PriceOut(money.minor, money.currency)


def tiers_out(quantities: Sequence[int], prices_minor: Sequence[int], currency: str) -> list[TierOut]:
    """Tiers as callers see them, from the smallest quantity up."""
    tiers = zip(quantities, prices_minor, strict=True)
    return [TierOut(quantity, PriceOut(price_minor, currency)) for quantity, price_minor in tiers]


class DailyPriceOut(msgspec.Struct, frozen=True):
    """One category on one day in Japan. Prices are of `price_per` units, tax excluded; the day is never changed afterwards.

    `average` is weighted by quantity over what was paid for that day. It is withheld (`too_few`) unless at least three
    buyers and two providers stand behind it and no buyer made more than three quarters of the quantity; a day on which
    nothing was sold looks the same. `last_ask` is what a public listing was put up at last, in thirty days.
    """

    day: date
    registry: str
    family: str
    unit: str
    price_per: int
    average: PriceOut | None
    quantity: int | None
    withheld: str | None
    last_ask: PriceOut | None

    @classmethod
    def of(cls, row: DailyPrice) -> "DailyPriceOut":
        """The day as anybody sees it."""
        return cls(
            day=row.day,
            registry=row.registry_code,
            family=row.family,
            unit=row.unit,
            price_per=priced_per(row.unit),
            average=None if row.average_minor is None else PriceOut(row.average_minor, row.currency),
            quantity=row.quantity,
            withheld="too_few" if row.average_minor is None else None,
            last_ask=None if row.last_ask_minor is None else PriceOut(row.last_ask_minor, row.currency),
        )
