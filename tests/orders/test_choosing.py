"""Does a quote choose what it says? Budgets against trying every quantity, criteria against what they promise."""

from collections import defaultdict
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.listings.rules import Pricing
from app.orders.rules import (
    Candidate,
    Chosen,
    Priced,
    Rule,
    by_issuer,
    choose_quantity,
    choose_within_budget,
    goods_room,
    largest_within,
    with_tax,
)

TAX = st.sampled_from([0, 800, 1_000, 10_000])
RULES = st.sampled_from(list(Rule))


@st.composite
def candidates(draw: st.DrawFn, n: int = 0) -> Candidate:
    """A listing with some tiers, a step, and a stock that a loop can count through."""
    tiers = draw(st.integers(0, 3))
    price, *prices = sorted(draw(st.lists(st.integers(1, 90), min_size=tiers + 1, max_size=tiers + 1, unique=True)))[
        ::-1
    ]
    quantities = sorted(draw(st.lists(st.integers(2, 40), min_size=tiers, max_size=tiers, unique=True)))
    step = draw(st.integers(1, 4))
    return Candidate(
        listing_id=UUID(int=n + 1),
        provider_id=UUID(int=draw(st.integers(1, 3))),
        project_id=UUID(int=draw(st.integers(1, 4))),
        pricing=Pricing(price, tuple(quantities), tuple(prices), draw(st.sampled_from([1, 1_000]))),
        min_quantity=step * draw(st.integers(1, 5)),
        quantity_step=step,
        available=draw(st.integers(0, 60)),
    )


@st.composite
def markets(draw: st.DrawFn) -> list[Candidate]:
    return [draw(candidates(n)) for n in range(draw(st.integers(1, 7)))]


@given(st.integers(0, 5_000), st.integers(0, 5_000), TAX)
def test_the_room_for_goods_is_exact_to_the_yen(budget: int, before: int, tax: int) -> None:
    room = goods_room(budget, before, tax)
    assert with_tax(before + room, tax) - with_tax(before, tax) <= budget
    assert with_tax(before + room + 1, tax) - with_tax(before, tax) > budget


@given(candidates(), st.integers(0, 6_000), st.integers(0, 500), TAX)
def test_a_budget_buys_what_trying_every_quantity_finds(one: Candidate, budget: int, before: int, tax: int) -> None:
    def cost(quantity: int) -> int:
        return with_tax(before + one.pricing.goods(quantity), tax) - with_tax(before, tax)

    sold = range(one.min_quantity, one.available + 1, one.quantity_step)
    expected = max((quantity for quantity in sold if cost(quantity) <= budget), default=0)
    assert largest_within(one, budget, goods_before_minor=before, tax_basis_points=tax) == expected


def total(lines: list[Chosen], tax: int) -> int:
    priced = [
        Priced(line.candidate.provider_id, line.quantity, line.price_minor, line.candidate.pricing.per)
        for line in lines
    ]
    return sum(issuer.goods_minor + issuer.tax_minor for issuer in by_issuer(priced, tax))


def hold_to_their_listings(lines: list[Chosen], lines_max: int, rule: Rule) -> None:
    """What every choice promises."""
    assert len(lines) <= lines_max
    assert len({line.candidate.listing_id for line in lines}) == len(lines)
    for line in lines:
        one = line.candidate
        assert one.min_quantity <= line.quantity <= one.available
        assert line.quantity % one.quantity_step == 0
        assert line.price_minor == one.pricing.at(line.quantity)
        assert (line.limited_by == "stock") == (line.quantity == one.most(10**9))
    assert [line.rank for line in lines] == list(range(1, len(lines) + 1))
    assert [line.price_minor for line in lines] == sorted(line.price_minor for line in lines)
    if rule == Rule.SPLIT:
        assert len({line.candidate.project_id for line in lines}) == len(lines)


@given(markets(), RULES, st.integers(1, 150), st.integers(1, 5))
def test_a_quantity_is_never_exceeded_and_no_line_could_take_the_rest(
    market: list[Candidate], rule: Rule, quantity: int, lines_max: int
) -> None:
    lines = choose_quantity(market, rule, quantity, lines_max=lines_max, tax_basis_points=1_000)
    hold_to_their_listings(lines, lines_max, rule)
    left = quantity - sum(line.quantity for line in lines)
    assert left >= 0
    for line in lines:
        assert line.candidate.most(line.quantity + left) == line.quantity


@given(markets(), RULES, st.integers(1, 6_000), st.integers(1, 5), TAX)
def test_a_budget_is_never_exceeded_and_no_line_could_be_larger_within_it(
    market: list[Candidate], rule: Rule, budget: int, lines_max: int, tax: int
) -> None:
    lines = choose_within_budget(market, rule, budget, lines_max=lines_max, tax_basis_points=tax)
    hold_to_their_listings(lines, lines_max, rule)
    assert total(lines, tax) <= budget
    for line in lines:
        for larger in range(line.quantity + 1, line.candidate.available + 1):
            if larger % line.candidate.quantity_step == 0:
                grown = [Chosen(each.candidate, larger if each is line else each.quantity, 1, "") for each in lines]
                assert total(grown, tax) > budget
    if not lines:
        assert all(largest_within(one, budget, goods_before_minor=0, tax_basis_points=tax) == 0 for one in market)


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 12)), min_size=1, max_size=5), st.integers(1, 40))
def test_without_tiers_steps_and_minimums_the_cheapest_choice_costs_the_least_that_there_is(
    prices: list[tuple[int, int]], quantity: int
) -> None:
    market = [
        Candidate(UUID(int=n + 1), UUID(int=1), UUID(int=n + 1), Pricing(price), 1, 1, free)
        for n, (price, free) in enumerate(prices)
    ]
    lines = choose_quantity(market, Rule.CHEAPEST, quantity, lines_max=20, tax_basis_points=0)
    units = sorted(price for price, free in prices for _ in range(free))[:quantity]
    assert sum(line.quantity for line in lines) == len(units)
    assert total(lines, 0) == sum(units)


@given(st.lists(st.integers(1, 60), min_size=1, max_size=6), st.integers(1, 300))
def test_a_split_is_as_even_as_the_stocks_allow(free: list[int], quantity: int) -> None:
    market = [
        Candidate(UUID(int=n + 1), UUID(int=1), UUID(int=n + 1), Pricing(10), 1, 1, each) for n, each in enumerate(free)
    ]
    lines = choose_quantity(market, Rule.SPLIT, quantity, lines_max=20, tax_basis_points=0)
    taken = {line.candidate.listing_id: line.quantity for line in lines}
    assert sum(taken.values()) == min(quantity, sum(sorted(free)[: min(len(free), quantity)])) or quantity < len(free)
    unlimited = [line.quantity for line in lines if line.quantity < line.candidate.available]
    assert not unlimited or max(unlimited) - min(unlimited) <= 1
    assert all(line.quantity <= max(unlimited, default=10**9) for line in lines)


def test_a_tier_that_is_reached_makes_a_dear_listing_the_cheapest() -> None:
    flat = Candidate(UUID(int=1), UUID(int=1), UUID(int=1), Pricing(100), 1, 1, 1_000)
    tiered = Candidate(UUID(int=2), UUID(int=2), UUID(int=2), Pricing(120, (50,), (90,)), 1, 1, 1_000)
    for quantity, expected in ((49, flat), (50, tiered)):
        lines = choose_quantity([flat, tiered], Rule.CHEAPEST, quantity, lines_max=20, tax_basis_points=1_000)
        assert [(line.candidate, line.quantity) for line in lines] == [(expected, quantity)]
    by_rule = defaultdict(int)
    for line in choose_quantity([flat, tiered], Rule.SPLIT, 100, lines_max=20, tax_basis_points=1_000):
        by_rule[line.candidate.listing_id] += line.quantity
    assert dict(by_rule) == {flat.listing_id: 50, tiered.listing_id: 50}
