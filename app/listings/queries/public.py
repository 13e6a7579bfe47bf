"""What is offered to anybody?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, column, func, literal, select
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import ARRAY

from app.core.db import AsyncSession
from app.core.pages import KeyValue, Page, beyond
from app.core.scope import Scope
from app.listings.errors import ListingNotFound
from app.listings.models import LimitedListing, PublicListing, Shown
from app.listings.queries.limited import is_on, may_read, offered_specially
from app.listings.rules import TermsText


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

    listing: Shown
    available: int


async def offers(session: AsyncSession, page: Page, wanted: ListingFilter, now: datetime) -> list[Offer]:
    """Open listings that fit, newest first. Two statements, however many there are."""
    place = [(PublicListing.published_at, True), (PublicListing.listing_id, True)]
    chosen = (
        select(PublicListing)
        .where(*_fits(wanted), is_on(PublicListing.ends_at, now))
        .order_by(*(each.desc() for each, _ in place))
    )
    if page.after is not None:
        chosen = chosen.where(beyond(place, page.after))
    return await with_availability(session, (await session.scalars(chosen.limit(page.fetch))).all())


def offer_place(offer: Offer) -> tuple[KeyValue, ...]:
    """Where an open listing stands in the order of `offers`."""
    return offer.listing.published_at, offer.listing.listing_id


async def special_offers(session: AsyncSession, reader: Scope, page: Page, now: datetime) -> list[Offer]:
    """Open listings that are for the reader and not for everybody, newest first. Two statements."""
    return await with_availability(session, await offered_specially(session, reader, page, now))


async def offer(session: AsyncSession, listing_id: UUID | None, reader: Scope | None, now: datetime) -> Offer:
    """One open listing, public or the reader's to see. Raises ListingNotFound (404), for one that rests or ended too."""
    [shown] = await with_availability(session, [await _visible(session, listing_id, reader, now)])
    return shown


async def words(
    session: AsyncSession, listing_id: UUID | None, reader: Scope | None, now: datetime
) -> tuple[int, TermsText]:
    """What a buyer of an open listing agrees to, and its version. Raises ListingNotFound (404)."""
    found = await _visible(session, listing_id, reader, now)
    table = type(found)
    ja, en = (
        await session.execute(select(table.terms_ja, table.terms_en).where(table.listing_id == found.listing_id))
    ).one()
    return found.terms_version, TermsText(ja, en)


async def public_listing(session: AsyncSession, listing_id: UUID | None, now: datetime) -> PublicListing:
    """One listing that is open to everybody. Raises ListingNotFound (404)."""
    found = await session.scalar(
        select(PublicListing).where(PublicListing.listing_id == listing_id, is_on(PublicListing.ends_at, now))
    )
    if found is None:
        raise _not_found()
    return found


async def _visible(
    session: AsyncSession, listing_id: UUID | None, reader: Scope | None, now: datetime
) -> PublicListing | LimitedListing:
    found: PublicListing | LimitedListing | None = await session.scalar(
        select(PublicListing).where(PublicListing.listing_id == listing_id, is_on(PublicListing.ends_at, now))
    )
    if found is None and reader is not None:
        limited = select(LimitedListing).where(LimitedListing.listing_id == listing_id, may_read(reader))
        found = await session.scalar(limited.where(is_on(LimitedListing.ends_at, now)))
    if found is None:
        raise _not_found()
    return found


def _not_found() -> ListingNotFound:
    return ListingNotFound("No open listing has this id.")


async def with_availability(session: AsyncSession, listings: Sequence[Shown]) -> list[Offer]:
    """The listings, each with what is free of its lot at this moment."""
    found = await availability(session, [listing.lot_id for listing in listings])
    return [Offer(listing, found.get(listing.lot_id, 0)) for listing in listings]


async def availability(session: AsyncSession, lot_ids: Sequence[UUID]) -> dict[UUID, int]:
    """What is free of each lot, asked for all at once through the one door; lots that the reader may not see are missing.

    In the lot's unit.
    """
    wanted = literal(list(lot_ids), ARRAY(UuidType()))
    free = func.public_availability(wanted).table_valued(column("lot_id"), column("free"))
    return {row.lot_id: row.free for row in await session.execute(select(free.c.lot_id, free.c.free))}


def _fits(wanted: ListingFilter) -> list[ColumnElement[bool]]:
    asked: list[tuple[object, ColumnElement[bool]]] = [
        (wanted.registry, PublicListing.registry_code == wanted.registry),
        (wanted.methodology, PublicListing.methodology_codes.contains([wanted.methodology])),
        (wanted.region, PublicListing.regions.contains([wanted.region])),
    ]
    return [condition for given, condition in asked if given is not None]
