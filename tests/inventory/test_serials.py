"""Serial arithmetic: nothing is lost, nothing is there twice, and what is printed is what the registry wrote."""

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.inventory.rules import (
    Located,
    SerialRefusal,
    Serials,
    carve,
    joined,
    locate,
    overlaps,
    serial_refusal,
    split,
    take,
    written,
)

TOP = 10**18
small_ranges = st.tuples(st.integers(0, 300), st.integers(1, 60)).map(lambda pair: Serials(pair[0], sum(pair)))


@st.composite
def apart(draw):
    """Ranges in order, of which none overlaps another; some touch."""
    ranges, at = [], draw(st.integers(0, TOP - 10_000))
    for gap, quantity in draw(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 50)), max_size=12)):
        ranges.append(Serials(at + gap, at + gap + quantity))
        at += gap + quantity
    return ranges


@st.composite
def blocks(draw):
    """The first and the last serial of a block, as a registry might write them."""
    high = draw(st.sampled_from(["", "7", "643002406555", "9" * 18]))
    lo = draw(st.integers(0, TOP - 1))
    hi = draw(st.integers(lo, min(TOP - 1, lo + draw(st.sampled_from([0, 10, 10**9, TOP])))))
    width = draw(st.integers(0, 36))
    first, last = ((high + str(n).zfill(18) if high else str(n)).zfill(width) for n in (lo, hi))
    return first, last


def members(ranges):
    return [n for serials in ranges for n in range(*serials)]


@given(blocks())
def test_a_located_block_is_written_as_it_was_read(block):
    located = locate("puro", "PURO_", *block)
    assert isinstance(located, Located)
    assert written(located.high, located.serials, located.width) == block
    assert located.serials.quantity == int(block[1]) - int(block[0]) + 1
    assert 0 <= located.lo < located.hi <= TOP < 2**63


@given(blocks(), st.data())
def test_the_two_parts_of_a_split_block_are_written_as_neighbours(block, data):
    located = locate("puro", "PURO_", *block)
    assume(located.serials.quantity > 1)
    taken, rest = split(located.serials, data.draw(st.integers(1, located.serials.quantity - 1)))
    (first, middle), (after, last) = (written(located.high, part, located.width) for part in (taken, rest))
    assert (first, last) == block
    assert int(after) == int(middle) + 1


def test_serials_of_thirty_digits_are_located_in_their_series():
    located = locate("puro", "X_", "643002406555908610000000273330", "643002406555908610000000273379")
    assert located == Located(
        "puro:643002406555:x_", 908_610_000_000_273_330, 908_610_000_000_273_380, "643002406555", 30
    )
    assert located.serials.quantity == 50


def test_zeros_before_do_not_make_another_serial():
    padded, plain = locate("r", "A-", "000120", "000130"), locate("r", "A-", "120", "130")
    assert (padded.series_key, padded.serials) == (plain.series_key, plain.serials)
    assert written(padded.high, Serials(121, 123), padded.width) == ("000121", "000122")


def test_the_last_serial_may_have_more_digits_than_the_first():
    located = locate("r", "", "1", "1000")
    assert located.serials == Serials(1, 1001)
    assert written("", located.serials, located.width) == ("1", "1000")


@pytest.mark.parametrize(("one", "other"), [("ＪＣ－", "JC-"), ("jc-", "JC-"), ("JC  1-", "JC 1-"), ("か\u3099", "が")])
def test_a_prefix_typed_otherwise_names_the_same_series(one, other):
    assert locate("r", one, "1", "2").series_key == locate("r", other, "1", "2").series_key


@given(*[st.sampled_from(["r", "r1", "r_"]), st.text(max_size=6), st.sampled_from(["", "1", "12"])] * 2)
def test_two_series_never_share_a_key(registry, prefix, high, registry2, prefix2, high2):
    one, other = (
        locate(r, p, f"{h}{7:018}", f"{h}{8:018}")
        for r, p, h in ((registry, prefix, high), (registry2, prefix2, high2))
    )
    same = (registry, high) == (registry2, high2) and locate("r", prefix, "1", "1") == locate("r", prefix2, "1", "1")
    assert (one.series_key == other.series_key) == same


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        ("2", "1", "serials_reversed"),
        ("", "1", "not_digits"),
        ("1", "", "not_digits"),
        ("1a", "2", "not_digits"),
        ("-1", "2", "not_digits"),
        ("１", "２", "not_digits"),
        ("²", "3", "not_digits"),
        ("1", "1" * 37, "too_many_digits"),
        ("0" * 37, "1", "too_many_digits"),
        ("9" * 18, "1" + "0" * 18, "serials_cross_series"),
        ("1" * 30, "2" * 30, "serials_cross_series"),
        ("1", "0010", "padding_differs"),
        ("001", "02", "padding_differs"),
    ],
)
def test_what_is_no_block_is_refused_by_name(first, last, code):
    refusal = locate("r", "", first, last)
    assert isinstance(refusal, SerialRefusal)
    assert refusal.code == code


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_texts_make_the_reader_raise(first, last):
    found = locate("r", "", first, last)
    if serial_refusal(first) or serial_refusal(last):
        assert isinstance(found, SerialRefusal)


@given(small_ranges, small_ranges)
def test_ranges_overlap_when_they_have_a_serial_in_common(one, other):
    assert overlaps(one, other) == overlaps(other, one) == bool(set(range(*one)) & set(range(*other)))


@given(st.integers(0, 1000), st.integers(0, 1000), st.integers(-5, 1000))
def test_carving_gives_exactly_what_was_asked_or_refuses(cursor, free, quantity):
    if 0 < quantity <= free:
        assert carve(cursor, cursor + free, quantity) == (cursor, cursor + quantity)
        return
    with pytest.raises(ValueError, match="cannot be carved"):
        carve(cursor, cursor + free, quantity)


@given(st.integers(0, TOP), st.lists(st.integers(1, 1000), max_size=20))
def test_carving_again_and_again_never_gives_a_serial_twice(cursor, quantities):
    end = cursor + sum(quantities)
    carved, at = [], cursor
    for quantity in quantities:
        carved.append(carve(at, end, quantity))
        at = carved[-1].hi
    assert at == end
    assert [serials.quantity for serials in carved] == quantities
    assert joined(carved) == ([Serials(cursor, end)] if quantities else [])


@given(small_ranges, st.data())
def test_a_split_loses_nothing(serials, data):
    quantity = data.draw(st.integers(1, serials.quantity))
    taken, rest = split(serials, quantity)
    assert taken.quantity == quantity
    assert members([taken] + ([rest] if rest else [])) == members([serials])
    assert (rest is None) == (quantity == serials.quantity)


@given(apart().filter(bool), st.data())
def test_taking_from_ranges_conserves_every_serial_and_cuts_at_most_one(ranges, data):
    quantity = data.draw(st.integers(1, sum(serials.quantity for serials in ranges)))
    taken, left = take(ranges, quantity)
    assert sum(serials.quantity for serials in taken) == quantity
    assert members(taken) + members(left) == members(ranges)
    assert len(set(taken + left) - set(ranges)) in {0, 2}


@given(apart(), st.integers(-3, 0) | st.integers(1, 5))
def test_more_than_there_is_or_nothing_cannot_be_taken(ranges, beyond):
    quantity = beyond if beyond <= 0 else sum(serials.quantity for serials in ranges) + beyond
    with pytest.raises(ValueError, match="cannot be taken"):
        take(ranges, quantity)


@given(apart().flatmap(lambda ranges: st.tuples(st.just(ranges), st.permutations(ranges))))
def test_joined_ranges_hold_the_same_serials_and_never_touch(pair):
    ranges, shuffled = pair
    found = joined(shuffled)
    assert members(found) == members(ranges)
    assert all(one.hi < other.lo for one, other in pairwise(found))


@given(small_ranges, st.integers(1, 60), st.data())
def test_ranges_that_overlap_are_not_joined(one, quantity, data):
    lo = data.draw(st.integers(max(0, one.lo - quantity + 1), one.hi - 1))
    other = Serials(lo, lo + quantity)
    with pytest.raises(ValueError, match="two of the ranges"):
        joined([one, other])
