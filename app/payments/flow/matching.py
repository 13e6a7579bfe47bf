"""Which payments do the lines of a statement pay? All of its lines are looked at together, by one job.

Lines and open payments are read in pages and matched in memory, with no transaction open; what was found is written in
batches, and looked at once more under its locks by the job that settles a line (`orders.settle`).
"""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Final
from uuid import UUID

from app.core.db import Database
from app.core.scope import DESK_ID, Scope
from app.payments import operations, queries
from app.payments.operations import Matched
from app.payments.queries import Named
from app.payments.rules.matching import LISTED_MAX, Candidate, Line, Match, Wanted, matches_named, references_in_lines

_BATCH: Final = 10_000


async def match_statement(db: Database, statement_id: UUID, *, now: datetime, request_id: str) -> None:
    """Match every new line of a statement; those that were matched before stay as they are."""
    desk = Scope.of_system(DESK_ID, request_id)
    lines = await _lines(db, desk, statement_id)
    if not lines:
        return
    references = await asyncio.to_thread(references_in_lines, lines)
    said = {reference for found in references.values() for reference in found}
    candidates = await _candidates(db, desk, Wanted(lines, said))
    ended = await _ended(db, desk, said - {candidate.reference for candidate in candidates})
    payers = {candidate.payment_id: candidate.payer_id for candidate in candidates}
    payers |= {one.payment_id: one.payer_id for one in ended.values()}
    of_reference = {candidate.reference: candidate.payment_id for candidate in candidates} if ended else {}
    of_reference |= {reference: one.payment_id for reference, one in ended.items()}
    decided = {
        line_id: _by_reference(found, of_reference)
        for line_id, found in references.items()
        if any(reference in ended for reference in found)
    }
    unknown = said - {candidate.reference for candidate in candidates} - ended.keys()
    elsewhere = {line_id for line_id, named in references.items() if not unknown.isdisjoint(named)}
    found = _found(matches_named(lines, candidates, references), decided, payers, elsewhere)
    batch = await asyncio.to_thread(_next, found)
    while batch:
        following = asyncio.create_task(asyncio.to_thread(_next, found))  # While the database writes these.
        try:
            async with db.transaction(desk) as session:
                await operations.take_matches(session, batch, now=now)
        finally:
            batch = await following


def _next(found: Iterator[Matched]) -> list[Matched]:
    return list(islice(found, _BATCH))


def _found(
    matched: Iterator[tuple[UUID, Match]], decided: dict[UUID, Match], payers: dict[UUID, UUID], elsewhere: set[UUID]
) -> Iterator[Matched]:
    for line_id, first in matched:
        match = decided.get(line_id, first)
        payer_ids = tuple(payers[payment_id] for payment_id in match.payments)
        yield Matched(line_id, match, payer_ids, line_id in elsewhere and line_id not in decided)


async def _lines(db: Database, desk: Scope, statement_id: UUID) -> list[Line]:
    found: list[Line] = []
    while True:
        async with db.transaction(desk) as session:
            page = await queries.unmatched(session, statement_id, after=found[-1][0] if found else None)
        found += page
        if len(page) < queries.PAGE:
            return found


async def _candidates(db: Database, desk: Scope, wanted: Wanted) -> list[Candidate]:
    """The open payments that the lines can pay."""
    async with db.transaction(desk) as session:
        waiting = await queries.waiting_minor(session)
    kept: list[Candidate] = []
    after = None
    while True:
        async with db.transaction(desk) as session:
            page = await queries.open_payments(session, after=after)
        for candidate in page:
            less = waiting.get(candidate.payment_id, 0)
            due = candidate._replace(open_minor=candidate.open_minor - less) if less else candidate
            if wanted.keeps(due):
                kept.append(due)
        if len(page) < queries.PAGE:
            return kept
        after = (page[-1].payer_id, page[-1].payment_id)


async def _ended(db: Database, desk: Scope, references: set[str]) -> dict[str, Named]:
    """The payments that are open no more, by those of these references that name one."""
    left = iter(sorted(references))
    found: dict[str, Named] = {}
    while batch := list(islice(left, queries.PAGE)):
        async with db.transaction(desk) as session:
            found |= {one.reference: one for one in await queries.named(session, batch)}
    return found


def _by_reference(references: list[str], of_reference: dict[str, UUID]) -> Match:
    """Who names one payment means it, though it is paid or closed; who names several is asked."""
    named = [of_reference[reference] for reference in references if reference in of_reference]
    if len(named) == 1:
        return Match("by_reference", (named[0],), 1, None, 0)
    return Match("ambiguous", tuple(named[:LISTED_MAX]), len(named), None, 0)
