"""From when can nobody take a payment back, so that what is irrevocable may follow: a retirement, a payout?

A registry's invalidation cannot be undone, a card payment can: the cardholder's bank may take it back for months. How long
the desk waits is its own risk to choose, by method and by the risk that Stripe's Radar saw (`Charge.outcome.risk_level`,
docs.stripe.com/radar/risk-evaluation). A bank transfer has no way back at the payer's will; cash at a konbini neither
(docs.stripe.com/payments/konbini: no disputes).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Holds:
    """How long a card payment is waited for after it was paid, by its risk. The highest one waits for a person."""

    card: timedelta
    card_elevated: timedelta
    """Radar's `elevated`, or a card that was not scored."""


def final_at(method: str, risk_level: str | None, paid_at: datetime, holds: Holds) -> datetime | None:
    """The moment from which a payment counts as final; None when a person must release it.

    `method` is what was paid with (`card`, `konbini`, `jp_bank_transfer`, `bank_transfer`); anything else is treated as
    a card of elevated risk, for it may be one behind another name.
    """
    match method:
        case "bank_transfer" | "jp_bank_transfer" | "konbini":
            return paid_at
        case "card":
            held = _held_for(risk_level, holds)
        case _:
            held = holds.card_elevated
    return None if held is None else paid_at + held


def _held_for(risk_level: str | None, holds: Holds) -> timedelta | None:
    match risk_level:
        case "normal":
            return holds.card
        case "highest":
            return None
        case _:
            return holds.card_elevated
