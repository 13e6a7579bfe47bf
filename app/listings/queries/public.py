"""What is offered to anybody?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, column, func, literal, select
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import ARRAY

from app.core.db import AsyncSession
from app.core.pages import KeyValue, Page, beyond
from app.listings.errors import ListingNotFound
from app.listings.models import PublicListing


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


async def offers_named(session: AsyncSession, listing_ids: Sequence[UUID]) -> list[Offer]:
    """Those of these listings that are open, in no order. Two statements."""
    chosen = select(PublicListing).where(PublicListing.listing_id.in_(listing_ids))
    return await _with_availability(session, (await session.scalars(chosen)).all())


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
