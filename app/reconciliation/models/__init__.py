"""Statements, comparisons and discrepancies as they are stored."""

from app.reconciliation.models.comparisons import Comparison, Reconciliation, Touch
from app.reconciliation.models.daily import DailyFetch
from app.reconciliation.models.discrepancies import Discrepancy, DiscrepancyStatus, Twin
from app.reconciliation.models.statements import QuarantinedRow, Statement, StatementLine, StatementStatus, Trust

__all__ = [
    "Comparison",
    "DailyFetch",
    "Discrepancy",
    "DiscrepancyStatus",
    "QuarantinedRow",
    "Reconciliation",
    "Statement",
    "StatementLine",
    "StatementStatus",
    "Touch",
    "Trust",
    "Twin",
]
