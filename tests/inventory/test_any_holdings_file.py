"""Holdings files by property: any valid rows are read back, and no file makes the reader raise."""

import csv
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalog.rules import ListKind
from app.core.quantity import UNITS
from app.core.text import lines_of, typed_date
from app.inventory.rules import TEMPLATE_HEADER, Serials, overlaps, read_holdings
from tests.inventory.files import defects, good, read, written

line_texts = st.text(
    st.characters(exclude_categories=["C", "Z"], exclude_characters="-‐‑‒–—―−─ー－ｰ"), min_size=1, max_size=20
)
notes = line_texts.filter(lambda text: text[0] not in "=+-@＝＋＠")


@st.composite
def holdings(draw):
    """Rows of which every one is right, over two series, none overlapping."""
    rows, at = [], {"A-": 0, "Ｂ": 0}
    for _ in range(draw(st.integers(1, 6))):
        prefix = draw(st.sampled_from(sorted(at)))
        first = at[prefix] + draw(st.integers(0, 10**6))
        quantity = draw(st.integers(1, 10**6))
        at[prefix] = first + quantity
        jcredit = draw(st.booleans())
        days = sorted(draw(st.tuples(*[st.dates(date(1990, 1, 1), date(2100, 12, 31))] * 2)))
        rows.append(
            {
                "registry": "jcredit" if jcredit else "puro",
                "project_list": draw(st.sampled_from(ListKind)).value if jcredit else "",
                "project_number": draw(st.from_regex(r"[A-Z]{0,3}[0-9]{1,6}", fullmatch=True)),
                "certification_no": draw(line_texts) if jcredit else draw(st.just("") | line_texts),
                "serial_prefix": prefix,
                "serial_first": str(first).zfill(12),
                "serial_last": str(first + quantity - 1).zfill(12),
                "quantity": str(quantity),
                "unit": "t" if jcredit else draw(st.sampled_from(UNITS)),
                "vintage_from": days[0].isoformat(),
                "vintage_to": days[1].isoformat(),
                "note": draw(st.just("") | notes),
            }
        )
    return rows


@given(holdings(), st.permutations(TEMPLATE_HEADER), st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
def test_any_valid_rows_are_read_back(rows, header, quoting):
    text = written([[row[name] for name in header] for row in rows], header, quoting=quoting)
    found = list(read_holdings(lines_of(text)))
    assert defects(found) == []
    for row, parsed in zip(rows, found, strict=True):
        facts = parsed.facts
        assert facts.registry_code == row["registry"]
        assert (facts.project_list or "") == row["project_list"]
        assert (facts.certification_no or "") == row["certification_no"]
        assert (facts.vintage_from, facts.vintage_to) == (
            typed_date(row["vintage_from"]),
            typed_date(row["vintage_to"]),
        )
        assert str(facts.quantity) == row["quantity"]
        names = ("project_number", "serial_prefix", "serial_first", "serial_last", "unit", "note")
        assert [getattr(facts, name) for name in names] == [row[name] for name in names]


@given(holdings(), st.data())
def test_one_damaged_cell_is_found_where_it_is_and_nowhere_else(rows, data):
    place = data.draw(st.integers(0, len(rows) - 1))
    column, cell = data.draw(
        st.sampled_from(
            [
                ("registry", "?"),
                ("project_number", "#1"),
                ("serial_first", "1x"),
                ("serial_last", ""),
                ("quantity", "1.5"),
                ("unit", "lb"),
                ("vintage_from", "yesterday"),
                ("vintage_to", "2024-02-30"),
                ("note", "=1"),
                ("serial_prefix", "A\0"),
                ("certification_no", "x\u202ey"),
            ]
        )
    )
    rows[place][column] = cell
    found = read(*[list(row.values()) for row in rows])
    assert {(number, name) for number, name, _ in defects(found)} == {(place + 2, column)}
    assert [row.facts is None for row in found] == [n == place for n in range(len(rows))]


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(1, 40), st.booleans()), max_size=30))
def test_accepted_rows_never_share_a_serial_and_refused_ones_name_a_row_that_they_share_with(blocks):
    rows = read(
        *(
            good(serial_first=str(lo), serial_last=str(lo + n - 1), quantity=str(n), serial_prefix="AB"[other])
            for lo, n, other in blocks
        )
    )
    taken = {}
    for row, (lo, n, other) in zip(rows, blocks, strict=True) if blocks else ():
        clash = [
            number
            for number, (theirs, series) in taken.items()
            if series == other and overlaps(theirs, Serials(lo, lo + n))
        ]
        assert (row.facts is None) == bool(clash)
        if row.facts:
            taken[row.row_number] = (Serials(lo, lo + n), other)
        else:
            assert any(f"Row {number} " in row.errors[0].detail for number in clash)


@settings(deadline=None)
@given(st.text())
def test_no_text_makes_the_reader_raise(text):
    for row in read_holdings(lines_of(text)):
        assert (row.facts is None) == bool(row.errors)


@given(st.lists(st.sampled_from(good()) | st.text(max_size=8), min_size=12, max_size=12))
def test_no_cells_make_the_reader_raise(cells):
    for row in read(cells):
        assert (row.facts is None) == bool(row.errors)
