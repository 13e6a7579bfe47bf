"""The doors of statements, comparisons and discrepancies."""

from app.reconciliation.http import discrepancies, reports, statements

routes = [*statements.routes, *discrepancies.routes, *reports.routes]
