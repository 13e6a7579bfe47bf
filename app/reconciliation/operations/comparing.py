"""What happens when a statement has been read, or an account is compared again? One transaction under its lock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from app.core import events
from app.core.db import AsyncSession
from app.core.scope import DESK_ID, Scope
from app.reconciliation import queries
from app.reconciliation.models import (
    Comparison,
    Reconciliation,
    Statement,
    StatementStatus,
    Trust,
)
from app.reconciliation.operations import consequences
from app.reconciliation.operations.applying import Applied, apply_findings, counts_of, digest_of, finding_of
from app.reconciliation.operations.staging import locked_comparison
from app.reconciliation.queries import Piece, Since
from app.reconciliation.rules import Covers

_CLOSE_ALL: Final = (
    "with ended as (update statement_line set until_n = :n where org_id = :org_id and registry_account_id = :account_id"
    " and until_n is null and first_n < :n and state = any (:states)"
    " and (cast(:since as date) is null or changed_on is null or changed_on >= cast(:since as date)) returning 1)"
    " select count(*) from ended"
)
_CLOSE: Final = (
    "update statement_line set until_n = :n where org_id = :org_id and registry_account_id = :account_id"
    " and until_n is null and n = any (:closed) returning 1"
)


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of a statement: its last line's number, what is there no more, and what the next one must know.

    `closed` is None when it was not told record by record: then it replaces all lines of its kind.
    """

    rows_total: int
    rows_new: int
    quarantined: int
    last_line: int
    closed: list[int] | None
    known_key: str


async def finish_statement(
    session: AsyncSession, scope: Scope, statement: Statement, read: Read, *, reconciliation_id: UUID, now: datetime
) -> Reconciliation:
    """The locked statement counts from now on: its lines replace those before, and the account is compared.

    Raises StatementImplausible (409) when nothing fits. The transaction names provider and desk.
    """
    comparison = await locked_comparison(session, statement.org_id, statement.registry_account_id)
    before, lines_before = _days(comparison), comparison.lines
    last = await _last_alike(session, comparison, statement)
    ended = await _replace(session, statement, read)
    comparison.lines = read.last_line
    _note_days(comparison, statement)
    statement.status, statement.compared_at = StatementStatus.COMPARED, now
    statement.rows_total, statement.rows_new = read.rows_total, read.rows_new
    statement.rows_quarantined = read.quarantined
    statement.rows_good, statement.lines_ended = read.rows_total - read.quarantined, ended
    statement.known_key = read.known_key
    statement.version += 1
    await session.flush()
    since = None
    if last is not None and read.closed is not None and before is not None:
        since = Since(lines_before, read.closed, before)
    made = await compare(session, scope, comparison, since, reconciliation_id=reconciliation_id, now=now)
    told = _told(comparison, statement.n)
    if since is not None and last is not None and last.n == statement.n - 1 and last.totals is not None:
        statement.totals = await queries.totals_since(session, told, since, last.totals)
    else:
        statement.totals = await queries.totals_of(session, told)
    await events.record(
        session, "statement.compared", org_id=statement.org_id, subject_kind="statement", subject_id=statement.id,
        before={"status": StatementStatus.STAGING},
        after={"status": statement.status, "rows": statement.rows_total, "quarantined": statement.rows_quarantined},
        party_ids=(DESK_ID,), now=now,
    )  # fmt: skip
    return made


async def compare(
    session: AsyncSession,
    scope: Scope,
    comparison: Comparison,
    since: Since | None,
    *,
    reconciliation_id: UUID,
    now: datetime,
) -> Reconciliation:
    """Compare a locked account with its registry's lines: everywhere, or (`since`) where something has changed.

    Opens, keeps and closes discrepancies, freezes lots whose tonnes are at risk and, when the newest statement is more
    than the provider's own word, confirms lots, sets lots free, and asks for retirements in doubt to be settled and for recorded ones to be marked.
    """
    org_id, account_id = comparison.org_id, comparison.registry_account_id
    active = await queries.latest(session, org_id, account_id, comparison.active_n)
    ended = await queries.latest(session, org_id, account_id, comparison.ended_n)
    newest = max((each for each in (active, ended) if each is not None), key=lambda each: each.n)
    told = queries.asked(comparison, active, ended, newest_n=newest.n)
    pieces = [*await queries.differences(session, told, since), *await queries.listed_twice(session, told)]
    applied = await _apply(session, comparison, pieces, told, newest, now)
    await queries.forget_touches(session, told)
    await consequences.freeze(session, org_id, applied.standing, now)
    confirmed, settling = 0, 0
    if newest.trust != Trust.PROVIDER:
        confirmed = await consequences.confirm_lots(session, comparison, told, active, now)
        settling = await consequences.ask_to_settle(session, comparison, told, now)
        await consequences.ask_to_mark(session, comparison, told, ended, now)
        await consequences.set_free(session, org_id, applied, now)
        comparison.trusted_as_of = newest.as_of
        await consequences.show(session, comparison, applied.standing)
    comparison.compared_at = now
    comparison.version += 1
    made = Reconciliation(
        org_id=org_id, id=reconciliation_id, desk_id=DESK_ID, registry_account_id=account_id, newest_n=newest.n,
        active_as_of=comparison.active_as_of, ended_as_of=comparison.ended_as_of, whole=since is None,
        found=counts_of(applied.standing), opened=applied.opened, resolved=len(applied.closed),
        lots_confirmed=confirmed, retirements_settled=settling, sha256=digest_of(applied.standing),
        made_by=scope.actor_id, made_at=now,
    )  # fmt: skip
    session.add(made)
    await session.flush()
    return made


def _told(comparison: Comparison, newest_n: int) -> dict[str, Any]:
    return {"org_id": comparison.org_id, "account_id": comparison.registry_account_id, "newest_n": newest_n}


def _days(comparison: Comparison) -> date | None:
    """The earliest day that the last comparison looked at; None before the first."""
    days = [day for day in (comparison.active_as_of, comparison.ended_as_of) if day is not None]
    return min(days) if days and comparison.compared_at is not None else None


def _note_days(comparison: Comparison, statement: Statement) -> None:
    if statement.covers in (Covers.ACTIVE, Covers.ALL):
        comparison.active_n, comparison.active_as_of = statement.n, statement.as_of
    if statement.covers in (Covers.ENDED, Covers.ALL):
        comparison.ended_n, comparison.ended_as_of = statement.n, statement.as_of


async def _last_alike(session: AsyncSession, comparison: Comparison, statement: Statement) -> Statement | None:
    """The statement that this one follows and claims as much as: then only what changed must be looked at."""
    covers = statement.covers
    ns = {comparison.active_n} if covers == Covers.ACTIVE else {comparison.ended_n}
    if covers == Covers.ALL:
        ns = {comparison.active_n, comparison.ended_n}
    last = await queries.latest(session, statement.org_id, statement.registry_account_id, next(iter(ns)))
    if len(ns) != 1 or last is None:
        return None
    same = (last.covers, last.reach, last.since) == (statement.covers, statement.reach, statement.since)
    return last if same else None


async def _replace(session: AsyncSession, statement: Statement, read: Read) -> int:
    """End the lines that the statement has no more; how many."""
    told: dict[str, Any] = {
        "n": statement.n,
        "org_id": statement.org_id,
        "account_id": statement.registry_account_id,
    }
    if statement.n == 1:  # Nothing came before, and a million lines need not be looked through for it.
        return 0
    if read.closed is not None:
        return len(list(await session.execute(text(_CLOSE), told | {"closed": read.closed})))
    states = {
        Covers.ACTIVE: ["active"], Covers.ENDED: ["retired", "canceled"], Covers.ALL: ["active", "retired", "canceled"],
    }[statement.covers]  # fmt: skip
    return await session.scalar(text(_CLOSE_ALL), told | {"states": states, "since": statement.since}) or 0


async def _apply(
    session: AsyncSession,
    comparison: Comparison,
    pieces: Sequence[Piece],
    told: dict[str, Any],
    newest: Statement,
    now: datetime,
) -> Applied:
    moved = await queries.found_elsewhere(session, pieces, told)
    serials = await queries.written_serials(session, comparison.org_id, pieces)
    found = [
        finding_of(piece, serials=written, moved=n in moved, as_of=newest.as_of)
        for n, (piece, written) in enumerate(zip(pieces, serials, strict=True))
    ]
    return await apply_findings(
        session, comparison, [each for each in found if each is not None], registry_code=newest.registry_code,
        newest_n=newest.n, now=now,
    )  # fmt: skip


async def trust_statement(
    session: AsyncSession, scope: Scope, statement: Statement, *, whose: Trust, now: datetime
) -> None:
    """A locked statement was the provider's word alone, and is somebody else's: it counts as the registry's from now on.

    The transaction names provider and desk; the account is compared again by its caller.
    """
    if statement.trust != Trust.PROVIDER:
        return
    statement.trust, statement.trusted_by, statement.trusted_at = whose, scope.actor_id, now
    statement.version += 1
    await session.flush()
    await events.record(
        session, "statement.trusted", org_id=statement.org_id, subject_kind="statement", subject_id=statement.id,
        before={"trust": Trust.PROVIDER}, after={"trust": statement.trust, "sha256": statement.sha256},
        party_ids=(DESK_ID,), now=now,
    )  # fmt: skip
