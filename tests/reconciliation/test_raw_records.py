"""Are a statement's records told apart byte for byte: known ones left out, broken ones at the cost of themselves?"""

import csv
import io
import random
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reconciliation.rules import KnownRecords, RawRecords, cells_of, changed_records, raw_records

HEADER = "a,b,c\n"


def each(found: Iterable[RawRecords]) -> Iterator[tuple[int, bytes, bool]]:
    """One by one, with their rows' numbers and whether they are broken."""
    for rows, contents, broken in found:
        assert len(rows) == 1 or not broken
        yield from ((row, content, broken) for row, content in zip(rows, contents, strict=True))


def records(text: str, known: KnownRecords | None = None) -> list[tuple[int, str, bool]]:
    found = raw_records(io.BytesIO(text.encode()), "utf-8", known or KnownRecords(b""))
    return [(number, content.decode().rstrip("\r\n"), broken) for number, content, broken in each(found)]


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


@given(st.text(alphabet='ab," é', max_size=30))
def test_the_cells_of_a_line_are_those_that_the_csv_module_tells(line: str) -> None:
    try:
        told: list[str] | None = next(csv.reader([line], strict=True)) or [""]
    except csv.Error:
        told = None
    assert cells_of(line) == told


@given(st.text(alphabet='ab,"\r\n', max_size=200), st.integers(0, 3))
def test_taken_in_blocks_a_file_has_the_records_that_it_has_line_by_line(text: str, ends: int) -> None:
    """Records that are looked for make the reader go line by line."""
    looking = KnownRecords(learned(HEADER + "z,z,z\n"))
    looking.look_for(0, 1)
    whole = HEADER + text + "\n" * ends
    assert records(whole, looking) == records(whole)


def learned(text: str) -> bytes:
    known = KnownRecords(b"")
    for n, (row, content, _) in enumerate(each(raw_records(io.BytesIO(text.encode()), "utf-8", known))):
        if n:
            known.learn([row], [content], n)
    return known.written(len(text.splitlines()))


@given(st.lists(st.integers(0, 5), max_size=12), st.lists(st.integers(0, 5), max_size=12))
def test_only_news_is_told_and_what_is_gone_is_named_however_often_a_row_repeats(
    before: list[int], after: list[int]
) -> None:
    known = KnownRecords(learned(HEADER + "".join(f"{n},x,y\n" for n in before)))
    known.look_for(0, len(known))
    news = records(HEADER + "".join(f"{n},x,y\n" for n in after), known)[1:]
    for n in range(6):
        gone = max(0, before.count(n) - after.count(n))
        fresh = max(0, after.count(n) - before.count(n))
        assert sum(content == f"{n},x,y" for _, content, _ in news) == fresh
        assert sum(before[line - 1] == n for line in known.gone()) == gone


def followed(lines: dict[int, str], old: str, new: str, kept: bytes, *, line_by_line: bool) -> tuple[bytes, set[int]]:
    """Read `new` behind `old`, whose list is `kept`; `lines` are the texts by number. The new list, and what is gone."""
    known = KnownRecords(kept)
    file, next_n = io.BytesIO(new.encode()), max(lines, default=0) + 1
    if line_by_line:
        assert known.is_line_by_line
        told = changed_records(io.BytesIO(old.encode()), file, "utf-8", known)
    else:
        known.look_for(0, len(known))
        told = raw_records(file, "utf-8", known)
    for n, (row, content, broken) in enumerate(list(each(told))[1:], next_n):  # All at once, as a batch is.
        assert not broken
        known.learn([row], [content], n)
        lines[n] = content.decode()
    assert known.met + len(lines) - next_n + 1 == len(new.splitlines()) - 1
    return known.written(len(new.splitlines())), set(known.gone())


LISTS = st.lists(st.integers(0, 30), max_size=40)


@given(LISTS, st.lists(LISTS, min_size=1, max_size=3), st.data())
def test_a_chain_of_lists_stays_what_the_last_one_says_line_by_line_or_by_digest(
    first: list[int], later: list[list[int]], data: st.DataObject
) -> None:
    text = HEADER + "".join(f"{n},x,{'y' * n * 9}\n" for n in first)
    kept, lines = learned(text), dict(enumerate(text.splitlines(keepends=True)[1:], 1))
    live = set(lines)
    for numbers in later:
        new = HEADER + "".join(f"{n},x,{'y' * n * 9}\n" for n in numbers)
        before = set(lines)
        kept, gone = followed(lines, text, new, kept, line_by_line=data.draw(st.booleans()))
        assert gone <= live
        live = live - gone | set(lines) - before
        assert sorted(lines[n] for n in live) == sorted(new.splitlines(keepends=True)[1:])
        text = new


@pytest.mark.parametrize("end", ["\n", ""])
@pytest.mark.parametrize("seed", range(6))
def test_a_long_list_with_a_few_changes_is_told_by_these_alone(seed: int, end: str) -> None:
    chance = random.Random(seed)
    rows = [f"{n},{'x' * chance.randrange(90)},y" for n in range(30_000)]
    changed = list(rows)
    for _ in range(40):
        place = chance.randrange(len(changed))
        match chance.randrange(3):
            case 0:
                del changed[place]
            case 1:
                changed[place] += "!"
            case _:
                changed.insert(place, f"new {place},z,z")
    old, new = (HEADER + "\n".join(each) + end for each in (rows, changed))
    lines = dict(enumerate(old.splitlines(keepends=True)[1:], 1))
    _, gone = followed(lines, old, new, learned(old), line_by_line=True)
    assert {lines[n] for n in gone} == set(old.splitlines(keepends=True)) - set(new.splitlines(keepends=True))
    assert len(lines) - 30_000 <= 41


def test_two_lists_with_nothing_in_common_are_told_record_by_record() -> None:
    old, new = (HEADER + "".join(f"{n},x,y\n" for n in range(*bounds)) for bounds in ((0, 9_000), (8_000, 20_000)))
    lines = dict(enumerate(old.splitlines(keepends=True)[1:], 1))
    _, gone = followed(lines, old, new, learned(old), line_by_line=True)
    assert gone == set(range(1, 8_001))
    assert len(lines) == 20_000
