"""What is offered to anybody?"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid as UuidType
from sqlalchemy import column, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.core.db import AsyncSession
from app.core.pages import KeyValue, Page
from app.core.scope import Scope
from app.listings.errors import ListingNotFound
from app.listings.models import LimitedListing, PublicListing, Shown
from app.listings.queries.limited import is_chosen, is_on, may_read, offered_specially, seen_by
from app.listings.queries.search import Wanted, found, place_of
from app.listings.rules import TermsText


class Offer(NamedTuple):
    """An open listing, and how many units of its lot can be ordered at this moment."""

    listing: Shown
    available: int


async def found_offers(session: AsyncSession, page: Page, wanted: Wanted, sort: str) -> list[Offer]:
    """The open listings that fit, in this order, with what is free of each. One statement more than `found` needs."""
    return await with_availability(session, await found(session, page, wanted, sort))


def offer_place(offer: Offer, sort: str, first_cut: datetime) -> tuple[KeyValue, ...]:
    """Where an open listing stands in an order."""
    assert isinstance(offer.listing, PublicListing), "Searches are of what everybody sees."
    return place_of(offer.listing, sort, first_cut)


def special_place(offer: Offer) -> tuple[KeyValue, ...]:
    """Where an open listing stands in the order of `special_offers`."""
    return offer.listing.published_at, offer.listing.listing_id


async def public_offers(
    session: AsyncSession, listing_ids: Sequence[UUID | None], reader: Scope | None, now: datetime
) -> list[Offer]:
    """These listings that are open to everybody, in this order. Two statements. Raises ListingNotFound (404) for any other."""
    asked = select(PublicListing).where(
        PublicListing.listing_id.in_(listing_ids),
        is_chosen(PublicListing.provider_id, reader),
        is_on(PublicListing.ends_at, now),
    )
    by_id = {listing.listing_id: listing for listing in await session.scalars(asked)}
    listed = [by_id.get(listing_id) for listing_id in listing_ids if listing_id is not None]
    present = [listing for listing in listed if listing is not None]
    if len(present) < len(listing_ids):
        raise _not_found()
    return await with_availability(session, present)


async def special_offers(session: AsyncSession, reader: Scope, page: Page, now: datetime) -> list[Offer]:
    """Open listings that are for the reader and not for everybody, newest first. Two statements."""
    return await with_availability(session, await offered_specially(session, reader, page, now))


async def offer(session: AsyncSession, listing_id: UUID | None, reader: Scope | None, now: datetime) -> Offer:
    """One open listing, public or the reader's to see. Raises ListingNotFound (404), for one that rests or ended too."""
    [shown] = await with_availability(session, [await _visible(session, listing_id, reader, now)])
    return shown


async def offers_named(
    session: AsyncSession, listing_ids: Sequence[UUID], reader: Scope | None, now: datetime
) -> list[Offer]:
    """Those of these listings that are open and that the reader may see, in no order. Three statements at most."""
    return await with_availability(session, list((await seen_by(session, reader, listing_ids, now=now)).values()))


async def providers_of_project(session: AsyncSession, project_id: UUID) -> Sequence[UUID]:
    """Who has an open listing of this project, as far as the session may read. By id."""
    public, limited = (
        select(shown.provider_id.label("id")).where(shown.project_id == project_id)
        for shown in (PublicListing, LimitedListing)
    )
    either = public.union(limited).subquery()
    return (await session.scalars(select(either.c.id).order_by(either.c.id))).all()


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
        select(PublicListing).where(
            PublicListing.listing_id == listing_id,
            is_chosen(PublicListing.provider_id, reader),
            is_on(PublicListing.ends_at, now),
        )
    )
    if found is None and reader is not None:
        limited = select(LimitedListing).where(
            LimitedListing.listing_id == listing_id, may_read(reader), is_chosen(LimitedListing.provider_id, reader)
        )
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
