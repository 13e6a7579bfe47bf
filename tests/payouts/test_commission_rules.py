"""Is the rate that is charged the most specific one, and does no rounding add up, however much is given back?"""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.core.money import Money
from app.payouts.rules import (
    Rate,
    Share,
    SoldPart,
    Sums,
    Unpayable,
    commission_left,
    due_of,
    exact_commission,
    rate_for,
    shares_of,
    why_unpaid,
)

DAY = date(2026, 11, 24)
ME, OTHER = UUID(int=1), UUID(int=2)
MAYBE = st.none() | st.just("jcredit") | st.just("verra")
FAMILY = st.none() | st.just("FO") | st.just("EN-R")
rates = st.builds(
    Rate,
    id=st.uuids(),
    provider_id=st.sampled_from([None, ME, OTHER]),
    registry_code=MAYBE,
    methodology_family=FAMILY,
    basis_points=st.integers(0, 10_000),
    valid_from=st.dates(DAY - timedelta(days=3), DAY + timedelta(days=3)),
    valid_until=st.none() | st.dates(DAY - timedelta(days=3), DAY + timedelta(days=3)),
)
goods = st.integers(1, 10**12)


def fits(rate: Rate) -> bool:
    return (
        rate.provider_id in (None, ME)
        and rate.registry_code in (None, "jcredit")
        and rate.methodology_family in (None, "FO")
        and rate.valid_from <= DAY
        and (rate.valid_until is None or rate.valid_until > DAY)
    )


@given(st.lists(rates, max_size=12))
def test_the_rate_fits_and_none_that_fits_says_more(every: list[Rate]) -> None:
    found = rate_for(every, ME, "jcredit", "FO", DAY)
    fitting = [rate for rate in every if fits(rate)]
    if found is None:
        assert not fitting
        return
    assert fits(found)
    for rate in fitting:
        assert (rate.provider_id is None) >= (found.provider_id is None), "A provider's own rate wins."
        if (rate.provider_id is None) == (found.provider_id is None):
            named = [each.registry_code is not None for each in (rate, found)]
            families = [each.methodology_family is not None for each in (rate, found)]
            assert named[0] + families[0] <= named[1] + families[1]


def test_provider_and_category_wins_over_provider_over_category_over_default() -> None:
    def rate(n: int, provider: UUID | None, registry: str | None, family: str | None) -> Rate:
        return Rate(UUID(int=n), provider, registry, family, n, DAY, None)

    ladder = [
        rate(1, ME, "jcredit", "FO"), rate(2, ME, None, "FO"), rate(3, ME, "jcredit", None), rate(4, ME, None, None),
        rate(5, None, "jcredit", "FO"), rate(6, None, None, "FO"), rate(7, None, "jcredit", None), rate(8, None, None, None),
    ]  # fmt: skip
    for n in range(len(ladder)):
        found = rate_for(reversed(ladder[n:]), ME, "jcredit", "FO", DAY)
        assert found == ladder[n]
    assert rate_for(ladder[:4], OTHER, "jcredit", "FO", DAY) is None


@given(goods, st.integers(0, 10_000), st.data())
def test_commission_is_the_share_of_what_is_left_in_whatever_steps_it_was_given_back(
    minor: int, points: int, steps: st.DataObject
) -> None:
    exact = exact_commission([Share(SoldPart("jcredit", "FO", minor), None, points)])
    left, charged = minor, commission_left(exact, minor, minor)
    assert charged == Money(minor, "JPY").share(points).minor
    for _ in range(5):
        left -= steps.draw(st.integers(0, left))
        change = commission_left(exact, minor, left) - charged
        assert change <= 0
        charged += change
        assert charged == Money(left, "JPY").share(points).minor
    assert charged + commission_left(exact, minor, 0) - charged == 0


@given(st.lists(st.tuples(goods, st.integers(0, 10_000)), min_size=1, max_size=6), st.data())
def test_several_rates_are_rounded_once_and_the_desk_never_takes_more_than_all_of_them(
    parts: list[tuple[int, int]], steps: st.DataObject
) -> None:
    shares = [Share(SoldPart("jcredit", str(n), minor), None, points) for n, (minor, points) in enumerate(parts)]
    total, exact = sum(minor for minor, _ in parts), exact_commission(shares)
    whole = commission_left(exact, total, total)
    apart = sum(Money(minor, "JPY").share(points).minor for minor, points in parts)
    assert apart <= whole < apart + len(parts)
    left = steps.draw(st.integers(0, total))
    assert 0 <= commission_left(exact, total, left) <= whole <= total


def test_what_no_rate_is_set_for_is_not_charged() -> None:
    [share] = shares_of([SoldPart("jcredit", "FO", 1_000)], [], ME, DAY)
    assert (share.rate_id, share.basis_points, exact_commission([share])) == (None, 0, 0)


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.integers(0, 10_000), st.integers(-(10**9), 10**9))
def test_tax_on_commission_is_rounded_down_once_and_what_is_paid_adds_up(
    minor: int, charged: int, points: int, adjustment: int
) -> None:
    sums = Sums(1, minor, minor // 10, charged, adjustment)
    due = due_of(sums, points)
    assert due.commission_tax_minor == charged * points // 10_000
    assert due.payout_minor == minor + minor // 10 - charged - due.commission_tax_minor + adjustment
    why = why_unpaid(sums, due, 5_000)
    assert (why is None) == (due.payout_minor >= 5_000)
    assert (why == Unpayable.OWED_BY_PROVIDER) == (due.payout_minor < 0)


def test_a_statement_on_which_the_desk_would_owe_commission_waits() -> None:
    sums = Sums(2, 4_000, 400, -201, 0)
    due = due_of(sums, 1_000)
    assert (due.commission_tax_minor, why_unpaid(sums, due, 1)) == (-20, Unpayable.COMMISSION_BELOW_ZERO)
    assert why_unpaid(Sums(0, 0, 0, 0, 0), due_of(Sums(0, 0, 0, 0, 0), 1_000), 1) == Unpayable.NOTHING_AVAILABLE
