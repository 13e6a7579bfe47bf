"""Do the quick and the careful reading of a statement's row ever say different things? Rows of every registry, spoilt at will."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reconciliation.rules import (
    STATEMENT_HEADER,
    Line,
    LineText,
    StatementReader,
    layout_of,
    line_text,
    statement_template,
)

FACSIMILES = Path(__file__).parent.parent / "inventory" / "facsimiles"
REGISTRIES = {
    "verra.csv": "verra", "gold_standard.csv": "gold_standard", "acr.csv": "acr", "acr_cancelled.csv": "acr",
    "art.csv": "art", "car.csv": "car", "car_retired.csv": "car", "cercarbono_retired.csv": "cercarbono",
    "isometric.csv": "isometric",
}  # fmt: skip
VERRA = "29385-{first}-{last}-VCS-VCU-1507-VER-AU-14-9001-01012024-31122024-1"


def read(name: str) -> tuple[StatementReader, list[list[str]]]:
    header, *rows = csv.reader(io.StringIO((FACSIMILES / name).read_text(encoding="utf-8-sig")))
    reader = StatementReader(layout_of(header), REGISTRIES[name], header)
    assert reader.errors == ()
    return reader, rows


def carefully(reader: StatementReader, row: list[str]) -> LineText:
    line = reader.careful(row)
    assert isinstance(line, Line), line
    return line_text(line)


@pytest.mark.parametrize("name", REGISTRIES)
def test_every_row_of_a_registrys_file_is_read_alike(name: str) -> None:
    reader, rows = read(name)
    quickly = [reader.quick(row) for row in rows]
    for row, line in zip(rows, quickly, strict=True):
        if line is not None:
            assert carefully(reader, row) == line
    if name != "cercarbono_retired.csv":  # Its serials stand in three cells: always read with care.
        assert any(line is not None for line in quickly), "Nothing at all was read quickly."


CELL = st.one_of(
    st.sampled_from(["", "-", "0", "425", "0425", "4２5", "1,454", "2026-04-10", "2026-13-40", "VCS9001", "retired"]),
    st.text(max_size=12),
    st.builds(lambda a, b: VERRA.format(first=a, last=b), st.integers(0, 10**20), st.integers(0, 10**20)),
    st.builds(lambda a, n: VERRA.format(first=a, last=a + n), st.integers(1, 10**17), st.integers(0, 500)),
)


@given(st.lists(st.tuples(st.integers(0, 16), CELL), max_size=4), st.integers(0, 5))
def test_whatever_is_done_to_a_row_both_ways_say_the_same(changes: list[tuple[int, str]], start: int) -> None:
    reader, rows = read("verra.csv")
    row = list(rows[start % len(rows)])
    for place, cell in changes:
        row[place] = cell
    line = reader.quick(row)
    if line is not None:
        assert carefully(reader, row) == line
        assert line[0] < line[1]
    careful = reader.careful(row)
    assert isinstance(careful, Line | list) or careful.why


@given(st.dictionaries(st.sampled_from(STATEMENT_HEADER), CELL, max_size=12))
def test_our_own_layout_is_read_alike_too(cells: dict[str, str]) -> None:
    reader = StatementReader(None, "verra", STATEMENT_HEADER)
    row = [cells.get(name, "") for name in STATEMENT_HEADER]
    line = reader.quick(row)
    assert line is None or carefully(reader, row) == line


def test_the_example_of_our_own_layout_is_read() -> None:
    header, *rows = csv.reader(io.StringIO(statement_template()))
    reader = StatementReader(None, "jcredit", header)
    lines = [reader.careful(row) for row in rows]
    assert [(line.state, line.lo, line.hi) for line in lines if isinstance(line, Line)] == [
        ("active", 121, 1001), ("retired", 1, 121),
    ]  # fmt: skip
    assert lines[1].changed_on is not None
