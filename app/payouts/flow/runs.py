"""What does the clock do about payouts? After each provider's closing day one draft is made of what is due."""

from datetime import datetime
from uuid import UUID

from app.core.db import Database
from app.core.ids import new_id
from app.core.period import day_in_japan
from app.core.scope import DESK_ID, Scope
from app.payouts import operations, queries
from app.payouts.models import Payout
from app.payouts.operations import Wanted
from app.payouts.rules import Closing, last_closing


async def run_due(db: Database, *, tax_basis_points: int, now: datetime, request_id: str) -> int:
    """Draft a payout for each provider whose account was closed and not yet paid out; how many were made.

    Two runs at once make each once: a closing day has one payout by the clock, whatever became of it. What is too
    little to be paid, or below zero, is left for the next.
    """
    desk = Scope.of_system(DESK_ID, request_id)
    made = 0
    for wanted in await _wanted(db, desk, tax_basis_points, now):
        async with db.transaction(desk.with_party(wanted.provider_id)) as session:
            made += isinstance(await operations.draft(session, wanted, now=now), Payout)
    return made


async def _wanted(db: Database, desk: Scope, tax_basis_points: int, now: datetime) -> list[Wanted]:
    today = day_in_japan(now)
    async with db.transaction(desk) as session:
        with_money = set(await queries.providers_with_money(session, desk, now))
        terms = await queries.terms_of_all(session, desk, today)
        closed = await queries.newest_closings(session, desk)
    due: list[tuple[UUID, Closing]] = [
        (each.org_id, Closing(each.closing_weekday, each.closing_day)) for each in terms if each.org_id in with_money
    ]
    return [
        Wanted(new_id(), provider_id, day, by_clock=True, tax_basis_points=tax_basis_points)
        for provider_id, closing in due
        if (day := last_closing(closing, today)) and (provider_id not in closed or closed[provider_id] < day)
    ]
