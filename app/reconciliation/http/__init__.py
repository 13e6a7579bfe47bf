"""The doors of statements, comparisons and discrepancies."""

from app.reconciliation.http import discrepancies, statements

routes = [*statements.routes, *discrepancies.routes]
