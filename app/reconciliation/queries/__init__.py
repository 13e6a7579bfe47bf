"""What do registries say, where does it differ from our book, and who has to answer for it? Questions only."""

from app.reconciliation.queries.aftermath import (
    found_elsewhere,
    lots_shown,
    retirements_to_settle,
    written_serials,
)
from app.reconciliation.queries.comparing import Since, asked, differences, forget_touches
from app.reconciliation.queries.details import Piece
from app.reconciliation.queries.statements import (
    Bounds,
    comparison_of,
    discrepancies_page,
    discrepancy_of,
    latest,
    lines_of,
    quarantine_page,
    quarantined_rows,
    reconciliation_of,
    reconciliations_page,
    staged_rows,
    statement_of,
    statements_page,
    totals_of,
)

__all__ = [
    "Bounds",
    "Piece",
    "Since",
    "asked",
    "comparison_of",
    "differences",
    "discrepancies_page",
    "discrepancy_of",
    "forget_touches",
    "found_elsewhere",
    "latest",
    "lines_of",
    "lots_shown",
    "quarantine_page",
    "quarantined_rows",
    "reconciliation_of",
    "reconciliations_page",
    "retirements_to_settle",
    "staged_rows",
    "statement_of",
    "statements_page",
    "totals_of",
    "written_serials",
]
