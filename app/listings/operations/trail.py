"""What is written down of each change to a listing: the event, the prices it asked, the words it was sold under."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from app.core import events
from app.core.db import AsyncSession
from app.core.scope import Scope
from app.inventory.models import Lot
from app.listings.models import Listing, ListingPrice, ListingTerms, PublicPrice
from app.listings.queries.categories import family
from app.listings.rules import Audience, ListingStatus, TermsText


async def record(
    session: AsyncSession,
    kind: str,
    listing: Listing,
    after: dict[str, Any],
    *,
    before: dict[str, Any] | None = None,
    now: datetime,
) -> None:
    """An event of a locked listing, for its provider alone: it may hold the floor."""
    await events.record(
        session,
        kind,
        org_id=listing.org_id,
        subject_kind="listing",
        subject_id=listing.id,
        before=before,
        after=after,
        now=now,
    )


def terms_of(listing: Listing) -> dict[str, Any]:
    """What an event tells of a listing."""
    return {
        "status": listing.status,
        "price_minor": listing.price_minor,
        "currency": listing.currency,
        "tiers": [list(tier) for tier in zip(listing.tier_quantities, listing.tier_prices, strict=True)],
        "min_quantity": listing.min_quantity,
        "quantity_step": listing.quantity_step,
        "floor_minor": listing.floor_minor,
        "starts_at": _written(listing.starts_at),
        "ends_at": _written(listing.ends_at),
        "audience": listing.audience,
        "audience_ids": [str(each) for each in listing.audience_ids],
        "low_stock_at": listing.low_stock_at,
        "terms_version": listing.terms_version,
    }


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def actor_of(session: AsyncSession) -> UUID:
    """Who acts in this transaction."""
    scope: Scope = session.info["scope"]
    return scope.actor_id


async def write_price(session: AsyncSession, listing: Listing, *, now: datetime) -> None:
    """Append the price that a listing asks for from now on, and raise `price_version`; it is live, locked, and flushed.

    What a public one asks for anybody may read for good. A scheduled listing asks for nothing yet.
    """
    assert listing.status != ListingStatus.SCHEDULED, listing.id
    assert listing.priced_by is not None, "Somebody decided about the price."
    listing.price_version += 1
    asked = {
        "listing_id": listing.id,
        "version": listing.price_version,
        "from_at": now,
        "price_minor": listing.price_minor,
        "currency": listing.currency,
        "tier_quantities": listing.tier_quantities,
        "tier_prices": listing.tier_prices,
    }
    own = {"org_id": listing.org_id, "audience": listing.audience, "set_by": listing.priced_by}
    await session.execute(insert(ListingPrice).values(**asked, **own))
    if listing.audience == Audience.PUBLIC:
        of_lot = (
            await session.execute(
                select(Lot.registry_code, family(), Lot.unit).where(
                    Lot.org_id == listing.org_id, Lot.id == listing.lot_id
                )
            )
        ).one()
        category = dict(zip(("registry_code", "family", "unit"), of_lot, strict=True))
        await session.execute(insert(PublicPrice).values(**asked, **category))


async def write_words(session: AsyncSession, listing: Listing, words: TermsText, *, now: datetime) -> bool:
    """Append the words that a locked listing is sold under from now on; False when they are what they were."""
    before = await words_of(session, listing)
    if words == before:
        return False
    listing.terms_version += 1
    await session.execute(
        insert(ListingTerms).values(
            org_id=listing.org_id,
            listing_id=listing.id,
            version=listing.terms_version,
            text_ja=words.ja,
            text_en=words.en,
            from_at=now,
            set_by=actor_of(session),
        )
    )
    return True


async def words_of(session: AsyncSession, listing: Listing) -> TermsText:
    """The words that a listing is sold under now; empty ones when there are none."""
    found = (
        await session.execute(
            select(ListingTerms.text_ja, ListingTerms.text_en).where(
                ListingTerms.org_id == listing.org_id,
                ListingTerms.listing_id == listing.id,
                ListingTerms.version == listing.terms_version,
            )
        )
    ).one_or_none()
    return TermsText("", "") if found is None else TermsText(*found)
