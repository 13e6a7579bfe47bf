"""How does a bank statement come into the book? Its new lines and their postings, in batches, and one job that matches them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, Final, NamedTuple, cast
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CursorResult, Date, Text, Uuid, any_, bindparam, literal, select, text
from sqlalchemy import cast as sql_cast

from app.core import events, outbox
from app.core.db import AsyncSession
from app.core.errors import FieldError
from app.core.ids import new_ids
from app.core.money import YEN
from app.core.period import day_in_japan
from app.core.scope import DESK_ID, Scope
from app.ledger import operations as ledger
from app.ledger.queries import closed_through
from app.ledger.rules import bank, suspense, unapplied
from app.payments.errors import BankLineContradicts
from app.payments.models import BankLine, BankStatement
from app.payments.rules import KeyedMovement

ERRORS_SHOWN: Final = 100
_AT_ONCE: Final = 10_000


@dataclass(frozen=True, slots=True)
class StatementFile:
    """A statement that was read without an error, and where its original is kept."""

    filename: str
    sha256: str
    file_key: str
    rows: int
    movements: Sequence[KeyedMovement]


async def book_statement(
    session: AsyncSession, file: StatementFile, *, statement_id: UUID, now: datetime
) -> BankStatement:
    """Take every movement that no earlier file held; the others stay as they are. The transaction names the desk.

    Each new line is booked (incoming: bank -> unapplied; outgoing: suspense -> bank) on the bank's day, or today where
    that month is closed; one job `payments.match_statement` sees to all that came in. Raises BankLineContradicts (409) when a known
    movement has another day or amount here, PeriodClosed (409) when its month is closed at this moment: ask again.
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
    new = await _insert_lines(session, file.movements, statement_id, day_in_japan(now))
    statement.lines_new = len(new)
    await session.flush()
    if any(line.minor > 0 for line in new):
        outbox.enqueue(session, "payments.match_statement", due=now, statement_id=statement_id)
    await events.record(
        session,
        "bank_statement.imported",
        org_id=DESK_ID,
        subject_kind="bank_statement",
        subject_id=statement_id,
        after={"sha256": file.sha256, "lines_total": file.rows, "lines_new": len(new)},
        now=now,
    )
    # Last, for the balance of `unapplied` is one row that every import and every settled payment locks.
    await _post(session, new, now)
    return statement


class _New(NamedTuple):
    """A line that no earlier file held."""

    id: UUID
    minor: int
    counts_on: date | None
    """The bank's day; None where its month is closed."""


async def _post(session: AsyncSession, lines: Sequence[_New], now: datetime) -> None:
    """Book the lines of each day at once: outgoing first, for they touch no guarded balance."""
    told: dict[str, Any] = {"currency": YEN, "reason": "bank_line", "counterparty_id": None, "now": now}
    days = sorted({line.counts_on for line in lines}, key=lambda day: day or date.max)
    for day in days:
        outgoing = {line.id: -line.minor for line in lines if line.minor < 0 and line.counts_on == day}
        await ledger.post_each(session, outgoing, source=suspense(), target=bank(), booked_on=day, **told)
    for day in days:
        incoming = {line.id: line.minor for line in lines if line.minor > 0 and line.counts_on == day}
        await ledger.post_each(session, incoming, source=bank(), target=unapplied(), booked_on=day, **told)


async def _insert_lines(
    session: AsyncSession, movements: Sequence[KeyedMovement], statement_id: UUID, today: date
) -> list[_New]:
    """Write what is new. What the bank booked in a closed month counts on today, and the line says so.

    Raises BankLineContradicts (409) for a known movement with another day or amount.
    """
    closed = await closed_through(session)
    # Ids in the file's order, rows in the order of their keys: two overlapping files must not wait for each other.
    ids = new_ids(len(movements))
    waiting = iter(sorted(zip(ids, movements, strict=True), key=lambda one: one[1].line_key))
    new: list[_New] = []
    known: list[KeyedMovement] = []
    while batch := list(islice(waiting, _AT_ONCE)):
        same = {"org_id": DESK_ID, "statement_id": statement_id, "currency": YEN, "closed": closed, "today": today}
        written = await session.execute(_WRITE, {**same, **_columns(batch)})
        # Nearly always all are new: then only their number is told.
        is_new = cast("CursorResult[Any]", written).rowcount == len(batch)
        known_ids = set() if is_new else await _known_among(session, [line_id for line_id, _ in batch])
        for line_id, keyed in batch:
            if line_id in known_ids:
                known.append(keyed)
                continue
            movement = keyed.movement
            late = closed is not None and movement.booked_on <= closed
            new.append(_New(line_id, movement.amount_minor, None if late else movement.booked_on))
    await _refuse_contradictions(session, known)
    return new


async def _known_among(session: AsyncSession, line_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these lines were not written, for an earlier file held them."""
    asked = select(BankLine.id).where(BankLine.org_id == DESK_ID, BankLine.id == any_(literal(line_ids, ARRAY(Uuid))))
    return set(line_ids).difference(await session.scalars(asked))


def _columns(batch: Sequence[tuple[UUID, KeyedMovement]]) -> dict[str, list[Any]]:
    """The lines' columns: sent as arrays, a hundred thousand lines take no longer than they must."""
    movements = [keyed.movement for _, keyed in batch]
    return {
        "ids": [line_id for line_id, _ in batch],
        "keys": [keyed.line_key for _, keyed in batch],
        "days": [movement.booked_on for movement in movements],
        "minors": [movement.amount_minor for movement in movements],
        "names": [movement.payer_name for movement in movements],
        "memos": [movement.memo for movement in movements],
        "references": [movement.bank_reference for movement in movements],
        "accounts": [movement.virtual_account for movement in movements],
    }


_WRITE: Final = text(
    "insert into bank_line (org_id, id, statement_id, line_key, booked_on, counted_on, amount_minor, currency, payer_name,"
    " memo, bank_reference, virtual_account, outcome, status, unapplied_minor)"
    " select :org_id, m.id, :statement_id, m.line_key, m.booked_on, case when m.booked_on <= :closed then :today end,"
    " m.minor, :currency, m.payer_name, m.memo, m.bank_reference, m.virtual_account,"
    " case when m.minor > 0 then 'pending' else 'outgoing' end,"
    " case when m.minor > 0 then 'new' else 'for_a_person' end, greatest(m.minor, 0)"
    " from unnest(:ids, :keys, :days, :minors, :names, :memos, :references, :accounts)"
    " as m(id, line_key, booked_on, minor, payer_name, memo, bank_reference, virtual_account)"
    " on conflict (org_id, line_key) do nothing"
).bindparams(
    bindparam("org_id", type_=Uuid()),
    bindparam("statement_id", type_=Uuid()),
    bindparam("currency", type_=Text()),
    bindparam("closed", type_=Date()),
    bindparam("today", type_=Date()),
    bindparam("ids", type_=ARRAY(Uuid())),
    bindparam("days", type_=ARRAY(Date())),
    bindparam("minors", type_=ARRAY(BigInteger())),
    *(bindparam(name, type_=ARRAY(Text())) for name in ("keys", "names", "memos", "references", "accounts")),
)


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
