"""Is a line matched with the payment it pays, or with a reason why a person must look, whatever comes first?"""

from dataclasses import dataclass
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.payments.rules import new_reference
from app.payments.rules.matching import (
    FEE_MAX_MINOR,
    NAME_FITS,
    SEVERAL_MAX,
    SURE,
    Candidate,
    LineFacts,
    match,
    similarity,
)
from app.payments.rules.matching.facts import LISTED_MAX, NAMES_COMPARED_MAX
from app.payments.rules.matching.sums import summing

AOBA, MIDORI = "ｶ)ｱｵﾊﾞｼﾖｸﾋﾝ", "ﾐﾄﾞﾘｼﾖｳｼﾞ(ﾕ"


def payment(number, minor=540_000, *, names=(AOBA,), payer=None, account=""):
    payer_id = UUID(int=1_000 + (number if payer is None else payer))
    return Candidate(UUID(int=number), UUID(int=number), new_reference(number), account, minor, payer_id, names)


def line(minor=540_000, name=AOBA, *, memo="ﾌﾘｺﾐ", account=""):
    return LineFacts(name, memo, minor, account)


def told(found):
    return found.outcome, [payment_id.int for payment_id in found.payments]


def test_a_reference_wins_over_every_amount_and_name():
    one, other = payment(1, 7, names=(MIDORI,)), payment(2)
    for written in (f"{one.reference} {AOBA}", f"{AOBA}{one.reference}"):
        found = match(line(name=written), [one, other])
        assert told(found) == ("by_reference", [1])
        assert found.is_sure
    assert told(match(line(memo=f"INV {one.reference}"), [one, other])) == ("by_reference", [1])
    assert told(match(line(name=one.reference, account="1101234567"), [one, payment(3, account="1101234567")])) == (
        "by_reference",
        [1],
    )


def test_two_references_are_for_a_person():
    one, other, third = payment(1, 3), payment(2, 4), payment(3, 7)
    both = f"{one.reference} {other.reference}"
    assert told(match(line(7, both), [one, other, third])) == ("several_orders", [1, 2])
    assert told(match(line(8, both), [one, other, third])) == ("ambiguous", [1, 2])


def test_a_reference_of_no_open_payment_is_not_taken_for_another_order_of_this_amount():
    paid = new_reference(99)
    found = match(line(name=f"{paid} {AOBA}"), [payment(1)])
    assert told(found) == ("other_reference", [1])
    assert not found.is_sure
    assert told(match(line(1, name=paid), [payment(1)])) == ("other_reference", [])
    wrong = paid[:-1] + str((int(paid[-1]) + 1) % 10)
    assert told(match(line(name=f"{wrong} {AOBA}"), [payment(1)])) == ("by_amount_and_name", [1])


def test_a_virtual_account_tells_the_payment_or_the_payers_only_one_of_this_amount():
    account = "1101234567"
    one, other, third = payment(1, 5, account=account), payment(2, 7, account=account), payment(3)
    assert told(match(line(999, MIDORI, account=account), [one, third])) == ("by_virtual_account", [1])
    assert told(match(line(7, MIDORI, account=account), [one, other, third])) == ("by_virtual_account", [2])
    assert told(match(line(12, MIDORI, account=account), [one, other, third])) == ("several_orders", [1, 2])
    assert told(match(line(99, MIDORI, account=account), [one, other, third])) == ("ambiguous", [1, 2])
    twin = payment(4, 7, account=account)
    assert told(match(line(7, account=account), [one, other, twin])) == ("ambiguous", [2, 4])
    large = [payment(1, 10_000, account=account), payment(2, 20_000, account=account)]
    less = match(line(19_560, account=account), large)
    assert (told(less), less.missing_minor) == (("amount_differs", [2]), 440)
    assert told(match(line(account="1109999999"), [third])) == ("by_amount_and_name", [3])


def test_amount_and_name_together_are_sure():
    found = match(line(), [payment(1), payment(2, names=(MIDORI,)), payment(3, 1)])
    assert told(found) == ("by_amount_and_name", [1])
    assert (found.score, found.is_sure) == (10_000, True)
    alike = match(line(name="ｱｵﾊｼﾖｸﾋﾝ"), [payment(1), payment(2, names=(MIDORI,))])
    assert (told(alike), alike.score) == (("by_amount_and_name", [1]), 8_750)
    assert told(match(line(), [payment(1, names=(MIDORI, "ﾍﾞﾂﾒｲ", AOBA))])) == ("by_amount_and_name", [1])


def test_an_exactly_known_name_is_ahead_of_one_that_is_alike():
    first, second = "ｱｵﾊﾞﾌﾄﾞｳｻﾝﾎｹﾝﾀﾞｲｲﾁ", "ｱｵﾊﾞﾌﾄﾞｳｻﾝﾎｹﾝﾀﾞｲﾆﾁ"
    assert similarity(first, second) > 9_000
    candidates = [payment(1, names=(first,)), payment(2, names=(second,))]
    assert told(match(line(name=first), candidates)) == ("by_amount_and_name", [1])
    # A slip that fits both is nobody's.
    assert told(match(line(name="ｱｵﾊﾞﾌﾄﾞｳｻﾝﾎｹﾝﾀﾞｲﾝﾁ"), candidates)) == ("ambiguous", [1, 2])


def test_a_name_fits_from_a_threshold_and_must_be_clearly_ahead():
    ten = "ｱｲｳｴｵｶｷｸｹｺ"
    found = match(line(name=ten), [payment(1, names=("ｱｲｳｴｵｶｷｸﾅﾆ",))])
    assert (told(found), found.score) == (("name_differs", [1]), 8_000)
    one_slip, two_slips, three_slips = (ten + ten[:-slips] + "ﾏﾐﾑ"[:slips] for slips in (1, 2, 3))
    near, next_to, third = (
        payment(n, names=(name,)) for n, name in enumerate((one_slip, two_slips, three_slips), start=1)
    )
    assert told(match(line(name=ten + ten), [near, third])) == ("by_amount_and_name", [1])  # 9,500 and 8,500.
    assert told(match(line(name=ten + ten), [near, next_to])) == ("ambiguous", [1, 2])  # 9,500 and 9,000.
    assert told(match(line(name=ten + ten), [third])) == ("by_amount_and_name", [3])


def test_two_alike_are_listed_and_never_chosen_between():
    twins = [payment(1, payer=1), payment(2, payer=1), payment(3, names=(MIDORI,))]
    found = match(line(), twins)
    assert told(found) == ("ambiguous", [1, 2])
    assert not found.is_sure
    many = [payment(number) for number in range(1, LISTED_MAX + 10)]
    found = match(line(), many)
    assert (len(found.payments), found.found) == (LISTED_MAX, LISTED_MAX + 9)


def test_a_payment_of_this_amount_with_another_name_is_for_a_person():
    assert told(match(line(), [payment(1, names=(MIDORI,))])) == ("name_differs", [1])
    assert told(match(line(), [payment(1, names=())])) == ("name_differs", [1])
    assert told(match(line(name=""), [payment(1)])) == ("name_differs", [1])
    assert told(match(line(name="ｶ)"), [payment(1, names=("ﾕ)",))])) == ("name_differs", [1])
    assert told(match(line(), [payment(1, names=(MIDORI,)), payment(2, names=())])) == ("ambiguous", [1, 2])


@pytest.mark.parametrize(
    ("missing_minor", "outcome"),
    [(1, "amount_differs"), (FEE_MAX_MINOR, "amount_differs"), (FEE_MAX_MINOR + 1, "nothing"), (-1, "nothing")],
)
def test_a_line_less_by_a_fee_is_told_with_what_is_missing(missing_minor, outcome):
    for name in (AOBA, "ｱｵﾊｼﾖｸﾋﾝ"):
        found = match(line(540_000 - missing_minor, name), [payment(1), payment(2, 9, names=(MIDORI,))])
        assert found.outcome == outcome
        assert found.missing_minor == (missing_minor if outcome == "amount_differs" else 0)
    assert told(match(line(539_560, MIDORI), [payment(1)])) == ("nothing", [])
    assert told(match(line(539_560), [payment(1), payment(2, 539_900)])) == ("ambiguous", [1, 2])


def test_payments_of_one_payer_that_make_the_sum_are_told_together():
    of_aoba = [payment(1, 100_000, payer=1), payment(2, 20_000, payer=1), payment(3, 3_000, payer=1)]
    other = payment(4, 20_000, names=(MIDORI,))
    assert told(match(line(103_000), [*of_aoba, other])) == ("several_orders", [1, 3])
    assert told(match(line(123_000), [*of_aoba, other])) == ("several_orders", [1, 2, 3])
    assert told(match(line(120_000), [of_aoba[0], other])) == ("nothing", [])
    # Two ways to the sum are no way.
    assert told(match(line(103_000), [*of_aoba, payment(5, 3_000, payer=1)])) == ("ambiguous", [1, 3, 5])
    # Names that only look alike are not summed up, and neither are more payments than a dozen.
    assert match(line(103_000, "ｱｵﾊｼﾖｸﾋﾝ"), of_aoba).outcome == "nothing"
    many = [payment(number, 1_000 * 2**number, payer=1) for number in range(1, SEVERAL_MAX + 2)]
    assert match(line(6_000), many).outcome == "nothing"
    assert told(match(line(6_000), many[:-1])) == ("several_orders", [1, 2])


def test_money_out_and_an_empty_book_match_nothing():
    for minor in (0, -540_000):
        assert told(match(line(minor, new_reference(1)), [payment(1)])) == ("nothing", [])
    assert told(match(line(), [])) == ("nothing", [])


def test_among_a_crowd_of_one_amount_only_a_known_name_counts():
    crowd = [payment(number, names=(f"ｱｲｳ{number}X",)) for number in range(1, NAMES_COMPARED_MAX + 10)]
    candidates = [*crowd, payment(5_000)]
    assert told(match(line(), candidates)) == ("by_amount_and_name", [5_000])
    found = match(line(name="ｱｵﾊｼﾖｸﾋﾝ"), candidates)
    assert (found.outcome, found.found) == ("ambiguous", len(candidates))


# Whatever is open, and in whatever order.

SPELLINGS = st.sampled_from([AOBA, "ｱｵﾊﾞｼﾖｸﾋﾝ(ｶ", "ｱｵﾊｼﾖｸﾋﾝ", "ｱｵﾊﾞｼﾖｸﾋ", MIDORI, "ﾐﾄﾞﾘｼﾖｳｼ", "ｶ)", ""])
ACCOUNTS = st.sampled_from(["", "", "1101234567", "1107654321"])


@dataclass
class Book:
    candidates: list[Candidate]
    lines: list[LineFacts]


@st.composite
def books(draw):
    amounts = st.integers(1, 12).map(lambda number: number * 400)
    candidates = [
        payment(
            number, draw(amounts), names=tuple(draw(st.lists(SPELLINGS, max_size=2))), payer=draw(st.integers(1, 3)),
            account=draw(ACCOUNTS),
        )
        for number in range(1, draw(st.integers(1, 8)))
    ]  # fmt: skip
    references = st.sampled_from(["", "", "", new_reference(99), *[candidate.reference for candidate in candidates]])
    lines = [
        LineFacts(
            f"{draw(references)} {draw(SPELLINGS)}", draw(references), draw(st.integers(-1, 60)) * 200, draw(ACCOUNTS)
        )
        for _ in range(draw(st.integers(1, 4)))
    ]
    return Book(candidates, lines)


@given(books(), st.randoms(use_true_random=False))
def test_the_order_of_the_candidates_changes_nothing(book, random):
    for one in book.lines:
        found = match(one, book.candidates)
        shuffled = book.candidates[:]
        random.shuffle(shuffled)
        assert match(one, shuffled) == found
        assert (
            match(one, [candidate._replace(payer_names=candidate.payer_names[::-1]) for candidate in shuffled]) == found
        )


@given(books())
def test_what_is_sure_is_one_open_payment_with_a_reason(book):
    known = {candidate.payment_id: candidate for candidate in book.candidates}
    for one in book.lines:
        found = match(one, book.candidates)
        assert (found.outcome in SURE) == found.is_sure
        assert len(found.payments) == min(found.found, LISTED_MAX)
        if not found.is_sure:
            continue
        (payment_id,) = found.payments
        candidate = known[payment_id]
        assert one.amount_minor > 0
        match found.outcome:
            case "by_reference":
                assert candidate.reference in one.payer_name + one.memo
            case "by_virtual_account":
                assert candidate.virtual_account == one.virtual_account != ""
            case "by_amount_and_name":
                assert candidate.open_minor == one.amount_minor
                assert (
                    found.score == max(similarity(name, one.payer_name) for name in candidate.payer_names) >= NAME_FITS
                )


@given(books())
def test_a_single_reference_always_wins(book):
    for one in book.lines:
        named = [candidate for candidate in book.candidates if candidate.reference in f"{one.payer_name}|{one.memo}"]
        if len(named) == 1 and one.amount_minor > 0:
            assert told(match(one, book.candidates)) == ("by_reference", [named[0].payment_id.int])


@given(st.lists(st.integers(1, 9), max_size=9), st.integers(-1, 40))
def test_every_choice_that_makes_the_sum_is_found_once(amounts, total):
    expected = set()
    for chosen in range(2 ** len(amounts)):
        places = [place for place in range(len(amounts)) if chosen >> place & 1]
        if len(places) > 1 and sum(amounts[place] for place in places) == total:
            expected.add(tuple(places))
    found = [tuple(sorted(places)) for places in summing(amounts, total)]
    assert len(found) == len(expected)
    assert set(found) == expected
