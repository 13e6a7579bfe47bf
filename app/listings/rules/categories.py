"""Of what is a day's average made, and may it be shown without telling anybody's trade?"""

from dataclasses import dataclass
from typing import Final

BUYERS_MIN: Final = 3
"""With two buyers behind an average, each could take its own trade away and read the other's."""
PROVIDERS_MIN: Final = 2
"""With one provider the average would be what that provider earned."""
SHARE_MAX_PERCENT: Final = 75
"""Where one buyer makes nearly all of the volume, the average is that buyer's price."""


@dataclass(frozen=True, slots=True)
class Traded:
    """What was paid for in one category on one day: units of it, whole yen before tax, and by how many."""

    price_per: int
    """How many units a price is of."""
    quantity: int
    goods_minor: int
    buyers: int
    providers: int
    largest_quantity: int
    """What the largest of the buyers bought."""

    @property
    def average_minor(self) -> int:
        """Yen for `price_per` units, weighted by quantity, rounded to the nearest, halves up."""
        return (2 * self.goods_minor * self.price_per + self.quantity) // (2 * self.quantity)


def may_be_shown(traded: Traded) -> bool:
    """Whether an average tells nobody's trade. No trade at all is withheld like too few: that, too, is a piece of news."""
    enough = traded.buyers >= BUYERS_MIN and traded.providers >= PROVIDERS_MIN
    return enough and traded.largest_quantity * 100 <= traded.quantity * SHARE_MAX_PERCENT
