"""How do lines of a balance look, and what moves it: transfers, reversals, payouts?"""

from typing import Any, Final

from integrations.stripe.fake.act import CURRENCY, Act
from integrations.stripe.fake.ids import letters
from integrations.stripe.fake.shelf import Thing
from integrations.stripe.fake.shown.plain import empty_list, seen

_PAYOUT: Final[dict[str, Any]] = {
    "application_fee": None,
    "application_fee_amount": None,
    "description": "STRIPE PAYOUT",
    "method": "standard",
    "original_payout": None,
    "payout_method": None,
    "reversed_by": None,
    "source_type": "card",
    "statement_descriptor": None,
    "trace_id": {"status": "pending", "value": None},
    "type": "bank_account",
}


def balance(act: Act) -> dict[str, Any]:
    """What the asking account has; `card` stands for every method, as in an account of one country."""
    available, pending = act.funds(act.owner)
    return {
        "object": "balance",
        "available": [_amount(available)],
        "pending": [_amount(pending)],
        "connect_reserved": [{"amount": 0, "currency": CURRENCY}],
        "livemode": False,
    }


def balance_transaction(thing: Thing, act: Act) -> dict[str, Any]:
    """One line; whether it is available depends on the time of asking."""
    status = "available" if thing["available_on"] <= act.now else "pending"
    return seen(thing, livemode=False) | {"balance_type": "payments", "exchange_rate": None, "status": status}


def transfer(thing: Thing, _act: Act) -> dict[str, Any]:
    """A transfer; what came back of it is not embedded, but listed under its own address."""
    reversed_whole = thing["amount_reversed"] == thing["amount"]
    return seen(thing, livemode=True) | {
        "reversals": empty_list(f"/v1/transfers/{thing['id']}/reversals") | {"has_more": thing["amount_reversed"] > 0},
        "reversed": reversed_whole,
        "source_type": "card",
    }


def transfer_reversal(thing: Thing, _act: Act) -> dict[str, Any]:
    """What came back of a transfer."""
    return seen(thing, livemode=False) | {"source_refund": None}


def payout(thing: Thing, _act: Act) -> dict[str, Any]:
    """A payout."""
    reconciled = "completed" if thing["automatic"] else "not_applicable"
    bank = f"ba_{letters(thing['_owner'], 24)}"
    return _PAYOUT | seen(thing, livemode=True) | {"destination": bank, "reconciliation_status": reconciled}


def _amount(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": CURRENCY, "source_types": {"card": amount}}
