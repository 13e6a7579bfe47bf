"""What does the clock do about the bank's lines that nobody claims? What Stripe sent is found among them."""

from datetime import datetime
from typing import Final

from app.core.db import Database
from app.core.scope import DESK_ID, Scope
from app.payments import operations as payments
from app.payouts import operations, queries

LINES_MAX: Final = 500
"""Of one turn: Stripe pays out once a day at most, so the rest can wait for the next."""


async def find_arrivals(db: Database, *, now: datetime, request_id: str) -> int:
    """Book every line that can only be one payout of Stripe's as its arrival; how many were found.

    Each is looked at once more under its lock. What fits several is left to a person.
    """
    desk = Scope.of_system(DESK_ID, request_id)
    async with db.transaction(desk) as session:
        lines = await queries.lines_of_stripe(session, limit=LINES_MAX)
    found = 0
    for line_id in lines:
        async with db.transaction(desk) as session:
            line = await payments.locked_line(session, line_id)
            found += await operations.match_stripe_payout(session, line, now=now)
    return found
