"""How is a price told?"""

import msgspec

from app.core.money import Money


class PriceOut(msgspec.Struct, frozen=True):
    """The price of one unit in the currency's minor unit."""

    amount: int
    currency: str


def price_out(money: Money) -> PriceOut:
    """An amount of money as a price of one unit."""
    return PriceOut(money.minor, money.currency)
