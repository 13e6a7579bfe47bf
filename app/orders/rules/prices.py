"""What does an order cost, and what may happen to it next? Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.core.money import BASIS_POINTS
from app.core.quantity import goods_minor, priced_per

LINES_MAX = 20
LINE_QUANTITY_MAX = 10**9
TOTAL_MAX_MINOR = 10**12
"""A trillion yen: a larger order is a mistake, and the sums stay far inside 64 bits."""


class OrderStatus(StrEnum):
    AWAITING_PAYMENT = "awaiting_payment"
    PAID = "paid"
    FULFILLED = "fulfilled"
    CANCELED = "canceled"
    EXPIRED = "expired"
    SHORT = "short"
    """Paid, and a lot could not be carved: a person substitutes or refunds."""
    REFUNDED = "refunded"
    """All of it was given back."""


class SubstitutionStatus(StrEnum):
    """How far a proposal to fill a short order with other credits is."""

    OPEN = "open"
    """Its credits are reserved until the buyer answers, or its time is over."""
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    """The order was given back meanwhile, or another proposal took its place."""


@dataclass(frozen=True, slots=True)
class Priced:
    """A line with its price: minor units of yen for `price_per` units, tax excluded."""

    provider_id: UUID
    quantity: int
    price_minor: int
    price_per: int

    @property
    def goods_minor(self) -> int:
        """What the line costs before tax, in minor units of yen, rounded down once."""
        return goods_minor(self.quantity, self.price_minor, self.price_per)


@dataclass(frozen=True, slots=True)
class IssuerTotal:
    """What is owed to one provider: goods, and the tax on their sum."""

    provider_id: UUID
    goods_minor: int
    tax_minor: int


def by_issuer(lines: Iterable[Priced], tax_basis_points: int) -> list[IssuerTotal]:
    """Totals per provider in the order of first appearance; tax is rounded down once per issuer, never per line.

    A qualified invoice rounds once per invoice and rate (Consumption Tax Act, qualified invoice system).
    """
    goods: dict[UUID, int] = {}
    for line in lines:
        goods[line.provider_id] = goods.get(line.provider_id, 0) + line.goods_minor
    return [IssuerTotal(issuer, total, total * tax_basis_points // BASIS_POINTS) for issuer, total in goods.items()]


def with_tax(goods_minor: int, tax_basis_points: int) -> int:
    """What is owed to one issuer for these goods: with their tax, rounded down once."""
    return goods_minor + goods_minor * tax_basis_points // BASIS_POINTS


def counted_unpaid(quantity: int, unit: str) -> int:
    """What an order adds to its buyer's reserved and unpaid: as many units as one price is of count as one, begun ones too."""
    return -(-quantity // priced_per(unit))


def may_be_canceled(status: OrderStatus) -> bool:
    """Whether the buyer may still cancel: money that came in is never given up by a click."""
    return status == OrderStatus.AWAITING_PAYMENT
