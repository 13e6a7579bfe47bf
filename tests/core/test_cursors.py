"""A cursor fits the list it was cut for, and nothing else opens it."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Integer, String, column
from sqlalchemy.dialects import postgresql

from app.core.pages import Cursors, InvalidCursor, KeyValue, Listed, beyond

ORG = UUID("0dd5de5c-0000-7000-8000-000000000001")
CURSORS = Cursors(b"s" * 32)
LISTED = Listed("orders", {"status": ["paid"], "quantity_gte": 3, "unsaid": None}, "-created_at", ORG)

values = st.one_of(
    st.text(),
    st.integers(),
    st.uuids(),
    st.datetimes(timezones=st.just(UTC)),
    st.dates(),
)
keys = st.lists(values, min_size=1, max_size=4).map(tuple)


@given(keys)
def test_what_was_put_into_a_cursor_comes_out(after: tuple[KeyValue, ...]) -> None:
    cursor = CURSORS.cut(LISTED, after)
    assert cursor.isascii()
    assert set(cursor) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert CURSORS.read(LISTED, cursor) == after


@given(keys, st.data())
def test_no_altered_cursor_opens(after: tuple[KeyValue, ...], data: st.DataObject) -> None:
    cursor = CURSORS.cut(LISTED, after)
    place = data.draw(st.integers(0, len(cursor) - 1))
    other = data.draw(st.sampled_from("ABCXYZabcxyz019-_").filter(lambda char: char != cursor[place]))
    with pytest.raises(InvalidCursor):
        CURSORS.read(LISTED, cursor[:place] + other + cursor[place + 1 :])


@given(st.text(max_size=200))
def test_no_text_of_a_strangers_opens(text: str) -> None:
    with pytest.raises(InvalidCursor):
        CURSORS.read(LISTED, text)


@given(st.binary(max_size=100))
def test_no_bytes_of_a_strangers_open(raw: bytes) -> None:
    with pytest.raises(InvalidCursor):
        CURSORS.read(LISTED, urlsafe_b64encode(raw).rstrip(b"=").decode())


def test_a_cut_or_lengthened_cursor_does_not_open() -> None:
    cursor = CURSORS.cut(LISTED, (1, ORG))
    for wrong in (cursor[:-1], cursor + "A", cursor + "=", cursor + " ", cursor[1:], cursor + cursor, ""):
        with pytest.raises(InvalidCursor):
            CURSORS.read(LISTED, wrong)


@pytest.mark.parametrize(
    "other",
    [
        Listed("lots", LISTED.filters, LISTED.sort, ORG),
        Listed("orders", {"status": ["paid"], "quantity_gte": 4}, LISTED.sort, ORG),
        Listed("orders", {"status": ["paid"], "quantity_gte": "3"}, LISTED.sort, ORG),
        Listed("orders", {"status": ["paid"]}, LISTED.sort, ORG),
        Listed("orders", LISTED.filters, "created_at", ORG),
        Listed("orders", LISTED.filters, LISTED.sort, UUID(int=1)),
        Listed("orders", LISTED.filters, LISTED.sort, None),
    ],
)
def test_a_cursor_fits_one_list_one_order_and_one_caller(other: Listed) -> None:
    cursor = CURSORS.cut(LISTED, (1,))
    with pytest.raises(InvalidCursor) as refused:
        CURSORS.read(other, cursor)
    assert (refused.value.status, refused.value.code) == (400, "invalid_cursor")
    assert refused.value.errors[0].pointer == "?cursor"


def test_a_filter_that_was_not_said_is_no_filter() -> None:
    same = Listed("orders", {"quantity_gte": 3, "status": ["paid"]}, LISTED.sort, ORG)
    assert CURSORS.read(same, CURSORS.cut(LISTED, (1,))) == (1,)


def test_another_installations_cursor_does_not_open() -> None:
    with pytest.raises(InvalidCursor):
        Cursors(b"t" * 32).read(LISTED, CURSORS.cut(LISTED, (1,)))


def test_the_payload_is_nothing_secret_and_nothing_executable() -> None:
    sealed = urlsafe_b64decode(CURSORS.cut(LISTED, (datetime(2026, 11, 24, tzinfo=UTC), date(2026, 4, 1), ORG)) + "==")
    assert msgspec.json.decode(sealed[16:]) == [["t", 1795478400000000], ["d", "2026-04-01"], ["u", str(ORG)]]


@given(st.lists(st.integers(0, 9), max_size=30), st.integers(1, 7))
def test_pages_put_together_are_the_whole_list(numbers: list[int], limit: int) -> None:
    rows = sorted((number, place) for place, number in enumerate(numbers))
    seen: list[tuple[int, int]] = []
    cursor: str | None = None
    for _ in range(len(rows) + 1):
        page = CURSORS.page(LISTED, limit=limit, cursor=cursor)
        after = page.after
        fetched = [row for row in rows if after is None or row > after][: page.fetch]
        out = CURSORS.answer(page, fetched, key=lambda row: row, show=lambda row: row)
        assert len(out.data) <= limit
        assert out.has_more is (out.next_cursor is not None)
        seen += out.data
        cursor = out.next_cursor
        if cursor is None:
            break
    assert seen == rows


def test_an_empty_list_has_no_next_page() -> None:
    out = CURSORS.answer(CURSORS.page(LISTED), [], key=lambda row: (row,), show=lambda row: row)
    assert msgspec.json.encode(out) == b'{"data":[],"has_more":false,"next_cursor":null}'


def sql(condition) -> str:
    return str(condition.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))


def test_one_direction_is_one_comparison_that_an_index_answers() -> None:
    price, name = column("price", Integer), column("name", String)
    assert sql(beyond([(price, False), (name, False)], (5, "x"))) == "(price, name) > (5, 'x')"
    assert sql(beyond([(price, True), (name, True)], (5, "x"))) == "(price, name) < (5, 'x')"


def test_mixed_directions_are_spelled_out() -> None:
    price, name = column("price", Integer), column("name", String)
    assert sql(beyond([(price, True), (name, False)], (5, "x"))) == "price < 5 OR price = 5 AND name > 'x'"
