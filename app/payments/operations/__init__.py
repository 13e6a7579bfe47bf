"""What may be done to bank statements, their lines and payments within one transaction?"""

from app.payments.operations.lines import (
    apply,
    close,
    due_of,
    leave_for_a_person,
    leave_unknown,
    locked_line,
    locked_payment,
    locked_waiting,
)
from app.payments.operations.resolutions import Resolution, resolve
from app.payments.operations.statements import StatementFile, book_statement

__all__ = [
    "Resolution",
    "StatementFile",
    "apply",
    "book_statement",
    "close",
    "due_of",
    "leave_for_a_person",
    "leave_unknown",
    "locked_line",
    "locked_payment",
    "locked_waiting",
    "resolve",
]
