"""What changes hands when other credits take the place of those that a paid order is short of? Pure, in yen.

The buyer pays never more than it paid: cheaper credits give it the difference back, of dearer ones the desk puts it in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from uuid import UUID

from app.orders.rules.prices import with_tax
from app.orders.rules.refunds import Back, IssuerLeft, LineLeft, back


@dataclass(frozen=True, slots=True)
class Substitute:
    """So many units that take the place of as many of line `n`, and what they cost before tax."""

    n: int
    provider_id: UUID
    quantity: int
    goods_minor: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """What goes, what is owed to each provider afterwards, and whose the difference is."""

    gone: Back
    owed: tuple[IssuerLeft, ...]
    back_minor: int
    """What the buyer gets back."""
    shares: tuple[int, ...]
    """What the desk puts in, by substitute: each at most its goods, but for a price so high that nobody can mean it."""

    @property
    def borne_minor(self) -> int:
        """What the desk puts in for all of it."""
        return sum(self.shares)


def exchange(lines: Sequence[LineLeft], issuers: Sequence[IssuerLeft], substitutes: Sequence[Substitute]) -> Exchange:
    """What follows when these substitutes take the place of units of these lines, all at the tax rate of the order.

    Of no line more than is left of it is replaced. Tax is rounded down once per provider over all that is left, as ever.
    What the desk had put in for units that go is its own again (`gone.borne_minor`), and counted anew.
    """
    quantities: dict[int, int] = {}
    for each in substitutes:
        quantities[each.n] = quantities.get(each.n, 0) + each.quantity
    gone = back(lines, issuers, quantities)
    owed = _owed(issuers, gone, substitutes)
    before_minor = sum(each.goods_minor + each.tax_minor for each in issuers)
    more_minor = sum(each.goods_minor + each.tax_minor for each in owed) - before_minor + gone.borne_minor
    borne_minor = max(0, more_minor)
    shares = _shares(borne_minor, _weights(lines, substitutes, quantities))
    return Exchange(gone, owed, max(0, -more_minor), shares)


def _owed(issuers: Sequence[IssuerLeft], gone: Back, substitutes: Sequence[Substitute]) -> tuple[IssuerLeft, ...]:
    """What is owed to each provider afterwards, those of before first; one that nothing is owed to any more stays."""
    (rate,) = {each.tax_basis_points for each in issuers}
    goods = {each.provider_id: each.goods_minor for each in issuers}
    for given in gone.issuers:
        goods[given.provider_id] -= given.goods_minor
    for each in substitutes:
        goods[each.provider_id] = goods.get(each.provider_id, 0) + each.goods_minor
    return tuple(
        IssuerLeft(provider_id, rate, minor, with_tax(minor, rate) - minor) for provider_id, minor in goods.items()
    )


def _weights(lines: Sequence[LineLeft], substitutes: Sequence[Substitute], quantities: dict[int, int]) -> Sequence[int]:
    """How much dearer each substitute is than its part of what it replaces; where none is, what each costs."""
    replaced = {
        line.n: line.goods_of(line.left) - line.goods_of(line.left - quantities.get(line.n, 0)) for line in lines
    }
    dearer = [max(0, each.goods_minor - replaced[each.n] * each.quantity // quantities[each.n]) for each in substitutes]
    return dearer if any(dearer) else [each.goods_minor for each in substitutes]


def _shares(minor: int, weights: Sequence[int]) -> tuple[int, ...]:
    """So much in parts of these weights, which come to exactly it."""
    whole = sum(weights)
    ends = [0, *(minor * end // whole for end in accumulate(weights))]
    return tuple(end - begin for begin, end in pairwise(ends))
