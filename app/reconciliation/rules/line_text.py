"""How is a line written as PostgreSQL's COPY reads it? In pieces, of which a file repeats most."""

from datetime import date
from typing import Final

from app.reconciliation.rules.statement_line import Line, LineState
from app.retirements.rules import reference_in

LINE_COLUMNS: Final = (
    "n", "row_number", "lo", "hi", "series_key", "project", "state", "changed_on", "beneficiary_name", "purpose", "note",
    "transaction_no", "reference",
)  # fmt: skip
"""What is copied of each line, in this order."""
LineText = tuple[int, int, str, str]
"""`lo`, `hi`, and as text what follows them: the series with the project, and what is said of the serials."""
_NULL: Final = "\\N"


def line_text(line: Line) -> LineText:
    """A line in its pieces."""
    return line.lo, line.hi, series_text(line.series_key, line.project), said_text(*line[3:-1])


def series_text(series_key: str, project: str) -> str:
    """The series of a line and its project."""
    return _escaped(f"{series_key}\t{project}")


def said_text(
    state: LineState, changed_on: date | None, beneficiary_name: str, purpose: str, note: str, transaction_no: str
) -> str:
    """What a line says of its serials, and which of our references stands in its note."""
    reference = (reference_in(note) or "") if "OD-" in note else ""
    words = _escaped(f"{beneficiary_name}\t{purpose}\t{note}\t{transaction_no}\t{reference}")
    return f"{state}\t{changed_on or _NULL}\t{words}"


def _escaped(words: str) -> str:
    """Texts are on one line already: of what means something to COPY, only the backslash can be in them."""
    return words.replace("\\", "\\\\") if "\\" in words else words
