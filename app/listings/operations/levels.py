"""When does a listing's stock run low, out, and come back? Its provider is told once for each crossing.

The stock's own row is too hot to say so: whoever crosses asks for a job, which compares what is free with what was told
last, under the listing's lock. A level that was left again before anybody looked is not told.
"""

from datetime import datetime

from sqlalchemy import select

from app.core.db import AsyncSession
from app.inventory.models import LotStock
from app.listings.models import Listing
from app.listings.operations import showing, trail
from app.listings.rules import StockState, stock_state

_KINDS = {
    StockState.IN_STOCK: "listing.in_stock",
    StockState.LOW: "listing.low_stock",
    StockState.SOLD_OUT: "listing.sold_out",
}


async def note(session: AsyncSession, listing: Listing, *, now: datetime) -> None:
    """Compare a locked listing with its lot's stock, and tell its provider of a crossing. The transaction names it."""
    before, found = StockState(listing.stock_state), await state_of(session, listing)
    await showing.note_free(session, listing)
    if found == before:
        return
    listing.stock_state = found
    await session.flush()
    after = {"stock_state": found, "low_stock_at": listing.low_stock_at}
    await trail.record(session, _KINDS[found], listing, after, before={"stock_state": before}, now=now)


async def state_of(session: AsyncSession, listing: Listing) -> StockState:
    """How full the shelf behind a listing is at this moment."""
    free = await session.scalar(
        select(LotStock.free).where(LotStock.org_id == listing.org_id, LotStock.lot_id == listing.lot_id)
    )
    assert free is not None, "A lot has its stock."
    return stock_state(free, listing.low_stock_at)
