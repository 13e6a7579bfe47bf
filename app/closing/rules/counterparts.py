"""Which posting of ours answers to a line of Stripe's, by the kind of line? Whoever books something new adds it here.

Stripe's `reporting_category` decides, not `type`: it tells disputes, their reversals and fees apart where the type is
`adjustment` for all of them (docs.stripe.com/reports/reporting-categories).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Finder(StrEnum):
    """How the id of Stripe's object that a line comes from leads to the subject of our posting."""

    ATTEMPT = "attempt"
    """The charge of a try to pay: the try."""
    REFUND = "refund"
    """A refund: our row of it."""
    WRITE = "write"
    """Something that we made there by a planned write: what the write was for."""
    DISPUTE = "dispute"
    """A dispute: our row of it."""
    STRIPE_PAYOUT = "stripe_payout"
    """What Stripe sent to our bank: our row of it."""


@dataclass(frozen=True, slots=True)
class Counterpart:
    """The reason that our posting has, and how its subject is found."""

    reason: str
    finder: Finder


COUNTERPARTS: Final[Mapping[str, Counterpart]] = {
    "charge": Counterpart("stripe_charge", Finder.ATTEMPT),
    "refund": Counterpart("stripe_refund", Finder.REFUND),
    "refund_failure": Counterpart("stripe_refund_back", Finder.REFUND),
    "transfer": Counterpart("payout_sent", Finder.WRITE),
    "transfer_reversal": Counterpart("payout_reversal", Finder.WRITE),
    "dispute": Counterpart("stripe_dispute", Finder.DISPUTE),
    "dispute_reversal": Counterpart("stripe_dispute_back", Finder.DISPUTE),
    "payout": Counterpart("stripe_payout", Finder.STRIPE_PAYOUT),
    "payout_reversal": Counterpart("stripe_payout_back", Finder.STRIPE_PAYOUT),
}
"""By reporting category. One that is not here opens a difference at once: a person looks at it."""

FEE_CATEGORY: Final = "fee"
"""Lines that are nothing but what Stripe charges: the whole amount is booked as its fee."""

FEE_REASON: Final = "stripe_fee"
DIFFERENCE_REASON: Final = "difference"
UNLINED_REASONS: Final = frozenset({FEE_REASON, DIFFERENCE_REASON})
"""Postings on `stripe:clearing` that follow from a line or a difference, and have no line of their own."""
