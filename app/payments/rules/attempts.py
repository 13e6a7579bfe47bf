"""How may an order be paid through Stripe, and what does an intent's state mean for the try that made it?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit


class AttemptMethod(StrEnum):
    """What a buyer may choose."""

    CARD = "card"
    """The storefront shows Stripe's own fields, with the secret of the answer."""
    JP_BANK_TRANSFER = "jp_bank_transfer"
    """To a virtual account that Stripe gives the buyer."""
    KONBINI = "konbini"
    CHECKOUT = "checkout"
    """A page of Stripe's, where the payer chooses among all of these."""


class AttemptStatus(StrEnum):
    """How far a try is. Stripe's own states are more; these are what a buyer needs."""

    STARTING = "starting"
    """Stripe has not answered yet."""
    OPEN = "open"
    """The payer has not paid, or not all."""
    PROCESSING = "processing"
    PAID = "paid"
    """Its money is in the book, and pays the order."""
    RETURNED = "returned"
    """Its money came when nothing was owed any more, and goes back."""
    REFUSED = "refused"
    """Stripe would not have it."""
    CANCELED = "canceled"
    MISMATCH = "mismatch"
    """What Stripe has is not what was asked for: a person looks."""


class CallStatus(StrEnum):
    """What is known of one write that Stripe is asked for."""

    PLANNED = "planned"
    SENDING = "sending"
    """A call has begun; whether it arrived is not known."""
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """Too old to be sent again; it is looked for."""
    ABSENT = "absent"
    """Looked for when Stripe no longer kept its key, and not found: a person decides."""


ATTEMPTS_MAX: Final = 50
"""Tries for one payment; nobody honest needs as many."""
OPEN_CALLS: Final = (CallStatus.PLANNED, CallStatus.SENDING, CallStatus.UNKNOWN)
UNPAID: Final = (AttemptStatus.STARTING, AttemptStatus.OPEN, AttemptStatus.PROCESSING)

SENT_AGAIN_FOR: Final = timedelta(hours=23)
"""Within it the same write may be sent again under its key. Stripe may forget a key once it is 24 hours old
(docs.stripe.com/api/idempotent_requests); an hour is kept for clocks and for a call's own time."""

CARD_MIN_MINOR: Final = 50
KONBINI_MIN_MINOR: Final = 120
KONBINI_MAX_MINOR: Final = 300_000
CHARGE_MAX_MINOR: Final = 99_999_999
"""Yen (docs.stripe.com/currencies: smallest charge ¥50, eight digits at most; docs.stripe.com/payments/konbini: ¥120 to
¥300,000). Stripe is who decides: what it refuses is refused here in its words."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Between what amounts of yen a method takes a payment."""

    low_minor: int
    high_minor: int


def limits_of(method: AttemptMethod) -> Limits:
    """Between what amounts of yen, both included, a method is offered."""
    if method is AttemptMethod.KONBINI:
        return Limits(KONBINI_MIN_MINOR, KONBINI_MAX_MINOR)
    return Limits(CARD_MIN_MINOR, CHARGE_MAX_MINOR)


def is_return_url(text: str) -> bool:
    """Whether a payer may be sent back there: https with a host and no user, or http on the reader's own machine."""
    try:
        pieces = urlsplit(text)
        host = pieces.hostname
    except ValueError:
        return False
    if not host or pieces.username is not None or pieces.password is not None or not text.isprintable() or " " in text:
        return False
    return pieces.scheme == "https" or (pieces.scheme == "http" and host in ("127.0.0.1", "::1", "localhost"))


def may_send(first_sent_at: datetime | None, now: datetime) -> bool:
    """Whether a write may (still) be sent: never yet, or so lately that Stripe surely keeps its key."""
    return first_sent_at is None or now - first_sent_at < SENT_AGAIN_FOR


def status_of_intent(intent_status: str) -> AttemptStatus:
    """What a PaymentIntent's state means, money apart: a paid one is `processing` here until the book has its money."""
    match intent_status:
        case "succeeded" | "processing":
            return AttemptStatus.PROCESSING
        case "canceled":
            return AttemptStatus.CANCELED
        case _:
            return AttemptStatus.OPEN
