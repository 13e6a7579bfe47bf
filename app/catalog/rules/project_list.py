"""Which projects does the J-Credit scheme's public project list hold, and is every one of its rows accounted for?

Source: https://japancredit.go.jp/project/ (CC BY 4.0), the five sheets in one file; see `../reference/SOURCE.txt`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from app.catalog.rules import project_row as columns
from app.catalog.rules.project_facts import ListKind, MethodologyUse, ProjectFacts, ProjectListReport, RowNote
from app.catalog.rules.project_row import ProjectRow, Remarks, read_project_row
from app.core.text import CsvRow, csv_rows, folded

_COLUMNS = (
    columns.NUMBER,
    columns.APPLIED,
    columns.COMMITTEE,
    columns.OPERATOR,
    columns.TAKER,
    columns.SUMMARY,
    columns.LOCATION,
    columns.REGION,
    columns.METHODOLOGY,
    columns.ENDS,
    columns.ESTIMATE,
    columns.LIST_KIND,
)
_OF_THE_PROJECT = (
    columns.APPLIED,
    columns.COMMITTEE,
    columns.OPERATOR,
    columns.TAKER,
    columns.LOCATION,
    columns.REGION,
    columns.ENDS,
)
"""Columns on which all rows of one project should agree; the list repeats them for each methodology."""


@dataclass(slots=True)
class _Gathered:
    facts_of_first_row: ProjectRow
    uses: list[MethodologyUse]


@dataclass(slots=True)
class _Reading:
    rows: int = 0
    refused: int = 0
    projects: dict[tuple[ListKind, str], _Gathered] = field(default_factory=dict)
    warnings: list[RowNote] = field(default_factory=list)
    errors: list[RowNote] = field(default_factory=list)


def read_project_list(lines: Iterable[str]) -> ProjectListReport:
    """Join the rows of each project, first row first; whatever is wrong is told in the report and never raised.

    Where rows of one project disagree on the project, the first row is kept and each other one is a warning. Lines
    must keep their ends, since cells hold line breaks (`app.core.text.lines_of`).
    """
    reading = _Reading()
    records = csv_rows(lines)
    header = next(records, None)
    places = _places(header, reading)
    for record in records:
        reading.rows += 1
        if places is None or not _take(record, header, places, reading):
            reading.refused += 1
    projects = tuple(_facts(gathered, reading) for gathered in reading.projects.values())
    return ProjectListReport(
        rows=reading.rows,
        used=reading.rows - reading.refused,
        refused=reading.refused,
        projects=projects,
        warnings=tuple(sorted(reading.warnings, key=lambda note: note.row_number)),
        errors=tuple(reading.errors),
    )


def _places(header: CsvRow | None, reading: _Reading) -> dict[str, int] | None:
    """Where each column stands, or None with the reasons in `errors`."""
    if header is None:
        reading.errors.append(RowNote(1, "", "empty_list", "The list holds no row at all."))
        return None
    remarks = Remarks(header.number)
    if header.broken:
        remarks.refuse("", "broken_row", f"The header cannot be read: {header.broken}.")
    places: dict[str, int] = {}
    for place, cell in enumerate(header.cells):
        column = _column(cell)
        if column is None:
            remarks.warn(cell, "unknown_column", f"{cell!r} is a column we do not know; it is not read.")
        elif column in places:
            remarks.refuse(column, "repeated_column", f"There are two columns {column!r}.")
        else:
            places[column] = place
    for column in _COLUMNS:
        if column not in places and not header.broken:
            remarks.refuse(column, "missing_column", f"The column {column!r} is missing; no row can be read.")
    reading.errors += remarks.errors
    reading.warnings += remarks.warnings
    return None if remarks.errors else places


def _column(cell: str) -> str | None:
    heading = folded(cell).replace(" ", "")
    # The heading of the estimate also names a year, "（2050年度までの総量見込）", which will change; the unit must not.
    if heading.startswith("認証見込み量") and heading.endswith("(t-co2)"):
        return columns.ESTIMATE
    return next((column for column in _COLUMNS if column != columns.ESTIMATE and folded(column) == heading), None)


def _take(record: CsvRow, header: CsvRow | None, places: dict[str, int], reading: _Reading) -> bool:
    """Use the row or refuse it; False when it is refused."""
    assert header is not None
    remarks = Remarks(record.number)
    if record.broken:
        detail = f"The row cannot be read, and none behind it: {record.broken}."
        remarks.refuse("", "broken_row", detail)
    elif len(record.cells) != len(header.cells):
        detail = f"The row has {len(record.cells)} cells, the header {len(header.cells)}."
        remarks.refuse("", "wrong_width", detail)
    else:
        row = read_project_row({column: record.cells[place] for column, place in places.items()}, remarks)
        if row is not None:
            _join(row, remarks, reading)
    reading.errors += remarks.errors
    reading.warnings += remarks.warnings
    return not remarks.errors


def _join(row: ProjectRow, remarks: Remarks, reading: _Reading) -> None:
    gathered = reading.projects.get((row.list_kind, row.number))
    if gathered is None:
        reading.projects[row.list_kind, row.number] = _Gathered(row, [row.use])
        return
    if row.use in gathered.uses:
        remarks.warn(columns.METHODOLOGY, "row_repeated", f"{row.use.text!r} was told before, in the same words.")
    elif any((row.use.code, row.use.text) == (use.code, use.text) for use in gathered.uses):
        detail = f"{row.use.text!r} was told before for this project, with another summary or estimate."
        remarks.refuse(columns.METHODOLOGY, "methodology_repeated", detail)
        return
    else:
        gathered.uses.append(row.use)
    first = gathered.facts_of_first_row
    for column in _OF_THE_PROJECT:
        kept, told = first.cells[column], row.cells[column]
        if folded(kept).replace(" ", "") != folded(told).replace(" ", ""):
            detail = f"Row {first.row_number} says {kept!r} and is kept; this row says {told!r}."
            remarks.warn(column, "differs_from_first_row", detail)


def _facts(gathered: _Gathered, reading: _Reading) -> ProjectFacts:
    first = gathered.facts_of_first_row
    remarks = Remarks(first.row_number)
    ends_on = columns.date_of(first.cells, columns.ENDS, remarks)
    facts = ProjectFacts(
        registry_code="jcredit",
        list_kind=first.list_kind,
        number=first.number,
        kind=first.list_kind.project_kind,
        operator_name=first.cells[columns.OPERATOR],
        credit_taker=first.cells[columns.TAKER] or None,
        summary=" / ".join(dict.fromkeys(use.summary for use in gathered.uses if use.summary)),
        location=first.cells[columns.LOCATION],
        regions=columns.regions_of(first.cells[columns.REGION], remarks),
        applied_on=columns.date_of(first.cells, columns.APPLIED, remarks),
        committee=columns.committee_of(first.cells[columns.COMMITTEE], remarks),
        ends_on=ends_on,
        ends_text=None if ends_on else first.cells[columns.ENDS] or None,
        methodologies=tuple(gathered.uses),
    )
    reading.warnings += remarks.warnings
    return facts
