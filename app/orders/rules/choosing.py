"""Which listings make up a quote, and how much of each? Whole units and whole yen, honouring tiers, steps and stock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from app.core.money import BASIS_POINTS
from app.listings.rules import Pricing
from app.orders.rules.prices import LINE_QUANTITY_MAX, TOTAL_MAX_MINOR, with_tax


class Rule(StrEnum):
    """How listings are chosen by criteria."""

    CHEAPEST = "cheapest"
    """The lowest price for what is still wanted, again and again."""
    SPLIT = "split"
    """Evenly over the cheapest projects, one listing of each."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A listing that may be bought from: its prices, and how much of it can be had."""

    listing_id: UUID
    provider_id: UUID
    project_id: UUID
    pricing: Pricing
    min_quantity: int
    quantity_step: int
    available: int

    def most(self, quantity: int) -> int:
        """The largest order of it up to `quantity`; 0 when that is below its smallest."""
        usable = min(quantity, self.available, LINE_QUANTITY_MAX)
        usable -= usable % self.quantity_step
        return usable if usable >= self.min_quantity else 0


@dataclass(frozen=True, slots=True)
class Chosen:
    """A line: so much of a listing at its price, why it is there, and what kept it from being more."""

    candidate: Candidate
    quantity: int
    rank: int
    limited_by: str

    @property
    def price_minor(self) -> int:
        """The price at this quantity, in minor units for as many units as the listing's prices are of."""
        return self.candidate.pricing.at(self.quantity)


@dataclass(slots=True)
class _Basket:
    """What was chosen so far, and what is owed to each issuer for it."""

    tax_basis_points: int
    quantities: dict[UUID, tuple[Candidate, int]] = field(default_factory=dict)
    goods: dict[UUID, int] = field(default_factory=dict)

    def put(self, candidate: Candidate, quantity: int) -> None:
        _, before = self.quantities.pop(candidate.listing_id, (candidate, 0))
        change = candidate.pricing.goods(quantity) - candidate.pricing.goods(before)
        self.goods[candidate.provider_id] = self.goods.get(candidate.provider_id, 0) + change
        if quantity:
            self.quantities[candidate.listing_id] = candidate, quantity

    def quantity_of(self, candidate: Candidate) -> int:
        return self.quantities.get(candidate.listing_id, (candidate, 0))[1]

    @property
    def quantity(self) -> int:
        return sum(quantity for _, quantity in self.quantities.values())

    @property
    def total_minor(self) -> int:
        return sum(with_tax(goods, self.tax_basis_points) for goods in self.goods.values())


def goods_room(budget_minor: int, goods_before_minor: int, tax_basis_points: int) -> int:
    """How much more goods of an issuer cost at most `budget_minor` more with tax, whose rounding is the issuer's."""
    ceiling = budget_minor + with_tax(goods_before_minor, tax_basis_points)
    # g + ⌊g·t/10000⌋ ≤ c  ⇔  g·(10000 + t) < (c + 1)·10000
    most = ((ceiling + 1) * BASIS_POINTS - 1) // (BASIS_POINTS + tax_basis_points)
    return max(0, most - goods_before_minor)


def largest_within(candidate: Candidate, budget_minor: int, *, goods_before_minor: int, tax_basis_points: int) -> int:
    """The largest order of a listing that costs at most `budget_minor` with tax; 0 when its smallest costs more.

    A tier lowers the price of the whole line, so that more may cost less: every price is looked at, from the largest
    quantities down.
    """
    room = min(goods_room(budget_minor, goods_before_minor, tax_basis_points), TOTAL_MAX_MINOR)
    for span in candidate.pricing.spans():
        # ⌊q·p/n⌋ ≤ r  ⇔  q·p < (r + 1)·n
        affordable = ((room + 1) * candidate.pricing.per - 1) // span.price_minor
        quantity = candidate.most(affordable if span.last is None else min(affordable, span.last))
        if quantity >= span.first and quantity:
            return quantity
    return 0


def choose_quantity(
    candidates: Sequence[Candidate], rule: Rule, quantity: int, *, lines_max: int, tax_basis_points: int
) -> list[Chosen]:
    """Lines that make up `quantity` units, or as many as can be put together from what there is."""
    basket = _Basket(tax_basis_points)
    chosen = candidates if rule == Rule.CHEAPEST else _of_projects(candidates, quantity, lines_max)
    if rule == Rule.SPLIT:
        for n, candidate in enumerate(sorted(chosen, key=lambda each: (each.available, each.listing_id))):
            basket.put(candidate, candidate.most((quantity - basket.quantity) // (len(chosen) - n)))
    while len(basket.quantities) < lines_max or rule == Rule.SPLIT:
        left = quantity - basket.quantity
        more = [(each, each.most(basket.quantity_of(each) + left)) for each in chosen]
        best = _cheapest(basket, more, fresh_only=rule == Rule.CHEAPEST)
        if not left or best is None:
            break
        basket.put(*best)
    return _lines(basket, "quantity" if rule == Rule.CHEAPEST else "share")


def choose_within_budget(
    candidates: Sequence[Candidate], rule: Rule, budget_minor: int, *, lines_max: int, tax_basis_points: int
) -> list[Chosen]:
    """Lines whose total with tax is at most `budget_minor`; none of them could be larger within it."""
    basket = _Basket(tax_basis_points)

    def largest(candidate: Candidate, budget: int) -> int:
        """The largest order of it within what `budget` leaves, its present line put back."""
        own = basket.quantity_of(candidate)
        before = basket.goods.get(candidate.provider_id, 0)
        without = before - candidate.pricing.goods(own)
        given_back = with_tax(before, tax_basis_points) - with_tax(without, tax_basis_points)
        return largest_within(
            candidate, budget + given_back, goods_before_minor=without, tax_basis_points=tax_basis_points
        )

    # A project whose smallest order is beyond the whole budget takes no other project's place.
    affordable = [each for each in candidates if largest(each, budget_minor)]
    chosen = affordable if rule == Rule.CHEAPEST else _of_projects(affordable, 0, lines_max)
    if rule == Rule.SPLIT:
        for n, candidate in enumerate(sorted(chosen, key=lambda each: (each.available, each.listing_id))):
            share = (budget_minor - basket.total_minor) // (len(chosen) - n)
            basket.put(candidate, largest(candidate, share))
    while len(basket.quantities) < lines_max or rule == Rule.SPLIT:
        left = budget_minor - basket.total_minor
        more = [(each, largest(each, left)) for each in chosen]
        best = _cheapest(basket, more, fresh_only=rule == Rule.CHEAPEST)
        if best is None:
            break
        basket.put(*best)
    return _lines(basket, "budget" if rule == Rule.CHEAPEST else "share")


def _of_projects(candidates: Iterable[Candidate], quantity: int, lines_max: int) -> list[Candidate]:
    """The cheapest projects by their cheapest listing, at an even share of `quantity`."""
    candidates = list(candidates)
    count = max(1, min(lines_max, len({each.project_id for each in candidates}), quantity or lines_max))
    share = quantity // count
    of_project: dict[UUID, Candidate] = {}
    for candidate in sorted(
        candidates, key=lambda each: (each.pricing.at(max(share, each.min_quantity)), each.listing_id)
    ):
        of_project.setdefault(candidate.project_id, candidate)
    return list(of_project.values())[:count]


def _cheapest(
    basket: _Basket, more: Iterable[tuple[Candidate, int]], *, fresh_only: bool
) -> tuple[Candidate, int] | None:
    """Of the candidates that can take more than they have, the one with the lowest price for it."""
    possible = [
        (candidate, quantity)
        for candidate, quantity in more
        if quantity > (had := basket.quantity_of(candidate)) and not (fresh_only and had)
    ]
    return min(possible, key=lambda one: (one[0].pricing.at(one[1]), -one[1], one[0].listing_id), default=None)


def _lines(basket: _Basket, limit: str) -> list[Chosen]:
    """The lines, cheapest first. One that takes all there is was limited by the stock, whatever else was wanted."""
    by_price = sorted(basket.quantities.values(), key=lambda one: (one[0].pricing.at(one[1]), one[0].listing_id))
    return [
        Chosen(candidate, quantity, rank, limit if quantity < candidate.most(LINE_QUANTITY_MAX) else "stock")
        for rank, (candidate, quantity) in enumerate(by_price, start=1)
    ]
