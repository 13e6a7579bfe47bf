"""What goes back to a payer? docs.stripe.com/refunds, and for bank transfers /payments/customer-balance/refunding.

A card's refund succeeds at once. That of a bank transfer or a konbini payment first needs the payer's account: Stripe
asks for it by mail (`requires_action`), then sends the money (`pending`). A refund may make our balance negative: Stripe
does so where it may debit the account's bank; elsewhere such a refund waits.
"""

from typing import Any, Final

from integrations.stripe.fake.act import Act, Page
from integrations.stripe.fake.acts import bank
from integrations.stripe.fake.acts.cards import Card, card_of
from integrations.stripe.fake.acts.customers import move_cash
from integrations.stripe.fake.acts.lines import DAY_S, Line, LineKind, write_line
from integrations.stripe.fake.form import Asked
from integrations.stripe.fake.refusals import missing_parameter, plainly
from integrations.stripe.fake.shelf import Thing

_ACCOUNT_WITHIN_DAYS: Final = 45
"""How long the payer may take to name an account, as the page on refunding says."""
_UNSETTLED: Final = frozenset({"pending", "requires_action"})


def create(act: Act, asked: Asked) -> Thing:
    """Give a payment back, or a part of it; raises `Refused` when more than is left was asked for."""
    charge = _charge_of(act, asked)
    left = charge["amount"] - charge["amount_refunded"]
    amount = asked.get("amount", left)
    if charge["disputed"] and not charge.get("_won"):
        raise plainly(f"Charge {charge['id']} has been charged back; cannot issue a refund.", None, "charge_disputed")
    if left == 0:
        raise plainly(f"Charge {charge['id']} has already been refunded.", None, "charge_already_refunded")
    if amount < 1:
        raise plainly("Invalid positive integer", "amount", "parameter_invalid_integer")
    if amount > left:
        raise plainly(f"Refund amount (¥{amount}) is greater than unrefunded amount on charge (¥{left})", "amount")
    refund = _make(act, asked, charge, amount)
    line = _line(act, refund, charge, -amount, failed=False)
    refund["balance_transaction"] = line["id"]
    charge["amount_refunded"] += amount
    act.tell("refund.created", refund)
    act.tell("charge.refunded", charge)
    return refund


def advance(act: Act, name: str) -> Thing:
    """The payer named an account: the money is on its way."""
    refund = act.edit(name)
    if refund["status"] != "requires_action":
        raise plainly(f"Refund {name} is {refund['status']}.")
    return _moved(act, refund, {"status": "pending", "_due": None})


def settle(act: Act, name: str) -> Thing:
    """The money arrived."""
    refund = act.edit(name)
    if refund["status"] not in _UNSETTLED:
        raise plainly(f"Refund {name} is {refund['status']}.")
    return _moved(act, refund, {"status": "succeeded", "_due": None})


def fail(act: Act, name: str, reason: str) -> Thing:
    """The money could not be delivered, and is ours again. A card's refund may fail after it had succeeded."""
    refund = act.edit(name)
    charge = act.edit(refund["charge"])
    if refund["status"] not in _UNSETTLED | {"succeeded"} or refund["_kind"] == "stripe_account":
        raise plainly(f"Refund {name} is {refund['status']}, and cannot fail.")
    line = _line(act, refund, charge, refund["amount"], failed=True)
    charge["amount_refunded"] -= refund["amount"]
    refund |= {"failure_reason": reason, "failure_balance_transaction": line["id"], "_due": None}
    _moved(act, refund, {"status": "failed"})
    act.tell("refund.failed", refund)
    return refund


def give_up(act: Act, name: str) -> Thing:
    """The payer named no account in time: a bank transfer's money goes to the customer's cash balance, other money to us."""
    refund = act.edit(name)
    if refund["_kind"] != "customer_balance":
        return fail(act, name, "unknown")
    _moved(act, refund, {"status": "canceled", "_due": None})
    customer_id = act.see(refund["charge"])["customer"]
    move_cash(act, customer_id, "refunded_from_payment", refund["amount"], {"refund": name})
    bank.reconcile(act, customer_id)
    bank.tell_rest(act, customer_id)
    return refund


def list_all(act: Act, asked: Asked) -> Page:
    """Refunds, of an intent or a charge."""
    return act.page("refund", asked, payment_intent=asked.get("payment_intent"), charge=asked.get("charge"))


def _moved(act: Act, refund: Thing, changes: dict[str, Any]) -> Thing:
    previous = {"status": refund["status"]}
    refund |= changes
    act.tell("refund.updated", refund, previous)
    act.tell("charge.refund.updated", refund, previous)
    return refund


def _charge_of(act: Act, asked: Asked) -> Thing:
    if "charge" in asked:
        return act.edit(act.need("charge", asked["charge"], "charge")["id"])
    if "payment_intent" not in asked:
        raise missing_parameter("payment_intent")
    intent = act.need("payment_intent", asked["payment_intent"], "payment_intent")
    if intent["status"] != "succeeded":
        raise plainly(f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.")
    return act.edit(intent["latest_charge"])


def _make(act: Act, asked: Asked, charge: Thing, amount: int) -> Thing:
    kind = charge["_kind"]
    facts: Thing = {
        "amount": amount,
        "charge": charge["id"],
        "currency": charge["currency"],
        "metadata": asked.get("metadata", {}),
        "payment_intent": charge["payment_intent"],
        "reason": asked.get("reason"),
        "status": _first_status(card_of(charge["_token"])) if kind == "card" else "requires_action",
        "failure_reason": None,
        "failure_balance_transaction": None,
        "_kind": kind,
        "_due": None,
    }
    if kind != "card":
        facts |= {"_mail": _mail(act, asked, charge), "_due": act.now + _ACCOUNT_WITHIN_DAYS * DAY_S}
    return act.make("refund", facts, called="refund" if kind == "card" else "payment_refund")


def _first_status(card: Card) -> str:
    return "pending" if card.refund == "pending" else "succeeded"


def _mail(act: Act, asked: Asked, charge: Thing) -> str:
    """Where the payer is asked for an account; without an address the refund is an error."""
    customer = None if charge["customer"] is None else act.see(charge["customer"])["email"]
    address = asked.get("instructions_email") or customer or charge["_payer"]["email"]
    if address is None:
        raise plainly("The customer has no email address: give instructions_email.", "instructions_email")
    return str(address)


def _line(act: Act, refund: Thing, charge: Thing, amount: int, *, failed: bool) -> Thing:
    card = refund["_kind"] == "card"
    if failed:
        kind = LineKind.REFUND_FAILURE if card else LineKind.PAYMENT_FAILURE_REFUND
    else:
        kind = LineKind.REFUND if card else LineKind.PAYMENT_REFUND
    return write_line(
        act,
        Line(
            kind=kind,
            amount=amount,
            fee=0,
            source=refund["id"],
            available_on=act.now,
            description="REFUND FAILURE" if failed else f"REFUND FOR CHARGE {charge['id']}",
            owner=None,
        ),
    )
