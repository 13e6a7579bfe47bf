"""What does so much of a listing cost? A price, and lower ones from larger quantities on."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from app.core.quantity import goods_minor

TIERS_MAX: Final = 10


class Span(NamedTuple):
    """Quantities from `first` to `last` (None: without end) that have one price, in minor units."""

    first: int
    last: int | None
    price_minor: int


@dataclass(frozen=True, slots=True)
class Pricing:
    """The price of `per` units, tax excluded, in minor units; from each of `tier_quantities` on the price beside it.

    The whole line has the price of its quantity: at "from 100 units ¥900", 100 units cost ¥90,000. `place.sql` counts
    the same by `width_bucket`.
    """

    price_minor: int
    tier_quantities: tuple[int, ...] = ()
    tier_prices: tuple[int, ...] = ()
    per: int = 1
    """1, or 1,000 where a single unit costs less than a yen (`core.quantity.priced_per`)."""

    def goods(self, quantity: int) -> int:
        """What a line of `quantity` units costs before tax, in minor units, its fraction rounded down."""
        return goods_minor(quantity, self.at(quantity), self.per)

    def at(self, quantity: int) -> int:
        """The price of `per` units when `quantity` units are bought, in minor units."""
        tier = bisect_right(self.tier_quantities, quantity)
        return self.tier_prices[tier - 1] if tier else self.price_minor

    def tier_from(self, quantity: int) -> int | None:
        """From which quantity on the price of this quantity holds; None for the price without a tier."""
        tier = bisect_right(self.tier_quantities, quantity)
        return self.tier_quantities[tier - 1] if tier else None

    def spans(self) -> Iterator[Span]:
        """Every price with its quantities, from the largest quantities (and the lowest price) down."""
        last: int | None = None
        for first, price_minor in reversed(list(zip(self.tier_quantities, self.tier_prices, strict=True))):
            yield Span(first, last, price_minor)
            last = first - 1
        yield Span(1, last, self.price_minor)

    @property
    def least_minor(self) -> int:
        """The lowest price that any quantity has, in minor units."""
        return self.tier_prices[-1] if self.tier_prices else self.price_minor
