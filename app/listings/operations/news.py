"""Which listings are news to those who saved a search? Written in the transaction that shows them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, select

from app.core.db import AsyncSession
from app.core.events import Event
from app.listings.models import Listing, ListingNews, ListingPrice
from app.listings.rules import Audience, Offered


async def opened(session: AsyncSession, listing: Listing) -> None:
    """The listing is shown for the first time, or to others than before."""
    await _write(session, listing, None)


async def changed(session: AsyncSession, listing: Listing, was: Offered) -> None:
    """An open listing is offered otherwise than it `was`: news when it costs something else, or is for others too.

    Whoever could read what was for everybody learns nothing new when it is for some.
    """
    widened = (listing.audience, tuple(listing.audience_ids)) != (was.audience, was.audience_ids)
    if widened and was.audience != Audience.PUBLIC:
        await opened(session, listing)
    elif listing.price_minor != was.pricing.price_minor:
        await _write(session, listing, was.pricing.price_minor)


async def resumed(session: AsyncSession, listing: Listing) -> None:
    """A paused listing is shown again: news when it was never shown, or costs something else than when it rested.

    Called before the event of its return is written.
    """
    if not await session.scalar(select(_events(listing, "listing.published", "listing.resumed").exists())):
        await opened(session, listing)
        return
    rested_at: datetime | None = await session.scalar(
        _events(listing, "listing.paused").order_by(Event.seq.desc()).limit(1)
    )
    assert rested_at is not None, "A listing that is resumed was paused."
    asked = select(ListingPrice.price_minor).where(
        ListingPrice.org_id == listing.org_id,
        ListingPrice.listing_id == listing.id,
        ListingPrice.from_at <= rested_at,
    )
    before = await session.scalar(asked.order_by(ListingPrice.version.desc()).limit(1))
    if before != listing.price_minor:
        await _write(session, listing, before)


def _events(listing: Listing, *kinds: str) -> Select[Any]:
    """When these things happened to a listing."""
    return select(Event.at).where(Event.org_id == listing.org_id, Event.subject_id == listing.id, Event.kind.in_(kinds))


async def _write(session: AsyncSession, listing: Listing, price_before: int | None) -> None:
    # Nothing comes back: the API may add news and not read it.
    row = {"listing_id": listing.id, "price_before": price_before}
    await session.execute(insert(ListingNews).values(row).inline())
