"""Which payments do the lines of a statement pay? All of its lines are looked at together, before they are written.

Open payments are read in pages and matched in memory; what was found is written with each line, and looked at once more
under its locks by the job that settles it (`orders.settle`).
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final
from uuid import UUID

from app.core.db import Database
from app.core.ids import new_ids
from app.core.scope import DESK_ID, Scope
from app.payments import queries
from app.payments.operations import Matched, NewLine, NewLines
from app.payments.queries import Named, OpenRow, Payer
from app.payments.rules import KeyedMovement
from app.payments.rules.matching import LISTED_MAX, Candidate, Line, Match, Wanted, matches_named, references_in_lines

_BATCH: Final = 5_000
_Keyed = list[tuple[UUID, KeyedMovement]]


class MatchedLines:
    """The lines of a statement with what each was taken for, in the order of their keys, batch by batch.

    May be passed over again: a transaction that is begun once more starts at the first.
    """

    def __init__(self, lines: _Keyed, matched: Callable[[], Iterator[Matched]]) -> None:
        self._lines, self._matched = lines, matched

    async def __aiter__(self) -> AsyncIterator[NewLines]:
        """Each batch is matched in a thread, while its receiver writes the one before."""
        left = self._all()
        batch = await asyncio.to_thread(_next, left)
        while batch.lines:
            following = asyncio.create_task(asyncio.to_thread(_next, left))
            try:
                yield batch
            finally:
                batch = await following

    def _all(self) -> Iterator[NewLine]:
        matched = self._matched()
        for line_id, keyed in self._lines:
            yield NewLine(line_id, keyed, next(matched) if keyed.movement.amount_minor > 0 else None)


async def match_lines(db: Database, movements: Sequence[KeyedMovement], *, request_id: str) -> MatchedLines:
    """Look at what came in, whoever brings the file: the book's own open payments are read as the desk. Writes nothing."""
    desk = Scope.of_system(DESK_ID, request_id)
    # Ids in the file's order, rows in the order of their keys: two overlapping files must not wait for each other.
    keyed = sorted(zip(new_ids(len(movements)), movements, strict=True), key=_key)
    if all(one.movement.amount_minor <= 0 for one in movements):
        return MatchedLines(keyed, lambda: iter(()))
    references = await asyncio.to_thread(lambda: references_in_lines(_incoming(keyed)))
    said = {reference for found in references.values() for reference in found}
    wanted = await asyncio.to_thread(lambda: Wanted(_incoming(keyed), said))
    candidates = await _candidates(db, desk, wanted)
    unknown = said.difference(candidate.reference for candidate in candidates)
    ended = await _ended(db, desk, unknown)
    unknown -= ended.keys()
    known: dict[UUID, Candidate | Named] = {candidate.payment_id: candidate for candidate in candidates}
    known |= {one.payment_id: one for one in ended.values()}
    decided = _decided(references, candidates, ended) if ended else {}
    elsewhere = (
        {line_id for line_id, named in references.items() if not unknown.isdisjoint(named)} if unknown else set()
    )

    def matched() -> Iterator[Matched]:
        for line_id, first in matches_named(_incoming(keyed), candidates, references):
            match = decided.get(line_id, first)
            whose = [(one.payer_id, one.order_id) for one in map(known.__getitem__, match.payments)]
            yield Matched(match, whose, line_id in elsewhere and line_id not in decided)

    return MatchedLines(keyed, matched)


def _key(one: tuple[UUID, KeyedMovement]) -> str:
    return one[1].line_key


def _incoming(keyed: _Keyed) -> Iterator[Line]:
    for line_id, (movement, _) in keyed:
        if movement.amount_minor > 0:
            yield line_id, movement.payer_name, movement.memo, movement.amount_minor, movement.virtual_account


def _next(left: Iterator[NewLine]) -> NewLines:
    return NewLines.of(list(islice(left, _BATCH)))


async def _candidates(db: Database, desk: Scope, wanted: Wanted) -> list[Candidate]:
    """The open payments that the lines can pay."""
    async with db.transaction(desk) as session:
        waiting = await queries.waiting_minor(session)
        payers = await queries.payers(session)

    def look_at(rows: Sequence[OpenRow]) -> None:
        for payment_id, order_id, payer_id, reference, open_minor in rows:
            # One that is here since the payers were read is known by its reference and its amount alone.
            payer = payers.get(payer_id) or Payer(payer_id, (), (), "")
            due_minor = open_minor - waiting.get(payment_id, 0)
            wanted.look_at(
                Candidate(
                    payment_id,
                    order_id,
                    reference,
                    payer.virtual_account,
                    due_minor,
                    payer.id,
                    payer.names,
                    payer.claimed,
                )
            )

    after = None
    while True:
        async with db.transaction(desk) as session:
            page = await queries.open_payments(session, after=after)
        await asyncio.to_thread(look_at, page)
        if len(page) < queries.PAGE:
            return wanted.kept()
        after = (page[-1][2], page[-1][0])


async def _ended(db: Database, desk: Scope, references: set[str]) -> dict[str, Named]:
    """The payments that are open no more, by those of these references that name one."""
    left = iter(sorted(references))
    found: dict[str, Named] = {}
    while batch := list(islice(left, queries.PAGE)):
        async with db.transaction(desk) as session:
            found |= {one.reference: one for one in await queries.named(session, batch)}
    return found


def _decided(
    references: Mapping[UUID, list[str]], candidates: Iterable[Candidate], ended: Mapping[str, Named]
) -> dict[UUID, Match]:
    """What the lines are that name a payment which is open no more, whatever else they name."""
    of_reference = {candidate.reference: candidate.payment_id for candidate in candidates}
    of_reference |= {reference: one.payment_id for reference, one in ended.items()}
    return {
        line_id: _by_reference(found, of_reference)
        for line_id, found in references.items()
        if any(reference in ended for reference in found)
    }


def _by_reference(references: list[str], of_reference: dict[str, UUID]) -> Match:
    """Who names one payment means it, though it is paid or closed; who names several is asked."""
    named = [of_reference[reference] for reference in references if reference in of_reference]
    if len(named) == 1:
        return Match("by_reference", (named[0],), 1, None, 0)
    return Match("ambiguous", tuple(named[:LISTED_MAX]), len(named), None, 0)
