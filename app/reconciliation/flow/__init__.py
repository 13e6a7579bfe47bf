"""What happens to a registry's statement, and what follows from it? Several transactions, with the file store between."""

from app.reconciliation.flow.daily import fetch_daily, want_daily
from app.reconciliation.flow.fetching import ask_to_fetch, fetch_statement
from app.reconciliation.flow.marking import mark_reconciled
from app.reconciliation.flow.reports import Report, document, report_of, workbook
from app.reconciliation.flow.settling import compare_again, settle, trust
from app.reconciliation.flow.statements import STAGE, Told, read_statement, take_statement

__all__ = [
    "STAGE",
    "Report",
    "Told",
    "ask_to_fetch",
    "compare_again",
    "document",
    "fetch_daily",
    "fetch_statement",
    "mark_reconciled",
    "read_statement",
    "report_of",
    "settle",
    "take_statement",
    "trust",
    "want_daily",
    "workbook",
]
