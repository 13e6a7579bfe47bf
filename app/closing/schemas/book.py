"""What is shown of accounts and postings?"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from app.closing.rules import BookName, name_of
from app.core.ids import public_id
from app.ledger.models import Posting
from app.ledger.queries import AccountTotal

POSTING_PREFIX = "pst"


class BookMoneyOut(msgspec.Struct, frozen=True):
    """An amount in the currency's minor unit; it may be below zero."""

    amount: int
    currency: str


class AccountTotalOut(msgspec.Struct, frozen=True):
    """What reached an account less what left it. `name` is what the operator's accountant calls it."""

    account: str
    name: str
    balance: BookMoneyOut


class TrialBalanceOut(msgspec.Struct, frozen=True):
    """Every account at the end of a day. `sums` are zero in every currency, or the book is broken."""

    as_of: date
    accounts: list[AccountTotalOut]
    sums: list[BookMoneyOut]

    @classmethod
    def of(cls, as_of: date, totals: Sequence[AccountTotal], own: Mapping[str, BookName]) -> "TrialBalanceOut":
        """Shape a trial balance with the operator's names."""
        sums: dict[str, int] = defaultdict(int)
        for total in totals:
            sums[total.currency] += total.balance_minor
        return cls(
            as_of,
            [
                AccountTotalOut(
                    total.account, name_of(total.account, own).name, BookMoneyOut(total.balance_minor, total.currency)
                )
                for total in totals
            ],
            [BookMoneyOut(minor, currency) for currency, minor in sorted(sums.items())],
        )


class AccountPostingOut(msgspec.Struct, frozen=True):
    """One posting on an account: `amount` is above zero where it reached the account."""

    id: str
    day: date
    """The day that it counts on, in Japan."""
    posted_at: datetime
    other_account: str
    amount: BookMoneyOut
    reason: str
    counterparty_id: str | None

    @classmethod
    def of(cls, row: Posting, account: str) -> "AccountPostingOut":
        """Shape a posting as seen from one of its two accounts."""
        came = row.target == account
        return cls(
            public_id(POSTING_PREFIX, row.id), row.day, row.posted_at, row.source if came else row.target,
            BookMoneyOut(row.amount_minor if came else -row.amount_minor, row.currency), row.reason,
            _organisation(row.counterparty_id),
        )  # fmt: skip


class StatementLineOut(msgspec.Struct, frozen=True):
    """One posting of your money. `change` is what it did to `balance`: what the desk owes you; below zero, you owe it.

    What moved between the desk's own accounts on your behalf (a payment that is held for an order) changes nothing of it.
    """

    id: str
    day: date
    reason: str
    amount: BookMoneyOut
    change: BookMoneyOut
    balance: BookMoneyOut

    @classmethod
    def of(cls, row: Posting, change_minor: int, balance_minor: int) -> "StatementLineOut":
        """Shape a posting with the balance after it."""
        money = (row.amount_minor, change_minor, balance_minor)
        return cls(
            public_id(POSTING_PREFIX, row.id),
            row.day,
            row.reason,
            *(BookMoneyOut(each, row.currency) for each in money),
        )


def _organisation(org_id: UUID | None) -> str | None:
    return None if org_id is None else public_id("org", org_id)
