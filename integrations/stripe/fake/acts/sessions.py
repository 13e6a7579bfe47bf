"""Where does somebody pay on a page of Stripe's? Checkout Sessions of the mode `payment`."""

from typing import Any, Final

from integrations.stripe.fake.act import CURRENCY, Act, Answer, Page
from integrations.stripe.fake.acts import intents
from integrations.stripe.fake.form import Asked
from integrations.stripe.fake.refusals import missing_parameter, plainly
from integrations.stripe.fake.shelf import Thing

_EXPIRES_BETWEEN_S: Final = (30 * 60, 24 * 60 * 60)
"""docs.stripe.com/api/checkout/sessions/create, `expires_at`: 30 minutes to 24 hours from now; 24 hours unasked."""


def create(act: Act, asked: Asked) -> Thing:
    """Make a page. Its intent comes to be when somebody pays on it, as with Stripe since version 2022-08-01."""
    if asked["mode"] != "payment":
        raise plainly("This double of Stripe knows the mode payment only.", "mode")
    if "customer" in asked:
        act.need("customer", asked["customer"], "customer")
    expires_at = asked.get("expires_at", act.now + _EXPIRES_BETWEEN_S[1])
    if not _EXPIRES_BETWEEN_S[0] - 60 <= expires_at - act.now <= _EXPIRES_BETWEEN_S[1] + 60:
        raise plainly("The `expires_at` timestamp must be between 30 minutes and 24 hours from now.", "expires_at")
    total = _total(asked.get("line_items", []))
    intents.check_amount(total, CURRENCY)
    kept = ("customer", "success_url", "cancel_url", "locale", "client_reference_id", "customer_email", "submit_type")
    return act.make(
        "checkout.session",
        {
            "amount_total": total,
            "metadata": asked.get("metadata", {}),
            "payment_method_types": asked.get("payment_method_types", ["card"]),
            "payment_method_options": asked.get("payment_method_options", {}),
            "expires_at": expires_at,
            "payment_intent": None,
            "payment_status": "unpaid",
            "status": "open",
            "_chosen": "payment_method_types" in asked,
            "_intent": asked.get("payment_intent_data", {}),
            "_due": expires_at,
        }
        | {field: asked.get(field) for field in kept},
    )


def expire(act: Act, _asked: Asked, name: str) -> Thing:
    """Close a page that nobody has paid on."""
    act.need("checkout.session", name, "session", status=404)
    session = act.edit(name)
    if session["status"] != "open":
        message = (
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This Checkout Session has a status of {session['status']}."
        )
        raise plainly(message)
    session |= {"status": "expired", "_due": None}
    if session["payment_intent"] is not None:
        intents.give_up(act, act.edit(session["payment_intent"]), None)
    act.tell("checkout.session.expired", session)
    return session


def complete(act: Act, name: str, given: dict[str, Any]) -> Thing | Answer:
    """The payer pays: `given` is the method as a confirmation takes it. A declined card leaves the page open."""
    session = act.edit(name)
    if session["status"] != "open":
        raise plainly(f"This Checkout Session is {session['status']}.")
    intent = _intent_of(act, session)
    session["payment_intent"] = intent["id"]
    answer = intents.confirm_made(act, intent, given)
    if isinstance(answer, Answer):
        return answer
    if _asks_payer(act, intent):
        return session
    if session["status"] == "open":  # The money is to come later: the payer leaves the page with instructions.
        session |= {"status": "complete", "_due": None}
        act.tell("checkout.session.completed", session)
    return session


def list_all(act: Act, asked: Asked) -> Page:
    """Sessions, of a customer, an intent, or a status."""
    fields = ("customer", "payment_intent", "status")
    return act.page("checkout.session", asked, **{field: asked.get(field) for field in fields})


def _asks_payer(act: Act, intent: Thing) -> bool:
    """Whether the payer is still to show who they are: the page stays open meanwhile."""
    waits = intent["status"] == "requires_action" and intent["payment_method"] is not None
    return waits and act.see(intent["payment_method"])["type"] == "card"


def _intent_of(act: Act, session: Thing) -> Thing:
    if session["payment_intent"] is not None:
        return act.edit(session["payment_intent"])
    asked = {"amount": session["amount_total"], "payment_method_types": session["payment_method_types"]}
    asked |= {"payment_method_options": session["payment_method_options"]}
    customer = {} if session["customer"] is None else {"customer": session["customer"]}
    return intents.make(act, asked | customer | session["_intent"], session_id=session["id"])


def _total(items: list[Asked]) -> int:
    if not items:
        raise missing_parameter("line_items")
    total = 0
    for place, item in enumerate(items):
        price = item["price_data"]
        if price["currency"].lower() != CURRENCY:
            raise plainly("This double of Stripe keeps yen only.", f"line_items[{place}][price_data][currency]")
        total += price["unit_amount"] * item.get("quantity", 1)
    return total
