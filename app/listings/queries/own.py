"""What has a provider listed?"""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, case, select

from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.core.scope import Scope
from app.inventory.models import Lot, LotStock
from app.listings.errors import ListingNotFound
from app.listings.models import Listing, ListingStatus


class OwnListing(NamedTuple):
    """A listing as its provider sees it: with the lot's unit, and how much of the lot can be ordered."""

    listing: Listing
    unit: str
    available: int


async def own_listings(
    session: AsyncSession, scope: Scope, page: Page, *, status: ListingStatus | None
) -> list[OwnListing]:
    """The caller's listings in every state, newest first. One statement."""
    chosen = _own(scope).order_by(Listing.id.desc()).limit(page.fetch)
    if status is not None:
        chosen = chosen.where(Listing.status == status)
    if page.after is not None:
        chosen = chosen.where(beyond([(Listing.id, True)], page.after))
    return [OwnListing(*row) for row in await session.execute(chosen)]


async def own_listing(session: AsyncSession, scope: Scope, listing_id: UUID) -> OwnListing:
    """One of the caller's listings. Raises ListingNotFound (404)."""
    row = (await session.execute(_own(scope).where(Listing.id == listing_id))).one_or_none()
    if row is None:
        raise ListingNotFound("No listing of yours has this id.")
    return OwnListing(*row)


def _own(scope: Scope) -> Select[Listing, str, int]:
    return (
        select(Listing, Lot.unit, case((LotStock.sellable, LotStock.free), else_=0))
        .join(Lot, and_(Lot.org_id == Listing.org_id, Lot.id == Listing.lot_id))
        .join(LotStock, and_(LotStock.org_id == Listing.org_id, LotStock.lot_id == Listing.lot_id))
        .where(Listing.org_id == scope.org_id)
    )
