"""How are Stripe's lines and the bank's compared with our book? In batches; what differs becomes a difference, once."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from app.closing import queries
from app.closing.models import DifferenceStatus, MoneyDifference, StripeLine
from app.closing.queries import Unanswered
from app.closing.rules import (
    DifferenceAction,
    DifferenceKind,
    LineFacts,
    Ours,
    Settled,
    Side,
    Standing,
    Verdict,
    is_overdue,
    judge,
    still_stands,
)
from app.core import events
from app.core.db import AsyncSession, any_of
from app.core.ids import new_id
from app.core.scope import DESK_ID
from app.ledger.queries import closed_through

BATCH: Final = 500
_COMPARING: Final = "the book is compared"
_BEFORE_ALL: Final = date(1970, 1, 1)
Open = Mapping[tuple[Side, UUID | None, UUID | None], MoneyDifference]


async def match_batch(session: AsyncSession, *, after_n: int, now: datetime) -> int | None:
    """Judge the next unsettled lines after the line number `after_n`; the number to go on from, or None at the end.

    The transaction names the desk. Two comparisons never run at once.
    """
    await _one_at_a_time(session)
    lines = await queries.unsettled(session, after_n=after_n, limit=BATCH)
    if not lines:
        return None
    verdicts = _judged(lines, await queries.candidates(session, lines), now)
    await _settle(session, verdicts)
    standing = await _standing_of(session, [line.id for line in lines])
    gone = [row for row in standing.values() if row.line_id and not _stands(row, verdicts[row.line_id])]
    await _resolve_gone(session, gone, now)
    kept = {row.line_id for row in standing.values()} - {row.line_id for row in gone}
    await _open(session, [_of_line(line, verdicts[line.id], now) for line in lines
                          if verdicts[line.id].kind is not None and line.id not in kept], now)  # fmt: skip
    return lines[-1].n if len(lines) == BATCH else None


async def compare_rest(session: AsyncSession, *, now: datetime) -> int:
    """Open what the bank's lines and our own postings have no answer for, and resolve what has one by now.

    Returns how many differences were opened. The transaction names the desk.
    """
    await _one_at_a_time(session)
    closed = await closed_through(session) or _BEFORE_ALL
    late = [each for each in await queries.unlined_postings(session, closed) if is_overdue(each.since, now=now)]
    found = [(Side.STRIPE, each) for each in late]
    found += [(Side.BANK, each) for each in await queries.unbooked_at_the_bank(session, closed)]
    asked = select(MoneyDifference).where(
        MoneyDifference.org_id == DESK_ID, MoneyDifference.status != DifferenceStatus.RESOLVED,
        (MoneyDifference.side == Side.BANK) | MoneyDifference.line_id.is_(None),
    )  # fmt: skip
    standing = (await session.scalars(asked.with_for_update().execution_options(populate_existing=True))).all()
    told = {_key(side, each): each for side, each in found}
    gone = [row for row in standing if not _same(row, told.get(_place(row)))]
    await _resolve_gone(session, gone, now)
    kept = {_place(row) for row in standing} - {_place(row) for row in gone}
    new = [_of_unanswered(side, each, now) for side, each in found if _key(side, each) not in kept]
    await _open(session, new, now)
    return len(new)


async def _one_at_a_time(session: AsyncSession) -> None:
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(_COMPARING, 0))))


def _judged(lines: Sequence[StripeLine], ours: Mapping[UUID, list[Ours]], now: datetime) -> dict[UUID, Verdict]:
    """Each line's verdict; a posting answers to one line only, the earliest."""
    taken: set[UUID] = set()
    verdicts = {}
    for line in lines:
        facts = LineFacts(line.reporting_category, line.amount_minor, line.currency, line.created_at)
        free = [each for each in ours.get(line.id, []) if each.posting_id not in taken]
        verdicts[line.id] = verdict = judge(facts, free, now=now)
        if verdict.posting_id is not None:
            taken.add(verdict.posting_id)
    return verdicts


async def _settle(session: AsyncSession, verdicts: Mapping[UUID, Verdict]) -> None:
    fees = [line_id for line_id, verdict in verdicts.items() if verdict.settled is Settled.FEE]
    writing = update(StripeLine).execution_options(synchronize_session=False)
    if fees:
        await session.execute(
            writing.where(StripeLine.org_id == DESK_ID, StripeLine.id == any_of(fees)).values(settled_as=Settled.FEE)
        )
    matched = {line: verdict.posting_id for line, verdict in verdicts.items() if verdict.settled is Settled.MATCHED}
    if matched:
        lines, postings = literal(list(matched), ARRAY(Uuid())), literal(list(matched.values()), ARRAY(Uuid()))
        pairs = func.unnest(lines, postings).table_valued("line", "posting").render_derived()
        await session.execute(
            writing.where(StripeLine.org_id == DESK_ID, StripeLine.id == pairs.c.line).values(
                settled_as=Settled.MATCHED, posting_id=pairs.c.posting
            )
        )


async def _standing_of(session: AsyncSession, line_ids: Sequence[UUID]) -> dict[UUID, MoneyDifference]:
    asked = select(MoneyDifference).where(
        MoneyDifference.org_id == DESK_ID, MoneyDifference.side == Side.STRIPE,
        MoneyDifference.line_id == any_of(line_ids), MoneyDifference.status != DifferenceStatus.RESOLVED,
    )  # fmt: skip
    rows = await session.scalars(asked.with_for_update().execution_options(populate_existing=True))
    return {row.id: row for row in rows}


def _stands(row: MoneyDifference, verdict: Verdict) -> bool:
    return still_stands(Standing(row.kind, row.posting_id, row.amount_minor), verdict)


def _key(side: Side, each: Unanswered) -> tuple[Side, UUID | None, UUID | None]:
    return (side, each.line_id, None if each.line_id is not None else each.posting_id)


def _place(row: MoneyDifference) -> tuple[Side, UUID | None, UUID | None]:
    return (row.side, row.line_id, None if row.line_id is not None else row.posting_id)


def _same(row: MoneyDifference, each: Unanswered | None) -> bool:
    return each is not None and (row.posting_id, row.amount_minor) == (each.posting_id, each.amount_minor)


def _of_line(line: StripeLine, verdict: Verdict, now: datetime) -> dict[str, Any]:
    return _row(
        now, side=Side.STRIPE, kind=verdict.kind, amount_minor=verdict.amount_minor, currency=line.currency,
        line_id=line.id, posting_id=verdict.posting_id, subject=line.source_id or line.line_id, day=line.day,
    )  # fmt: skip


def _of_unanswered(side: Side, each: Unanswered, now: datetime) -> dict[str, Any]:
    if each.line_id is None:
        kind = DifferenceKind.POSTING_WITHOUT_LINE
    elif each.posting_id is None:
        kind = DifferenceKind.LINE_WITHOUT_POSTING
    else:
        kind = DifferenceKind.AMOUNT_DIFFERS
    return _row(
        now, side=side, kind=kind, amount_minor=each.amount_minor, currency=each.currency, line_id=each.line_id,
        posting_id=each.posting_id, subject=each.subject, day=each.day,
    )  # fmt: skip


def _row(now: datetime, **facts: Any) -> dict[str, Any]:
    return {"org_id": DESK_ID, "id": new_id(), "status": DifferenceStatus.OPEN, "opened_at": now, **facts}


async def _open(session: AsyncSession, rows: Sequence[dict[str, Any]], now: datetime) -> None:
    if not rows:
        return
    await session.execute(insert(MoneyDifference), list(rows))
    told = {
        row["id"]: {key: row[key] for key in ("status", "kind", "side", "amount_minor", "currency", "subject")}
        for row in rows
    }
    await events.record_first(
        session, "money_difference.opened", org_id=DESK_ID, subject_kind="money_difference", told=told, now=now
    )


async def _resolve_gone(session: AsyncSession, rows: Sequence[MoneyDifference], now: datetime) -> None:
    """The next comparison found another thing: this difference is over, whatever had been proposed for it."""
    for row in rows:
        row.status, row.action, row.counter_account = DifferenceStatus.RESOLVED, DifferenceAction.GONE, None
        row.resolved_at, row.version = now, row.version + 1
    await session.flush()
    told = {row.id: {"status": row.status, "action": row.action} for row in rows}
    await events.record_next(
        session, "money_difference.resolved", org_id=DESK_ID, subject_kind="money_difference", told=told,
        before=None, now=now,
    )  # fmt: skip
