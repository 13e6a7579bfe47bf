"""What happens to a listing when its lot was withdrawn?"""

from datetime import datetime
from uuid import UUID

from app.core.db import Database
from app.core.scope import Scope
from app.inventory import queries as inventory
from app.inventory.models import LotStatus
from app.listings import operations
from app.listings.rules import Closing

_OVER = frozenset({LotStatus.WITHDRAWN, LotStatus.EXHAUSTED})


async def lot_withdrawn(db: Database, org_id: UUID, lot_id: UUID, *, now: datetime, request_id: str) -> None:
    """End the listing of a lot that was withdrawn as a whole; of one that was sold in part, note what is left.

    Late in peace when there is no live listing.
    """
    async with db.transaction(Scope.of_system(org_id, request_id)) as session:
        line = await inventory.lot_line(session, org_id, lot_id)
        if line.lot.status in _OVER:
            await operations.close_for_lot(session, org_id, lot_id, Closing.LOT_WITHDRAWN, now)
        else:
            await operations.note_stock(session, org_id, lot_id, now=now)
