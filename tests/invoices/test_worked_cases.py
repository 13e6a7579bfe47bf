"""Do the papers come to the yen that was worked out by hand? The tables were reckoned on paper, not by this program.

Cases "nta" are the figures of the National Tax Agency's Q&A, question 57, on an intermediary with sales of its own.
"""

from datetime import date

import pytest

from app.invoices.rules import IssuerMode, Sale, compose, compose_month, compose_payout, compose_return
from tests.invoices.papers import DESK, IDS, PROVIDERS, Short, counts, lines, told

FOR = IssuerMode.FOR_PROVIDER
DESKS = IssuerMode.DESK
NONE = IssuerMode.UNREGISTERED

NTA: list[Short] = [
    (1, "A", 1, 11_345, 1, 1000), (1, "A", 1, 9_987, 1, 800), (1, "B", 1, 12_549, 1, 1000), (1, "B", 1, 12_345, 1, 800),
]  # fmt: skip

INVOICES: dict[str, tuple[IssuerMode, list[Short], list[tuple[str, int, int, int]], list[int], int]] = {
    # name: (mode, lines, totals as (seller, rate, goods, tax), differences to the orders' taxes, the paper's total)
    "one line": (FOR, [(1, "A", 120, 15_800, 1, 1000)], [("A", 1000, 1_896_000, 189_600)], [0], 2_085_600),
    "goods of 9": (FOR, [(1, "A", 9, 1, 1, 1000)], [("A", 1000, 9, 0)], [0], 9),
    "goods of 10": (FOR, [(1, "A", 10, 1, 1, 1000)], [("A", 1000, 10, 1)], [0], 11),
    "goods of 11": (FOR, [(1, "A", 11, 1, 1, 1000)], [("A", 1000, 11, 1)], [0], 12),
    "goods of 99": (FOR, [(1, "A", 99, 1, 1, 1000)], [("A", 1000, 99, 9)], [0], 108),
    "goods of 104": (FOR, [(1, "A", 8, 13, 1, 1000)], [("A", 1000, 104, 10)], [0], 114),
    "three lines of 105, rounded once": (
        FOR, [(1, "A", 3, 35, 1, 1000)] * 3, [("A", 1000, 315, 31)], [0], 346,
    ),
    "two providers of 105, each rounded": (
        FOR, [(1, "A", 3, 35, 1, 1000), (1, "B", 3, 35, 1, 1000)],
        [("A", 1000, 105, 10), ("B", 1000, 105, 10)], [0, 0], 230,
    ),
    "lines of providers in turn": (
        FOR, [(1, "A", 5, 1, 1, 1000), (1, "B", 9, 1, 1, 1000), (1, "A", 6, 1, 1, 1000)],
        [("A", 1000, 11, 1), ("B", 1000, 9, 0)], [0, 0], 21,
    ),
    "kWh in whole thousands": (
        FOR, [(1, "A", 1_250_000, 400, 1000, 1000)], [("A", 1000, 500_000, 50_000)], [0], 550_000,
    ),
    "kWh with a fraction of a yen": (FOR, [(1, "A", 1_234, 399, 1000, 1000)], [("A", 1000, 492, 49)], [0], 541),
    "kWh of less than a yen": (FOR, [(1, "A", 2, 400, 1000, 1000)], [("A", 1000, 0, 0)], [0], 0),
    "each line loses its fraction": (
        FOR, [(1, "A", 1_999, 401, 1000, 1000)] * 2, [("A", 1000, 1_602, 160)], [0], 1_762,
    ),
    "nta, per mandator": (
        FOR, NTA, [("A", 1000, 11_345, 1_134), ("A", 800, 9_987, 798), ("B", 1000, 12_549, 1_254), ("B", 800, 12_345, 987)],
        [0, 0, 0, 0], 50_399,
    ),
    "nta, the desk as seller": (
        DESKS, NTA, [("D", 1000, 23_894, 2_389), ("D", 800, 22_332, 1_786)], [1, 1], 50_401,
    ),
    "no tax": (FOR, [(1, "A", 1_000, 1_000, 1, 0)], [("A", 0, 1_000_000, 0)], [0], 1_000_000),
    "more than a trillion": (
        FOR, [(1, "A", 1, 1_122_334_445_567, 1, 1000)],
        [("A", 1000, 1_122_334_445_567, 112_233_444_556)], [0], 1_234_567_890_123,
    ),
    "the desk sells what two provide": (
        DESKS, [(1, "A", 3, 35, 1, 1000), (1, "B", 3, 35, 1, 1000)], [("D", 1000, 210, 21)], [1], 231,
    ),
    "of a seller without a number": (NONE, [(1, "A", 99, 1, 1, 1000)], [("A", 1000, 99, 9)], [0], 108),
}  # fmt: skip

MONTHS: dict[str, tuple[list[Short], list[tuple[str, int, int, int]], list[int], int]] = {
    "three orders of 104": (
        [(n, "A", 8, 13, 1, 1000) for n in (1, 2, 3)], [("A", 1000, 312, 31)], [1], 343,
    ),
    "ten orders of 9": ([(n, "A", 9, 1, 1, 1000) for n in range(10)], [("A", 1000, 90, 9)], [9], 99),
    "nothing to round": (
        [(1, "A", 100, 1, 1, 1000), (2, "A", 200, 1, 1, 1000)], [("A", 1000, 300, 30)], [0], 330,
    ),
    "two providers": (
        [(1, "A", 105, 1, 1, 1000), (1, "B", 109, 1, 1, 1000), (2, "A", 105, 1, 1, 1000), (2, "B", 101, 1, 1, 1000)],
        [("A", 1000, 210, 21), ("B", 1000, 210, 21)], [1, 1], 462,
    ),
    "two rates": (
        [(1, "A", 19, 1, 1, 1000), (1, "A", 13, 1, 1, 800), (2, "A", 11, 1, 1, 1000), (2, "A", 12, 1, 1, 800)],
        [("A", 1000, 30, 3), ("A", 800, 25, 2)], [1, 1], 60,
    ),
}  # fmt: skip

Step = tuple[dict[int, int], list[tuple[str, int, int, int]]]
RETURNS: dict[str, tuple[IssuerMode, list[Short], list[Step]]] = {
    # name: (mode, lines, steps of (units per line, totals that are given back))
    "the whole at once": (FOR, [(1, "A", 120, 15_800, 1, 1000)], [({0: 120}, [("A", 1000, 1_896_000, 189_600)])]),
    "three tonnes, one by one": (
        FOR, [(1, "A", 3, 35, 1, 1000)],
        [({0: 1}, [("A", 1000, 35, 3)]), ({0: 1}, [("A", 1000, 35, 4)]), ({0: 1}, [("A", 1000, 35, 3)])],
    ),
    "kWh in three parts": (
        FOR, [(1, "A", 1_999, 401, 1000, 1000)],
        [({0: 1_000}, [("A", 1000, 401, 40)]), ({0: 500}, [("A", 1000, 200, 20)]), ({0: 499}, [("A", 1000, 200, 20)])],
    ),
    "one line, then the other": (
        FOR, [(1, "A", 9, 1, 1, 1000), (1, "A", 6, 1, 1, 1000)],
        [({0: 9}, [("A", 1000, 9, 1)]), ({1: 6}, [("A", 1000, 6, 0)])],
    ),
    "of two providers": (
        FOR, [(1, "A", 3, 35, 1, 1000), (1, "B", 8, 13, 1, 1000)],
        [({0: 1, 1: 8}, [("A", 1000, 35, 3), ("B", 1000, 104, 10)]), ({0: 2}, [("A", 1000, 70, 7)])],
    ),
    "what the desk sold": (
        DESKS, [(1, "A", 3, 35, 1, 1000), (1, "B", 3, 35, 1, 1000)],
        [({1: 3}, [("D", 1000, 105, 11)]), ({0: 3}, [("D", 1000, 105, 10)])],
    ),
    "an order of a month": (
        FOR, [(n, "A", 8, 13, 1, 1000) for n in (1, 2, 3)],
        [({1: 8}, [("A", 1000, 104, 11)]), ({0: 8, 2: 8}, [("A", 1000, 208, 20)])],
    ),
}  # fmt: skip

PAYOUTS: dict[str, tuple[list[tuple[int, int, int]], list[tuple[int, int, int]], tuple[int, int, int, int, int]]] = {
    # name: (sales, returns, both as (goods, tax, commission); goods, tax, commission, its tax, what is paid out)
    "5 % of one order": ([(1_896_000, 189_600, 94_800)], [], (1_896_000, 189_600, 94_800, 9_480, 1_981_320)),
    "a commission of 49": ([(999, 99, 49)], [], (999, 99, 49, 4, 1_045)),
    "two of 49, rounded once": ([(999, 99, 49)] * 2, [], (1_998, 198, 98, 9, 2_089)),
    "a part was given back": ([(10_000, 1_000, 500)], [(4_000, 400, 200)], (6_000, 600, 300, 30, 6_270)),
    "all was given back": ([(10_000, 1_000, 500)], [(10_000, 1_000, 500)], (0, 0, 0, 0, 0)),
}


def test_there_are_thirty_cases_and_more():
    assert len(INVOICES) + len(MONTHS) + len(RETURNS) + len(PAYOUTS) >= 30


@pytest.mark.parametrize("name", INVOICES)
def test_an_invoice(name):
    mode, shorts, totals, differences, total = INVOICES[name]
    paper = compose(mode, lines(shorts), desk=DESK, providers=PROVIDERS)
    assert told(paper) == totals
    assert list(paper.difference_minor) == differences
    assert paper.total_minor == total


@pytest.mark.parametrize("name", MONTHS)
def test_a_month(name):
    shorts, totals, differences, total = MONTHS[name]
    paper = compose_month(
        FOR, lines(shorts), first=date(2026, 11, 1), last=date(2026, 11, 30), desk=DESK, providers=PROVIDERS
    )
    assert told(paper) == totals
    assert list(paper.difference_minor) == differences
    assert paper.total_minor == total


@pytest.mark.parametrize("name", RETURNS)
def test_a_return_in_steps(name):
    mode, shorts, steps = RETURNS[name]
    sold = lines(shorts)
    invoice = compose(mode, sold, desk=DESK, providers=PROVIDERS)
    before = dict.fromkeys((each.key for each in sold), 0)
    for wanted, totals in steps:
        returning = counts(sold, wanted)
        given_back = compose_return(invoice, before, returning, desk=DESK)
        assert told(given_back) == totals
        before |= {key: before[key] + units for key, units in returning.items()}
    assert all(before[each.key] == each.quantity for each in sold)
    given = [total for _, totals in steps for total in totals]
    assert sum(goods + tax for _, _, goods, tax in given) == invoice.total_minor


@pytest.mark.parametrize("name", PAYOUTS)
def test_a_payout(name):
    sales, returns, expected = PAYOUTS[name]
    made, given_back = ([Sale(IDS["A"], *each) for each in rows] for rows in (sales, returns))
    payout = compose_payout(made, given_back, desk=DESK, tax_basis_points=1000)
    commission = payout.commission
    assert (
        payout.goods_minor, payout.tax_minor, commission.goods_minor, commission.tax_minor, payout.payout_minor,
    ) == expected  # fmt: skip
    assert payout.sold_minor == payout.payout_minor + commission.total_minor
