"""Is a version within a range, as tables write ranges?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog.rules import ranges_meet, version_key, within

PARTS = st.lists(st.integers(0, 30), min_size=1, max_size=4)
VERSIONS = PARTS.map(lambda parts: ".".join(map(str, parts)))


@pytest.mark.parametrize(
    ("version", "first", "last", "inside"),
    [
        ("2.1", "2.0", "2.1", True),
        ("2.2", "2.0", "2.1", False),
        ("2.1.5", "2.0", "2.1", False),
        ("2", "2.0", "2.0", True),
        ("2.0.0", "2.0", "2.0", True),
        ("1.10", "1.2", "1.9", False),
        ("13.1", "1", "13.1", True),
        ("5.1.1", "1.0", "5.1.1", True),
        (None, "1.0", "2.0", None),
        ("draft", "1.0", "2.0", None),
        ("v2.0", "1.0", "2.0", None),
        ("20221107", "1.0", "2.0", None),
        ("２.0", "1.0", "2.0", None),
    ],
)
def test_a_version_in_a_range(version: str | None, first: str, last: str, inside: bool | None) -> None:
    assert within(version, first, last) is inside


@given(VERSIONS, VERSIONS, VERSIONS)
def test_ranges_are_of_numbers_and_not_of_texts(one: str, two: str, three: str) -> None:
    def numbers(version: str) -> list[int]:
        parts = [int(part) for part in version.split(".")]
        while len(parts) > 1 and parts[-1] == 0:
            parts.pop()
        return parts

    assert within(one, two, three) == (numbers(two) <= numbers(one) <= numbers(three))


@given(VERSIONS)
def test_ending_zeros_say_nothing(version: str) -> None:
    assert version_key(version) == version_key(f"{version}.0")


@given(VERSIONS, VERSIONS, VERSIONS, VERSIONS)
def test_ranges_meet_where_one_holds_an_end_of_the_other(a: str, b: str, c: str, d: str) -> None:
    (first, last), (low, high) = (sorted(pair, key=lambda text: version_key(text) or ()) for pair in ((a, b), (c, d)))
    shared = within(first, low, high) or within(low, first, last)
    assert ranges_meet((first, last), (low, high)) is bool(shared)
    assert ranges_meet((None, None), (None, None))
    assert not ranges_meet((first, last), (None, None))
