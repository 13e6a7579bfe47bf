"""What is to be paid? PaymentIntents: made, confirmed, given up."""

from typing import Any, Final

from integrations.stripe.fake.act import CURRENCY, Act, Answer, Page
from integrations.stripe.fake.acts import bank, methods, paying
from integrations.stripe.fake.acts.cards import Decline, check_yen
from integrations.stripe.fake.form import Asked
from integrations.stripe.fake.ids import letters
from integrations.stripe.fake.refusals import (
    Refused,
    amount_refused,
    error_body,
    missing_parameter,
    plainly,
    unexpected_state,
)
from integrations.stripe.fake.shelf import Thing
from integrations.stripe.fake.shown import show

LEAST: Final = 50
MOST: Final = 99_999_999
"""What one payment can be, in yen: docs.stripe.com/currencies#minimum-and-maximum-charge-amounts."""
_CONFIRMABLE: Final = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})
_CANCELABLE: Final = _CONFIRMABLE | {"processing"}


def create(act: Act, asked: Asked) -> Thing | Answer:
    """Expect a payment; with `confirm` it is tried at once. A declined card is an answer of 402, and the intent stays."""
    check_amount(asked["amount"], asked["currency"])
    if "customer" in asked:
        act.need("customer", asked["customer"], "customer")
    intent = make(act, asked, session_id=None)
    if asked.get("confirm"):
        return confirm_made(act, intent, asked)
    if _has_method(asked):
        intent["payment_method"] = _method(act, intent, asked)["id"]
        intent["status"] = "requires_confirmation"
    return intent


def make(act: Act, asked: Asked, *, session_id: str | None) -> Thing:
    """Make an intent that nobody has paid yet."""
    kinds = asked.get("payment_method_types", ["card"])
    if "customer_balance" in kinds and "customer" not in asked:
        raise missing_parameter("customer")
    intent = act.make(
        "payment_intent",
        {
            "amount": asked["amount"],
            "amount_received": 0,
            "currency": CURRENCY,
            "customer": asked.get("customer"),
            "description": asked.get("description"),
            "metadata": asked.get("metadata", {}),
            "payment_method": None,
            "payment_method_options": asked.get("payment_method_options", {}),
            "payment_method_types": kinds,
            "receipt_email": asked.get("receipt_email"),
            "status": "requires_payment_method",
            "transfer_group": asked.get("transfer_group"),
            "latest_charge": None,
            "last_payment_error": None,
            "canceled_at": None,
            "capture_method": asked.get("capture_method", "automatic_async"),
            "cancellation_reason": None,
            "_chosen": "payment_method_types" in asked,
            "_funded": 0,
            "_awaits": None,
            "_voucher": None,
            "_due": None,
            "_session": session_id,
        },
    )
    intent["client_secret"] = f"{intent['id']}_secret_{letters(intent['id'], 25)}"
    act.tell("payment_intent.created", intent)
    return intent


def confirm(act: Act, asked: Asked, name: str) -> Thing | Answer:
    """Try to pay an intent."""
    act.need("payment_intent", name, "intent", status=404)
    return confirm_made(act, act.edit(name), asked)


def confirm_made(act: Act, intent: Thing, asked: Asked) -> Thing | Answer:
    """Try to pay an intent that is at hand; an answer of 402 when the card is declined."""
    if intent["status"] not in _CONFIRMABLE or intent["_funded"] > 0:
        raise unexpected_state(_cannot(intent, "confirm"), show(intent, act))
    intent["payment_method_options"] |= asked.get("payment_method_options", {})
    if _has_method(asked):
        intent["payment_method"] = _method(act, intent, asked)["id"]
    if intent["payment_method"] is None:
        message = "You cannot confirm this PaymentIntent because it's missing a payment method."
        raise unexpected_state(message, show(intent, act))
    used = intent["payment_method"]
    decline = paying.attempt(act, intent)
    if decline is not None:
        return _declined(act, intent, used, decline)
    if intent["_awaits"] is not None:
        bank.reconcile(act, intent["customer"])
    return intent


def cancel(act: Act, asked: Asked, name: str) -> Thing:
    """Give an intent up; what a bank transfer brought so far stays with the customer."""
    act.need("payment_intent", name, "intent", status=404)
    intent = act.edit(name)
    if intent["status"] not in _CANCELABLE:
        raise unexpected_state(_cannot(intent, "cancel"), show(intent, act))
    if intent["_session"] is not None and act.see(intent["_session"])["status"] == "open":
        raise plainly("This PaymentIntent belongs to an open Checkout Session: expire the session instead.")
    give_up(act, intent, asked.get("cancellation_reason"))
    return intent


def give_up(act: Act, intent: Thing, reason: str | None) -> None:
    """Cancel an intent that may be."""
    intent |= {"status": "canceled", "canceled_at": act.now, "cancellation_reason": reason}
    intent |= {"_awaits": None, "_due": None, "_voucher": None}
    act.tell("payment_intent.canceled", intent)
    bank.release(act, intent)


def list_all(act: Act, asked: Asked) -> Page:
    """Intents, of a customer when one is given."""
    return act.page("payment_intent", asked, customer=asked.get("customer"))


def check_amount(amount: int, currency: str) -> None:
    """Raise `Refused` for an amount that Stripe does not take."""
    check_yen(amount, currency)
    if amount < LEAST:
        raise amount_refused("amount_too_small", f"Amount must be at least ¥{LEAST} jpy")
    if amount > MOST:
        raise amount_refused("amount_too_large", f"Amount must be no more than ¥{MOST} jpy")


def _has_method(asked: Asked) -> bool:
    return "payment_method" in asked or "payment_method_data" in asked


def _method(act: Act, intent: Thing, asked: Asked) -> Thing:
    """The method that was given, of one of the kinds that the intent takes."""
    if "payment_method" in asked:
        method = methods.found(act, asked["payment_method"], customer=intent["customer"])
    else:
        method = methods.made_of(act, asked["payment_method_data"], customer=intent["customer"])
    if method["type"] not in intent["payment_method_types"]:
        allowed = ", ".join(intent["payment_method_types"])
        raise plainly(
            f"The PaymentMethod provided ({method['type']}) is not allowed for this PaymentIntent: {allowed}.",
            "payment_method",
        )
    return method


def _declined(act: Act, intent: Thing, method_id: str, decline: Decline) -> Answer:
    refused = Refused(402, decline.words, kind="card_error", code=decline.code, param=None)
    more: dict[str, Any] = {"charge": intent["latest_charge"], "payment_intent": show(intent, act)}
    if decline.reason is not None:
        more["decline_code"] = decline.reason
    more["payment_method"] = show(act.see(method_id), act)
    return Answer(402, error_body(refused.with_more(**more), act.cause.request_id or ""))


def _cannot(intent: Thing, verb: str) -> str:
    return f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}."
