"""References, bank statements and what a payment is: decisions without a database."""

from app.payments.rules.attempts import (
    ATTEMPTS_MAX,
    OPEN_CALLS,
    UNPAID,
    AttemptMethod,
    AttemptStatus,
    CallStatus,
    Limits,
    is_return_url,
    limits_of,
    may_send,
    status_of_intent,
)
from app.payments.rules.bank_file import ROWS_MAX, TEMPLATE_HEADER, BankFile, KeyedMovement, read_bank_file
from app.payments.rules.bank_row import AMOUNT_MAX_MINOR, BankMovement, RowError
from app.payments.rules.desk_accounts import DeskAccount, listed_twice
from app.payments.rules.disputes import Bearer, DisputeOutcome, outcome_of, taken
from app.payments.rules.finality import Holds, final_at
from app.payments.rules.judgement import Due, Judgement, Outcome, judge, may_reserve_again
from app.payments.rules.references import REFERENCE_LENGTH, is_reference, new_reference, reference_in
from app.payments.rules.refunds import RefundKind, RefundStatus, RefundWay, status_of_refund
from app.payments.rules.statement_file import FileError, StatementRead, read_statement_file

__all__ = [
    "AMOUNT_MAX_MINOR",
    "ATTEMPTS_MAX",
    "OPEN_CALLS",
    "REFERENCE_LENGTH",
    "ROWS_MAX",
    "TEMPLATE_HEADER",
    "UNPAID",
    "AttemptMethod",
    "AttemptStatus",
    "BankFile",
    "BankMovement",
    "Bearer",
    "CallStatus",
    "DeskAccount",
    "DisputeOutcome",
    "Due",
    "FileError",
    "Holds",
    "Judgement",
    "KeyedMovement",
    "Limits",
    "Outcome",
    "RefundKind",
    "RefundStatus",
    "RefundWay",
    "RowError",
    "StatementRead",
    "final_at",
    "is_reference",
    "is_return_url",
    "judge",
    "limits_of",
    "listed_twice",
    "may_reserve_again",
    "may_send",
    "new_reference",
    "outcome_of",
    "read_bank_file",
    "read_statement_file",
    "reference_in",
    "status_of_intent",
    "status_of_refund",
    "taken",
]
