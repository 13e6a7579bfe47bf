"""What may be done to statements, comparisons and discrepancies within one transaction?"""

from app.reconciliation.operations.applying import GONE
from app.reconciliation.operations.comparing import Read, compare, finish_statement, trust_statement
from app.reconciliation.operations.daily import ask_daily, want_daily
from app.reconciliation.operations.deciding import NOTE_MAX, decide, locked_discrepancy, propose, take_on
from app.reconciliation.operations.staging import (
    Incoming,
    Quarantined,
    begin_statement,
    fail_statement,
    locked_comparison,
    locked_statement,
    look_at_lines,
    quarantine,
    stage_lines,
    take_time,
)
from app.reconciliation.operations.twins import enter_twin

__all__ = [
    "GONE",
    "NOTE_MAX",
    "Incoming",
    "Quarantined",
    "Read",
    "ask_daily",
    "begin_statement",
    "compare",
    "decide",
    "enter_twin",
    "fail_statement",
    "finish_statement",
    "locked_comparison",
    "locked_discrepancy",
    "locked_statement",
    "look_at_lines",
    "propose",
    "quarantine",
    "stage_lines",
    "take_on",
    "take_time",
    "trust_statement",
    "want_daily",
]
