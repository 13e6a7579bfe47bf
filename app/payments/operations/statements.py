"""How does a bank statement come into the book? Its new lines, with what each was taken for, and their postings, in batches."""

from collections.abc import AsyncIterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, any_, literal, select
from sqlalchemy import cast as sql_cast

from app.core import events
from app.core.db import AsyncSession
from app.core.errors import FieldError
from app.core.money import YEN
from app.core.period import day_in_japan
from app.core.scope import DESK_ID, Scope
from app.ledger import operations as ledger
from app.ledger.queries import closed_through
from app.ledger.rules import bank, suspense, unapplied
from app.payments.errors import BankLineContradicts
from app.payments.models import BankLine, BankStatement
from app.payments.operations.matching import follow_up
from app.payments.operations.new_lines import NewLines, write_lines
from app.payments.rules import KeyedMovement

ERRORS_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class StatementFile:
    """A statement that was read without an error, and where its original is kept."""

    filename: str
    sha256: str
    file_key: str
    rows: int
    movements: Sequence[KeyedMovement]


async def book_statement(
    session: AsyncSession,
    file: StatementFile,
    lines: AsyncIterable[NewLines],
    *,
    statement_id: UUID,
    now: datetime,
) -> BankStatement:
    """Take every movement that no earlier file held; the others stay as they are. The transaction names the desk.

    `lines` are the file's movements, matched, in the order of their keys. Each new one is booked (incoming: bank ->
    unapplied; outgoing: suspense -> bank) on the bank's day, or today where that month is closed, and what is to be done
    about it is asked for. Raises BankLineContradicts (409) when a known movement has another day or amount here,
    PeriodClosed (409) when its month is closed at this moment: ask again.
    """
    scope: Scope = session.info["scope"]
    statement = BankStatement(
        org_id=DESK_ID,
        id=statement_id,
        filename=file.filename,
        sha256=file.sha256,
        file_key=file.file_key,
        lines_total=file.rows,
        lines_new=0,
        imported_by=scope.actor_id,
        imported_at=now,
    )
    session.add(statement)
    await session.flush()
    new = await _take_lines(session, lines, statement_id, now)
    statement.lines_new = new.count
    await session.flush()
    await events.record(
        session,
        "bank_statement.imported",
        org_id=DESK_ID,
        subject_kind="bank_statement",
        subject_id=statement_id,
        after={"sha256": file.sha256, "lines_total": file.rows, "lines_new": new.count},
        now=now,
    )
    # Last, for the balance of `unapplied` is one row that every import and every settled payment locks.
    await _post(session, new, now)
    return statement


_Days = dict[date | None, dict[UUID, int]]
"""Yen of each new line by the day that it counts on: the bank's, None where its month is closed."""


@dataclass(frozen=True, slots=True)
class _New:
    """The lines that no earlier file held."""

    incoming: _Days = field(default_factory=dict)
    outgoing: _Days = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(map(len, (*self.incoming.values(), *self.outgoing.values())))

    def add(self, line_id: UUID, minor: int, day: date | None) -> None:
        days = self.incoming if minor > 0 else self.outgoing
        days.setdefault(day, {})[line_id] = abs(minor)


async def _post(session: AsyncSession, new: _New, now: datetime) -> None:
    """Book the lines of each day at once: outgoing first, for they touch no guarded balance."""
    told: dict[str, Any] = {"currency": YEN, "reason": "bank_line", "counterparty_id": None, "now": now}
    for day in sorted(new.outgoing, key=_earliest):
        await ledger.post_each(session, new.outgoing[day], source=suspense(), target=bank(), booked_on=day, **told)
    for day in sorted(new.incoming, key=_earliest):
        await ledger.post_each(session, new.incoming[day], source=bank(), target=unapplied(), booked_on=day, **told)


def _earliest(day: date | None) -> date:
    return day or date.max


async def _take_lines(session: AsyncSession, lines: AsyncIterable[NewLines], statement_id: UUID, now: datetime) -> _New:
    """Write what is new. What the bank booked in a closed month counts on today, and the line says so.

    Raises BankLineContradicts (409) for a known movement with another day or amount.
    """
    closed, today = await closed_through(session), day_in_japan(now)
    taken = _New()
    known: list[KeyedMovement] = []
    async for batch in lines:
        new = batch.lines
        # Nearly always all are new: then only their number is told.
        if await write_lines(session, batch, statement_id, closed_through=closed, today=today) < len(new):
            known_ids = await _known_among(session, [line.id for line in new])
            known += [line.keyed for line in new if line.id in known_ids]
            new = [line for line in new if line.id not in known_ids]
        await follow_up(session, new, now=now)
        for line_id, (movement, _), _ in new:
            late = closed is not None and movement.booked_on <= closed
            taken.add(line_id, movement.amount_minor, None if late else movement.booked_on)
    await _refuse_contradictions(session, known)
    return taken


async def _known_among(session: AsyncSession, line_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these lines were not written, for an earlier file held them."""
    asked = select(BankLine.id).where(BankLine.org_id == DESK_ID, BankLine.id == any_(literal(line_ids, ARRAY(Uuid))))
    return set(line_ids).difference(await session.scalars(asked))


async def _refuse_contradictions(session: AsyncSession, known: Sequence[KeyedMovement]) -> None:
    """A movement of an earlier file must be the same here: money is neither changed nor lost by a second file."""
    keys = [keyed.line_key for keyed in known]
    if not keys:
        return
    asked = select(BankLine.line_key, BankLine.booked_on, BankLine.amount_minor).where(
        BankLine.org_id == DESK_ID, BankLine.line_key == any_(sql_cast(literal(keys, ARRAY(Text)), ARRAY(Text)))
    )
    standing = {line_key: (booked_on, minor) for line_key, booked_on, minor in await session.execute(asked)}
    errors = tuple(
        FieldError(
            f"/rows/{keyed.movement.row}/bank_reference",
            "reference_contradicts",
            "An earlier statement has this reference with another day or amount.",
        )
        for keyed in known
        if standing[keyed.line_key] != (keyed.movement.booked_on, keyed.movement.amount_minor)
    )
    if errors:
        raise BankLineContradicts("Nothing was taken. See `errors`.", errors=errors[:ERRORS_SHOWN])
