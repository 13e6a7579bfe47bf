"""How is a retirement in doubt settled by the registry's statement, and an account compared once more?"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text

from app.core.db import AsyncSession, Database
from app.core.scope import DESK_ID, Scope
from app.inventory.models import SerialRange
from app.reconciliation import operations, queries
from app.reconciliation.models import Reconciliation, Statement, Trust
from app.reconciliation.rules import LineState, Settled, Shown, Sought, settled_by
from app.retirements import operations as retirements
from app.retirements import queries as retirement_queries
from app.retirements.operations import Stated


async def settle(
    db: Database, *, org_id: UUID, buyer_id: UUID, retirement_id: UUID, account_id: UUID, simulated: bool, now: datetime,
    request_id: str,
) -> bool:  # fmt: skip
    """Record a retirement in doubt as the registry's statement shows it; False when it does not, or is in doubt no more.

    Only a statement that is more than the provider's own word settles anything.
    """
    scope = Scope.of_system(buyer_id, request_id).with_party(org_id, DESK_ID)
    provider = Scope.of_system(org_id, request_id)
    async with db.transaction(scope) as session:
        comparison = await queries.comparison_of(session, provider, account_id)
        newest = await queries.latest(session, org_id, account_id, comparison.ended_n)
        if newest is None or newest.trust == Trust.PROVIDER:
            return False
        retirement = await retirement_queries.locked(session, buyer_id, retirement_id)
        ranges = await _ranges(session, buyer_id, retirement_id)
        sought = Sought(tuple(ranges), retirement.reference, retirement.beneficiary_name)
        lines = await _lines(session, org_id, account_id, newest, ranges)
        found = settled_by(sought, [line for line, _ in lines])
        if not isinstance(found, Settled) or (newest.since is not None and found.recorded_on < newest.since):
            return (
                False  # A list that begins later does not vouch for lines of before: they may be the provider's word.
            )
        stated = Stated(found.recorded_on, found.transaction_no, newest.sha256, min(row for _, row in lines))
        if not await retirements.record_stated(session, buyer_id, retirement_id, stated, simulated=simulated, now=now):
            return False
        # What the statement has recorded it shows as recorded.
        await retirements.mark_reconciled(
            session, org_id, [(buyer_id, retirement_id)], as_of=newest.as_of, statement_sha256=newest.sha256, now=now
        )
        return True


async def compare_again(
    db: Database, scope: Scope, provider_id: UUID, account_id: UUID, *, reconciliation_id: UUID, now: datetime
) -> Reconciliation:
    """Compare an account with the lines that count at present, everywhere.

    Raises NothingToCompare, StatementImplausible (409).
    """
    async with db.transaction(scope.with_party(provider_id, DESK_ID)) as session:
        await queries.comparison_of(session, Scope.of_system(provider_id, scope.request_id), account_id)
        comparison = await operations.locked_comparison(session, provider_id, account_id)
        return await operations.compare(session, scope, comparison, None, reconciliation_id=reconciliation_id, now=now)


async def trust(
    db: Database, scope: Scope, provider_id: UUID, statement_id: UUID, *, whose: Trust, reconciliation_id: UUID,
    now: datetime,
) -> Statement:  # fmt: skip
    """The operator (or the registry, see `whose`) says it too: it confirms lots and settles retirements from now on.

    Raises StatementNotFound (404).
    """
    async with db.transaction(scope.with_party(provider_id, DESK_ID)) as session:
        seen = await queries.statement_of(session, scope, statement_id)
        comparison = await operations.locked_comparison(session, provider_id, seen.registry_account_id)
        statement = await operations.locked_statement(session, provider_id, statement_id)
        await operations.trust_statement(session, scope, statement, whose=whose, now=now)
        if statement.n in (comparison.active_n, comparison.ended_n):
            await operations.compare(session, scope, comparison, None, reconciliation_id=reconciliation_id, now=now)
        return statement


async def _ranges(session: AsyncSession, buyer_id: UUID, retirement_id: UUID) -> list[tuple[str, int, int]]:
    found = await session.execute(
        select(SerialRange.series_key, SerialRange.lo, SerialRange.hi)
        .where(SerialRange.org_id == buyer_id, SerialRange.retirement_id == retirement_id)
        .order_by(SerialRange.lo)
    )
    return [(series_key, lo, hi) for series_key, lo, hi in found]


async def _lines(
    session: AsyncSession, org_id: UUID, account_id: UUID, newest: Statement, ranges: list[tuple[str, int, int]]
) -> list[tuple[Shown, int]]:
    """The registry's lines over these serials, with their rows."""
    told = {
        "org_id": org_id, "account_id": account_id, "newest_n": newest.n, "series": [each[0] for each in ranges],
        "los": [each[1] for each in ranges], "his": [each[2] for each in ranges],
    }  # fmt: skip
    rows = await session.execute(_LINES, told)
    return [
        (Shown(series_key, lo, hi, LineState(state), changed_on, name, number, reference), row)
        for series_key, lo, hi, state, changed_on, name, number, reference, row in rows
    ]


_LINES = text(
    "select distinct s.series_key, s.lo, s.hi, s.state, s.changed_on, s.beneficiary_name, s.transaction_no, s.reference,"
    " s.row_number"
    " from unnest(cast(:series as text[]), cast(:los as bigint[]), cast(:his as bigint[])) as f(series_key, lo, hi)"
    " join statement_line s on s.org_id = :org_id and s.registry_account_id = :account_id and s.until_n is null"
    " and s.first_n <= :newest_n and s.series_key = f.series_key and s.lo < f.hi and s.hi > f.lo"
    " order by s.series_key, s.lo"
)
