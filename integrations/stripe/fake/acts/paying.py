"""How does an intent go from an attempt to pay to its end, by each of the three methods? docs.stripe.com/payments/paymentintents/lifecycle."""

from typing import Any, Final

from integrations.stripe.fake.act import Act
from integrations.stripe.fake.acts import charges, methods, vouchers
from integrations.stripe.fake.acts.cards import Decline
from integrations.stripe.fake.refusals import missing_parameter, plainly
from integrations.stripe.fake.shelf import Thing

_PASSED: Final = "payment_intent_authentication_failure"


def attempt(act: Act, intent: Thing) -> Decline | None:
    """Confirm an intent that has its method; the decline, when a card was declined. Bank transfers await their money."""
    method = act.see(intent["payment_method"])
    intent |= {"last_payment_error": None, "_awaits": None, "_due": None, "_voucher": None}
    match method["type"]:
        case "card":
            if methods.card_in(method).asks_payer:
                intent["status"] = "requires_action"
                act.tell("payment_intent.requires_action", intent)
                return None
            return charge_card(act, intent, method)
        case "konbini":
            vouchers.issue(act, intent)
        case _:
            _await_transfer(intent)
    act.tell("payment_intent.requires_action", intent)
    return None


def charge_card(act: Act, intent: Thing, method: Thing) -> Decline | None:
    """Take the money from a card, or be declined."""
    decline = methods.card_in(method).decline
    if decline is None:
        succeed(act, intent)
        return None
    charge = charges.decline(act, intent, method, decline)
    error = {"type": "card_error", "code": decline.code, "message": decline.words, "charge": charge["id"]}
    if decline.reason is not None:
        error["decline_code"] = decline.reason
    intent["latest_charge"] = charge["id"]
    fail(act, intent, error)
    return decline


def succeed(act: Act, intent: Thing) -> None:
    """The money is there: the charge, and the intent's end."""
    intent |= {"status": "succeeded", "_awaits": None, "_due": None, "_voucher": None}
    charge = charges.take(act, intent)
    intent["latest_charge"] = charge["id"]
    intent["amount_received"] = intent["amount"]
    act.tell("payment_intent.succeeded", intent)
    _tell_session(act, intent, paid=True)


def fail(act: Act, intent: Thing, error: dict[str, Any]) -> None:
    """The attempt came to nothing; another may be made with another method."""
    was_waiting = intent["status"] in {"requires_action", "processing"}
    intent |= {"status": "requires_payment_method", "last_payment_error": error, "payment_method": None}
    intent |= {"_awaits": None, "_due": None, "_voucher": None}
    act.tell("payment_intent.payment_failed", intent)
    if was_waiting:
        _tell_session(act, intent, paid=False)


def show_who(act: Act, intent_id: str, *, passed: bool) -> None:
    """The payer shows who they are (3D Secure), or fails to; raises `Refused` where nobody asks."""
    intent = act.edit(intent_id)
    method = act.see(intent["payment_method"]) if intent["payment_method"] else None
    if intent["status"] != "requires_action" or method is None or method["type"] != "card":
        raise plainly(f"{intent_id} does not ask its payer for anything.")
    if passed:
        charge_card(act, intent, method)
        return
    words = "We are unable to authenticate your payment method."
    fail(act, intent, {"type": "invalid_request_error", "code": _PASSED, "message": words})


def remaining(intent: Thing) -> int:
    """What a bank transfer still has to bring."""
    return int(intent["amount"] - intent["_funded"])


def _await_transfer(intent: Thing) -> None:
    options = intent["payment_method_options"].get("customer_balance", {})
    if options.get("funding_type") != "bank_transfer":
        raise missing_parameter("payment_method_options[customer_balance][funding_type]")
    if options.get("bank_transfer", {}).get("type") != "jp_bank_transfer":
        raise plainly("Yen are transferred by jp_bank_transfer.", "payment_method_options[customer_balance]")
    intent |= {"status": "requires_action", "_awaits": intent["customer"]}


def _tell_session(act: Act, intent: Thing, *, paid: bool) -> None:
    """The page is done when the money came while the payer was on it; one whose payer has left it hears of it later."""
    if intent["_session"] is None:
        return
    session = act.edit(intent["_session"])
    if session["status"] == "open":
        if paid:
            session |= {"status": "complete", "payment_status": "paid", "_due": None}
            act.tell("checkout.session.completed", session)
        return
    session["payment_status"] = "paid" if paid else "unpaid"
    act.tell(f"checkout.session.async_payment_{'succeeded' if paid else 'failed'}", session)
