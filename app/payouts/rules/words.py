"""Which words are there for what providers are paid by, and for how far a payout is?"""

from enum import StrEnum
from typing import Final


class SaleMode(StrEnum):
    """Whose sale it is. It is written down, and nothing else is derived from it here."""

    AGENCY = "agency"
    """The desk sells in the provider's name."""
    RESALE = "resale"
    """The desk buys and sells in its own."""


class RiskBearer(StrEnum):
    """Who bears a payment that is taken back when the credits are retired already."""

    PROVIDER = "provider"
    DESK = "desk"


class PayoutMethod(StrEnum):
    """How a provider is paid."""

    ZENGIN = "zengin"
    """By a file of transfers (総合振込) that the desk's bank takes."""
    STRIPE = "stripe"
    """By a transfer to its connected account at Stripe."""


class AccountStatus(StrEnum):
    """What the desk has found out about a bank account that a provider named."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    REPLACED = "replaced"


class EarningKind(StrEnum):
    """Why a provider's balance changed."""

    SALE = "sale"
    REFUND = "refund"
    DISPUTE_LOST = "dispute_lost"
    DISPUTE_WON = "dispute_won"
    CORRECTION = "correction"


class PayoutStatus(StrEnum):
    """How far a payout is. `paid`, `failed` and `canceled` are ends; the bank may still return what was paid."""

    DRAFT = "draft"
    APPROVED = "approved"
    SENDING = "sending"
    SENT = "sent"
    PAID = "paid"
    FAILED = "failed"
    CANCELED = "canceled"


class FileKind(StrEnum):
    """Whose money a file of transfers sends: providers' payouts, or refunds to buyers."""

    PAYOUTS = "payouts"
    REFUNDS = "refunds"


class FileStatus(StrEnum):
    """How far a file of transfers is."""

    MADE = "made"
    SENT = "sent"
    DEBITED = "debited"
    VOID = "void"


class LineReturnStatus(StrEnum):
    """How far money is that goes back to a payer for whom there is no payment. `refused` and `came_back` are ends."""

    WAITING = "waiting"
    """An account was named, and a second person looks at it."""
    CONFIRMED = "confirmed"
    """The next file of refunds takes it, or one has."""
    REFUSED = "refused"
    PAID = "paid"
    """The bank has booked it; it may still give it back."""
    CAME_BACK = "came_back"


class ReversalStatus(StrEnum):
    """How far the taking back of a transfer at Stripe is."""

    ASKED = "asked"
    MADE = "made"
    REFUSED = "refused"


ENDED_UNPAID: Final = (PayoutStatus.FAILED, PayoutStatus.CANCELED)
"""Payouts whose lines are free again."""
