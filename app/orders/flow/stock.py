"""What is told when an order has moved a stock across a mark? Each provider once, of its own listing."""

from datetime import datetime
from uuid import UUID

from app.core.db import Database
from app.core.scope import Scope
from app.listings import operations as listings
from app.orders import queries


async def note_stock(db: Database, org_id: UUID, order_id: UUID, *, now: datetime, request_id: str) -> None:
    """Compare the stock behind each line, and behind what was proposed instead, with what its provider was told last.

    Late in peace when nothing crossed. A listing that had sold out comes back with what there is to sell.
    """
    async with db.transaction(Scope.of_system(org_id, request_id)) as session:
        lots = await queries.lots_of(session, org_id, order_id)
    for provider_id, lot_id in lots:
        async with db.transaction(Scope.of_system(provider_id, request_id)) as session:
            await listings.note_stock(session, provider_id, lot_id, now=now)
