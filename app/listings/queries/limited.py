"""What is offered to some, and may this reader see it? Row-level security says so too: every question names its reader."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, literal, or_, select, true
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.core.scope import Scope
from app.listings.models import LimitedListing, PublicListing, Shown


def is_on(ends_at: InstrumentedAttribute[datetime | None], now: datetime) -> ColumnElement[bool]:
    """Whether a listing's time is not over: a job ends it soon afterwards, and nobody buys in between."""
    return or_(ends_at.is_(None), ends_at > now)


def is_for(reader: Scope | None) -> ColumnElement[bool]:
    """Whether a limited listing is for this reader."""
    if reader is None:
        return false()
    named = literal(list(reader.answers_to), ARRAY(UuidType()))
    return LimitedListing.audience_ids.bool_op("&&")(named)


def is_chosen(provider_id: InstrumentedAttribute[UUID], reader: Scope | None) -> ColumnElement[bool]:
    """Whether the storefront that the reader came through shows this provider's listings; without one, all are shown."""
    if reader is None or reader.providers is None:
        return true()
    return provider_id == func.any(literal(sorted(reader.providers), ARRAY(UuidType())))


def may_read(reader: Scope | None) -> ColumnElement[bool]:
    """Whether this reader may see a limited listing: it is for the reader, or the reader's own."""
    if reader is None or reader.actor_kind == "storefront":
        return is_for(reader)
    return or_(is_for(reader), LimitedListing.org_id == reader.org_id)


async def offered_specially(
    session: AsyncSession, reader: Scope, page: Page, now: datetime
) -> Sequence[LimitedListing]:
    """Open listings that are for the reader and not for everybody, newest first."""
    place = [(LimitedListing.published_at, True), (LimitedListing.listing_id, True)]
    chosen = select(LimitedListing).where(
        is_for(reader), is_chosen(LimitedListing.provider_id, reader), is_on(LimitedListing.ends_at, now)
    )
    if page.after is not None:
        chosen = chosen.where(beyond(place, page.after))
    return (await session.scalars(chosen.order_by(*(each.desc() for each, _ in place)).limit(page.fetch))).all()


async def seen_by(
    session: AsyncSession, reader: Scope | None, listing_ids: Sequence[UUID], *, now: datetime
) -> dict[UUID, Shown]:
    """Those of these listings that are open and that the reader may buy from, by id. Two statements at most."""
    public = select(PublicListing).where(
        PublicListing.listing_id.in_(listing_ids),
        is_chosen(PublicListing.provider_id, reader),
        is_on(PublicListing.ends_at, now),
    )
    found: dict[UUID, Shown] = {each.listing_id: each for each in await session.scalars(public)}
    missing = [listing_id for listing_id in listing_ids if listing_id not in found]
    if missing and reader is not None:
        limited = select(LimitedListing).where(
            LimitedListing.listing_id.in_(missing),
            is_for(reader),
            is_chosen(LimitedListing.provider_id, reader),
            is_on(LimitedListing.ends_at, now),
        )
        found |= {each.listing_id: each for each in await session.scalars(limited)}
    return found
