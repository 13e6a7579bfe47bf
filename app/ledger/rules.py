"""Which accounts does the desk's book have, which of them may never be overdrawn, and when does a month end?"""

from datetime import date, timedelta
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


def stripe_clearing() -> Account:
    """The desk's balance at Stripe, seen from outside: its balance is minus what Stripe says it holds for the desk."""
    return Account("stripe:clearing")


def stripe_fees() -> Account:
    """What Stripe has charged: below zero by what it cost."""
    return Account("stripe:fees")


def stripe_transit() -> Account:
    """What Stripe has sent to the desk's bank and the bank has not booked: below zero by what is on its way."""
    return Account("stripe:transit")


def disputes() -> Account:
    """What payers' banks have taken back and is not decided: below zero by what is claimed."""
    return Account("disputes")


def commission() -> Account:
    """What the desk has earned for its service, consumption tax excluded."""
    return Account("commission")


def consumption_tax() -> Account:
    """The consumption tax on what the desk itself sold, which it owes to the State."""
    return Account("tax:consumption")


def write_off() -> Account:
    """What the desk has borne itself: below zero by what it lost."""
    return Account("write_off")


def receivable(org_id: UUID) -> Account:
    """What a buyer on account owes the desk: below zero by that."""
    return Account(f"receivable:{org_id.hex}")


def payouts_in_transit() -> Account:
    """What providers have been sent and bank or Stripe has not booked. Guarded."""
    return Account(f"{_GUARDED_PREFIX}payouts")


def is_guarded(account: Account) -> bool:
    """Whether the account's balance is kept in a row that cannot go below zero; all others are sums of postings."""
    return account == unapplied() or account.startswith(_GUARDED_PREFIX)


def month_of(day: date) -> date:
    """The first day of a day's month: that is how a month is named here."""
    return day.replace(day=1)


def month_after(month: date) -> date:
    """The first day of the month after."""
    return month_of(month + timedelta(days=31))


def last_day_of(month: date) -> date:
    """The last day of a month that is named by its first one."""
    return month_after(month) - timedelta(days=1)
