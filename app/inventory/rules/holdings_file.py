"""Which blocks does a provider's holdings file declare, and what is wrong with it, row by row and cell by cell?

The layout is ours (`TEMPLATE_HEADER`, in any order, in English or Japanese), a registry's own, or one that the caller
maps column by column. Rows that are no stock are told apart from bad ones: `not_active` is their only error.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final

from app.core.text import CsvRow, tidy_line
from app.inventory.rules import template_file
from app.inventory.rules.countries import country_of
from app.inventory.rules.holding_facts import CellCode, CellError, Column, DeclaredProject, HoldingFacts
from app.inventory.rules.holding_row import RowReading, read_holding
from app.inventory.rules.layouts import Asked, Chosen, Layout, chosen_layout
from app.inventory.rules.layouts.layout import Field, heading
from app.inventory.rules.layouts.listed_row import UNITS, read_listed
from app.inventory.rules.layouts.mapping import layout_of_mapping
from app.inventory.rules.records import records
from app.inventory.rules.seen_ranges import SeenRanges
from app.inventory.rules.serials import Located
from app.inventory.rules.template_file import TEMPLATE_HEADER

_BY_HEADER: Final = Asked(registry_code="")


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """One row as it stands in the file (the header is row 1): either `facts`, or at least one error."""

    row_number: int
    cells: tuple[str, ...]
    facts: HoldingFacts | None
    errors: tuple[CellError, ...]
    located: Located | None = None
    """Where its serials lie, whenever they alone are right."""

    @property
    def is_not_active(self) -> bool:
        """Whether the row is right, and is no stock: retired, cancelled or split."""
        return self.facts is None and all(error.code == "not_active" for error in self.errors)


@dataclass(frozen=True, slots=True)
class FileReading:
    """A file whose header was read: its layout's name, the header's cells, and the rows still to come."""

    layout: str
    header: tuple[str, ...]
    rows: Iterator[ParsedRow]


Read = Callable[[tuple[str, ...]], RowReading]


def read_file(
    found: Iterable[CsvRow], asked: Asked = _BY_HEADER, *, after: int = 0, seen: SeenRanges | None = None
) -> FileReading:
    """Read a file's records; every row that holds anything comes, good or bad, in the file's order. Raises nothing.

    When the file or its header is wrong, one row tells so and no other follows. Rows that come with facts never share
    a serial. Rows up to number `after` are passed over: `seen` then holds where their serials lie.
    """
    reading = iter(found)
    header = next(reading, None)
    if header is None:
        row = _refused(CsvRow(1, (), None), CellError("", "empty_file", "The file is empty."))
        return FileReading("none", (), iter([row]))
    if header.broken:
        row = _refused(header, CellError("", "broken_row", f"The header cannot be read: {header.broken}."))
        return FileReading("none", (), iter([row]))
    chosen = chosen_layout(asked, header.cells)
    read, errors = _reader(chosen, asked, header.cells)
    if errors:
        return FileReading(chosen.name, header.cells, iter([ParsedRow(header.number, header.cells, None, errors)]))
    ahead = next(reading, None)
    if ahead is None:
        row = _refused(header, CellError("", "no_rows", "There is a header and no row below it."))
        return FileReading(chosen.name, header.cells, iter([row]))
    coming = (record for record in chain([ahead], reading) if record.number > after)
    known = SeenRanges() if seen is None else seen
    width = len(header.cells)
    rows = (_parsed(record, width, read, known) for record in coming)
    return FileReading(chosen.name, header.cells, rows)


def read_holdings(text_lines: Iterable[str], asked: Asked = _BY_HEADER) -> Iterator[ParsedRow]:
    """Yield the rows of a CSV file, whose lines keep their ends. Kept in memory: one row, and where each block lies."""
    yield from read_file(records(text_lines), asked).rows


def _reader(chosen: Chosen, asked: Asked, header: tuple[str, ...]) -> tuple[Read, tuple[CellError, ...]]:
    """How a row of this file is read, and what is wrong with its header."""
    if chosen.no_serials is not None:
        detail = f"This is {chosen.no_serials}: nothing in it can become stock."
        return _unread, (CellError("", "layout_without_serials", detail),)
    if chosen.layout is not None:
        return _listed(chosen.layout, header)
    if asked.mapping is not None:
        if "serial" in asked.mapping:
            return _listed(layout_of_mapping(asked.mapping, asked.registry_code), header)
        return _mapped(asked.mapping, asked.registry_code, header)
    columns, errors = template_file.columns_of(header)
    return lambda cells: read_holding(dict(zip(columns, cells, strict=True))), errors


def _unread(cells: tuple[str, ...]) -> RowReading:
    raise AssertionError(cells)  # A file with a wrong header has no rows.


def _listed(layout: Layout, header: tuple[str, ...]) -> tuple[Read, tuple[CellError, ...]]:
    places, errors = _places(layout.columns, header, needed=layout.needs)
    there = {heading(cell): tidy_line(cell) for cell in header}
    ends_all = next((there[heading(name)] for name in layout.ends_all if heading(name) in there), None)
    fields: list[tuple[Field, int]] = [(name, places[name]) for name in layout.columns if name in places]

    def read(cells: tuple[str, ...]) -> RowReading:
        return read_listed(layout, {name: cells[place] for name, place in fields}, ends_all=ends_all)

    return read, errors


def _mapped(
    mapping: Mapping[str, str], registry_code: str, header: tuple[str, ...]
) -> tuple[Read, tuple[CellError, ...]]:
    """A mapping with prefix and numbers in cells of their own: our template under other names."""
    places, errors = _places(mapping, header, needed=mapping)
    columns: list[tuple[Column, int | None]] = [(name, places.get(name)) for name in TEMPLATE_HEADER]
    given = {"registry": registry_code, "unit": UNITS.get(registry_code, "t")}

    def read(cells: tuple[str, ...]) -> RowReading:
        raw: dict[Column, str] = {
            name: given.get(name, "") if place is None else cells[place] for name, place in columns
        }
        reading = read_holding(raw)
        if reading.facts is None or "project_name" not in places:
            return reading
        words = {name: tidy_line(cells[place])[:300] for name, place in places.items() if name not in raw}
        project = DeclaredProject(
            words["project_name"], country_of(words.get("country")), words.get("project_type", ""), "",
            tuple(filter(None, (words.get("methodology", "")[:100],))),
        )  # fmt: skip
        return reading.declaring(project)

    return read, errors


def _places(
    columns: Mapping[Field, str] | Mapping[str, str], header: tuple[str, ...], *, needed: Iterable[str]
) -> tuple[dict[str, int], tuple[CellError, ...]]:
    """Where each field stands; a needed header that is missing, or a header that is there twice, is told by name."""
    there: dict[str, list[int]] = {}
    for place, cell in enumerate(header):
        there.setdefault(heading(cell), []).append(place)
    errors = []
    places: dict[str, int] = {}
    for name, written in columns.items():
        found = there.get(heading(written), [])
        if len(found) > 1:
            errors.append(CellError(written, "repeated_column", f"Two columns are called {written!r}."))
        elif found:
            places[name] = found[0]
        elif name in needed:
            errors.append(CellError(written, "missing_column", f"The column {written!r} ({name}) is missing."))
    return places, tuple(errors)


def _parsed(record: CsvRow, width: int, read: Read, seen: SeenRanges) -> ParsedRow:
    if record.broken:
        return _refused(record, CellError("", "broken_row", f"This row cannot be read: {record.broken}."))
    if len(record.cells) != width:
        code: CellCode = "row_too_wide" if len(record.cells) > width else "row_too_narrow"
        return _refused(record, CellError("", code, f"The row has {len(record.cells)} cells, the header {width}."))
    reading = read(record.cells)
    overlap = _overlap(reading, record.number, seen)
    # A row that is no stock and overlaps another is bad, and no longer merely not active.
    told = tuple(error for error in reading.errors if overlap is None or error.code != "not_active")
    errors = (*told, overlap) if overlap else told
    located = reading.located if overlap is None else None
    return ParsedRow(record.number, record.cells, None if errors else reading.facts, errors, located)


def _overlap(reading: RowReading, row_number: int, seen: SeenRanges) -> CellError | None:
    """Bad rows count too: a block told twice is one mistake more, whatever else is wrong with either row."""
    located = reading.located
    other = seen.add(located.series_key, located.serials, row_number) if located else None
    if located is None or other is None:
        return None
    if (other.lo, other.hi) == located.serials:
        return CellError("serial_first", "duplicate_serials", f"Row {other.row_number} names the same serials.")
    return CellError("serial_first", "overlapping_serials", f"Row {other.row_number} names some of these serials.")


def _refused(record: CsvRow, error: CellError) -> ParsedRow:
    return ParsedRow(record.number, record.cells, None, (error,))
