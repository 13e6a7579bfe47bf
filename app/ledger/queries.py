"""How much is on an account, does the book close, and what was moved of one organisation's money?

`balance`, `trial_balance` and `guarded_balances` read the whole book: the transaction names the desk, or audits.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, literal, select, union_all

from app.core.db import AsyncSession
from app.core.scope import DESK_ID, Scope
from app.ledger.models import AccountBalance, CloseStatus, LedgerClose, Posting
from app.ledger.rules import Account, is_guarded, last_day_of


class AccountTotal(NamedTuple):
    """What an account holds in one currency, in its minor unit: what reached it less what left it."""

    account: Account
    currency: str
    balance_minor: int


async def balance(session: AsyncSession, account: Account, currency: str) -> int:
    """What an account holds, in minor units: a guarded one by its row, any other by the sum of its postings."""
    if is_guarded(account):
        kept = await session.get(AccountBalance, (DESK_ID, account, currency), populate_existing=True)
        return 0 if kept is None else kept.balance_minor
    reached = await session.scalar(_moved_minor(currency).where(Posting.target == account))
    left = await session.scalar(_moved_minor(currency).where(Posting.source == account))
    return int(reached or 0) - int(left or 0)


async def trial_balance(session: AsyncSession) -> list[AccountTotal]:
    """Every account's balance by its postings alone. Per currency they add up to zero, or the book is broken."""
    ins = select(
        Posting.target.label("account"), Posting.currency.label("currency"), Posting.amount_minor.label("minor")
    ).where(Posting.org_id == DESK_ID)
    outs = select(Posting.source, Posting.currency, literal(0) - Posting.amount_minor).where(Posting.org_id == DESK_ID)
    moves = union_all(ins, outs).subquery()
    asked = select(moves.c.account, moves.c.currency, func.sum(moves.c.minor)).group_by(
        moves.c.account, moves.c.currency
    )
    rows = await session.execute(asked.order_by(moves.c.account, moves.c.currency))
    return [AccountTotal(Account(account), currency, int(minor)) for account, currency, minor in rows]


async def guarded_balances(session: AsyncSession) -> list[AccountTotal]:
    """The kept balance of every guarded account, to be compared with the replay that `trial_balance` is."""
    asked = select(AccountBalance).where(AccountBalance.org_id == DESK_ID)
    rows = await session.scalars(asked.order_by(AccountBalance.account, AccountBalance.currency))
    return [AccountTotal(Account(row.account), row.currency, row.balance_minor) for row in rows]


async def statement_of(session: AsyncSession, scope: Scope, *, after_id: UUID | None, limit: int) -> Sequence[Posting]:
    """The postings of the caller's own money, oldest first, at most `limit` after the one with this id."""
    asked = select(Posting).where(Posting.org_id == DESK_ID, Posting.counterparty_id == scope.org_id)
    if after_id is not None:
        asked = asked.where(Posting.id > after_id)
    return (await session.scalars(asked.order_by(Posting.id).limit(limit))).all()


async def closed_through(session: AsyncSession) -> date | None:
    """The last day of the last closed month: on it and before nothing can be posted. The transaction names the desk."""
    asked = select(func.max(LedgerClose.month)).where(
        LedgerClose.org_id == DESK_ID, LedgerClose.status == CloseStatus.CLOSED
    )
    month = await session.scalar(asked)
    return None if month is None else last_day_of(month)


async def open_day(session: AsyncSession, day: date) -> date | None:
    """The day to book on, or None where its month is closed: then it counts on the day on which it is written."""
    closed = await closed_through(session)
    return day if closed is None or day > closed else None


def _moved_minor(currency: str) -> Select[int]:
    return select(func.sum(Posting.amount_minor)).where(Posting.org_id == DESK_ID, Posting.currency == currency)
