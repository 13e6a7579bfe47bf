"""Why does money go back, by which way, and what does Stripe's word for a refund mean?"""

from enum import StrEnum


class RefundKind(StrEnum):
    """Why money goes back."""

    ORDER = "order"
    """Of credits that the buyer gives back, or never got."""
    RETURNED = "returned"
    """It came when nothing was owed any more."""
    GOODWILL = "goodwill"
    """The credits are at the registry already and stay the buyer's; the desk bears it, by two people's word."""


class RefundWay(StrEnum):
    """How money goes back."""

    STRIPE = "stripe"
    BANK = "bank"
    """A person of the desk makes a bank transfer."""
    ACCOUNT = "account"
    """It lowers what the buyer owes on account."""


class RefundStatus(StrEnum):
    """How far a refund is."""

    PROPOSED = "proposed"
    REJECTED = "rejected"
    DUE = "due"
    """It is owed: Stripe is asked, a bank transfer waits to be made, or it is about to be set off."""
    PENDING = "pending"
    """Stripe is at it."""
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    """Stripe could not, and the money is owed still: a person chooses another way."""


def status_of_refund(stripe_status: str) -> RefundStatus:
    """What Stripe's state of a refund means (docs.stripe.com/refunds)."""
    match stripe_status:
        case "succeeded":
            return RefundStatus.SUCCEEDED
        case "failed" | "canceled":
            return RefundStatus.FAILED
        case _:
            return RefundStatus.PENDING
