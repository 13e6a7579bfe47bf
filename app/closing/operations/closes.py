"""How is a month closed? One person proposes it, another confirms, and from then on nothing is written into it.

Reopening does not exist: what was wrong is corrected by postings in the open month. Whoever posts and whoever closes meet
at the month's advisory lock; the trigger `refuse_closed_days` tells how.
"""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from app.closing import queries
from app.closing.errors import CloseNotFound, CloserIsProposer, MonthNotReady, PersonNeeded
from app.closing.queries import Blocker
from app.closing.rules import ALGORITHM, DayDigest, is_over, lock_number, month_hash, next_to_close, write_month
from app.core import events
from app.core.db import AsyncSession
from app.core.errors import InvalidState
from app.core.scope import DESK_ID, Scope
from app.ledger.models import CloseStatus, LedgerClose, LedgerDay
from app.ledger.rules import last_day_of, month_after, month_of

_LOCKS: Final = 3365
"""The class of the months' advisory locks, as the trigger has it."""
_PROPOSING: Final = "a month is proposed"
_LINK: Final = "/v1/admin/book/closes"

# One scan of the month; a row of it stands on two accounts, and all accounts that moved or held something are kept.
_BALANCES: Final = text(
    """
with pairs as materialized (
  select source, target, currency, sum(amount_minor) as minor, count(*) as postings from posting
  where org_id = :org and day between :first and :last group by source, target, currency
), moved as (
  select account, currency, sum(ins) as ins, sum(outs) as outs from (
    select target as account, currency, minor as ins, 0 as outs from pairs
    union all
    select source, currency, 0, minor from pairs) sides
  group by account, currency
), before as (
  select account, currency, closing_minor from ledger_balance where org_id = :org and month = :previous
), written as (
  insert into ledger_balance (org_id, month, account, currency, opening_minor, in_minor, out_minor, closing_minor)
    select :org, :first, account, currency, coalesce(b.closing_minor, 0), coalesce(m.ins, 0), coalesce(m.outs, 0),
           coalesce(b.closing_minor, 0) + coalesce(m.ins, 0) - coalesce(m.outs, 0)
    from before b full join moved m using (account, currency)
    where m.account is not null or b.closing_minor <> 0
    returning currency, closing_minor
)
select currency, sum(closing_minor)::bigint, 0::bigint, 0::bigint from written group by currency
union all
select currency, 0, sum(minor)::bigint, sum(postings)::bigint from pairs group by currency
"""
)


async def propose(session: AsyncSession, scope: Scope, month: date, *, close_id: UUID, now: datetime) -> LedgerClose:
    """Propose to close a month: it is the next one, over, and nothing keeps it open. Reads each of its postings once.

    Proposing again is another proposal. Raises PersonNeeded (403), MonthNotReady (409) with every reason.
    """
    _refuse_machines(scope)
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(_PROPOSING, 0))))
    previous = await _refuse_unready(session, month, now)
    _refuse(month, await queries.guarded_that_differ(session, None if previous is None else previous.month, month))
    await _digest(session, month)
    writing = insert(LedgerClose).values(
        org_id=DESK_ID, month=month, id=close_id, status=CloseStatus.PROPOSED, proposed_by=scope.actor_id, proposed_at=now
    )  # fmt: skip
    again = writing.on_conflict_do_update(
        index_elements=["org_id", "month"],
        set_={"proposed_by": scope.actor_id, "proposed_at": now, "version": LedgerClose.version + 1},
        where=LedgerClose.status == CloseStatus.PROPOSED,
    )
    close = (await session.scalars(again.returning(LedgerClose), execution_options={"populate_existing": True})).one()
    await _changed(session, close, "proposed", now=now)
    return close


async def locked_close(session: AsyncSession, close_id: UUID) -> LedgerClose:
    """A month's close under its lock. Raises CloseNotFound (404)."""
    asked = select(LedgerClose).where(LedgerClose.org_id == DESK_ID, LedgerClose.id == close_id)
    found = await session.scalar(asked.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise CloseNotFound("No month was proposed under this id.")
    return found


async def confirm(session: AsyncSession, scope: Scope, close: LedgerClose, *, now: datetime) -> None:
    """Close a locked, proposed month for ever; its balances and its hash are written.

    Waits for every posting of the month that is under way. Raises PersonNeeded (403), InvalidState (409) when it is closed,
    CloserIsProposer (409), MonthNotReady (409) with every reason.
    """
    _refuse_machines(scope)
    if close.status != CloseStatus.PROPOSED:
        raise InvalidState("The month is closed.", state=close.status)
    if close.proposed_by == scope.actor_id:
        raise CloserIsProposer("You proposed this close: somebody else confirms it.")
    await session.execute(select(func.pg_advisory_xact_lock(_LOCKS, lock_number(close.month))))
    previous = await _refuse_unready(session, close.month, now)
    days = await _digest(session, close.month)
    close.postings, close.totals = await _balance(session, close.month, previous)
    _refuse(close.month, await queries.guarded_that_differ(session, close.month, month_after(close.month)))
    close.previous_hash = None if previous is None else previous.hash
    balances = await queries.balances_of(session, close.month)
    close.hash, close.algorithm = month_hash(close.month, close.previous_hash, days, balances), ALGORITHM
    close.status, close.closed_by, close.closed_at = CloseStatus.CLOSED, scope.actor_id, now
    close.version += 1
    await session.flush()
    await _changed(session, close, "closed", now=now, hash=close.hash, postings=close.postings)


async def _refuse_unready(session: AsyncSession, month: date, now: datetime) -> LedgerClose | None:
    """The month before, which is closed; None for the first one."""
    previous, began = await queries.last_close(session), await queries.first_month(session)
    first = None if began is None else month_of(began)
    following = next_to_close(first, None if previous is None else previous.month)
    found = []
    if following is None:
        found.append(Blocker("nothing_booked", 1, "/v1/admin/book/trial-balance"))
    elif following != month:
        code = "closed_already" if month < following else "earlier_month_open"
        found.append(Blocker(code, 1, f"{_LINK}?next={write_month(following)}"))
    if not is_over(month, now=now):
        found.append(Blocker("month_not_over", 1, _LINK))
    if not found:
        found = await queries.blockers(session, month)
    _refuse(month, found)
    return previous


def _refuse(month: date, found: list[Blocker]) -> None:
    if found:
        told = [{"code": each.code, "count": each.count, "link": each.link} for each in found]
        names = ", ".join(each.code for each in found)
        raise MonthNotReady(f"{write_month(month)} cannot be closed yet: {names}.", blockers=told)


async def _digest(session: AsyncSession, month: date) -> list[DayDigest]:
    """The digests of a month's days. Postings are only ever added: a day with as many as before is not read again."""
    last = last_day_of(month)
    kept = select(LedgerDay).where(LedgerDay.org_id == DESK_ID, LedgerDay.day.between(month, last))
    known = {row.day: DayDigest(row.day, row.postings, row.digest) for row in await session.scalars(kept)}
    days = []
    for day, count in sorted((await queries.postings_by_day(session, month, last)).items()):
        if day not in known or known[day].postings != count:
            known[day] = DayDigest(day, count, await queries.digest_of(session, day))
            await _keep(session, known[day])
        days.append(known[day])
    return days


async def _keep(session: AsyncSession, made: DayDigest) -> None:
    writing = insert(LedgerDay).values(org_id=DESK_ID, day=made.day, postings=made.postings, digest=made.digest)
    await session.execute(
        writing.on_conflict_do_update(
            index_elements=["org_id", "day"], set_={"postings": made.postings, "digest": made.digest}
        )
    )


async def _balance(session: AsyncSession, month: date, previous: LedgerClose | None) -> tuple[int, dict[str, int]]:
    """Write every account's balance; how many postings there were, and what they moved by currency."""
    given = {
        "org": DESK_ID, "first": month, "last": last_day_of(month), "previous": None if previous is None else previous.month,
    }  # fmt: skip
    rows = (await session.execute(_BALANCES, given)).all()
    if unbalanced := [currency for currency, left_minor, _, _ in rows if left_minor]:
        _refuse(month, [Blocker("trial_balance_not_zero", len(unbalanced), "/v1/admin/book/trial-balance")])
    return sum(count for *_, count in rows), {currency: moved for currency, _, moved, count in rows if count}


async def _changed(session: AsyncSession, close: LedgerClose, what: str, *, now: datetime, **facts: Any) -> None:
    await events.record(
        session, f"book_close.{what}", org_id=DESK_ID, subject_kind="book_close", subject_id=close.id,
        after={"status": close.status, "month": write_month(close.month), **facts}, now=now,
    )  # fmt: skip


def _refuse_machines(scope: Scope) -> None:
    if scope.actor_kind != "member":
        raise PersonNeeded("Sign in: an API key cannot close the book.")
