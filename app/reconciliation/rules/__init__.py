"""What a registry's statement says, and how it can differ from our book: decisions without a database."""

from app.reconciliation.rules.discrepancies import AT_RISK, HANDLING, Action, Cause, DiscrepancyKind, Handling
from app.reconciliation.rules.judged import Settled, Shown, Sought, likely_cause, settled_by, shown_as_recorded
from app.reconciliation.rules.known_records import KnownRecords
from app.reconciliation.rules.line_text import LINE_COLUMNS, LineText, line_text
from app.reconciliation.rules.raw_records import RawRecords, cells_of, changed_records, raw_records
from app.reconciliation.rules.statement_layouts import (
    STATEMENT_LAYOUTS,
    StatementLayout,
    covers_of,
    layout_called,
    layout_of,
)
from app.reconciliation.rules.statement_line import (
    Covers,
    Line,
    LineState,
    NotALine,
    Reach,
    RowCode,
    RowError,
    RowReading,
)
from app.reconciliation.rules.statement_rows import StatementReader
from app.reconciliation.rules.template import STATEMENT_HEADER, Column, statement_template

__all__ = [
    "AT_RISK",
    "HANDLING",
    "LINE_COLUMNS",
    "STATEMENT_HEADER",
    "STATEMENT_LAYOUTS",
    "Action",
    "Cause",
    "Column",
    "Covers",
    "DiscrepancyKind",
    "Handling",
    "KnownRecords",
    "Line",
    "LineState",
    "LineText",
    "NotALine",
    "RawRecords",
    "Reach",
    "RowCode",
    "RowError",
    "RowReading",
    "Settled",
    "Shown",
    "Sought",
    "StatementLayout",
    "StatementReader",
    "cells_of",
    "changed_records",
    "covers_of",
    "layout_called",
    "layout_of",
    "likely_cause",
    "line_text",
    "raw_records",
    "settled_by",
    "shown_as_recorded",
    "statement_template",
]
