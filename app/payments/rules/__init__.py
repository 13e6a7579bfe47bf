"""References, bank statements and what a payment is: decisions without a database."""

from app.payments.rules.bank_file import TEMPLATE_HEADER, BankFile, KeyedMovement, read_bank_file
from app.payments.rules.bank_row import AMOUNT_MAX_MINOR, BankMovement, RowError
from app.payments.rules.judgement import Due, Judgement, Outcome, judge, may_reserve_again
from app.payments.rules.references import REFERENCE_LENGTH, is_reference, new_reference, reference_in

__all__ = [
    "AMOUNT_MAX_MINOR",
    "REFERENCE_LENGTH",
    "TEMPLATE_HEADER",
    "BankFile",
    "BankMovement",
    "Due",
    "Judgement",
    "KeyedMovement",
    "Outcome",
    "RowError",
    "is_reference",
    "judge",
    "may_reserve_again",
    "new_reference",
    "read_bank_file",
    "reference_in",
]
