"""What has a provider listed?"""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Row, Select, and_, case, exists, func, select

from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.core.scope import Scope
from app.identity.models import Member
from app.inventory.models import Lot, LotStock
from app.listings.errors import ListingNotFound
from app.listings.models import Listing, ListingPrice, ListingStatus, ListingTerms
from app.listings.rules import TermsText


class OwnListing(NamedTuple):
    """A listing as its provider sees it: with the lot's unit, how much of the lot can be ordered, and its words."""

    listing: Listing
    unit: str
    available: int
    words: TermsText


class OwnPrice(NamedTuple):
    """A price that a listing asked for, whether a person decided it (else a key), and the unit that is sold."""

    price: ListingPrice
    by_member: bool
    unit: str


async def own_listings(
    session: AsyncSession, scope: Scope, page: Page, *, status: ListingStatus | None
) -> list[OwnListing]:
    """The caller's listings in every state, newest first. One statement."""
    chosen = _own(scope).order_by(Listing.id.desc()).limit(page.fetch)
    if status is not None:
        chosen = chosen.where(Listing.status == status)
    if page.after is not None:
        chosen = chosen.where(beyond([(Listing.id, True)], page.after))
    return [_read(row) for row in await session.execute(chosen)]


async def own_listing(session: AsyncSession, scope: Scope, listing_id: UUID) -> OwnListing:
    """One of the caller's listings. Raises ListingNotFound (404)."""
    row = (await session.execute(_own(scope).where(Listing.id == listing_id))).one_or_none()
    if row is None:
        raise ListingNotFound("No listing of yours has this id.")
    return _read(row)


async def own_prices(session: AsyncSession, scope: Scope, listing_id: UUID, page: Page) -> list[OwnPrice]:
    """What a listing of the caller's has asked for, newest first; nothing for one that is not the caller's."""
    by_member = exists().where(Member.org_id == ListingPrice.org_id, Member.id == ListingPrice.set_by)
    chosen = (
        select(ListingPrice, by_member, Lot.unit)
        .join(Listing, and_(Listing.org_id == ListingPrice.org_id, Listing.id == ListingPrice.listing_id))
        .join(Lot, and_(Lot.org_id == Listing.org_id, Lot.id == Listing.lot_id))
        .where(ListingPrice.org_id == scope.org_id, ListingPrice.listing_id == listing_id)
        .order_by(ListingPrice.version.desc())
        .limit(page.fetch)
    )
    if page.after is not None:
        chosen = chosen.where(beyond([(ListingPrice.version, True)], page.after))
    return [OwnPrice(*row) for row in await session.execute(chosen)]


def _own(scope: Scope) -> Select[Listing, str, int, str, str]:
    return (
        select(
            Listing,
            Lot.unit,
            case((LotStock.sellable, LotStock.free), else_=0),
            func.coalesce(ListingTerms.text_ja, ""),
            func.coalesce(ListingTerms.text_en, ""),
        )
        .join(Lot, and_(Lot.org_id == Listing.org_id, Lot.id == Listing.lot_id))
        .join(LotStock, and_(LotStock.org_id == Listing.org_id, LotStock.lot_id == Listing.lot_id))
        .outerjoin(
            ListingTerms,
            and_(
                ListingTerms.org_id == Listing.org_id,
                ListingTerms.listing_id == Listing.id,
                ListingTerms.version == Listing.terms_version,
            ),
        )
        .where(Listing.org_id == scope.org_id)
    )


def _read(row: Row[Listing, str, int, str, str]) -> OwnListing:
    listing, unit, available, ja, en = row
    return OwnListing(listing, unit, available, TermsText(ja, en))
