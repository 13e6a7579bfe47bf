"""How much goes back when part of an order is given back? What is left is counted anew, and the difference returns.

So everything given back in any number of steps is exactly what was charged: tax is rounded down once per provider and
rate over what is left, as it was over the whole (`by_issuer`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.core.money import BASIS_POINTS
from app.core.quantity import goods_minor


@dataclass(frozen=True, slots=True)
class LineLeft:
    """A line of an order: how much of it was ordered, and how much given back before. Prices are minor units of yen."""

    n: int
    provider_id: UUID
    quantity: int
    refunded: int
    price_minor: int
    price_per: int
    borne_minor: int = 0
    """What of its price, with tax, the desk has put in for the buyer: at most its goods."""

    @property
    def left(self) -> int:
        """Units that were not given back."""
        return self.quantity - self.refunded

    def goods_of(self, quantity: int) -> int:
        """What so many units of it cost before tax, rounded down once."""
        return goods_minor(quantity, self.price_minor, self.price_per)

    def borne_of(self, quantity: int) -> int:
        """What of so many units the desk has put in, rounded down: never more than their goods."""
        return self.borne_minor * self.goods_of(quantity) // self.goods_of(self.quantity) if self.borne_minor else 0


@dataclass(frozen=True, slots=True)
class IssuerLeft:
    """What an order owes one provider still: goods, and the tax on them."""

    provider_id: UUID
    tax_basis_points: int
    goods_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class LineBack:
    """Units of a line that are given back, their goods, and what of those was the desk's own money."""

    n: int
    provider_id: UUID
    quantity: int
    goods_minor: int
    borne_minor: int


@dataclass(frozen=True, slots=True)
class IssuerBack:
    """What of one provider's goods and tax returns, and how much of both to the desk, whose money it was."""

    provider_id: UUID
    tax_basis_points: int
    goods_minor: int
    tax_minor: int
    borne_minor: int


@dataclass(frozen=True, slots=True)
class Back:
    """What returns: to the buyer, but for what the desk had put in for it."""

    lines: tuple[LineBack, ...]
    issuers: tuple[IssuerBack, ...]

    @property
    def total_minor(self) -> int:
        """Goods and tax."""
        return sum(each.goods_minor + each.tax_minor for each in self.issuers)

    @property
    def borne_minor(self) -> int:
        """What of it is the desk's own."""
        return sum(each.borne_minor for each in self.lines)

    @property
    def buyer_minor(self) -> int:
        """What of it is the buyer's."""
        return self.total_minor - self.borne_minor


def back(lines: Sequence[LineLeft], issuers: Sequence[IssuerLeft], quantities: Mapping[int, int]) -> Back:
    """What returns when so many units of each line (`quantities` by its number) are given back.

    Each is above zero and at most what is left of its line.
    """
    given = []
    for line in lines:
        quantity = quantities.get(line.n, 0)
        if not quantity:
            continue
        assert 0 < quantity <= line.left, (line, quantity)
        goods = line.goods_of(line.left) - line.goods_of(line.left - quantity)
        borne = line.borne_of(line.left) - line.borne_of(line.left - quantity)
        given.append(LineBack(line.n, line.provider_id, quantity, goods, borne))
    return Back(tuple(given), tuple(_of_issuer(issuer, given) for issuer in issuers if _has(issuer, given)))


def _has(issuer: IssuerLeft, given: Sequence[LineBack]) -> bool:
    return any(line.provider_id == issuer.provider_id for line in given)


def _of_issuer(issuer: IssuerLeft, given: Sequence[LineBack]) -> IssuerBack:
    own = [line for line in given if line.provider_id == issuer.provider_id]
    goods, borne = sum(line.goods_minor for line in own), sum(line.borne_minor for line in own)
    tax_left = (issuer.goods_minor - goods) * issuer.tax_basis_points // BASIS_POINTS
    return IssuerBack(issuer.provider_id, issuer.tax_basis_points, goods, issuer.tax_minor - tax_left, borne)


def share_of_loss(issuer: IssuerLeft, most_minor: int) -> tuple[int, int]:
    """What of its goods and of its tax a provider bears of a loss: all that is left of them, or that share of `most_minor`.

    Tax is rounded down; both together are never above `most_minor`.
    """
    whole_minor = issuer.goods_minor + issuer.tax_minor
    if whole_minor <= most_minor:
        return issuer.goods_minor, issuer.tax_minor
    tax_minor = most_minor * issuer.tax_minor // whole_minor
    return most_minor - tax_minor, tax_minor
