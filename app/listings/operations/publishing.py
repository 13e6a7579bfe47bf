"""How does a lot come to be offered, and on other terms?"""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from app.catalog import queries as catalog
from app.core import outbox
from app.core.db import AsyncSession
from app.core.errors import InvalidState, Unprocessable
from app.core.money import YEN
from app.core.quantity import priced_per
from app.core.scope import Scope
from app.inventory.models import Lot
from app.listings.errors import ListingExists, ListingNotFound, ProjectNotListed
from app.listings.models import Listing, ListingStatus
from app.listings.operations import levels, moving, news, showing, trail
from app.listings.operations.allowed import require_confirmed, require_seller, require_status, the_lot
from app.listings.rules import Audience, Offered, Pricing, TermsText, faults


async def publish(
    session: AsyncSession,
    scope: Scope,
    *,
    listing_id: UUID,
    lot_id: UUID,
    offered: Offered,
    words: TermsText,
    now: datetime,
) -> None:
    """Offer a confirmed lot: at once, or by a job when `starts_at` is later than now.

    Raises Forbidden (403) when the caller is no provider, LotNotFound (404), InvalidState (409) when the organisation
    is not active or the lot not confirmed, Unprocessable (422), ListingExists and ProjectNotListed (409).
    """
    await require_seller(session, scope)
    lot = await the_lot(session, scope.org_id, lot_id)
    require_confirmed(lot)
    await _require_listed(session, lot)
    _require_sound(lot, offered, now)
    later = offered.starts_at is not None and offered.starts_at > now
    row = {"org_id": scope.org_id, "id": listing_id, "lot_id": lot_id, "currency": YEN, **_columns(offered)}
    row |= {"status": ListingStatus.SCHEDULED if later else ListingStatus.OPEN, "priced_by": scope.actor_id}
    row |= {"published_at": offered.starts_at if later else now}
    writing = insert(Listing).values(row)
    live = text("status in ('scheduled', 'open', 'paused')")
    writing = writing.on_conflict_do_nothing(index_elements=["org_id", "lot_id"], index_where=live)
    listing = await session.scalar(writing.returning(Listing))
    if listing is None:
        raise ListingExists("This lot has a listing that is scheduled, open or paused.")
    listing.stock_state = await levels.state_of(session, listing)
    await trail.write_words(session, listing, words, now=now)
    _set_alarms(session, listing)
    await session.flush()
    kind = "listing.scheduled" if later else "listing.published"
    await trail.record(session, kind, listing, {"lot_id": str(lot_id), **trail.terms_of(listing)}, now=now)
    if not later:
        await trail.write_price(session, listing, now=now)
        await session.flush()
        await showing.show(session, listing, now=now)
        await news.opened(session, listing)


async def locked(session: AsyncSession, scope: Scope, listing_id: UUID) -> Listing:
    """A listing of the caller's that is about to be changed. Raises ListingNotFound (404).

    Its key stays what it is: orders that refer to it do not wait for this lock.
    """
    wanted = (
        select(Listing).where(Listing.org_id == scope.org_id, Listing.id == listing_id).with_for_update(key_share=True)
    )
    listing = await session.scalar(wanted)
    if listing is None:
        raise ListingNotFound("No listing of yours has this id.")
    return listing


async def change(
    session: AsyncSession, scope: Scope, listing: Listing, offered: Offered, *, words: TermsText | None, now: datetime
) -> None:
    """Put a locked listing on other terms; `words` None: those stay. All as it was: nothing happens.

    Quotes that were given keep their price and words. A scheduled listing whose start is now or unset opens at once.
    Raises InvalidState (409) when it is withdrawn, or has begun and would begin at another time; Unprocessable (422).
    """
    require_status(listing, ListingStatus.SCHEDULED, ListingStatus.OPEN, ListingStatus.PAUSED)
    was, before = offered_of(listing), trail.terms_of(listing)
    if listing.status == ListingStatus.SCHEDULED and offered.starts_at is None:
        offered = replace(offered, starts_at=now)
    reworded = words is not None and await trail.write_words(session, listing, words, now=now)
    if offered == was and not reworded:
        return
    if offered.starts_at != was.starts_at and listing.status != ListingStatus.SCHEDULED:
        raise InvalidState("The listing has begun already.", state=listing.status)
    _require_sound(await the_lot(session, listing.org_id, listing.lot_id), offered, now)
    repriced = (offered.pricing, offered.audience) != (was.pricing, was.audience)
    if listing.status == ListingStatus.OPEN and offered.audience != was.audience:
        await showing.hide(session, listing)
    await _write(session, scope, listing, offered, repriced=repriced, now=now)
    if listing.status == ListingStatus.OPEN:
        await showing.show(session, listing, now=now)
        await news.changed(session, listing, was)
    if (offered.starts_at, offered.ends_at) != (was.starts_at, was.ends_at):
        _set_alarms(session, listing)
    await trail.record(session, "listing.changed", listing, trail.terms_of(listing), before=before, now=now)
    if listing.status == ListingStatus.SCHEDULED and offered.starts_at is not None and offered.starts_at <= now:
        await moving.begin(session, scope, listing, now=now)
    await levels.note(session, listing, now=now)


def offered_of(listing: Listing) -> Offered:
    """What the provider has decided about a listing so far."""
    return Offered(
        pricing=Pricing(listing.price_minor, tuple(listing.tier_quantities), tuple(listing.tier_prices)),
        min_quantity=listing.min_quantity,
        quantity_step=listing.quantity_step,
        floor_minor=listing.floor_minor,
        starts_at=listing.starts_at,
        ends_at=listing.ends_at,
        audience=Audience(listing.audience),
        audience_ids=tuple(listing.audience_ids),
        low_stock_at=listing.low_stock_at,
    )


async def _write(
    session: AsyncSession, scope: Scope, listing: Listing, offered: Offered, *, repriced: bool, now: datetime
) -> None:
    """Write the changed row, and the price that it asks for when it is another one."""
    for name, value in _columns(offered).items():
        setattr(listing, name, value)
    if repriced:
        listing.priced_by = scope.actor_id
    if repriced and listing.status != ListingStatus.SCHEDULED:
        await trail.write_price(session, listing, now=now)
    listing.version += 1
    await session.flush()


async def _require_listed(session: AsyncSession, lot: Lot) -> None:
    if not await catalog.is_listed(session, lot.project_id):
        raise ProjectNotListed("The lot's project was declared by a file; evidence for it has not been accepted.")


def _columns(offered: Offered) -> dict[str, Any]:
    return {
        "price_minor": offered.pricing.price_minor,
        "tier_quantities": list(offered.pricing.tier_quantities),
        "tier_prices": list(offered.pricing.tier_prices),
        "min_quantity": offered.min_quantity,
        "quantity_step": offered.quantity_step,
        "floor_minor": offered.floor_minor,
        "starts_at": offered.starts_at,
        "ends_at": offered.ends_at,
        "audience": offered.audience,
        "audience_ids": list(offered.audience_ids),
        "low_stock_at": offered.low_stock_at,
    }


def _set_alarms(session: AsyncSession, listing: Listing) -> None:
    """Ask for the jobs that open and close it in time; those of a time that was given up find nothing to do."""
    if listing.status == ListingStatus.SCHEDULED and listing.starts_at is not None:
        outbox.enqueue(session, "listings.open", due=listing.starts_at, org_id=listing.org_id, listing_id=listing.id)
    if listing.ends_at is not None:
        outbox.enqueue(session, "listings.close", due=listing.ends_at, org_id=listing.org_id, listing_id=listing.id)


def _require_sound(lot: Lot, offered: Offered, now: datetime) -> None:
    priced = replace(offered, pricing=replace(offered.pricing, per=priced_per(lot.unit)))
    found = faults(priced, lot_quantity=lot.quantity, units_per_serial=lot.units_per_serial, now=now)
    if found:
        raise Unprocessable("The listing cannot be offered like this.", errors=found)
