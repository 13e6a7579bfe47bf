"""Which accounts does the desk's book have, and which of them may never be overdrawn?"""

from typing import Final, NewType
from uuid import UUID

Account = NewType("Account", str)
"""The name of an account. Made by the functions below only, so that no typing error opens a new one."""

_GUARDED_PREFIX: Final = "held:"


def bank() -> Account:
    """The desk's account at its bank, seen from outside: its balance is minus what the bank says it holds."""
    return Account("bank")


def suspense() -> Account:
    """What left the bank and waits for its reason to be booked."""
    return Account("suspense")


def unapplied() -> Account:
    """What came in and belongs to no order yet. Guarded."""
    return Account("unapplied")


def held_orders() -> Account:
    """What buyers have paid and providers have not yet earned. Guarded."""
    return Account(f"{_GUARDED_PREFIX}orders")


def payable(org_id: UUID) -> Account:
    """What the desk owes this provider for what was sold, tax included."""
    return Account(f"payable:{org_id.hex}")


def refunds(org_id: UUID | None) -> Account:
    """What the desk owes back to this payer; None for a payer that nobody recognised."""
    return Account(f"refunds:{'unknown' if org_id is None else org_id.hex}")


def is_guarded(account: Account) -> bool:
    """Whether the account's balance is kept in a row that cannot go below zero; all others are sums of postings."""
    return account == unapplied() or account.startswith(_GUARDED_PREFIX)
