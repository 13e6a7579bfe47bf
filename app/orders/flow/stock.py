"""What is told when an order has moved a stock across a mark? Each provider once, of its own listing."""

from datetime import datetime
from uuid import UUID

from app.core.db import Database
from app.core.scope import Scope
from app.listings import operations as listings
from app.orders import operations, queries


async def note_stock(db: Database, org_id: UUID, order_id: UUID, *, now: datetime, request_id: str) -> None:
    """Compare the stock behind each line with what its provider was told last; late in peace when nothing crossed."""
    async with db.transaction(Scope.of_system(org_id, request_id)) as session:
        lines = operations.in_lot_order(await queries.lines_of(session, org_id, order_id))
    for line in lines:
        async with db.transaction(Scope.of_system(line.provider_id, request_id)) as session:
            await listings.note_stock(session, line.provider_id, line.lot_id, now=now)
