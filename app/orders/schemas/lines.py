"""How is a line of a quote or an order written?"""

from typing import Annotated, Literal

import msgspec

from app.core.ids import public_id
from app.orders.models import OrderLine
from app.orders.rules import LINE_QUANTITY_MAX, TOTAL_MAX_MINOR

Count = Annotated[int, msgspec.Meta(ge=1, le=LINE_QUANTITY_MAX)]


class MoneyOut(msgspec.Struct, frozen=True):
    """An amount in the currency's minor unit."""

    amount: int
    currency: str


class MoneyIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An amount in whole yen."""

    amount: Annotated[int, msgspec.Meta(ge=1, le=TOTAL_MAX_MINOR)]
    currency: Literal["JPY"]


class LineIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many units of one listing. With `expected_price` (of its `price_per` units, tax excluded) only at exactly that."""

    listing_id: Annotated[str, msgspec.Meta(max_length=40)]
    quantity: Count
    expected_price: MoneyIn | None = None


class OrderLineOut(msgspec.Struct, frozen=True):
    """One line at its price for `price_per` units, tax excluded, under this version of its listing's terms (0: none)."""

    n: int
    listing_id: str
    quantity: int
    unit: str
    price: MoneyOut
    price_per: int
    goods: MoneyOut
    terms_version: int
    substituted: int | msgspec.UnsetType = msgspec.UNSET
    """So many units of it were replaced by other lines: they are no part of the order any more."""
    substitutes: int | msgspec.UnsetType = msgspec.UNSET
    """The line whose units it has taken the place of."""

    @classmethod
    def of(cls, line: OrderLine, unit: str, currency: str) -> "OrderLineOut":
        """The line as its buyer sees it."""
        return cls(
            line.n,
            public_id("lst", line.listing_id),
            line.quantity,
            unit,
            MoneyOut(line.price_minor, currency),
            line.price_per,
            MoneyOut(line.goods_minor, currency),
            line.terms_version,
            line.substituted or msgspec.UNSET,
            line.substitutes or msgspec.UNSET,
        )
