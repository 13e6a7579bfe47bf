"""What is the next thing called? Names in Stripe's form, the same ones on every run of the same acts."""

import hashlib
from typing import Final

_LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_LENGTH: Final = 24

PREFIXES: Final = {
    "account": "acct",
    "balance_transaction": "txn",
    "bank_account": "ba",
    "charge": "ch",
    "checkout.session": "cs_test",
    "customer": "cus",
    "customer_cash_balance_transaction": "ccsbtxn",
    "dispute": "du",
    "event": "evt",
    "item": "li",
    "payment": "py",
    "payment_intent": "pi",
    "payment_method": "pm",
    "payment_refund": "pyr",
    "payout": "po",
    "refund": "re",
    "transfer": "tr",
    "transfer_reversal": "trr",
    "webhook_endpoint": "we",
}
"""Kind of thing -> how its name begins. `payment` and `payment_refund` are charges and refunds that are not of cards."""


def name_of(kind: str, seed: str, serial: int) -> str:
    """The name of the thing with this serial number."""
    return f"{PREFIXES[kind]}_{letters(f'{seed}:{kind}:{serial}', _LENGTH)}"


def letters(of: str, length: int) -> str:
    """So many letters and digits that look like chance, and are not."""
    number = int.from_bytes(hashlib.sha256(of.encode()).digest())
    found: list[str] = []
    while len(found) < length:
        number, place = divmod(number, len(_LETTERS))
        found.append(_LETTERS[place])
    return "".join(found)


def digits(of: str, length: int) -> str:
    """So many digits that look like chance, and are not."""
    return f"{int.from_bytes(hashlib.sha256(of.encode()).digest()) % 10**length:0{length}d}"
