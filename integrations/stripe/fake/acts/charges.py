"""What was taken from a payer? Charges: one for each attempt that came as far as the money."""

from typing import Any

from integrations.stripe.fake.act import CURRENCY, Act, Page
from integrations.stripe.fake.acts import methods
from integrations.stripe.fake.acts.cards import Card, Decline
from integrations.stripe.fake.acts.disputes import open_dispute
from integrations.stripe.fake.acts.lines import (
    AVAILABLE_AFTER_DAYS,
    Line,
    LineKind,
    available_after,
    fee_of,
    write_line,
)
from integrations.stripe.fake.form import Asked
from integrations.stripe.fake.shelf import Thing


def list_all(act: Act, asked: Asked) -> Page:
    """Charges, of an intent, a customer or a transfer group."""
    fields = ("payment_intent", "customer", "transfer_group")
    return act.page("charge", asked, **{field: asked.get(field) for field in fields})


def take(act: Act, intent: Thing) -> Thing:
    """The money came: a charge with its line in the balance. A card that stands for a dispute is disputed at once.

    A card is captured asynchronously unless asked otherwise: the event of its success knows no line of the balance yet,
    and another follows that does (docs.stripe.com/payments/payment-intents/asynchronous-capture).
    """
    method = act.see(intent["payment_method"])
    kind = method["type"]
    card = methods.card_in(method) if kind == "card" else None
    charge = _make(act, intent, method, {"status": "succeeded", "_outcome": _approved(card)})
    late = card is not None and intent["capture_method"] == "automatic_async"
    if late:
        act.tell("charge.succeeded", charge)
    days = 0 if card is not None and card.at_once else AVAILABLE_AFTER_DAYS[kind]
    line = write_line(
        act,
        Line(
            kind=LineKind.CHARGE if kind == "card" else LineKind.PAYMENT,
            amount=intent["amount"],
            fee=fee_of(kind, intent["amount"]),
            source=charge["id"],
            available_on=act.now if days == 0 else available_after(act.now, days),
            description=intent["description"],
            owner=None,
        ),
    )
    charge["balance_transaction"] = line["id"]
    if late:
        act.tell("charge.updated", charge, {"balance_transaction": None})
    if not late:
        act.tell("charge.succeeded", charge)
    if card is not None and card.dispute is not None:
        open_dispute(act, charge["id"], reason=card.dispute)
    return charge


def decline(act: Act, intent: Thing, method: Thing, why: Decline) -> Thing:
    """The card was declined: a charge that failed, and moved nothing."""
    charge = _make(
        act,
        intent,
        method,
        {
            "status": "failed",
            "failure_code": why.code,
            "failure_message": why.words,
            "_outcome": _declined(methods.card_in(method), why),
        },
    )
    act.tell("charge.failed", charge)
    return charge


def _make(act: Act, intent: Thing, method: Thing, facts: dict[str, Any]) -> Thing:
    kind = method["type"]
    return act.make(
        "charge",
        {
            "amount": intent["amount"],
            "currency": CURRENCY,
            "customer": intent["customer"],
            "description": intent["description"],
            "metadata": dict(intent["metadata"]),
            "payment_intent": intent["id"],
            "payment_method": method["id"],
            "transfer_group": intent["transfer_group"],
            "amount_refunded": 0,
            "balance_transaction": None,
            "disputed": False,
            "failure_code": None,
            "failure_message": None,
            "_kind": kind,
            "_token": method["_token"],
            "_payer": method["_payer"],
        }
        | facts,
        called="charge" if kind == "card" else "payment",
    )


def _approved(card: Card | None) -> dict[str, Any]:
    outcome = {
        "network_status": "approved_by_network",
        "reason": None,
        "seller_message": "Payment complete.",
        "type": "authorized",
    }
    if card is None:
        return outcome | {"risk_level": "not_assessed"}
    if card.risk_level == "elevated":
        outcome["reason"] = "elevated_risk_level"
    return outcome | {"risk_level": card.risk_level, "risk_score": card.risk_score}


def _declined(card: Card, why: Decline) -> dict[str, Any]:
    outcome = {
        "network_status": "not_sent_to_network" if why.by_radar else "declined_by_network",
        "reason": "highest_risk_level" if why.by_radar else why.reason or why.code,
        "seller_message": "Stripe blocked this payment as too risky." if why.by_radar else "The bank declined it.",
        "type": "blocked" if why.by_radar else "issuer_declined",
    }
    return outcome | {"risk_level": card.risk_level, "risk_score": card.risk_score}
