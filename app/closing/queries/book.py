"""How much was on each account on a day, what moved on one account, and what of an organisation's own money?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, TypeVarTuple

from sqlalchemy import ColumnElement, Select, case, func, or_, select, text, tuple_, union_all

from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.core.scope import DESK_ID, Scope
from app.ledger.models import CloseStatus, LedgerClose, Posting
from app.ledger.queries import AccountTotal
from app.ledger.rules import Account, month_after, month_of, payable, receivable, refunds

# From the newest closed month on: what was before it is in its balances.
_TRIAL: Final = text(
    """
select account, currency, sum(minor)::bigint from (
  select account, currency, closing_minor as minor from ledger_balance where org_id = :org and month = :closed
  union all
  select target, currency, amount_minor from posting where org_id = :org and day between :since and :as_of
  union all
  select source, currency, -amount_minor from posting where org_id = :org and day between :since and :as_of) parts
group by account, currency order by account, currency
"""
)
_Shown = TypeVarTuple("_Shown")
_BEFORE_ALL: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Period:
    """From one day to another, both included; None: without an end."""

    first: date | None
    last: date | None


async def trial_balance_as_of(session: AsyncSession, as_of: date) -> list[AccountTotal]:
    """Every account's balance at the end of a day; per currency they add up to zero. The transaction names the desk."""
    closes = select(func.max(LedgerClose.month)).where(
        LedgerClose.org_id == DESK_ID,
        LedgerClose.status == CloseStatus.CLOSED,
        LedgerClose.month < month_of(as_of + timedelta(days=1)),  # A month's last day is its end.
    )
    closed = await session.scalar(closes)
    since = _BEFORE_ALL if closed is None else month_after(closed)
    rows = await session.execute(_TRIAL, {"org": DESK_ID, "closed": closed, "since": since, "as_of": as_of})
    return [AccountTotal(Account(account), currency, minor) for account, currency, minor in rows]


async def account_page(session: AsyncSession, account: str, period: Period, page: Page) -> Sequence[Posting]:
    """The postings on an account, the newest first. The transaction names the desk."""
    sides = []
    for column in (Posting.source, Posting.target):
        # Each side is its own index, read from its end.
        side = _within(select(Posting.id).where(Posting.org_id == DESK_ID, column == account), period)
        if page.after is not None:
            side = side.where(beyond([(Posting.day, True), (Posting.id, True)], page.after))
        sides.append(side.order_by(Posting.day.desc(), Posting.id.desc()).limit(page.fetch).subquery().select())
    ids = union_all(*sides).subquery()
    asked = select(Posting).where(Posting.org_id == DESK_ID, Posting.id.in_(select(ids.c.id)))
    return (await session.scalars(asked.order_by(Posting.day.desc(), Posting.id.desc()).limit(page.fetch))).all()


async def is_account(session: AsyncSession, account: str) -> bool:
    """Whether any posting was ever on it."""
    asked = select(Posting.id).where(
        Posting.org_id == DESK_ID, or_(Posting.source == account, Posting.target == account)
    )
    return await session.scalar(asked.limit(1)) is not None


async def statement_page(session: AsyncSession, scope: Scope, period: Period, page: Page) -> Sequence[Posting]:
    """The postings of the caller's own money, oldest day first."""
    asked = _within(_own(scope, select(Posting)), period)
    if page.after is not None:
        asked = asked.where(beyond([(Posting.day, False), (Posting.id, False)], page.after))
    return (await session.scalars(asked.order_by(Posting.day, Posting.id).limit(page.fetch))).all()


async def balance_before(session: AsyncSession, scope: Scope, first: Posting) -> dict[str, int]:
    """What the desk owed the caller before a posting of its statement, by currency; below zero: the caller owed it."""
    change = _change(scope)
    asked = _own(scope, select(Posting.currency, func.sum(change)))
    asked = asked.where(tuple_(Posting.day, Posting.id) < (first.day, first.id)).group_by(Posting.currency)
    return {currency: int(minor) for currency, minor in await session.execute(asked)}


def change_of(scope: Scope, row: Posting) -> int:
    """By how much a posting changed what the desk owes the caller; 0 for what moved between the desk's own accounts."""
    own = own_accounts(scope)
    return row.amount_minor * ((row.target in own) - (row.source in own))


def own_accounts(scope: Scope) -> tuple[Account, ...]:
    """The accounts that are between the desk and the caller alone."""
    return (payable(scope.org_id), refunds(scope.org_id), receivable(scope.org_id))


def _change(scope: Scope) -> ColumnElement[Any]:
    own = own_accounts(scope)
    came = case((Posting.target.in_(own), Posting.amount_minor), else_=0)
    return came - case((Posting.source.in_(own), Posting.amount_minor), else_=0)


def _own(scope: Scope, asked: Select[*_Shown]) -> Select[*_Shown]:
    return asked.where(Posting.org_id == DESK_ID, Posting.counterparty_id == scope.org_id)


def _within(asked: Select[*_Shown], period: Period) -> Select[*_Shown]:
    if period.first is not None:
        asked = asked.where(Posting.day >= period.first)
    return asked if period.last is None else asked.where(Posting.day <= period.last)
