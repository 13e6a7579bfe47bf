"""Does our book agree with Stripe's and with the bank's: what does each say, and what explains the rest?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select, text

from app.closing.models import DifferenceStatus, MoneyDifference, StripeReading
from app.closing.queries.matching import unlined_postings
from app.closing.rules import DIFFERENCE_REASON
from app.core.db import AsyncSession
from app.core.scope import DESK_ID
from app.ledger.queries import closed_through
from app.ledger.rules import bank, stripe_clearing

_BEFORE_ALL: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Sum:
    """What both sides say of one currency, in its minor unit; ours with their sign."""

    currency: str
    theirs_minor: int
    ours_minor: int


@dataclass(frozen=True, slots=True)
class SumOfItems:
    """Items that explain a part of the difference: how many, and theirs less ours."""

    currency: str
    count: int
    minor: int


@dataclass(frozen=True, slots=True)
class BankDay:
    """One day at the bank, in one currency: its lines, our postings on `bank`, and the differences of the day."""

    day: date
    currency: str
    bank_minor: int
    book_minor: int
    items_minor: int


_SUMS: Final = text(
    """
select coalesce(l.currency, p.currency), coalesce(l.minor, 0), coalesce(p.minor, 0)
from (select currency, sum(net_minor)::bigint as minor from stripe_line where org_id = :org group by 1) l
full join (
  select currency, sum(minor)::bigint as minor from (
    select currency, amount_minor as minor from posting where org_id = :org and source = :account
    union all
    select currency, -amount_minor from posting where org_id = :org and target = :account) sides
  group by 1) p on p.currency = l.currency
order by 1
"""
)
_ITEMS: Final = text(
    """
select currency, count(*), sum(amount_minor)::bigint from money_difference
where org_id = :org and side = 'stripe' and status <> 'resolved' group by currency order by currency
"""
)
_WAITING: Final = text(
    """
select l.currency, count(*), sum(l.amount_minor)::bigint from stripe_line l
where l.org_id = :org and l.settled_as is null and not exists (
  select from money_difference d where d.org_id = :org and d.side = 'stripe' and d.line_id = l.id and d.status <> 'resolved')
group by l.currency
"""
)
_DAYS: Final = text(
    """
select day, currency, sum(bank)::bigint, sum(book)::bigint, sum(items)::bigint from (
  select coalesce(counted_on, booked_on) as day, currency, amount_minor as bank, 0 as book, 0 as items from bank_line
    where org_id = :org and coalesce(counted_on, booked_on) between :first and :last
  union all
  select day, currency, 0, amount_minor, 0 from posting
    where org_id = :org and source = :account and day between :first and :last and reason <> :difference
  union all
  select day, currency, 0, -amount_minor, 0 from posting
    where org_id = :org and target = :account and day between :first and :last and reason <> :difference
  union all
  select day, currency, 0, 0, amount_minor from money_difference
    where org_id = :org and side = 'bank' and day between :first and :last and action is distinct from 'gone') parts
group by day, currency order by day, currency
"""
)
_BANK_WAITING: Final = text(
    """
select currency, count(*), sum(case when amount_minor > 0 then unapplied_minor else amount_minor end)::bigint
from bank_line where org_id = :org and status in ('new', 'for_a_person') group by currency order by currency
"""
)


async def reading_of(session: AsyncSession) -> StripeReading | None:
    """How far Stripe's book was read; None: never."""
    return await session.scalar(select(StripeReading).where(StripeReading.org_id == DESK_ID))


async def stripe_sums(session: AsyncSession) -> Sequence[Sum]:
    """For each currency: all of Stripe's lines, and minus our balance of `stripe:clearing`. The transaction names the desk."""
    rows = await session.execute(_SUMS, {"org": DESK_ID, "account": stripe_clearing()})
    return [Sum(*row) for row in rows]


async def stripe_items(session: AsyncSession) -> Sequence[SumOfItems]:
    """The differences with Stripe that are not resolved."""
    return [SumOfItems(*row) for row in await session.execute(_ITEMS, {"org": DESK_ID})]


async def stripe_waiting(session: AsyncSession) -> Sequence[SumOfItems]:
    """What one side has and the other has not yet, within the grace time or until the next comparison."""
    found = [SumOfItems(*row) for row in await session.execute(_WAITING, {"org": DESK_ID})]
    asked = select(MoneyDifference.posting_id).where(
        MoneyDifference.org_id == DESK_ID, MoneyDifference.status != DifferenceStatus.RESOLVED
    )
    told = set(await session.scalars(asked))
    closed = await closed_through(session) or _BEFORE_ALL
    unlined = [each for each in await unlined_postings(session, closed) if each.posting_id not in told]
    return found + [SumOfItems(each.currency, 1, each.amount_minor) for each in unlined]


async def bank_days(session: AsyncSession, first: date, last: date) -> Sequence[BankDay]:
    """Each day from `first` to `last` on which the bank or our book moved something. The transaction names the desk."""
    given = {
        "org": DESK_ID, "account": bank(), "first": first, "last": last, "difference": DIFFERENCE_REASON,
    }  # fmt: skip
    return [BankDay(*row) for row in await session.execute(_DAYS, given)]


async def bank_waiting(session: AsyncSession) -> Sequence[SumOfItems]:
    """The bank's lines that wait for a person or a job: booked, and their money is in `unapplied` or `suspense`."""
    return [SumOfItems(*row) for row in await session.execute(_BANK_WAITING, {"org": DESK_ID})]
