"""Do totals, months and returns keep their promises for whatever is sold, and refuse what makes no sense?"""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import AppError
from app.invoices.errors import (
    InvoiceLineInvalid,
    LineOutsideMonth,
    NothingToInvoice,
    PayoutBelowZero,
    ReturnedTooMuch,
    TooManyInvoiceLines,
)
from app.invoices.rules import (
    LINES_MAX,
    IssuerMode,
    Sale,
    commission_on,
    compose,
    compose_month,
    compose_payout,
    compose_return,
)
from app.orders.rules import Priced, by_issuer
from tests.invoices.papers import DESK, DESK_ID, IDS, PROVIDERS, counts, line, lines

SHORTS = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.sampled_from("ABC"),
        st.integers(1, 3_000),
        st.integers(1, 10**6),
        st.sampled_from((1, 1000)),
        st.sampled_from((1000, 800, 0)),
    ),
    min_size=1,
    max_size=12,
)
MODES = st.sampled_from((IssuerMode.DESK, IssuerMode.FOR_PROVIDER))


def paper(mode, shorts):
    return compose(mode, lines(shorts), desk=DESK, providers=PROVIDERS)


@given(MODES, SHORTS)
def test_tax_is_the_floor_of_each_sellers_sum_at_each_rate(mode, shorts):
    composed = paper(mode, shorts)
    exact: dict[tuple[UUID, int], int] = {}
    for _, seller, quantity, price, per, rate in shorts:
        group = (DESK_ID if mode == IssuerMode.DESK else IDS[seller]), rate
        exact[group] = exact.get(group, 0) + int(Fraction(quantity * price, per))
    assert {total.group: total.goods_minor for total in composed.totals} == exact
    for total in composed.totals:
        assert total.tax_minor == int(Fraction(total.goods_minor * total.tax_basis_points, 10_000))


@given(MODES, SHORTS)
def test_what_merged_roundings_add_is_below_their_number(mode, shorts):
    composed = paper(mode, shorts)
    for total, difference in zip(composed.totals, composed.difference_minor, strict=True):
        merged = {
            (short[0], short[1])
            for short in shorts
            if short[5] == total.tax_basis_points and total.seller_id in {DESK_ID, IDS[short[1]]}
        }
        assert 0 <= difference < len(merged)


@given(SHORTS.map(lambda shorts: [(1, *short[1:5], 1000) for short in shorts]))
def test_the_invoice_of_an_order_says_what_the_order_was_paid_for(shorts):
    composed = paper(IssuerMode.FOR_PROVIDER, shorts)
    order = by_issuer((Priced(IDS[s[1]], s[2], s[3], s[4]) for s in shorts), 1000)
    assert [(t.seller_id, t.goods_minor, t.tax_minor) for t in composed.totals] == [
        (issuer.provider_id, issuer.goods_minor, issuer.tax_minor) for issuer in order
    ]
    assert not any(composed.difference_minor)


@settings(deadline=None)  # A paper of many lines is given back in many steps.
@given(MODES, SHORTS, st.data())
def test_returned_in_any_steps_it_is_what_was_invoiced(mode, shorts, data):
    sold = lines(shorts)
    invoice = compose(mode, sold, desk=DESK, providers=PROVIDERS)
    before = {each.key: 0 for each in sold}
    back: dict[tuple[UUID, int], list[int]] = {total.group: [0, 0] for total in invoice.totals}
    while any(before[each.key] < each.quantity for each in sold):
        left = {each.key: each.quantity - before[each.key] for each in sold}
        drawn = {key: data.draw(st.integers(count // 2, count)) for key, count in left.items()}
        returning = drawn if any(drawn.values()) else left
        step = compose_return(invoice, before, returning, desk=DESK)
        for total in step.totals:
            assert total.goods_minor >= 0
            exact = Fraction(total.goods_minor * total.tax_basis_points, 10_000)
            assert abs(total.tax_minor - exact) < 1
            back[total.group][0] += total.goods_minor
            back[total.group][1] += total.tax_minor
        before = {key: before[key] + units for key, units in returning.items()}
    assert back == {total.group: [total.goods_minor, total.tax_minor] for total in invoice.totals}


def test_a_return_names_the_day_of_the_original_supply_and_only_what_came_back():
    sold = lines([(1, "A", 5, 100, 1, 1000), (1, "B", 5, 100, 1, 1000)])
    invoice = compose(IssuerMode.FOR_PROVIDER, sold, desk=DESK, providers=PROVIDERS)
    step = compose_return(invoice, {}, counts(sold, {1: 2}), desk=DESK)
    assert [(each.n, each.quantity, each.goods_minor, each.supplied_on) for each in step.lines] == [
        (1, 2, 200, sold[1].supplied_on)
    ]


@pytest.mark.parametrize(
    ("before", "returning", "refusal"),
    [
        ({}, {0: 6}, ReturnedTooMuch),
        ({0: 3}, {0: 3}, ReturnedTooMuch),
        ({}, {0: -1, 1: 1}, ReturnedTooMuch),
        ({}, {0: 0}, NothingToInvoice),
        ({}, {}, NothingToInvoice),
    ],
)
def test_more_than_was_sold_or_nothing_is_not_returned(before, returning, refusal):
    sold = lines([(1, "A", 5, 100, 1, 1000), (1, "B", 5, 100, 1, 1000)])
    invoice = compose(IssuerMode.FOR_PROVIDER, sold, desk=DESK, providers=PROVIDERS)
    with pytest.raises(refusal):
        compose_return(invoice, counts(sold, before), counts(sold, returning), desk=DESK)


def test_a_line_that_was_never_sold_is_not_returned():
    sold = lines([(1, "A", 5, 100, 1, 1000)])
    invoice = compose(IssuerMode.FOR_PROVIDER, sold, desk=DESK, providers=PROVIDERS)
    with pytest.raises(ReturnedTooMuch):
        compose_return(invoice, {}, {(UUID(int=9), 7): 1}, desk=DESK)


GOOD = line((1, "A", 5, 100, 1, 1000), 0)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ([], NothingToInvoice),
        ([GOOD, GOOD], InvoiceLineInvalid),
        ([replace(GOOD, goods_minor=501)], InvoiceLineInvalid),
        ([replace(GOOD, quantity=0, goods_minor=0)], InvoiceLineInvalid),
        ([replace(GOOD, quantity=-5, goods_minor=-500)], InvoiceLineInvalid),
        ([replace(GOOD, price_per=0)], InvoiceLineInvalid),
        ([replace(GOOD, price_minor=-1, goods_minor=-5)], InvoiceLineInvalid),
        ([replace(GOOD, tax_basis_points=10_001)], InvoiceLineInvalid),
        ([replace(GOOD, tax_basis_points=-1)], InvoiceLineInvalid),
        ([replace(GOOD, n=n) for n in range(LINES_MAX + 1)], TooManyInvoiceLines),
    ],
)
def test_lines_that_make_no_paper_are_refused_by_name(wrong, refusal):
    with pytest.raises(refusal) as refused:
        compose(IssuerMode.FOR_PROVIDER, wrong, desk=DESK, providers=PROVIDERS)
    assert isinstance(refused.value, AppError)
    assert compose(IssuerMode.FOR_PROVIDER, [GOOD], desk=DESK, providers=PROVIDERS).total_minor == 550


@pytest.mark.parametrize("day", [date(2026, 10, 31), date(2026, 12, 1), None])
def test_a_month_takes_no_line_of_another(day):
    with pytest.raises(LineOutsideMonth):
        compose_month(
            IssuerMode.FOR_PROVIDER,
            [GOOD, replace(GOOD, n=1, supplied_on=day)],
            first=date(2026, 11, 1),
            last=date(2026, 11, 30),
            desk=DESK,
            providers=PROVIDERS,
        )


def test_a_provider_that_owes_the_desk_is_paid_nothing():
    with pytest.raises(PayoutBelowZero):
        compose_payout([], [Sale(IDS["A"], 100, 10, 5)], desk=DESK, tax_basis_points=1000)
    with pytest.raises(PayoutBelowZero):
        compose_payout([Sale(IDS["A"], 100, 10, 200)], [], desk=DESK, tax_basis_points=1000)
    with pytest.raises(PayoutBelowZero):  # The desk would owe commission: that is a return, not a payout.
        compose_payout([Sale(IDS["A"], 1_000, 100, 5)], [Sale(IDS["A"], 10, 1, 50)], desk=DESK, tax_basis_points=1000)
    with pytest.raises(NothingToInvoice):
        compose_payout([], [], desk=DESK, tax_basis_points=1000)


@given(st.integers(0, 10**12), st.integers(0, 10_000))
def test_a_commission_is_rounded_down(goods, basis_points):
    assert 0 <= goods * basis_points - commission_on(goods, basis_points) * 10_000 < 10_000
