"""The doors of statements, comparisons and discrepancies."""

from app.reconciliation.http import discrepancies, reports, statements, twins

routes = [*statements.routes, *discrepancies.routes, *reports.routes, *twins.routes]
