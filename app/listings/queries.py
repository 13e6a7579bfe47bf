"""What is offered to anybody, and what has a provider listed?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, column, func, literal, select
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import ARRAY

from app.core.db import AsyncSession
from app.core.pages import KeyValue, Page, beyond
from app.core.scope import Scope
from app.inventory.models import Lot, LotStock
from app.listings.errors import ListingNotFound
from app.listings.models import Listing, ListingStatus, PublicListing


@dataclass(frozen=True, slots=True)
class ListingFilter:
    """Which open listings are wanted; None does not narrow. A methodology is a code without its version, exactly."""

    registry: str | None
    methodology: str | None
    region: str | None

    def named(self) -> Mapping[str, object]:
        """The filters as the caller gave them: a cursor is bound to them."""
        return {name: getattr(self, name) for name in self.__slots__}


class Offer(NamedTuple):
    """An open listing, and how many units of its lot can be ordered at this moment."""

    listing: PublicListing
    available: int


class OwnListing(NamedTuple):
    """A listing as its provider sees it: with the lot's unit, and how much of the lot can be ordered."""

    listing: Listing
    unit: str
    available: int


async def offers(session: AsyncSession, page: Page, wanted: ListingFilter) -> list[Offer]:
    """Open listings that fit, newest first. Two statements, however many there are."""
    place = [(PublicListing.published_at, True), (PublicListing.listing_id, True)]
    chosen = select(PublicListing).where(*_fits(wanted)).order_by(*(each.desc() for each, _ in place))
    if page.after is not None:
        chosen = chosen.where(beyond(place, page.after))
    return await _with_availability(session, (await session.scalars(chosen.limit(page.fetch))).all())


def offer_place(offer: Offer) -> tuple[KeyValue, ...]:
    """Where an open listing stands in the order of `offers`."""
    return offer.listing.published_at, offer.listing.listing_id


async def offer(session: AsyncSession, listing_id: UUID | None) -> Offer:
    """One open listing. Raises ListingNotFound (404), for one that is paused or withdrawn too."""
    found = None if listing_id is None else await session.get(PublicListing, listing_id)
    if found is None:
        raise ListingNotFound("No open listing has this id.")
    [shown] = await _with_availability(session, [found])
    return shown


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


async def _with_availability(session: AsyncSession, listings: Sequence[PublicListing]) -> list[Offer]:
    """What is free of each lot, asked for the whole page at once through the one door that the public has."""
    lot_ids = literal([listing.lot_id for listing in listings], ARRAY(UuidType()))
    free = func.public_availability(lot_ids).table_valued(column("lot_id"), column("free"))
    found = {row.lot_id: row.free for row in await session.execute(select(free.c.lot_id, free.c.free))}
    return [Offer(listing, found.get(listing.lot_id, 0)) for listing in listings]


def _fits(wanted: ListingFilter) -> list[ColumnElement[bool]]:
    asked: list[tuple[object, ColumnElement[bool]]] = [
        (wanted.registry, PublicListing.registry_code == wanted.registry),
        (wanted.methodology, PublicListing.methodology_codes.contains([wanted.methodology])),
        (wanted.region, PublicListing.regions.contains([wanted.region])),
    ]
    return [condition for given, condition in asked if given is not None]
