"""Do tiers, steps, floors and times decide as they say, for any numbers? Pure, and once more in the database."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.listings.rules import (
    BUYERS_MIN,
    PROVIDERS_MIN,
    TIERS_MAX,
    Offered,
    Pricing,
    StockState,
    Traded,
    faults,
    may_be_shown,
    stock_state,
)

NOW = datetime(2026, 5, 1, tzinfo=UTC)


@st.composite
def pricings(draw: st.DrawFn) -> Pricing:
    """A price and up to ten tiers that rise in quantity and fall in price."""
    count = draw(st.integers(0, TIERS_MAX))
    prices = draw(st.lists(st.integers(1, 10**6), min_size=count + 1, max_size=count + 1, unique=True))
    quantities = draw(st.lists(st.integers(2, 5_000), min_size=count, max_size=count, unique=True))
    price, *tiers = sorted(prices, reverse=True)
    return Pricing(price, tuple(sorted(quantities)), tuple(tiers))


@given(pricings(), st.integers(1, 6_000))
def test_a_quantity_has_the_price_of_the_last_tier_that_it_reaches(pricing: Pricing, quantity: int) -> None:
    reached = [n for n, first in enumerate(pricing.tier_quantities) if first <= quantity]
    expected = pricing.tier_prices[reached[-1]] if reached else pricing.price_minor
    assert pricing.at(quantity) == expected
    assert pricing.tier_from(quantity) == (pricing.tier_quantities[reached[-1]] if reached else None)
    assert pricing.least_minor == min(pricing.price_minor, *pricing.tier_prices, pricing.price_minor)


@given(pricings())
def test_spans_cover_every_quantity_once_with_its_price(pricing: Pricing) -> None:
    spans = list(pricing.spans())
    assert spans[0].last is None
    assert spans[-1].first == 1
    for higher, lower in pairwise(spans):
        assert lower.last == higher.first - 1
        assert lower.price_minor > higher.price_minor
    for span in spans:
        ends = {span.first, span.last or span.first + 1_000}
        assert {pricing.at(quantity) for quantity in ends} == {span.price_minor}


async def test_the_database_prices_and_judges_tiers_as_the_rule_does(owner: asyncpg.Connection) -> None:
    asked = []

    @given(pricings(), st.integers(1, 6_000))
    def collect(pricing: Pricing, quantity: int) -> None:
        asked.append((pricing, quantity))

    collect()
    for pricing, quantity in asked:
        price, sound = await owner.fetchrow(
            "select coalesce(($3::bigint[])[width_bucket($4::bigint, $2::bigint[])], $1::bigint),"
            " tiers_fall($1, $2, $3)",
            pricing.price_minor, list(pricing.tier_quantities), list(pricing.tier_prices), quantity,
        )  # fmt: skip
        assert price == pricing.at(quantity)
        assert sound


@pytest.mark.parametrize(
    ("price", "quantities", "prices"),
    [
        (100, [10, 10], [90, 80]), (100, [10, 5], [90, 80]), (100, [10, 20], [90, 90]), (100, [10, 20], [90, 95]),
        (100, [10], [100]), (100, [1], [90]), (100, [10], [0]), (100, [10], []), (100, [10], [None]),
        (100, list(range(2, 13)), list(range(90, 79, -1))),
    ],
)  # fmt: skip
async def test_the_database_refuses_tiers_that_do_not_rise_and_fall(owner, price, quantities, prices) -> None:
    assert not await owner.fetchval("select tiers_fall($1, $2, $3)", price, quantities, prices)


def wrong(per_serial: int = 1, **changed: object) -> list[tuple[str, str]]:
    offered = Offered(**({"pricing": Pricing(100), "min_quantity": 10} | changed))  # type: ignore[arg-type] # Any of them.
    return [
        (fault.pointer, fault.code)
        for fault in faults(offered, lot_quantity=1_000, units_per_serial=per_serial, now=NOW)
    ]


def test_what_can_be_offered_has_no_fault_and_each_slip_its_own() -> None:
    hour = timedelta(hours=1)
    assert wrong() == []
    assert wrong(pricing=Pricing(100, (20, 40), (90, 80)), floor_minor=80, quantity_step=5) == []
    assert wrong(starts_at=NOW + hour, ends_at=NOW + 2 * hour) == []
    assert wrong(floor_minor=101) == [("/price/amount", "below_floor")]
    assert wrong(pricing=Pricing(100, (20,), (90,)), floor_minor=91) == [("/tiers/0/price/amount", "below_floor")]
    assert wrong(pricing=Pricing(100, (10,), (90,))) == [("/tiers/0/quantity", "not_rising")]
    assert wrong(pricing=Pricing(100, (20, 20), (90, 80))) == [("/tiers/1/quantity", "not_rising")]
    assert wrong(pricing=Pricing(100, (20, 30), (90, 90))) == [("/tiers/1/price/amount", "not_falling")]
    assert wrong(pricing=Pricing(100, (20,), (100,))) == [("/tiers/0/price/amount", "not_falling")]
    assert wrong(min_quantity=1_001) == [("/min_quantity", "range")]
    assert wrong(quantity_step=4) == [("/min_quantity", "not_a_step")]
    assert wrong(ends_at=NOW) == [("/ends_at", "too_early")]
    assert wrong(starts_at=NOW + hour, ends_at=NOW + hour) == [("/ends_at", "too_early")]


def test_a_listing_of_energy_sells_whole_numbers_and_nothing_for_less_than_a_yen() -> None:
    kwh = Pricing(400, per=1_000)
    assert wrong(pricing=kwh, min_quantity=3) == []
    assert wrong(pricing=kwh, min_quantity=2) == [("/min_quantity", "below_one_yen")]
    falling = Pricing(400, (4,), (200,), per=1_000)
    assert wrong(pricing=falling, min_quantity=3) == [("/tiers/0/quantity", "below_one_yen")]
    whole = {"pricing": kwh, "per_serial": 1_000, "min_quantity": 1_000}
    assert wrong(**whole, quantity_step=1_000) == []
    assert wrong(**whole, quantity_step=500) == [("/quantity_step", "not_whole_serials")]


@given(st.integers(-1, 200), st.integers(0, 100))
def test_a_shelf_is_low_at_its_mark_and_empty_at_nothing(free: int, mark: int) -> None:
    state = stock_state(free, mark)
    assert (state == StockState.SOLD_OUT) == (free <= 0)
    assert (state == StockState.LOW) == (0 < free <= mark)


def test_an_average_is_shown_only_when_it_tells_nobodys_trade() -> None:
    enough = {"price_per": 1, "quantity": 100, "goods_minor": 300_050, "buyers": BUYERS_MIN, "providers": PROVIDERS_MIN}
    assert may_be_shown(Traded(**enough, largest_quantity=75))
    assert not may_be_shown(Traded(**enough, largest_quantity=76))
    assert not may_be_shown(Traded(**enough | {"buyers": BUYERS_MIN - 1}, largest_quantity=50))
    assert not may_be_shown(Traded(**enough | {"providers": PROVIDERS_MIN - 1}, largest_quantity=50))


@given(st.sampled_from([1, 1_000]), st.integers(1, 10**9), st.integers(1, 10**12))
def test_an_average_is_rounded_to_the_nearest_yen_halves_up(per: int, quantity: int, goods: int) -> None:
    average = Traded(per, quantity, goods, 3, 2, 1).average_minor
    off = 2 * (goods * per - average * quantity)
    assert -quantity <= off < quantity
