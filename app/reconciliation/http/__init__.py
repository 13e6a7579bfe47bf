"""The doors of statements, comparisons and discrepancies."""

from app.reconciliation.http import daily, discrepancies, reports, statements, twins

routes = [*statements.routes, *discrepancies.routes, *reports.routes, *twins.routes, *daily.routes]
