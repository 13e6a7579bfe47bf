"""How does a listing open, rest and end? Each move writes the status, what others see of it, and the event."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.db import AsyncSession
from app.core.errors import InvalidState
from app.core.scope import Scope
from app.identity import queries as identity
from app.identity import rules as identity_rules
from app.inventory.models import LotStatus
from app.listings.models import Listing, ListingStatus
from app.listings.operations import levels, news, showing, trail
from app.listings.operations.allowed import require_confirmed, require_seller, require_status, the_lot
from app.listings.rules import Closing, StockState

LIVE = (ListingStatus.SCHEDULED, ListingStatus.OPEN, ListingStatus.PAUSED)


async def begin(session: AsyncSession, scope: Scope, listing: Listing, *, now: datetime) -> None:
    """Open a locked scheduled listing.

    Raises InvalidState (409), and has written nothing, when its lot or its provider may not be offered any more.
    """
    require_status(listing, ListingStatus.SCHEDULED)
    await require_seller(session, scope)
    require_confirmed(await the_lot(session, listing.org_id, listing.lot_id))
    listing.published_at = now
    await _move(session, listing, ListingStatus.OPEN, {}, now=now)


async def pause(session: AsyncSession, listing: Listing, *, now: datetime, reason: str | None = None) -> None:
    """Take a locked open listing from everybody until it is resumed. Raises InvalidState (409).

    With a `reason` a scheduled one too: it could not open when its time had come.
    """
    require_status(listing, ListingStatus.OPEN, *([ListingStatus.SCHEDULED] if reason else []))
    await _move(session, listing, ListingStatus.PAUSED, {"reason": reason} if reason else {}, now=now)


async def resume(session: AsyncSession, scope: Scope, listing: Listing, *, now: datetime) -> None:
    """Offer a locked paused listing again, at its old place in the list.

    Raises InvalidState (409) when it is not paused, its time is over, its lot is no longer confirmed, or the
    organisation not active.
    """
    require_status(listing, ListingStatus.PAUSED)
    if listing.ends_at is not None and listing.ends_at <= now:
        raise InvalidState("The listing's time is over.", state=listing.status)
    await require_seller(session, scope)
    require_confirmed(await the_lot(session, listing.org_id, listing.lot_id))
    await _move(session, listing, ListingStatus.OPEN, {}, now=now)


async def withdraw(session: AsyncSession, listing: Listing, *, now: datetime) -> None:
    """End a locked live listing for good; orders that were placed stand. Raises InvalidState (409).

    One that sold out, too: it does not come back when serials do.
    """
    require_status(listing, *LIVE, *([ListingStatus.WITHDRAWN] if listing.reopens_as else []))
    await finish(session, listing, Closing.BY_PROVIDER, now=now)


async def finish(session: AsyncSession, listing: Listing, reason: Closing, *, now: datetime) -> None:
    """End a locked live listing for this reason."""
    assert listing.status in LIVE or listing.reopens_as is not None, listing.status
    listing.closed_reason, listing.reopens_as = reason, None
    if reason == Closing.SOLD_OUT:
        shown = listing.status == ListingStatus.OPEN
        listing.reopens_as = ListingStatus.OPEN if shown else ListingStatus.PAUSED
    await _move(session, listing, ListingStatus.WITHDRAWN, {"reason": reason}, now=now)


async def close_for_lot(session: AsyncSession, provider_id: UUID, lot_id: UUID, reason: str, now: datetime) -> bool:
    """End the live listing of a lot that has nothing left to sell; False when there is none.

    The transaction names the provider. `reason` is one of `Closing`.
    """
    listing = await _locked_live(session, provider_id, lot_id)
    if listing is None:
        return False
    await levels.note(session, listing, now=now)
    await finish(session, listing, Closing(reason), now=now)
    return True


async def note_stock(session: AsyncSession, provider_id: UUID, lot_id: UUID, *, now: datetime) -> None:
    """Compare the lot's live listing with its stock, and tell the provider of a crossing. The transaction names it.

    Where none is live, the one that sold out last comes back as it was, open or paused, when its lot sells again.
    """
    listing = await _locked_live(session, provider_id, lot_id) or await _reopened(session, provider_id, lot_id, now)
    if listing is not None:
        await levels.note(session, listing, now=now)


async def _locked_live(session: AsyncSession, provider_id: UUID, lot_id: UUID) -> Listing | None:
    live = select(Listing).where(
        Listing.org_id == provider_id, Listing.lot_id == lot_id, Listing.status.in_(list(LIVE))
    )
    return await session.scalar(live.with_for_update(key_share=True))


async def _reopened(session: AsyncSession, provider_id: UUID, lot_id: UUID, now: datetime) -> Listing | None:
    """The lot's newest listing, opened again; None when it did not end by selling out, or cannot be offered now."""
    newest = select(Listing).where(Listing.org_id == provider_id, Listing.lot_id == lot_id).order_by(Listing.id.desc())
    listing = await session.scalar(newest.limit(1).with_for_update(key_share=True))
    if listing is None or listing.reopens_as is None or not await _may_reopen(session, listing, now):
        return None
    status = ListingStatus(listing.reopens_as)
    listing.reopens_as = listing.closed_reason = listing.closed_at = None
    await _move(session, listing, status, {"reason": "returned"}, now=now)
    return listing


async def _may_reopen(session: AsyncSession, listing: Listing, now: datetime) -> bool:
    if listing.ends_at is not None and listing.ends_at <= now:
        return False
    lot = await the_lot(session, listing.org_id, listing.lot_id)
    if lot.status != LotStatus.CONFIRMED or await levels.state_of(session, listing) == StockState.SOLD_OUT:
        return False
    scope: Scope = session.info["scope"]
    return identity_rules.may_trade((await identity.own_organisation(session, scope)).status)


async def _move(
    session: AsyncSession, listing: Listing, status: ListingStatus, told: dict[str, Any], *, now: datetime
) -> None:
    """The status, what others see, and the event."""
    before = ListingStatus(listing.status)
    listing.status = status
    match status:
        case ListingStatus.OPEN:
            kind = "listing.resumed" if before == ListingStatus.PAUSED else "listing.published"
        case ListingStatus.PAUSED:
            kind = "listing.paused"
        case ListingStatus.WITHDRAWN:
            kind, listing.closed_at = "listing.withdrawn", now
        case ListingStatus.SCHEDULED:
            raise AssertionError("A listing is scheduled when it is published.")
    if status != ListingStatus.WITHDRAWN and listing.price_version == 0:
        await trail.write_price(session, listing, now=now)
    listing.version += 1
    await session.flush()
    if status == ListingStatus.OPEN:
        await showing.show(session, listing, now=now)
        await (news.resumed if before == ListingStatus.PAUSED else news.opened)(session, listing)
    elif before == ListingStatus.OPEN:
        await showing.hide(session, listing)
    await trail.record(session, kind, listing, {"status": status, **told}, before={"status": before}, now=now)
