"""How do intents, their methods, charges and refunds look?"""

from typing import Any, Final

from integrations.stripe.fake.act import Act
from integrations.stripe.fake.acts.cards import card_of
from integrations.stripe.fake.ids import letters
from integrations.stripe.fake.shelf import Thing
from integrations.stripe.fake.shown.options import next_action, options
from integrations.stripe.fake.shown.plain import billed, seen

_EXPIRES: Final = {"exp_month": 12, "exp_year": 2034}
_CHECKS: Final = {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"}
_INTENT: Final[dict[str, Any]] = {
    "amount_capturable": 0,
    "amount_details": {"tip": {}},
    "application": None,
    "application_fee_amount": None,
    "confirmation_method": "automatic",
    "customer_account": None,
    "excluded_payment_method_types": None,
    "on_behalf_of": None,
    "payment_method_configuration_details": None,
    "processing": None,
    "review": None,
    "setup_future_usage": None,
    "shipping": None,
    "statement_descriptor": None,
    "statement_descriptor_suffix": None,
    "transfer_data": None,
}
_CHARGE: Final[dict[str, Any]] = {
    "application": None,
    "application_fee": None,
    "application_fee_amount": None,
    "calculated_statement_descriptor": "OFFSETDESK",
    "failure_balance_transaction": None,
    "fraud_details": {},
    "on_behalf_of": None,
    "radar_options": {},
    "receipt_email": None,
    "receipt_number": None,
    "receipt_url": None,
    "review": None,
    "shipping": None,
    "source_transfer": None,
    "statement_descriptor": None,
    "statement_descriptor_suffix": None,
    "transfer_data": None,
}


def payment_intent(thing: Thing, act: Act) -> dict[str, Any]:
    """An intent, with what its payer is to do."""
    method = None if thing["payment_method"] is None else act.see(thing["payment_method"])
    automatic = None if thing["_chosen"] else {"allow_redirects": "always", "enabled": True}
    return (
        _INTENT
        | seen(thing, livemode=True)
        | {
            "automatic_payment_methods": automatic,
            "next_action": next_action(thing, method),
            "payment_method_options": options(
                thing["payment_method_types"], thing["payment_method_options"], for_session=False
            ),
        }
    )


def payment_method(thing: Thing, _act: Act) -> dict[str, Any]:
    """What is paid with."""
    kind = thing["type"]
    shown = seen(thing, livemode=True) | {
        "allow_redisplay": "unspecified",
        "billing_details": billed(thing),
        "customer_account": None,
        "metadata": {},
    }
    return shown | {kind: _card(thing) if kind == "card" else {}}


def charge(thing: Thing, _act: Act) -> dict[str, Any]:
    """A charge. Its refunds are listed under their own address, not embedded (since version 2022-11-15)."""
    succeeded = thing["status"] == "succeeded"
    kind = thing["_kind"]
    return (
        _CHARGE
        | seen(thing, livemode=True)
        | {
            "amount_captured": thing["amount"] if succeeded else 0,
            "billing_details": billed(thing),
            "captured": succeeded,
            "outcome": _outcome(thing),
            "paid": succeeded,
            "payment_method_details": {"type": kind, kind: _details(thing)},
            "refunded": succeeded and thing["amount_refunded"] == thing["amount"],
        }
    )


def refund(thing: Thing, _act: Act) -> dict[str, Any]:
    """A refund, with what its payer is to do. Reasons and failures stand in it only when there are any."""
    hidden = {"failure_reason", "failure_balance_transaction"}
    shown = {name: value for name, value in seen(thing, livemode=False).items() if name not in hidden or value}
    shown |= {"receipt_number": None, "source_transfer_reversal": None, "transfer_reversal": None}
    match thing["_kind"]:
        case "card":
            details = {"card": {"type": "refund", "reference_status": "pending"}, "type": "card"}
            return shown | {"destination_details": details}
        case "stripe_account":
            return shown
    shown["destination_details"] = {"jp_bank_transfer": {"reference": None, "reference_status": None}}
    shown["destination_details"]["type"] = "jp_bank_transfer"
    shown["instructions_email"] = thing["_mail"]
    if thing["status"] == "pending":
        shown["pending_reason"] = "processing"
    if thing["status"] == "requires_action":
        mailed = {"email_sent_at": thing["created"], "email_sent_to": thing["_mail"]}
        details = {"email_sent": mailed, "expires_at": thing["_due"]}
        shown["next_action"] = {"display_details": details, "type": "display_details"}
    return shown


def _outcome(thing: Thing) -> dict[str, Any] | None:
    if thing["_outcome"] is None:
        return None
    unsaid = dict.fromkeys(("advice_code", "network_advice_code", "network_decline_code"))
    return {**unsaid, **thing["_outcome"]}


def _details(thing: Thing) -> dict[str, Any]:
    match thing["_kind"]:
        case "card":
            return _card_details(thing)
        case "konbini":
            return {"store": {"chain": "lawson"}}
        case _:
            return {}


def _card_details(thing: Thing) -> dict[str, Any]:
    """A card as a charge shows it."""
    card = card_of(thing["_token"])
    return _EXPIRES | {
        "amount_authorized": thing["amount"],
        "authorization_code": None,
        "brand": card.brand,
        "checks": _CHECKS,
        "country": card.country,
        "extended_authorization": {"status": "disabled"},
        "fingerprint": letters(thing["_token"], 16),
        "funding": "credit",
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "last4": card.last4,
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": card.brand,
        "network_token": {"used": False},
        "network_transaction_id": None,
        "overcapture": {"maximum_amount_capturable": thing["amount"], "status": "unavailable"},
        "regulated_status": "unregulated",
        "three_d_secure": None,
        "wallet": None,
    }


def _card(thing: Thing) -> dict[str, Any]:
    """A card as a method shows it."""
    card = card_of(thing["_token"])
    return _EXPIRES | {
        "brand": card.brand,
        "checks": _CHECKS,
        "country": card.country,
        "display_brand": card.brand,
        "fingerprint": letters(thing["_token"], 16),
        "funding": "credit",
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }
