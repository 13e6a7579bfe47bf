"""How does money move in Stripe's book of an account, line by line?

A line is a balance transaction; nothing else changes a balance. Its kinds and categories are those of
docs.stripe.com/reports/balance-transaction-types and /reporting-categories.
"""

from enum import Enum
from typing import Final

import msgspec

from integrations.stripe.fake.act import CURRENCY, Act
from integrations.stripe.fake.shelf import Thing

DAY_S: Final = 24 * 60 * 60

FEE_BASIS_POINTS: Final = {"card": 360, "customer_balance": 150, "konbini": 360}
"""Of each payment, by its method. OUR NUMBERS for a fake: Stripe's prices differ by contract and were not verified."""
DISPUTE_FEE: Final = 1300
"""For each dispute, in yen, and not given back. Ours too."""
AVAILABLE_AFTER_DAYS: Final = {"card": 4, "customer_balance": 1, "konbini": 4}
"""When a payment can be paid out. Ours too."""


class LineKind(Enum):
    """A line's `type` and its `reporting_category`."""

    CHARGE = ("charge", "charge")
    PAYMENT = ("payment", "charge")
    REFUND = ("refund", "refund")
    PAYMENT_REFUND = ("payment_refund", "refund")
    REFUND_FAILURE = ("refund_failure", "refund_failure")
    PAYMENT_FAILURE_REFUND = ("payment_failure_refund", "refund_failure")
    TRANSFER = ("transfer", "transfer")
    TRANSFER_REFUND = ("transfer_refund", "transfer_reversal")
    DISPUTE = ("adjustment", "dispute")
    DISPUTE_REVERSAL = ("adjustment", "dispute_reversal")
    PAYOUT = ("payout", "payout")
    PAYOUT_FAILURE = ("payout_failure", "payout_reversal")


class Line(msgspec.Struct, frozen=True):
    """A line to be written. Signs are Stripe's: what leaves the balance is negative; a fee is positive."""

    kind: LineKind
    amount: int
    fee: int
    source: str
    available_on: int
    description: str | None
    owner: str | None
    """Whose balance; None for that of the asking account."""


def write_line(act: Act, line: Line) -> Thing:
    """Move money; the line's id belongs on whatever caused it."""
    kind, category = line.kind.value
    fees = [] if line.fee == 0 else [_fee(line.fee)]
    return act.make(
        "balance_transaction",
        {
            "type": kind,
            "reporting_category": category,
            "amount": line.amount,
            "fee": line.fee,
            "net": line.amount - line.fee,
            "fee_details": fees,
            "currency": CURRENCY,
            "source": line.source,
            "available_on": line.available_on,
            "description": line.description,
            "_payout": None,
            "_unpaid": True,
        },
        owner=line.owner,
    )


def fee_of(method: str, amount: int) -> int:
    """Our own fee for a payment, in whole yen, halves rounded up."""
    return (amount * FEE_BASIS_POINTS[method] + 5000) // 10000


def available_after(now: int, days: int) -> int:
    """The midnight (UTC) after so many days."""
    return (now // DAY_S + days) * DAY_S


def _fee(amount: int) -> Thing:
    return {
        "amount": amount,
        "application": None,
        "currency": CURRENCY,
        "description": "Stripe processing fees",
        "type": "stripe_fee",
    }
