"""How is what the lines of a statement were taken for written down? In batches, each line once whoever comes twice."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Integer, Text, Uuid, bindparam, text

from app.core import events, outbox
from app.core.db import AsyncSession
from app.core.scope import DESK_ID
from app.payments.models import LineOutcome, LineStatus
from app.payments.rules.matching import Match


class Matched(NamedTuple):
    """A line and what it was taken for; `payer_ids` says whose each of the match's payments is."""

    line_id: UUID
    match: Match
    payer_ids: tuple[UUID, ...]
    names_other: bool
    """It names what is no order's payment: an invoice, perhaps."""


async def take_matches(session: AsyncSession, found: Sequence[Matched], *, now: datetime) -> None:
    """Give sure lines to their payments, each with a job that settles it, and leave the others to a person.

    One that may name an invoice has a job that looks there, and is left to a person by that. A line that was decided meanwhile stays as it is. The transaction names the desk.
    """
    # Two jobs may be at one statement: lines are locked in one order, and who comes second finds them decided.
    undecided = set(await session.scalars(_LOCK, {"desk": DESK_ID, "lines": [one.line_id for one in found]}))
    left = [one for one in found if one.line_id in undecided]
    await _give(session, [one for one in left if one.match.is_sure], now)
    await _suggest(session, [one for one in left if not one.match.is_sure], now)


async def _give(session: AsyncSession, sure: Sequence[Matched], now: datetime) -> None:
    if not sure:
        return
    lines = [one.line_id for one in sure]
    columns = {
        "lines": lines,
        "payments": [one.match.payments[0] for one in sure],
        "payers": [one.payer_ids[0] for one in sure],
        "words": [one.match.outcome for one in sure],
        "scores": [one.match.score for one in sure],
    }
    await session.execute(_GIVE, {"desk": DESK_ID, **columns})
    await outbox.enqueue_each(session, "orders.settle", due=now, line_id=lines)


async def _suggest(session: AsyncSession, unsure: Sequence[Matched], now: datetime) -> None:
    if not unsure:
        return
    told = [
        {
            "line_id": str(one.line_id),
            "outcome": None if one.names_other else outcome_of(one.match),
            "matched_as": one.match.outcome,
            "score": one.match.score,
            "found": one.match.found,
            "candidates": [str(each) for each in one.match.payments],
            "payers": [str(each) for each in one.payer_ids],
            "missing": one.match.missing_minor,
        }
        for one in unsure
    ]
    await session.execute(_SUGGEST, {"desk": DESK_ID, "told": msgspec.json.encode(told).decode()})
    elsewhere = [one.line_id for one in unsure if one.names_other]
    if elsewhere:
        await outbox.enqueue_each(session, "invoices.settle", due=now, line_id=elsewhere)
    status = {"status": LineStatus.FOR_A_PERSON}
    facts: dict[UUID, dict[str, Any]] = {
        one.line_id: status | {"outcome": outcome_of(one.match), "matched_as": one.match.outcome}
        for one in unsure
        if not one.names_other
    }
    await events.record_next(
        session,
        "bank_line.judged",
        org_id=DESK_ID,
        subject_kind="bank_line",
        told=facts,
        before={"status": LineStatus.NEW, "outcome": LineOutcome.PENDING, "matched_as": None},
        now=now,
    )


def outcome_of(match: Match) -> LineOutcome:
    """What a line that is not sure is called: as it was matched, or an unknown payer's where nothing fits."""
    assert not match.is_sure, match
    return LineOutcome.UNKNOWN_PAYER if match.outcome == "nothing" else LineOutcome(match.outcome)


_LOCK: Final = text(
    "select id from bank_line where org_id = :desk and id = any(:lines) and status = 'new' and payment_id is null"
    " order by id for update"
).bindparams(bindparam("desk", type_=Uuid()), bindparam("lines", type_=ARRAY(Uuid())))
_GIVE: Final = text(
    "update bank_line l set payment_id = p.id, payer_org_id = p.org_id, order_id = p.order_id,"
    " matched_as = w.matched_as, score = w.score, candidates_found = 1"
    " from unnest(:lines, :payments, :payers, :words, :scores) as w(line_id, payment_id, payer_id, matched_as, score)"
    " join payment p on p.org_id = w.payer_id and p.id = w.payment_id"
    " where l.org_id = :desk and l.id = w.line_id"
).bindparams(
    bindparam("desk", type_=Uuid()),
    *(bindparam(name, type_=ARRAY(Uuid())) for name in ("lines", "payments", "payers")),
    bindparam("words", type_=ARRAY(Text())),
    bindparam("scores", type_=ARRAY(Integer())),
)
_SUGGEST: Final = text(
    "update bank_line l set outcome = coalesce(w.outcome, l.outcome), version = l.version + 1,"
    f" status = case when w.outcome is null then l.status else '{LineStatus.FOR_A_PERSON}' end,"
    " matched_as = w.matched_as, score = w.score, candidates_found = w.found, candidate_ids = w.candidates,"
    " candidate_payers = w.payers, missing_minor = w.missing"
    " from jsonb_to_recordset(cast(:told as jsonb)) as w(line_id uuid, outcome text, matched_as text,"
    " score integer, found integer, candidates uuid[], payers uuid[], missing bigint)"
    " where l.org_id = :desk and l.id = w.line_id"
).bindparams(bindparam("desk", type_=Uuid()), bindparam("told", type_=Text()))
