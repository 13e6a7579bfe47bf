"""Which postings could a line of Stripe's be, and which lines and postings have nothing that answers to them?"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, select, text

from app.closing.models import StripeLine
from app.closing.rules import COUNTERPARTS, DIFFERENCE_REASON, UNLINED_REASONS, Finder, Ours
from app.core.db import AsyncSession
from app.core.scope import DESK_ID
from app.ledger.rules import bank, stripe_clearing

FINDERS: Final[Mapping[Finder, str]] = {
    Finder.ATTEMPT: "select charge_id as source_id, id as subject_id from payment_attempt where charge_id = any (:sources)",
    Finder.REFUND: "select stripe_refund_id, id from refund where stripe_refund_id = any (:sources)",
    Finder.DISPUTE: "select stripe_dispute_id, id from dispute where stripe_dispute_id = any (:sources)",
    Finder.WRITE: "select object_id, subject_id from stripe_call where org_id = :org and object_id = any (:sources)",
    Finder.STRIPE_PAYOUT: "select payout_id, id from stripe_payout where org_id = :org and payout_id = any (:sources)",
}
"""For each finder, Stripe's id and the subject of our posting."""

_CANDIDATES: Final = (
    "with kind (category, reason, finder) as (select * from unnest(cast(:categories as text[]), cast(:reasons as text[]),"
    " cast(:finders as text[]))), found (finder, source_id, subject_id) as ("
    + " union all ".join(f"select '{finder}', found.* from ({sql}) found" for finder, sql in FINDERS.items())
    + ") select l.id, p.id, case when p.source = :clearing then p.amount_minor else -p.amount_minor end, p.currency"
    " from stripe_line l join kind k on k.category = l.reporting_category"
    " join found f on f.finder = k.finder and f.source_id = l.source_id"
    " join posting p on p.org_id = :org and p.reason = k.reason and p.subject_id = f.subject_id"
    " and :clearing in (p.source, p.target)"
    " where l.org_id = :org and l.id = any (:lines)"
    " and not exists (select from stripe_line o where o.org_id = :org and o.posting_id = p.id)"
)
_SOUGHT: Final = text(_CANDIDATES).bindparams(
    bindparam("lines", type_=ARRAY(Uuid())), bindparam("sources", type_=ARRAY(Text())),
    bindparam("categories", type_=ARRAY(Text())), bindparam("reasons", type_=ARRAY(Text())),
    bindparam("finders", type_=ARRAY(Text())),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A posting or a bank line of an open month that the other side has nothing for."""

    line_id: UUID | None
    posting_id: UUID | None
    amount_minor: int
    """Theirs less ours, as they see it."""
    currency: str
    subject: str
    day: date
    since: datetime


async def unsettled(session: AsyncSession, *, after_n: int, limit: int) -> Sequence[StripeLine]:
    """Lines that nothing answers to yet, in Stripe's order."""
    asked = select(StripeLine).where(
        StripeLine.org_id == DESK_ID, StripeLine.settled_as.is_(None), StripeLine.n > after_n
    )
    return (await session.scalars(asked.order_by(StripeLine.n).limit(limit))).all()


async def candidates(session: AsyncSession, lines: Sequence[StripeLine]) -> Mapping[UUID, list[Ours]]:
    """For each line the postings that its source leads to and no line answers to yet: one statement for all."""
    given = {
        "org": DESK_ID,
        "clearing": stripe_clearing(),
        "lines": [line.id for line in lines],
        "sources": [line.source_id for line in lines if line.source_id is not None],
        "categories": list(COUNTERPARTS),
        "reasons": [each.reason for each in COUNTERPARTS.values()],
        "finders": [str(each.finder) for each in COUNTERPARTS.values()],
    }
    found: dict[UUID, list[Ours]] = defaultdict(list)
    for line_id, posting_id, minor, currency in await session.execute(_SOUGHT, given):
        found[line_id].append(Ours(posting_id, minor, currency))
    return found


# Closed months had nothing unanswered: only what counts since then is looked at.
_STRIPE_POSTINGS: Final = text(
    """
select null::uuid, p.id, p.minor, p.currency, p.reason, p.day, p.posted_at from (
  select id, -amount_minor as minor, currency, reason, day, posted_at from posting
    where org_id = :org and source = :account and day > :closed
  union all
  select id, amount_minor, currency, reason, day, posted_at from posting
    where org_id = :org and target = :account and day > :closed) p
where p.reason <> all (:unlined)
  and not exists (select from stripe_line l where l.org_id = :org and l.posting_id = p.id)
  and not exists (select from money_difference d where d.org_id = :org and d.posting_id = p.id and d.line_id is not null and d.status <> 'resolved')
  and not exists (select from money_difference d where d.org_id = :org and d.posting_id = p.id and d.status = 'resolved' and d.action <> 'gone')
order by p.id
"""
).bindparams(bindparam("unlined", type_=ARRAY(Text())))
_BANK: Final = text(
    """
select l.id, p.id, l.amount_minor - coalesce(case when p.source = :account then p.amount_minor else -p.amount_minor end, 0),
       l.currency, l.bank_reference, coalesce(l.counted_on, l.booked_on), s.imported_at
from bank_line l join bank_statement s on s.org_id = l.org_id and s.id = l.statement_id
left join posting p on p.org_id = :org and p.reason = 'bank_line' and p.subject_id = l.id and p.currency = l.currency
where l.org_id = :org and coalesce(l.counted_on, l.booked_on) > :closed
  and l.amount_minor is distinct from case when p.source = :account then p.amount_minor else -p.amount_minor end
  and not exists (select from money_difference d where d.org_id = :org and d.side = 'bank' and d.line_id = l.id and d.status = 'resolved' and d.action <> 'gone')
union all
select null, p.id, p.minor, p.currency, p.reason, p.day, p.posted_at from (
  select id, -amount_minor as minor, currency, reason, subject_id, day, posted_at from posting
    where org_id = :org and source = :account and day > :closed
  union all
  select id, amount_minor, currency, reason, subject_id, day, posted_at from posting
    where org_id = :org and target = :account and day > :closed) p
where p.reason <> all (:unlined)
  and not (p.reason = 'bank_line' and exists (select from bank_line l where l.org_id = :org and l.id = p.subject_id))
  and not exists (select from money_difference d where d.org_id = :org and d.posting_id = p.id and d.status = 'resolved' and d.action <> 'gone')
"""
).bindparams(bindparam("unlined", type_=ARRAY(Text())))


async def unlined_postings(session: AsyncSession, closed: date) -> list[Unanswered]:
    """Postings on `stripe:clearing` after the day `closed` that no line of Stripe's answers to, whatever their age."""
    given = {
        "org": DESK_ID, "account": stripe_clearing(), "closed": closed, "unlined": sorted(UNLINED_REASONS),
    }  # fmt: skip
    return [Unanswered(*row) for row in await session.execute(_STRIPE_POSTINGS, given)]


async def unbooked_at_the_bank(session: AsyncSession, closed: date) -> list[Unanswered]:
    """Bank lines after the day `closed` without a posting or with another amount, and postings on `bank` without a line."""
    given = {"org": DESK_ID, "account": bank(), "closed": closed, "unlined": [DIFFERENCE_REASON]}
    return [Unanswered(*row) for row in await session.execute(_BANK, given)]
