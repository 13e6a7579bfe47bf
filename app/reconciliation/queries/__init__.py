"""What do registries say, where does it differ from our book, and who has to answer for it? Questions only."""

from app.reconciliation.queries.aftermath import (
    found_elsewhere,
    lots_shown,
    retirements_to_settle,
    written_serials,
)
from app.reconciliation.queries.comparing import Since, asked, differences, forget_touches
from app.reconciliation.queries.daily import accounts_to_fetch, daily_of
from app.reconciliation.queries.details import Piece
from app.reconciliation.queries.report import (
    LotHeld,
    StatementSeen,
    Sums,
    lots_held,
    open_differences,
    statement_seen,
    sums_by_project,
    sums_by_unit,
)
from app.reconciliation.queries.shown import NOBODY, Recorded, any_unreconciled, unreconciled
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
    totals_since,
)
from app.reconciliation.queries.twins import listed_twice, twins_page

__all__ = [
    "NOBODY",
    "Bounds",
    "LotHeld",
    "Piece",
    "Recorded",
    "Since",
    "StatementSeen",
    "Sums",
    "accounts_to_fetch",
    "any_unreconciled",
    "asked",
    "comparison_of",
    "daily_of",
    "differences",
    "discrepancies_page",
    "discrepancy_of",
    "forget_touches",
    "found_elsewhere",
    "latest",
    "lines_of",
    "listed_twice",
    "lots_held",
    "lots_shown",
    "open_differences",
    "quarantine_page",
    "quarantined_rows",
    "reconciliation_of",
    "reconciliations_page",
    "retirements_to_settle",
    "staged_rows",
    "statement_of",
    "statement_seen",
    "statements_page",
    "sums_by_project",
    "sums_by_unit",
    "totals_of",
    "totals_since",
    "twins_page",
    "unreconciled",
    "written_serials",
]
