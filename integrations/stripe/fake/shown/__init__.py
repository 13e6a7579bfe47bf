"""How does each thing look on Stripe's wire, in API version 2026-05-27.dahlia?"""

from collections.abc import Callable
from typing import Any, Final

from integrations.stripe.fake.act import Act
from integrations.stripe.fake.shelf import Thing
from integrations.stripe.fake.shown import disputes, events, money, pages, payments, people


def show(thing: Thing, act: Act) -> dict[str, Any]:
    """A thing as Stripe writes it, nothing in it expanded."""
    return _SHOWN[thing["object"]](thing, act)


def show_event(event: Thing, act: Act) -> dict[str, Any]:
    """An event with what it is about, as that was then."""
    return events.event(event, show(event["_snapshot"], act))


_SHOWN: Final[dict[str, Callable[[Thing, Act], dict[str, Any]]]] = {
    "account": people.account,
    "balance_transaction": money.balance_transaction,
    "cash_balance": people.cash_balance,
    "charge": payments.charge,
    "checkout.session": pages.session,
    "customer": people.customer,
    "customer_cash_balance_transaction": people.cash_movement,
    "dispute": disputes.dispute,
    "event": show_event,
    "payment_intent": payments.payment_intent,
    "payment_method": payments.payment_method,
    "payout": money.payout,
    "refund": payments.refund,
    "transfer": money.transfer,
    "transfer_reversal": money.transfer_reversal,
}
KINDS: Final = tuple(sorted(_SHOWN.keys() - {"cash_balance"}))
"""Every kind of thing that has an id."""
