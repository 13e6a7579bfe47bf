"""What happens with money from the first ask to the book: bank files, tries through Stripe, what Stripe tells."""

from app.payments.flow.attempts import Till, secret_of, start
from app.payments.flow.bank_files import import_bank_file, keep_bank_file
from app.payments.flow.calls import Kind, StripeSilent, call
from app.payments.flow.events import WebhookSecrets, poll_attempts, sweep_events, take_event, take_event_in
from app.payments.flow.kinds import KINDS
from app.payments.flow.matching import match_lines

__all__ = [
    "KINDS",
    "Kind",
    "StripeSilent",
    "Till",
    "WebhookSecrets",
    "call",
    "import_bank_file",
    "keep_bank_file",
    "match_lines",
    "poll_attempts",
    "secret_of",
    "start",
    "sweep_events",
    "take_event",
    "take_event_in",
]
