"""Which blocks does a provider's holdings file declare, and what is wrong with it, row by row and cell by cell?

The layout is ours: a CSV file with the columns of `TEMPLATE_HEADER` in any order, named in English or Japanese. No
registry's serial layout is guessed: prefix, first and last number are columns of their own.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

from app.core.text import CsvRow, csv_rows, folded, tidy_line
from app.inventory.rules.holding_facts import CellCode, CellError, Column, HoldingFacts
from app.inventory.rules.holding_row import RowReading, read_holding
from app.inventory.rules.seen_ranges import SeenRanges

TEMPLATE_HEADER: tuple[Column, ...] = get_args(Column)
_JAPANESE: Mapping[Column, tuple[str, ...]] = {
    "registry": ("登録簿", "レジストリ"),
    "project_list": ("プロジェクト一覧", "分類"),
    "project_number": ("プロジェクト番号",),
    "certification_no": ("クレジット認証番号", "認証番号"),
    "serial_prefix": ("シリアル番号接頭辞", "シリアル接頭辞"),
    "serial_first": ("シリアル番号(始)", "開始シリアル番号"),
    "serial_last": ("シリアル番号(終)", "終了シリアル番号"),
    "quantity": ("数量",),
    "unit": ("単位",),
    "vintage_from": ("対象期間開始日", "ビンテージ開始日"),
    "vintage_to": ("対象期間終了日", "ビンテージ終了日"),
    "note": ("備考",),
}
_EXAMPLE_ROWS = (
    (
        "jcredit",
        "jcredit_normal",
        "1",
        "クレジット認証番号（登録簿の表記のまま）",
        "番号の前の部分（登録簿の表記のまま）",
        "000001",
        "000120",
        "120",
        "t",
        "2023-04-01",
        "2024-03-31",
        "記入例：この行は消してください",
    ),
    (
        "isometric",
        "",
        "prj_EXAMPLE",
        "",
        "PREFIX-AS-PRINTED-",
        "78177",
        "81177",
        "3001",
        "kg",
        "2024/1/1",
        "2024/12/31",
        "",
    ),
)


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """One row as it stands in the file (the header is row 1): either `facts`, or at least one error."""

    row_number: int
    cells: tuple[str, ...]
    facts: HoldingFacts | None
    errors: tuple[CellError, ...]


def read_holdings(text_lines: Iterable[str]) -> Iterator[ParsedRow]:
    """Yield every row that holds anything, good or bad, in the file's order; raises nothing of its own.

    When the file or its header is wrong, one row tells so and no other follows. Rows that are yielded with facts never
    share a serial. Lines keep their ends (`app.core.text.lines_of`). Kept in memory: one row, and where each block lies.
    """
    records = csv_rows(text_lines)
    header = next(records, None)
    if header is None:
        yield _refused(CsvRow(1, (), None), CellError("", "empty_file", "The file is empty."))
        return
    columns, errors = _columns(header)
    if errors:
        yield ParsedRow(header.number, header.cells, None, errors)
        return
    seen = SeenRanges()
    number_of_rows = 0
    for record in records:
        number_of_rows += 1
        yield _parsed(record, columns, seen)
    if number_of_rows == 0:
        yield _refused(header, CellError("", "no_rows", "There is a header and no row below it."))


def template() -> str:
    """Return an example file that `read_holdings` accepts: header, one row in tonnes, one in kilograms."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(TEMPLATE_HEADER)
    writer.writerows(_EXAMPLE_ROWS)
    return text.getvalue()


def _column_names() -> dict[str, Column]:
    return {_heading(name): column for column in TEMPLATE_HEADER for name in (column, *_JAPANESE[column])}


def _heading(text: str) -> str:
    return folded(text).replace(" ", "")


def _columns(header: CsvRow) -> tuple[list[Column], tuple[CellError, ...]]:
    """The columns in the file's order, and what is wrong with the header."""
    if header.broken:
        return [], (CellError("", "broken_row", f"The header cannot be read: {header.broken}."),)
    names = _column_names()
    found: list[Column] = []
    errors: list[CellError] = []
    for place, cell in enumerate(header.cells, start=1):
        name = tidy_line(cell)[:100]
        column = names.get(_heading(cell))
        if column is None:
            detail = f"The column {name!r} is not one of ours." if name else f"The {place}. column has no name."
            errors.append(CellError(name, "unknown_column", detail))
        elif column in found:
            errors.append(CellError(column, "repeated_column", f"Two columns are {column} ({name!r})."))
        else:
            found.append(column)
    for column in TEMPLATE_HEADER:
        if column not in found:
            detail = f"The column {column} ({_JAPANESE[column][0]}) is missing."
            errors.append(CellError(column, "missing_column", detail))
    return found, tuple(errors)


def _parsed(record: CsvRow, columns: list[Column], seen: SeenRanges) -> ParsedRow:
    if record.broken:
        detail = f"This row cannot be read, and none behind it: {record.broken}."
        return _refused(record, CellError("", "broken_row", detail))
    if len(record.cells) != len(columns):
        code: CellCode = "row_too_wide" if len(record.cells) > len(columns) else "row_too_narrow"
        detail = f"The row has {len(record.cells)} cells, the header {len(columns)}."
        return _refused(record, CellError("", code, detail))
    reading = read_holding(dict(zip(columns, record.cells, strict=True)))
    overlap = _overlap(reading, record.number, seen)
    errors = (*reading.errors, overlap) if overlap else reading.errors
    return ParsedRow(record.number, record.cells, None if errors else reading.facts, errors)


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
