"""Which statements, comparisons and discrepancies are there? Somebody else's is not found; the desk sees every one."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, text

from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.core.scope import DESK_ID, Scope
from app.reconciliation.errors import DiscrepancyNotFound, NothingToCompare, StatementNotFound
from app.reconciliation.models import (
    Comparison,
    Discrepancy,
    DiscrepancyStatus,
    QuarantinedRow,
    Reconciliation,
    Statement,
    StatementLine,
    StatementStatus,
)
from app.reconciliation.queries.comparing import Since
from app.reconciliation.rules import DiscrepancyKind, LineState

_CHANGES: Final = text(
    """
    select state, sum(one), sum(one * (hi - lo)) from (
      select state, 1 as one, lo, hi from statement_line
      where org_id = :org_id and registry_account_id = :account_id and n > :lines_before and first_n <= :newest_n
      union all
      select state, -1, lo, hi from statement_line
      where org_id = :org_id and registry_account_id = :account_id and n = any (:closed)
    ) x group by state
    """
)


class Bounds(NamedTuple):
    """Which statements or discrepancies are asked for; None: any."""

    account_id: UUID | None = None
    status: str | None = None
    kind: DiscrepancyKind | None = None


async def statement_of(session: AsyncSession, scope: Scope, statement_id: UUID) -> Statement:
    """One's own statement, any one for the desk. Raises StatementNotFound (404)."""
    found = await session.scalar(select(Statement).where(_mine(Statement, scope), Statement.id == statement_id))
    if found is None:
        raise StatementNotFound("You have no statement with this id.")
    return found


async def statements_page(session: AsyncSession, scope: Scope, page: Page, bounds: Bounds) -> Sequence[Statement]:
    """Statements, newest first."""
    query = select(Statement).where(_mine(Statement, scope)).order_by(Statement.id.desc()).limit(page.fetch)
    if bounds.account_id is not None:
        query = query.where(Statement.registry_account_id == bounds.account_id)
    if bounds.status is not None:
        query = query.where(Statement.status == bounds.status)
    if page.after is not None:
        query = query.where(beyond([(Statement.id, True)], page.after))
    return (await session.scalars(query)).all()


async def quarantine_page(session: AsyncSession, statement: Statement, page: Page) -> Sequence[QuarantinedRow]:
    """The rows of a statement that could not be read, in the file's order."""
    query = (
        select(QuarantinedRow)
        .where(QuarantinedRow.org_id == statement.org_id, QuarantinedRow.statement_id == statement.id)
        .order_by(QuarantinedRow.row_number)
        .limit(page.fetch)
    )
    if page.after is not None:
        query = query.where(beyond([(QuarantinedRow.row_number, False)], page.after))
    return (await session.scalars(query)).all()


async def lines_of(
    session: AsyncSession, org_id: UUID, account_id: UUID, page: Page, state: LineState | None
) -> Sequence[StatementLine]:
    """The registry's lines that count at present, in the order in which they came."""
    query = (
        select(StatementLine)
        .where(StatementLine.org_id == org_id, StatementLine.registry_account_id == account_id)
        .where(StatementLine.until_n.is_(None))
        .order_by(StatementLine.n)
        .limit(page.fetch)
    )
    if state is not None:
        query = query.where(StatementLine.state == state)
    if page.after is not None:
        query = query.where(beyond([(StatementLine.n, False)], page.after))
    return (await session.scalars(query)).all()


async def latest(session: AsyncSession, org_id: UUID, account_id: UUID, n: int | None) -> Statement | None:
    """The compared statement of this number in an account."""
    if n is None:
        return None
    return await session.scalar(
        select(Statement).where(
            Statement.org_id == org_id,
            Statement.registry_account_id == account_id,
            Statement.n == n,
            Statement.status == StatementStatus.COMPARED,
        )
    )


async def staged_rows(session: AsyncSession, statement: Statement) -> tuple[dict[int, int], int]:
    """The lines, by row, that a statement was given before its reading was cut off, and the last row that was read."""
    told = {"org_id": statement.org_id, "account_id": statement.registry_account_id, "n": statement.n}
    rows = await session.execute(
        text(
            "select row_number, n from statement_line"
            " where org_id = :org_id and registry_account_id = :account_id and first_n = :n and n > :lines"
        ),
        told | {"lines": await _lines_before(session, statement)},
    )
    staged: dict[int, int] = {row_number: n for row_number, n in rows}  # noqa: C416 - rows are no pairs of a type.
    bad = await session.scalar(
        select(func.max(QuarantinedRow.row_number)).where(
            QuarantinedRow.org_id == statement.org_id, QuarantinedRow.statement_id == statement.id
        )
    )
    return staged, max(max(staged, default=0), bad or 0)


async def quarantined_rows(session: AsyncSession, statement: Statement) -> int:
    """How many rows of a statement could not be read."""
    found = await session.scalar(
        select(func.count()).where(
            QuarantinedRow.org_id == statement.org_id, QuarantinedRow.statement_id == statement.id
        )
    )
    return found or 0


async def totals_of(session: AsyncSession, told: dict[str, Any]) -> dict[str, dict[str, int]]:
    """Lines and units by state, of all lines that count."""
    rows = await session.execute(
        text(
            "select state, count(*), sum(hi - lo) from statement_line where org_id = :org_id"
            " and registry_account_id = :account_id and until_n is null and first_n <= :newest_n group by state order by state"
        ),
        told,
    )
    return {state: {"lines": int(lines), "units": int(units)} for state, lines, units in rows}


async def totals_since(
    session: AsyncSession, told: dict[str, Any], since: Since, before: Mapping[str, Mapping[str, int]]
) -> dict[str, dict[str, int]]:
    """The same, told by those of the statement before and by what has changed since then."""
    sums = {state: Counter(of_state) for state, of_state in before.items()}
    changed = {"lines_before": since.lines, "closed": since.closed}
    for state, lines, units in await session.execute(_CHANGES, told | changed):
        sums.setdefault(state, Counter()).update(lines=int(lines), units=int(units))
    return {state: dict(of_state) for state, of_state in sorted(sums.items()) if of_state["lines"]}


async def comparison_of(session: AsyncSession, scope: Scope, account_id: UUID) -> Comparison:
    """How far an account has been compared. Raises NothingToCompare (409)."""
    found = await session.scalar(
        select(Comparison).where(_mine(Comparison, scope), Comparison.registry_account_id == account_id)
    )
    if found is None or (found.active_n is None and found.ended_n is None):
        raise NothingToCompare("Send a statement of this account first.")
    return found


async def discrepancy_of(session: AsyncSession, scope: Scope, discrepancy_id: UUID) -> Discrepancy:
    """One's own discrepancy, any one for the desk. Raises DiscrepancyNotFound (404)."""
    found = await session.scalar(select(Discrepancy).where(_mine(Discrepancy, scope), Discrepancy.id == discrepancy_id))
    if found is None:
        raise DiscrepancyNotFound("You have no discrepancy with this id.")
    return found


async def discrepancies_page(session: AsyncSession, scope: Scope, page: Page, bounds: Bounds) -> Sequence[Discrepancy]:
    """Discrepancies, the oldest first: what waits longest is looked at first."""
    query = select(Discrepancy).where(_mine(Discrepancy, scope)).order_by(Discrepancy.id).limit(page.fetch)
    if bounds.account_id is not None:
        query = query.where(Discrepancy.registry_account_id == bounds.account_id)
    if bounds.status is not None:
        query = query.where(Discrepancy.status == DiscrepancyStatus(bounds.status))
    if bounds.kind is not None:
        query = query.where(Discrepancy.kind == bounds.kind)
    if page.after is not None:
        query = query.where(beyond([(Discrepancy.id, False)], page.after))
    return (await session.scalars(query)).all()


async def reconciliations_page(
    session: AsyncSession, scope: Scope, page: Page, account_id: UUID | None
) -> Sequence[Reconciliation]:
    """Comparisons that were made, newest first."""
    query = (
        select(Reconciliation).where(_mine(Reconciliation, scope)).order_by(Reconciliation.id.desc()).limit(page.fetch)
    )
    if account_id is not None:
        query = query.where(Reconciliation.registry_account_id == account_id)
    if page.after is not None:
        query = query.where(beyond([(Reconciliation.id, True)], page.after))
    return (await session.scalars(query)).all()


async def reconciliation_of(session: AsyncSession, scope: Scope, reconciliation_id: UUID) -> Reconciliation:
    """One comparison. Raises StatementNotFound (404)."""
    found = await session.scalar(
        select(Reconciliation).where(_mine(Reconciliation, scope), Reconciliation.id == reconciliation_id)
    )
    if found is None:
        raise StatementNotFound("You have no reconciliation with this id.")
    return found


def _mine(table: Any, scope: Scope) -> ColumnElement[bool]:
    """Rows of the caller's own organisation; for the operator every provider's."""
    mine: ColumnElement[bool] = (
        table.desk_id == DESK_ID if scope.org_kind == "operator" else table.org_id == scope.org_id
    )
    return mine


async def _lines_before(session: AsyncSession, statement: Statement) -> int:
    """The number of the last line before this statement's: numbers are given out when it is compared."""
    found = await session.scalar(
        select(Comparison.lines).where(
            Comparison.org_id == statement.org_id, Comparison.registry_account_id == statement.registry_account_id
        )
    )
    return found or 0
