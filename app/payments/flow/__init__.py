"""What happens with money from the first ask to the book: bank files, tries through Stripe, what Stripe tells."""

from app.payments.flow.attempts import CardFields, secret_of, start
from app.payments.flow.bank_files import import_bank_file, keep_bank_file
from app.payments.flow.calls import Kind, StripeSilent, call
from app.payments.flow.events import WebhookSecrets, sweep_events, take_event, take_event_in
from app.payments.flow.kinds import KINDS

__all__ = ["CardFields", "secret_of", "KINDS", "Kind", "StripeSilent", "WebhookSecrets", "call", "import_bank_file", "keep_bank_file", "start", "sweep_events", "take_event", "take_event_in"]
