"""Are a statement's records told apart byte for byte: known ones left out, broken ones at the cost of themselves?"""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from app.reconciliation.rules import KnownRecords, raw_records

HEADER = "a,b,c\n"


def records(text: str, known: KnownRecords | None = None) -> list[tuple[int, str, bool]]:
    found = raw_records(io.BytesIO(text.encode()), "utf-8", known.is_known if known else lambda _: False)
    return [(number, content.decode().rstrip("\r\n"), broken) for number, content, broken in found]


def test_a_cell_may_hold_line_ends_and_a_blank_row_only_counts() -> None:
    text = HEADER + '1,"two\nlines",3\n\n,,\n4,5,6\n'
    assert records(text) == [(1, "a,b,c", False), (2, '1,"two\nlines",3', False), (5, "4,5,6", False)]


def test_a_lost_quote_costs_its_own_row_alone() -> None:
    text = HEADER + '1,"two,3\n4,5,6\n7,"a\nb",9\n10,11,12\n'
    told = records(text)
    assert [(content, broken) for _, content, broken in told if broken] == [('1,"two,3', True)]
    assert [content for _, content, broken in told if not broken] == ["a,b,c", "4,5,6", '7,"a\nb",9', "10,11,12"]


def test_a_quote_that_never_closes_does_not_swallow_the_file() -> None:
    rows = "".join(f"{n},x,y\n" for n in range(1_000))
    told = records(HEADER + '1,"two,3\n' + rows)
    assert len(told) == 1_002
    assert sum(broken for _, _, broken in told) == 1


CELLS = st.lists(st.text(alphabet='ab,"é一', max_size=6), min_size=2, max_size=2)


@given(st.lists(CELLS, max_size=8))
def test_what_a_spreadsheet_writes_is_read_as_its_rows(cells: list[list[str]]) -> None:
    rows = [["x", *row] for row in cells]
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([["a", "b", "c"], *rows])
    told = records(out.getvalue())[1:]
    assert not any(broken for _, _, broken in told)
    assert [next(csv.reader([content])) for _, content, _ in told] == rows


def learned(text: str) -> bytes:
    known = KnownRecords(b"")
    for n, (_, content, _) in enumerate(raw_records(io.BytesIO(text.encode()), "utf-8", known.is_known)):
        if n:
            known.learn(content, n)
    return b"".join(known.written())


@given(st.lists(st.integers(0, 5), max_size=12), st.lists(st.integers(0, 5), max_size=12))
def test_only_news_is_told_and_what_is_gone_is_named_however_often_a_row_repeats(
    before: list[int], after: list[int]
) -> None:
    known = KnownRecords(learned(HEADER + "".join(f"{n},x,y\n" for n in before)))
    news = records(HEADER + "".join(f"{n},x,y\n" for n in after), known)[1:]
    for n in range(6):
        gone = max(0, before.count(n) - after.count(n))
        fresh = max(0, after.count(n) - before.count(n))
        assert sum(content == f"{n},x,y" for _, content, _ in news) == fresh
        assert sum(before[line - 1] == n for line in known.gone()) == gone
