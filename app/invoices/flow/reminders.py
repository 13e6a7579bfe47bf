"""Who is reminded today of an invoice on account?"""

from datetime import datetime
from uuid import UUID

from app.core.db import Database
from app.core.period import day_in_japan
from app.core.scope import DESK_ID, Scope
from app.invoices import operations, queries


async def remind(db: Database, *, now: datetime, request_id: str) -> None:
    """By the clock: tell each buyer whose invoice is due soon, or late, of it: every stage once, and of several the latest."""
    desk = Scope.of_system(DESK_ID, request_id)
    async with db.transaction(desk) as session:
        found = await queries.claims_to_remind(session, day_in_japan(now))
    for claim in found:
        await _remind_of(db, desk.with_party(claim.org_id), claim.org_id, claim.id, now=now)


async def _remind_of(db: Database, scope: Scope, org_id: UUID, claim_id: UUID, *, now: datetime) -> None:
    async with db.transaction(scope) as session:  # The desk reminds a buyer.
        claim = await operations.locked_claim(session, org_id, claim_id)
        paper = await queries.paper_of_any(session, scope, claim.paper_id)
        await operations.remind(session, claim, paper.number, now=now)
