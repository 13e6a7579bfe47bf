"""How does a statement come in, batch by batch, and become what we compare with?"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from app.core import events
from app.core.db import AsyncSession
from app.core.errors import FieldError
from app.core.scope import DESK_ID, Scope
from app.reconciliation.errors import StatementInvalid, StatementNotFound, StatementOlder, StatementUnderWay
from app.reconciliation.models import Comparison, Statement, StatementStatus, Trust
from app.reconciliation.rules import LINE_COLUMNS, Covers, Reach, RowError

COMPARED_WITHIN_MS: Final = 45_000
"""A statement of the database, in a job of 54 s."""
CELLS_KEPT: Final = 60
CELL_CHARS_KEPT: Final = 2_000
_COMING: Final = text(
    "create temp table line_in (n bigint, row_number integer, series_key varchar, lo bigint, hi bigint, state text,"
    " changed_on date, beneficiary_name varchar, purpose varchar, note varchar, transaction_no varchar, project varchar,"
    " reference varchar) on commit drop"
)
_KEEP: Final = text(
    f"insert into statement_line (org_id, registry_account_id, first_n, {', '.join(LINE_COLUMNS)})"
    f" select :org_id, :account_id, :first_n, {', '.join(LINE_COLUMNS)} from line_in"
)
_QUARANTINE: Final = text(
    "insert into statement_quarantine (org_id, statement_id, row_number, cells, errors, series_key, lo, hi)"
    " select :org_id, :statement_id, row_number, cells, errors, series_key, lo, hi"
    " from jsonb_to_recordset(cast(:kept as jsonb))"
    " as kept(row_number integer, cells jsonb, errors jsonb, series_key varchar, lo bigint, hi bigint)"
    " on conflict do nothing"
)


@dataclass(frozen=True, slots=True)
class Incoming:
    """What is said of a statement beside its bytes, and where these are kept."""

    statement_id: UUID
    account_id: UUID
    registry_code: str
    covers: Covers
    reach: Reach
    since: date | None
    as_of: date
    source: str
    trust: Trust
    filename: str
    sha256: str
    file_key: str
    size_bytes: int
    layout: str
    control: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A row that could not be read, and where its serials lie if they alone are right."""

    row_number: int
    cells: Sequence[str]
    errors: Sequence[RowError]
    series_key: str | None
    lo: int | None
    hi: int | None


async def locked_comparison(session: AsyncSession, org_id: UUID, account_id: UUID) -> Comparison:
    """How far an account has been compared, locked: statements of one account go one after the other."""
    await session.execute(
        insert(Comparison)
        .values(
            org_id=org_id,
            registry_account_id=account_id,
            statements=0,
            lines=0,
            active_n=None,
            ended_n=None,
            active_as_of=None,
            ended_as_of=None,
            trusted_as_of=None,
            compared_at=None,
        )
        .on_conflict_do_nothing()
    )
    found = await session.scalar(
        select(Comparison)
        .where(Comparison.org_id == org_id, Comparison.registry_account_id == account_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    assert found is not None, account_id
    return found


async def begin_statement(
    session: AsyncSession, scope: Scope, org_id: UUID, incoming: Incoming, *, now: datetime
) -> tuple[Statement, bool]:
    """Write a statement down, to be read next; the same file of the same day gives what it is already, and False.

    Raises StatementInvalid (422) for a day before another file's, StatementUnderWay and StatementOlder (409). The
    transaction names provider and desk.
    """
    comparison = await locked_comparison(session, org_id, incoming.account_id)
    same = await session.scalar(
        _of_account(org_id, incoming.account_id).where(
            Statement.sha256 == incoming.sha256,
            Statement.covers == incoming.covers,
            Statement.as_of == incoming.as_of,
            Statement.status != StatementStatus.FAILED,
        )
    )
    if same is not None:
        return same, False
    if await session.scalar(
        _of_account(org_id, incoming.account_id).where(Statement.status == StatementStatus.STAGING)
    ):
        raise StatementUnderWay("Wait until the other statement of this account is read.", retry_after_s=5)
    _refuse_older(comparison, incoming)
    comparison.statements += 1
    made = _statement(org_id, scope, incoming, comparison.statements, now)
    session.add(made)
    await session.flush()
    await _tell(session, made, "received", now=now, sha256=made.sha256, as_of=made.as_of.isoformat(), trust=made.trust)
    return made, True


async def stage_lines(session: AsyncSession, statement: Statement, lines: bytes) -> None:
    """Keep lines, given as COPY's text of `LINE_COLUMNS`: they count from the moment that the statement is compared."""
    await session.execute(_COMING)
    connection = await (await session.connection()).get_raw_connection()
    driver = connection.driver_connection
    assert isinstance(driver, asyncpg.Connection)
    await driver.copy_to_table("line_in", source=io.BytesIO(lines), columns=LINE_COLUMNS, format="text")
    told = {
        "org_id": statement.org_id,
        "account_id": statement.registry_account_id,
        "first_n": statement.n,
    }
    await session.execute(_KEEP, told)


async def look_at_lines(session: AsyncSession) -> None:
    """Have the planner look at the table of lines: after many came in, it would still believe it small."""
    await session.execute(text("select analyze_statement_lines()"))


async def take_time(session: AsyncSession) -> None:
    """Let this transaction's statements take as long as a job may: a million lines are compared in a few of them."""
    await session.execute(text(f"set local statement_timeout = {COMPARED_WITHIN_MS}"))


async def quarantine(session: AsyncSession, statement: Statement, rows: Iterable[Quarantined]) -> None:
    """Keep the rows that could not be read, with their reasons."""
    kept = [
        {
            "row_number": row.row_number,
            "cells": [_storable(cell)[:CELL_CHARS_KEPT] for cell in row.cells[:CELLS_KEPT]],
            "errors": [
                {"column": _storable(error.column), "code": error.code, "detail": _storable(error.detail)}
                for error in row.errors
            ],
            "series_key": row.series_key,
            "lo": row.lo,
            "hi": row.hi,
        }
        for row in rows
    ]
    if kept:
        told = {"org_id": statement.org_id, "statement_id": statement.id, "kept": msgspec.json.encode(kept).decode()}
        await session.execute(_QUARANTINE, told)


async def locked_statement(session: AsyncSession, org_id: UUID, statement_id: UUID) -> Statement:
    """A statement under its lock. Raises StatementNotFound (404)."""
    found = await session.scalar(
        select(Statement)
        .where(Statement.org_id == org_id, Statement.id == statement_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise StatementNotFound("You have no statement with this id.")
    return found


async def fail_statement(session: AsyncSession, statement: Statement, why: str, *, now: datetime) -> None:
    """A locked statement cannot be read as a whole: none of its lines counts, and the same file may be sent again."""
    statement.status, statement.failure = StatementStatus.FAILED, why[:500]
    statement.version += 1
    told = {"org_id": statement.org_id, "account_id": statement.registry_account_id, "n": statement.n}
    await session.execute(
        text(
            "delete from statement_line where org_id = :org_id and registry_account_id = :account_id and first_n = :n"
        ),
        told,
    )
    await session.flush()
    await _tell(session, statement, "failed", now=now, failure=statement.failure)


async def _tell(session: AsyncSession, statement: Statement, what: str, *, now: datetime, **facts: Any) -> None:
    await events.record(
        session, f"statement.{what}", org_id=statement.org_id, subject_kind="statement", subject_id=statement.id,
        after={"status": statement.status, **facts}, party_ids=(DESK_ID,), now=now,
    )  # fmt: skip


def _of_account(org_id: UUID, account_id: UUID) -> Any:
    return select(Statement).where(Statement.org_id == org_id, Statement.registry_account_id == account_id)


def _refuse_older(comparison: Comparison, incoming: Incoming) -> None:
    newest = [
        day
        for covers, day in ((Covers.ACTIVE, comparison.active_as_of), (Covers.ENDED, comparison.ended_as_of))
        if day is not None and incoming.covers in (covers, Covers.ALL)
    ]
    if newest and incoming.as_of < max(newest):
        raise StatementOlder(f"A statement as of {max(newest)} was compared already.", as_of=max(newest).isoformat())
    if incoming.since is not None and incoming.since > incoming.as_of:
        wrong = FieldError("?since", "after_as_of", "The first day comes after the day that the statement shows.")
        raise StatementInvalid("See `errors`.", errors=(wrong,))


def _statement(org_id: UUID, scope: Scope, incoming: Incoming, n: int, now: datetime) -> Statement:
    trusted = incoming.trust != Trust.PROVIDER
    return Statement(
        org_id=org_id, id=incoming.statement_id, registry_account_id=incoming.account_id,
        registry_code=incoming.registry_code, n=n, covers=incoming.covers, reach=incoming.reach, since=incoming.since,
        as_of=incoming.as_of, source=incoming.source, trust=incoming.trust,
        trusted_by=scope.actor_id if trusted else None, trusted_at=now if trusted else None,
        filename=incoming.filename, sha256=incoming.sha256, file_key=incoming.file_key, known_key=None,
        size_bytes=incoming.size_bytes, encoding="", layout=incoming.layout, header=None, control=incoming.control,
        status=StatementStatus.STAGING, failure=None, rows_total=0, rows_good=0, rows_quarantined=0, rows_new=0,
        lines_ended=0, totals=None, created_by=scope.actor_id, created_at=now, compared_at=None, version=1,
    )  # fmt: skip


def _storable(cell: str) -> str:
    """The text as PostgreSQL's JSON takes it: neither U+0000 nor half of a surrogate pair has a place in it."""
    return cell.replace("\0", "\ufffd").encode(errors="replace").decode()
