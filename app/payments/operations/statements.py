"""How does a bank statement come into the book? Its new lines, their postings and their jobs, each in one batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Text, any_, cast, literal, select
from sqlalchemy.dialects.postgresql import insert

from app.core import events
from app.core.db import AsyncSession
from app.core.errors import FieldError
from app.core.ids import new_id
from app.core.money import YEN
from app.core.outbox import Job
from app.core.period import day_in_japan
from app.core.scope import DESK_ID, Scope
from app.ledger import operations as ledger
from app.ledger.queries import closed_through
from app.ledger.rules import bank, suspense, unapplied
from app.payments.errors import BankLineContradicts
from app.payments.models import BankLine, BankStatement, LineOutcome, LineStatus
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
    session: AsyncSession, file: StatementFile, *, statement_id: UUID, now: datetime
) -> BankStatement:
    """Take every movement that no earlier file held; the others stay as they are. The transaction names the desk.

    Each new line is booked (incoming: bank -> unapplied; outgoing: suspense -> bank) on the bank's day, or today where
    that month is closed, and each incoming one has its job `orders.settle`. Raises BankLineContradicts (409) when a known
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
    await _refuse_contradictions(session, [keyed for keyed in file.movements if keyed.line_key not in new])
    statement.lines_new = len(new)
    await session.flush()
    await _ask_to_settle(session, [line.id for line in new.values() if line.minor > 0], now)
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
    await _post(session, list(new.values()), now)
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
) -> dict[str, _New]:
    """Write what is new, by its key. What the bank booked in a closed month counts on today, and the line says so."""
    closed = await closed_through(session)
    # Ids in the file's order, rows in the order of their keys: two overlapping files must not wait for each other.
    ids = sorted(new_id() for _ in movements)
    rows = [_row(keyed, line_id, statement_id) for keyed, line_id in zip(movements, ids, strict=True)]
    for row, keyed in zip(rows, movements, strict=True):
        late = closed is not None and keyed.movement.booked_on <= closed
        row["counted_on"] = today if late else None
    rows.sort(key=lambda row: str(row["line_key"]))
    writing = insert(BankLine).on_conflict_do_nothing(index_elements=["org_id", "line_key"])
    written = await session.execute(
        writing.returning(
            BankLine.line_key, BankLine.id, BankLine.amount_minor, BankLine.booked_on, BankLine.counted_on
        ),
        rows,
    )
    return {
        line_key: _New(line_id, minor, booked_on if counted_on is None else None)
        for line_key, line_id, minor, booked_on, counted_on in written
    }


def _row(keyed: KeyedMovement, line_id: UUID, statement_id: UUID) -> dict[str, object]:
    movement = keyed.movement
    incoming = movement.amount_minor > 0
    return {
        "org_id": DESK_ID,
        "id": line_id,
        "statement_id": statement_id,
        "line_key": keyed.line_key,
        "booked_on": movement.booked_on,
        "amount_minor": movement.amount_minor,
        "currency": YEN,
        "payer_name": movement.payer_name,
        "memo": movement.memo,
        "bank_reference": movement.bank_reference,
        "outcome": LineOutcome.PENDING if incoming else LineOutcome.OUTGOING,
        "status": LineStatus.NEW if incoming else LineStatus.FOR_A_PERSON,
        "unapplied_minor": movement.amount_minor if incoming else 0,
    }


async def _refuse_contradictions(session: AsyncSession, known: Sequence[KeyedMovement]) -> None:
    """A movement of an earlier file must be the same here: money is neither changed nor lost by a second file."""
    keys = [keyed.line_key for keyed in known]
    if not keys:
        return
    asked = select(BankLine.line_key, BankLine.booked_on, BankLine.amount_minor).where(
        BankLine.org_id == DESK_ID, BankLine.line_key == any_(cast(literal(keys, ARRAY(Text)), ARRAY(Text)))
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


async def _ask_to_settle(session: AsyncSession, line_ids: Sequence[UUID], now: datetime) -> None:
    """What `outbox.enqueue` does, for thousands of lines at once."""
    if not line_ids:
        return
    scope: Scope = session.info["scope"]
    rows = [
        {
            "id": new_id(),
            "name": "orders.settle",
            "ids": {"line_id": str(line_id)},
            "request_id": scope.request_id,
            "due": now,
        }
        for line_id in line_ids
    ]
    await session.execute(insert(Job), rows)
