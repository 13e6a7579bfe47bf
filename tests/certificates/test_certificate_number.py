"""A mistyped certificate number is never another certificate's number."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.certificates.rules import RANDOM_BITS, new_number, read_number
from app.core.ids import ALPHABET

randoms = st.integers(0, 2**RANDOM_BITS - 1)
places = [0, 1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 13]


def with_char(number: str, place: int, char: str) -> str:
    return number[:place] + char + number[place + 1 :]


@given(randoms)
def test_a_new_number_has_three_groups_and_reads_as_itself(random):
    number = new_number(random)
    assert [len(group) for group in number.split("-")] == [4, 4, 4]
    assert set(number) <= set(ALPHABET) | {"-"}
    assert read_number(number) == number


@given(randoms, randoms)
def test_other_bits_give_another_number(one, other):
    assert (new_number(one) == new_number(other)) == (one == other)


@given(randoms)
def test_every_single_wrong_character_is_seen(random):
    number = new_number(random)
    wrong = [with_char(number, place, char) for place in places for char in ALPHABET if char != number[place]]
    assert len(wrong) == 12 * 31
    assert {read_number(text) for text in wrong} == {None}


@given(randoms)
def test_every_swap_of_two_different_characters_is_seen(random):
    number = new_number(random)
    swapped = [
        with_char(with_char(number, one, number[other]), other, number[one])
        for one, other in combinations(places, 2)
        if number[one] != number[other]
    ]
    assert {read_number(text) for text in swapped} <= {None}


def test_every_swap_of_two_neighbours_is_seen_whatever_they_are():
    for place in range(10):
        for one in range(32):
            for other in range(32):
                random = (one << 5 | other) << (5 * (9 - place))
                number = new_number(random)
                at, after = places[place], places[place + 1]
                swapped = with_char(with_char(number, at, number[after]), after, number[at])
                assert (read_number(swapped) is None) == (one != other)


def test_one_text_in_32_has_a_fitting_check_character():
    base = new_number(123_456_789)
    assert sum(read_number(with_char(base, 13, char)) is not None for char in ALPHABET) == 1


@given(randoms, st.sampled_from(["", " ", "-", "\u2010", "\u2212", "\u30fc", "\u3000"]))
def test_a_number_is_read_however_it_was_typed(random, separator):
    number = new_number(random)
    typed = separator.join(number.lower().split("-"))
    wide = "".join(chr(ord(char) + 0xFEE0) for char in number)
    for text in (typed, f"  {typed}\n", wide, typed.replace("0", "o").replace("1", "l"), typed.replace("1", "I")):
        assert read_number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "K7M2",
        "K7M2-9QXF-4HJ",
        "UUUU-UUUU-UUUU",
        "K7M2-9QXF-4HJD-0",
        "ſſſſ-ſſſſ-ſſſſ",
        "0" * 65,
        "\0" * 12,
        "番号",
    ],
)
def test_what_is_no_number_is_none(text):
    assert read_number(text) is None


@given(st.text())
def test_any_text_gives_a_canonical_number_or_none(text):
    number = read_number(text)
    assert number is None or read_number(number) == number
