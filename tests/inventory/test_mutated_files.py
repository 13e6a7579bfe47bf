"""A file that was damaged on its way: each row is quarantined for a reason or read as it was, never with a shifted column.

Every mutation is done to every row of every layout. What must hold of all: a row that comes out good says exactly what
its original said, and the rows that were not touched are read as if nothing had happened.
"""

import csv
import io
from collections.abc import Callable

import pytest

from app.inventory.rules import Block, parse
from tests.inventory.registry_files import LAYOUTS, fact_of, outcome, read, read_bytes, text_of

Cells = list[list[str]]


def cells_of(name: str) -> Cells:
    return list(csv.reader(io.StringIO(text_of(name), newline="")))


def written(rows: Cells) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def place_of(rows: Cells, *headers: str) -> int:
    return next(n for n, cell in enumerate(rows[0]) if cell in headers)


SERIAL = ("Serial Number", "Credit Serial Numbers", "Offset Credit Serial Numbers", "serial_number", "serial")
QUANTITY = (
    "Quantity Issued",
    "Quantity",
    "Quantity of Credits",
    "Quantity of Offset Credits",
    "size.credit_kgs",
    "quantity",
)
EVERY_ROW = [(name, row) for name in LAYOUTS for row in range(1, len(cells_of(name)))]
every_row = pytest.mark.parametrize(("name", "at"), EVERY_ROW)


def check(name: str, at: int, text: str, *, allowed: set[str] | None = None, lines: int = 1) -> str:
    """Compare a damaged file with its original; the outcome of the row that was touched.

    `allowed`: the reasons that it may be quarantined for. `lines`: how many rows it may have fallen into.
    """
    original, found = read(text_of(name)), read(text)
    facts = [fact_of(row) for row in original]
    touched = original[at - 1]
    kept = [fact_of(row) or outcome(row) for row in found]
    before = [fact_of(row) or outcome(row) for row in original]
    assert kept[: at - 1] == before[: at - 1]
    behind = before[at:]
    assert kept[len(kept) - len(behind) :] == behind if behind else True
    pieces = found[at - 1 : len(found) - len(behind)]
    assert 1 <= len(pieces) <= lines, [row.cells for row in pieces]
    for piece in pieces:
        assert fact_of(piece) in (None, facts[at - 1]), (fact_of(piece), fact_of(touched))
    result = outcome(pieces[0])
    if allowed is not None:
        assert result in allowed, (result, pieces[0].errors)
    return result


@every_row
def test_a_field_added_anywhere_quarantines_its_row(name: str, at: int) -> None:
    for place in range(len(cells_of(name)[0]) + 1):
        rows = cells_of(name)
        rows[at].insert(place, "added")
        assert check(name, at, written(rows)) == "row_too_wide"


@every_row
def test_a_field_removed_anywhere_quarantines_its_row(name: str, at: int) -> None:
    for place in range(len(cells_of(name)[0])):
        rows = cells_of(name)
        del rows[at][place]
        assert check(name, at, written(rows)) == "row_too_narrow"


@every_row
def test_a_field_that_slipped_into_the_next_is_never_read_as_another(name: str, at: int) -> None:
    for place in range(len(cells_of(name)[0]) - 1):
        rows = cells_of(name)
        row = rows[at]
        row[place : place + 2] = [row[place + 1], row[place]]
        check_swapped(name, at, written(rows))


def check_swapped(name: str, at: int, text: str) -> None:
    """Two neighbours changed places, the width is right: what is good still says the same where it counts."""
    before, row = fact_of(read(text_of(name))[at - 1]), read(text)[at - 1]
    after = fact_of(row)
    if after is not None and before is not None:
        assert after[:5] == before[:5]


@every_row
def test_a_quote_lost_or_added_costs_no_other_row(name: str, at: int) -> None:
    lines = written(cells_of(name)).splitlines(keepends=True)
    whole = [line for line in lines if line.strip()]
    rows = cells_of(name)
    if any("\n" in cell for row in rows for cell in row):
        return  # Rows of several lines have a test of their own, below.
    line = whole[at]
    for place in [0, len(line.rstrip()), *[n for n, char in enumerate(line) if char == ","]]:
        damaged = [*whole[:at], line[:place] + '"' + line[place:], *whole[at + 1 :]]
        check(name, at, "".join(damaged))
    for place in [n for n, char in enumerate(line) if char == '"']:
        damaged = [*whole[:at], line[:place] + line[place + 1 :], *whole[at + 1 :]]
        check(name, at, "".join(damaged))


@pytest.mark.parametrize("name", ["verra.csv", "gold_standard.csv"])
def test_a_quote_lost_in_a_cell_of_several_lines_spoils_no_other_row(name: str) -> None:
    text = text_of(name)
    before = [fact_of(row) or outcome(row) for row in read(text)]
    for place in [n for n, char in enumerate(text) if char == '"']:
        rows = read(text[:place] + text[place + 1 :])
        kept = [fact_of(row) for row in rows if row.facts]
        assert kept == [fact for fact in before if fact in kept], "Nothing new is read, nothing twice."
        assert len(kept) >= sum(isinstance(fact, tuple) for fact in before) - 1


@every_row
def test_a_quantity_with_thousands_commas_or_decimals(name: str, at: int) -> None:
    rows = cells_of(name)
    place = place_of(rows, *QUANTITY)
    number = int(rows[at][place].replace(",", ""))
    rows[at][place] = f"{number:,}"
    assert check(name, at, written(rows)) == outcome(read(text_of(name))[at - 1])
    for wrong in (f"{number}.5", f"{number}.0", f"{number},", f"-{number}", f"1,{number}0", "", "many"):
        rows[at][place] = wrong
        check(
            name,
            at,
            written(rows),
            allowed={"not_a_whole_number", "empty_cell", "quantity_out_of_range", "quantity_contradicts_serials"},
        )
    rows[at][place] = str(number + 1)
    assert check(name, at, written(rows)) == "quantity_contradicts_serials"


@every_row
def test_a_range_that_is_reversed_or_torn_is_refused(name: str, at: int) -> None:
    rows = cells_of(name)
    place = place_of(rows, *SERIAL)
    text = rows[at][place]
    torn = {"", text.replace("-", "_"), text.lower(), f"{text} {text}", text.replace("1", "l")} - {text}
    if name != "cercarbono_retired.csv":  # A batch's key has no end of its own: a shorter one is another batch's.
        torn |= {text[:-2], text + "-1"}
    for each in torn:
        rows[at][place] = each
        assert check(name, at, written(rows)) not in {"good", "not_active"}, each
    block = parse(LAYOUTS[name], text)
    if isinstance(block, Block) and block.first != block.last:
        rows[at][place] = block._replace(first=block.last, last=block.first).text
        assert check(name, at, written(rows)) == "serials_reversed"


@pytest.mark.parametrize("name", ["verra.csv", "acr.csv"])
@pytest.mark.parametrize(
    "write",
    [
        lambda d: f"{d[8:]}/{d[5:7]}/{d[:4]}",
        lambda d: f"{d[8:]}.{d[5:7]}.{d[:4]}",
        lambda d: d[:7],
        lambda _: "yesterday",
    ],
)
def test_days_in_another_order_are_refused_where_they_cannot_be_meant(name: str, write: Callable[[str], str]) -> None:
    headers = ("Vintage End",) if name == "verra.csv" else ("Vintage Assignment Period End Date",)
    for at, row in enumerate(read(text_of(name)), start=1):
        if row.facts is None or row.facts.vintage_to.day <= 12:
            continue
        rows = cells_of(name)
        rows[at][place_of(rows, *headers)] = write(row.facts.vintage_to.isoformat())
        assert check(name, at, written(rows)) == "not_a_date"


@every_row
def test_the_year_of_another_row_contradicts_the_serial(name: str, at: int) -> None:
    rows = cells_of(name)
    headers = [cell for cell in rows[0] if cell in ("Vintage", "Vintage Start")]
    if not headers or name == "cercarbono_retired.csv":
        return
    place = place_of(rows, *headers)
    rows[at][place] = "2001-01-01" if "-" in rows[at][place] else "2001"
    result = (
        check(name, at, written(rows)) if not rows[at][place_of(rows, *SERIAL)].startswith(("RW-", "NG-")) else None
    )
    assert result in (None, "serial_contradicts_row")


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize(
    "save",
    [
        lambda text: "\ufeff".encode() + text.encode(),
        lambda text: text.encode("cp932"),
        lambda text: text.replace("\r\n", "\n").encode(),
        lambda text: text.replace("\r\n", "\r\n\r\n").encode(),
    ],
    ids=["bom", "cp932", "lf", "blank lines"],
)
def test_a_file_saved_otherwise_says_the_same(name: str, save: Callable[[str], bytes]) -> None:
    before = [fact_of(row) or outcome(row) for row in read(text_of(name))]
    assert [fact_of(row) or outcome(row) for row in read_bytes(save(text_of(name)))] == before


@every_row
def test_spaces_of_other_kinds_are_spaces_and_what_cannot_be_seen_is_refused(name: str, at: int) -> None:
    rows = cells_of(name)
    place = place_of(rows, *SERIAL)
    text = rows[at][place]
    rows[at] = [f"\u00a0{cell}\u3000" if cell else cell for cell in rows[at]]
    rows[at][place] = f" {text.replace(' ', chr(0xA0))}\t"
    assert check(name, at, written(rows)) == outcome(read(text_of(name))[at - 1])
    rows[at][place] = f"{text[:3]}\u200b{text[3:]}"
    assert check(name, at, written(rows)) == "control_character"


@pytest.mark.parametrize("name", LAYOUTS)
def test_headers_with_other_spaces_and_more_columns_are_known_all_the_same(name: str) -> None:
    rows = cells_of(name)
    before = [fact_of(row) or outcome(row) for row in read(text_of(name))]
    rows[0] = [f" {cell.replace(' ', '  ')} " if cell else cell for cell in rows[0]]
    assert [fact_of(row) or outcome(row) for row in read(written([[*row, "more"] for row in rows]))] == before


@every_row
def test_a_block_told_twice_is_told(name: str, at: int) -> None:
    rows = cells_of(name)
    found = read(written([*rows, rows[at]]))
    assert found[-1].errors[-1].code == "duplicate_serials"
