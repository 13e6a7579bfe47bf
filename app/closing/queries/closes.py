"""Which months are closed, which one is next, and what still keeps it open?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, text

from app.closing.errors import CloseNotFound
from app.closing.queries.matching import unbooked_at_the_bank
from app.closing.rules import DIFFERENCE_REASON, FEE_REASON, end_of
from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.core.scope import DESK_ID
from app.ledger.models import CloseStatus, LedgerClose, Posting
from app.ledger.rules import last_day_of, stripe_clearing


@dataclass(frozen=True, slots=True)
class Blocker:
    """One reason why a month cannot be closed: how often, and where to look."""

    code: str
    count: int
    link: str


_DIFFERENCES: Final = "/v1/admin/book/differences"
_AGREEMENT: Final = "/v1/admin/book/agreement"
_LINKS: Final = {
    "differences_open": _DIFFERENCES,
    "stripe_lines_waiting": _AGREEMENT,
    "stripe_postings_waiting": _AGREEMENT,
    "stripe_not_read": _AGREEMENT,
    "bank_differs": _AGREEMENT,
    "guarded_balances_differ": "/v1/admin/book/trial-balance",
    "trial_balance_not_zero": "/v1/admin/book/trial-balance",
}
# Postings before the month lie in closed months, which had none of this; so only the month itself is looked at.
_COUNTS: Final = text(
    """
with stripe_posting as (
  select id, reason from posting where org_id = :org and source = :clearing and day between :first and :last
  union all
  select id, reason from posting where org_id = :org and target = :clearing and day between :first and :last
)
select 'differences_open', count(*) from money_difference
  where org_id = :org and status <> 'resolved' and day <= :last
union all
select 'stripe_lines_waiting', count(*) from stripe_line l
  where l.org_id = :org and l.settled_as is null and l.day <= :last and not exists (
    select from money_difference d where d.org_id = :org and d.side = 'stripe' and d.line_id = l.id and d.status <> 'resolved')
union all
select 'stripe_postings_waiting', count(*) from stripe_posting p
  where p.reason not in (:fee, :difference)
    and not exists (select from stripe_line l where l.org_id = :org and l.posting_id = p.id)
    and not exists (select from money_difference d where d.org_id = :org and d.posting_id = p.id)
union all
select 'stripe_not_read', 1
  where (exists (select from stripe_posting) or exists (select from stripe_reading where org_id = :org))
    and not exists (select from stripe_reading where org_id = :org and complete_at >= :end)
"""
)
# What was closed and what came since then is the replay: a row of `account_balance` and its postings change together.
_GUARDED: Final = text(
    """
with since as (
  select account, currency, sum(minor) as minor from (
    select target as account, currency, amount_minor as minor from posting where org_id = :org and day >= :since
    union all
    select source, currency, -amount_minor from posting where org_id = :org and day >= :since) moved
  where account = 'unapplied' or account like 'held:%' group by 1, 2
), replay as (
  select account, currency, sum(minor) as minor from (
    select account, currency, minor from since
    union all
    select account, currency, closing_minor from ledger_balance
      where org_id = :org and month = :closed and (account = 'unapplied' or account like 'held:%')) parts
  group by 1, 2
)
select count(*) from replay r full join (select * from account_balance where org_id = :org) k
  on k.account = r.account and k.currency = r.currency
  where coalesce(k.balance_minor, 0) <> coalesce(r.minor, 0)
"""
)


async def first_month(session: AsyncSession) -> date | None:
    """The first day with a posting; None for an empty book. The transaction names the desk."""
    return await session.scalar(select(func.min(Posting.day)).where(Posting.org_id == DESK_ID))


async def last_close(session: AsyncSession) -> LedgerClose | None:
    """The newest closed month."""
    asked = select(LedgerClose).where(LedgerClose.org_id == DESK_ID, LedgerClose.status == CloseStatus.CLOSED)
    return await session.scalar(asked.order_by(LedgerClose.month.desc()).limit(1))


async def closes_page(session: AsyncSession, page: Page) -> Sequence[LedgerClose]:
    """The months that are closed or proposed to be, the newest first."""
    asked = select(LedgerClose).where(LedgerClose.org_id == DESK_ID)
    if page.after is not None:
        asked = asked.where(beyond([(LedgerClose.month, True)], page.after))
    return (await session.scalars(asked.order_by(LedgerClose.month.desc()).limit(page.fetch))).all()


async def close_of(session: AsyncSession, close_id: UUID) -> LedgerClose:
    """One of them. Raises CloseNotFound (404)."""
    asked = select(LedgerClose).where(LedgerClose.org_id == DESK_ID, LedgerClose.id == close_id)
    found = await session.scalar(asked)
    if found is None:
        raise CloseNotFound("No month was proposed under this id.")
    return found


async def blockers(session: AsyncSession, month: date) -> list[Blocker]:
    """What keeps a month from being closed as far as Stripe and the bank tell; the months before are closed."""
    given = {
        "org": DESK_ID, "first": month, "last": last_day_of(month), "end": end_of(month), "clearing": stripe_clearing(),
        "fee": FEE_REASON, "difference": DIFFERENCE_REASON,
    }  # fmt: skip
    counts = await session.execute(_COUNTS, given)
    told = dict(counts.all())
    bank = await unbooked_at_the_bank(session, month - timedelta(days=1))
    told["bank_differs"] = sum(each.day <= last_day_of(month) for each in bank)
    return [Blocker(code, count, _LINKS[code]) for code, count in told.items() if count]


async def guarded_that_differ(session: AsyncSession, closed: date | None, since: date) -> list[Blocker]:
    """Guarded accounts whose kept balance is not the replay: the balances of the month `closed`, and postings `since`."""
    given = {"org": DESK_ID, "since": since, "closed": closed}
    code, count = "guarded_balances_differ", int(await session.scalar(_GUARDED, given) or 0)
    return [Blocker(code, count, _LINKS[code])] if count else []
