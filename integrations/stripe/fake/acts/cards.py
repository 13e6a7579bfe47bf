"""What does each of Stripe's test cards do? As docs.stripe.com/testing says, as far as a broker needs it."""

from typing import Final

import msgspec

from integrations.stripe.fake.refusals import Refused, wrong_value


class Decline(msgspec.Struct, frozen=True):
    """How a card is declined: Stripe's error code, and the bank's reason."""

    code: str
    reason: str | None
    words: str
    by_radar: bool = False


class Card(msgspec.Struct, frozen=True):
    """A test card."""

    brand: str = "visa"
    last4: str = "4242"
    country: str = "US"
    decline: Decline | None = None
    risk_level: str = "normal"
    risk_score: int = 12
    asks_payer: bool = False
    """The payer must first show who they are (3D Secure)."""
    dispute: str | None = None
    """The reason for which a payment with it is disputed at once."""
    refund: str = "succeeded"
    """`pending` until it is settled; or `fails`, which is to say later."""
    at_once: bool = False
    """What it pays can be paid out at once."""


_DECLINED: Final = "Your card was declined."
_GENERIC: Final = Decline("card_declined", "generic_decline", _DECLINED)
_NO_FUNDS: Final = Decline("card_declined", "insufficient_funds", "Your card has insufficient funds.")
_FRAUD: Final = Decline("card_declined", "fraudulent", _DECLINED, by_radar=True)

CARDS: Final[dict[str, Card]] = {
    "pm_card_visa": Card(),
    "pm_card_visa_debit": Card(last4="5556"),
    "pm_card_mastercard": Card("mastercard", "4444"),
    "pm_card_jcb": Card("jcb", "0505", "JP"),
    "pm_card_amex": Card("amex", "8431"),
    "pm_card_jp": Card("visa", "0003", "JP"),
    "pm_card_bypassPending": Card(last4="0077", at_once=True),
    "pm_card_chargeDeclined": Card(last4="0002", decline=_GENERIC),
    "pm_card_visa_chargeDeclined": Card(last4="0002", decline=_GENERIC),
    "pm_card_chargeDeclinedInsufficientFunds": Card(last4="9995", decline=_NO_FUNDS),
    "pm_card_visa_chargeDeclinedInsufficientFunds": Card(last4="9995", decline=_NO_FUNDS),
    "pm_card_visa_chargeDeclinedLostCard": Card(last4="9987", decline=Decline("card_declined", "lost_card", _DECLINED)),
    "pm_card_visa_chargeDeclinedStolenCard": Card(
        last4="9979", decline=Decline("card_declined", "stolen_card", _DECLINED)
    ),
    "pm_card_chargeDeclinedExpiredCard": Card(
        last4="0069", decline=Decline("expired_card", None, "Your card has expired.")
    ),
    "pm_card_chargeDeclinedIncorrectCvc": Card(
        last4="0127", decline=Decline("incorrect_cvc", None, "Your card's security code is incorrect.")
    ),
    "pm_card_chargeDeclinedProcessingError": Card(
        last4="0119", decline=Decline("processing_error", None, "An error occurred while processing your card.")
    ),
    "pm_card_riskLevelElevated": Card(last4="9235", risk_level="elevated", risk_score=68),
    "pm_card_riskLevelHighest": Card(last4="4954", risk_level="highest", risk_score=92),
    "pm_card_radarBlock": Card(last4="0019", decline=_FRAUD, risk_level="highest", risk_score=95),
    "pm_card_authenticationRequired": Card(last4="3184", asks_payer=True),
    "pm_card_threeDSecure2Required": Card(last4="3220", asks_payer=True),
    "pm_card_createDispute": Card(last4="0259", dispute="fraudulent"),
    "pm_card_createDisputeProductNotReceived": Card(last4="2685", dispute="product_not_received"),
    "pm_card_pendingRefund": Card(last4="7726", refund="pending"),
    "pm_card_refundFail": Card(last4="5126", refund="fails"),
}
"""The highest risk is let through here, as with Stripe where no rule of Radar blocks it; `radarBlock` never is."""


def card_of(token: str) -> Card:
    """The card behind a test token; raises `Refused` for an unknown one."""
    if token not in CARDS:
        raise Refused(400, f"No such PaymentMethod: '{token}'", code="resource_missing", param="payment_method")
    return CARDS[token]


def check_yen(amount: int, currency: str) -> None:
    """Raise `Refused` for another currency than yen: this fake keeps no other."""
    if currency.lower() != "jpy":
        raise wrong_value("currency", f"Invalid currency: {currency}. This double of Stripe keeps yen only.")
    if amount < 1:
        raise Refused(400, "Invalid positive integer", code="parameter_invalid_integer", param="amount")
