"""Can many at once draw more from a guarded account than is on it?"""

import asyncio
from datetime import UTC, datetime

from app.core.db import API_ROLE, Database
from app.core.ids import new_id
from app.core.money import YEN, Money
from app.core.scope import DESK_ID, Scope
from app.ledger import operations, queries
from app.ledger.errors import LedgerOverdrawn
from app.ledger.rules import bank, held_orders, refunds, unapplied

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


async def test_twenty_connections_never_draw_below_zero(database_url: str, post, db: Database, desk: Scope):
    await post(bank(), unapplied(), 1_000)
    crowd = Database(database_url, role=API_ROLE, pool_size=20)

    async def draw(minor: int, target) -> int:
        try:
            async with crowd.transaction(Scope.of_system(DESK_ID, "req_race")) as session:
                await operations.post(
                    session,
                    source=unapplied(),
                    target=target,
                    amount=Money(minor, YEN),
                    reason="race",
                    subject_id=new_id(),
                    counterparty_id=None,
                    booked_on=None,
                    now=NOW,
                )
        except LedgerOverdrawn:
            return 0
        return minor

    targets = (held_orders(), refunds(None))
    drawn = await asyncio.gather(*(draw(7 + turn % 13, targets[turn % 2]) for turn in range(200)))
    await crowd.close()
    async with db.transaction(desk) as session:
        left = await queries.balance(session, unapplied(), YEN)
        totals = await queries.trial_balance(session)
    assert left == 1_000 - sum(drawn)
    assert 0 <= left < 7
    assert sum(total.balance_minor for total in totals) == 0
    assert 0 < len([minor for minor in drawn if minor]) < 200
