"""How does a Japanese bank transfer pay? Money lands on the customer's cash balance, and is applied from there.

docs.stripe.com/payments/customer-balance/reconciliation: with yen, Stripe first looks for one to five waiting payments
that want exactly what is there, the fewest and then the oldest first; otherwise it pays the oldest first, and what does
not suffice for the last pays a part of it. (How far the second rule holds for PaymentIntents was not verified.)
"""

from itertools import combinations
from typing import Final

from integrations.stripe.fake.act import Act
from integrations.stripe.fake.acts import customers, paying
from integrations.stripe.fake.refusals import plainly
from integrations.stripe.fake.shelf import Thing

_GROUP_MOST: Final = 5
_LOOKED_AT: Final = 12
"""Of so many waiting payments groups are tried: there are no more in a test, and the groups would be too many."""


def fund(act: Act, customer_id: str, amount: int, *, sender: str) -> None:
    """A bank transfer arrives on a customer's virtual account; raises `Refused` for nothing."""
    if amount < 1:
        raise plainly("A bank transfer brings at least one yen.", "amount")
    why = {
        "bank_transfer": {
            "type": "jp_bank_transfer",
            "reference": None,
            "jp_bank_transfer": {"sender_bank": "ﾃｽﾄｷﾞﾝｺｳ", "sender_branch": "ﾎﾝﾃﾝ", "sender_name": sender},
        }
    }
    customers.move_cash(act, customer_id, "funded", amount, why)
    reconcile(act, customer_id)
    tell_rest(act, customer_id)


def reconcile(act: Act, customer_id: str) -> None:
    """Apply what is there to what waits for it."""
    waiting = act.every("payment_intent", "_awaits", customer_id)
    cash = act.see(customer_id)["_cash"]
    for intent in _exact_group(waiting, cash) or waiting:
        cash = act.see(customer_id)["_cash"]
        if cash == 0:
            return
        _apply(act, intent["id"], min(cash, paying.remaining(intent)))


def release(act: Act, intent: Thing) -> None:
    """What was applied to an intent that is given up goes back to the customer's balance, for others to use."""
    if intent["_funded"] == 0:
        return
    back, intent["_funded"] = intent["_funded"], 0
    customers.move_cash(act, intent["customer"], "unapplied_from_payment", back, {"payment_intent": intent["id"]})
    reconcile(act, intent["customer"])
    tell_rest(act, intent["customer"])


def tell_rest(act: Act, customer_id: str) -> None:
    """Say that money is left over, when it is."""
    customer = act.see(customer_id)
    if customer["_cash"] > 0:
        act.tell("cash_balance.funds_available", customers.cash_of(customer))


def _apply(act: Act, intent_id: str, amount: int) -> None:
    intent = act.edit(intent_id)
    intent["_funded"] += amount
    why = {"payment_intent": intent_id}
    customers.move_cash(act, intent["customer"], "applied_to_payment", -amount, why)
    if paying.remaining(intent) == 0:
        paying.succeed(act, intent)
        return
    act.tell("payment_intent.partially_funded", intent)


def _exact_group(waiting: list[Thing], cash: int) -> list[Thing]:
    """The smallest group that wants exactly so much, the oldest first; empty when there is none."""
    looked_at = waiting[:_LOOKED_AT]
    for size in range(1, _GROUP_MOST + 1):
        for group in combinations(looked_at, size):
            if sum(paying.remaining(intent) for intent in group) == cash:
                return list(group)
    return []
