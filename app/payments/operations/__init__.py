"""What may be done to bank statements, their lines and payments within one transaction?"""

from app.payments.operations.attempts import (
    ATTEMPT_PREFIX,
    Closing,
    Trying,
    begin_attempt,
    call_off,
    customer_of,
    locked_attempt,
    name_object,
    note_customer,
    note_intent,
    note_session,
    reference_of,
    refuse,
)
from app.payments.operations.calls import Sending, begin, note, plan
from app.payments.operations.lines import (
    apply,
    close,
    due_of,
    leave_for_a_person,
    leave_unknown,
    locked_line,
    locked_payment,
    locked_payment_of,
    locked_waiting,
)
from app.payments.operations.money import Taken, book, pay, set_aside
from app.payments.operations.resolutions import Resolution, resolve, use_up
from app.payments.operations.statements import StatementFile, book_statement
from app.payments.operations.stripe_events import ask_to_settle, event_of, tick_off

__all__ = [
    "ATTEMPT_PREFIX",
    "Closing",
    "Resolution",
    "Sending",
    "StatementFile",
    "Taken",
    "Trying",
    "apply",
    "ask_to_settle",
    "begin",
    "begin_attempt",
    "book",
    "book_statement",
    "call_off",
    "close",
    "customer_of",
    "due_of",
    "event_of",
    "leave_for_a_person",
    "leave_unknown",
    "locked_attempt",
    "locked_line",
    "locked_payment",
    "locked_payment_of",
    "locked_waiting",
    "name_object",
    "note",
    "note_customer",
    "note_intent",
    "note_session",
    "pay",
    "plan",
    "reference_of",
    "refuse",
    "resolve",
    "set_aside",
    "tick_off",
    "use_up",
]
