"""How does a lot come to be offered, at another price, for a while not, and no more?"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from app.catalog import queries as catalog
from app.core import events
from app.core.db import AsyncSession
from app.core.errors import FieldError, Forbidden, InvalidState, Unprocessable
from app.core.money import YEN
from app.core.scope import Scope
from app.identity import queries as identity
from app.identity import rules as identity_rules
from app.identity.models import OrganisationKind
from app.inventory.errors import LotNotFound
from app.inventory.models import Lot, LotStatus
from app.listings.errors import ListingExists, ListingNotFound, ProjectNotListed
from app.listings.models import Listing, ListingStatus
from app.listings.operations import showing


async def publish(
    session: AsyncSession,
    scope: Scope,
    *,
    listing_id: UUID,
    lot_id: UUID,
    price_minor: int,
    min_quantity: int,
    now: datetime,
) -> None:
    """Offer a confirmed lot at `price_minor` yen for one unit, tax excluded, from `min_quantity` units on.

    Raises Forbidden (403) when the caller is no provider, LotNotFound (404), InvalidState (409) when the organisation
    is not active or the lot not confirmed, Unprocessable (422), ListingExists and ProjectNotListed (409).
    """
    await _require_seller(session, scope)
    lot = await _lot(session, scope.org_id, lot_id)
    _require_confirmed(lot)
    await _require_listed(session, lot)
    _require_within(lot, min_quantity)
    row = {"org_id": scope.org_id, "id": listing_id, "lot_id": lot_id, "price_minor": price_minor, "currency": YEN}
    row |= {"min_quantity": min_quantity, "status": ListingStatus.OPEN, "published_at": now}
    writing = insert(Listing).values(row)
    live = text("status in ('open', 'paused')")
    writing = writing.on_conflict_do_nothing(index_elements=["org_id", "lot_id"], index_where=live)
    listing = await session.scalar(writing.returning(Listing))
    if listing is None:
        raise ListingExists("This lot has a listing that is open or paused.")
    await showing.show(session, listing)
    await _record(session, "listing.published", listing, {"lot_id": str(lot_id), **_terms(listing)}, now=now)


async def locked(session: AsyncSession, scope: Scope, listing_id: UUID) -> Listing:
    """A listing of the caller's that is about to be changed. Raises ListingNotFound (404)."""
    wanted = select(Listing).where(Listing.org_id == scope.org_id, Listing.id == listing_id).with_for_update()
    listing = await session.scalar(wanted)
    if listing is None:
        raise ListingNotFound("No listing of yours has this id.")
    return listing


async def change(
    session: AsyncSession, listing: Listing, *, price_minor: int, min_quantity: int, now: datetime
) -> None:
    """Give a locked listing another price or smallest order; both as they are: nothing happens.

    Quotes that were given keep their price. Raises InvalidState (409) when it is withdrawn, Unprocessable (422).
    """
    _require_status(listing, ListingStatus.OPEN, ListingStatus.PAUSED)
    before = _terms(listing)
    if (price_minor, min_quantity) == (listing.price_minor, listing.min_quantity):
        return
    if min_quantity != listing.min_quantity:
        _require_within(await _lot(session, listing.org_id, listing.lot_id), min_quantity)
    listing.price_minor, listing.min_quantity = price_minor, min_quantity
    await _raise_version(session, listing)
    if listing.status == ListingStatus.OPEN:
        await showing.show(session, listing)
    await _record(session, "listing.changed", listing, _terms(listing), before=before, now=now)


async def pause(session: AsyncSession, listing: Listing, *, now: datetime) -> None:
    """Take a locked open listing from the public until it is resumed. Raises InvalidState (409)."""
    _require_status(listing, ListingStatus.OPEN)
    await _move(session, listing, ListingStatus.PAUSED, {}, now=now)


async def resume(session: AsyncSession, scope: Scope, listing: Listing, *, now: datetime) -> None:
    """Offer a locked paused listing again, at its old place in the list.

    Raises InvalidState (409) when it is not paused, its lot is no longer confirmed, or the organisation not active.
    """
    _require_status(listing, ListingStatus.PAUSED)
    await _require_seller(session, scope)
    _require_confirmed(await _lot(session, listing.org_id, listing.lot_id))
    await _move(session, listing, ListingStatus.OPEN, {}, now=now)


async def withdraw(session: AsyncSession, listing: Listing, *, now: datetime) -> None:
    """End a locked live listing for good; orders that were placed stand. Raises InvalidState (409)."""
    _require_status(listing, ListingStatus.OPEN, ListingStatus.PAUSED)
    await _move(session, listing, ListingStatus.WITHDRAWN, {"reason": "by_provider"}, now=now)


async def close_for_lot(session: AsyncSession, provider_id: UUID, lot_id: UUID, reason: str, now: datetime) -> bool:
    """End the live listing of a lot that has nothing left to sell; False when there is none.

    The transaction names the provider. `reason` is a word for the event, such as `sold_out`.
    """
    live = select(Listing).where(
        Listing.org_id == provider_id,
        Listing.lot_id == lot_id,
        Listing.status.in_([ListingStatus.OPEN, ListingStatus.PAUSED]),
    )
    listing = await session.scalar(live.with_for_update())
    if listing is None:
        return False
    await _move(session, listing, ListingStatus.WITHDRAWN, {"reason": reason}, now=now)
    return True


async def _move(
    session: AsyncSession, listing: Listing, status: ListingStatus, told: dict[str, Any], *, now: datetime
) -> None:
    """The status, what the public sees, and the event."""
    before = {"status": listing.status}
    listing.status = status
    match status:
        case ListingStatus.OPEN:
            kind = "listing.resumed"
        case ListingStatus.PAUSED:
            kind = "listing.paused"
        case ListingStatus.WITHDRAWN:
            kind, listing.closed_at = "listing.withdrawn", now
    await _raise_version(session, listing)
    if status == ListingStatus.OPEN:
        await showing.show(session, listing)
    elif before["status"] == ListingStatus.OPEN:
        await showing.hide(session, listing)
    await _record(session, kind, listing, {"status": status, **told}, before=before, now=now)


async def _raise_version(session: AsyncSession, listing: Listing) -> None:
    """Write the changed row; SQLAlchemy raises when the UPDATE finds no row."""
    listing.version += 1
    await session.flush()


async def _lot(session: AsyncSession, org_id: UUID, lot_id: UUID) -> Lot:
    lot = await session.scalar(select(Lot).where(Lot.org_id == org_id, Lot.id == lot_id))
    if lot is None:
        raise LotNotFound("No lot of yours has this id.")
    return lot


async def _require_seller(session: AsyncSession, scope: Scope) -> None:
    organisation = await identity.own_organisation(session, scope)
    if organisation.kind != OrganisationKind.PROVIDER:
        raise Forbidden("Only a provider offers credits.")
    if not identity_rules.may_trade(organisation.status):
        raise InvalidState(f"Your organisation is {organisation.status}.", state=organisation.status)


def _require_confirmed(lot: Lot) -> None:
    if lot.status != LotStatus.CONFIRMED:
        raise InvalidState(f"The lot is {lot.status}; only a confirmed lot is offered.", state=lot.status)


async def _require_listed(session: AsyncSession, lot: Lot) -> None:
    if not await catalog.is_listed(session, lot.project_id):
        raise ProjectNotListed("The lot's project was declared by a file; evidence for it has not been accepted.")


def _require_within(lot: Lot, min_quantity: int) -> None:
    if min_quantity > lot.quantity:
        problem = FieldError("/min_quantity", "range", f"The lot has {lot.quantity}.")
        raise Unprocessable("Nobody could buy so many from this lot.", errors=(problem,))


def _require_status(listing: Listing, *allowed: ListingStatus) -> None:
    if listing.status not in allowed:
        raise InvalidState(f"The listing is {listing.status}.", state=listing.status)


def _terms(listing: Listing) -> dict[str, Any]:
    return {
        "status": listing.status,
        "price_minor": listing.price_minor,
        "currency": listing.currency,
        "min_quantity": listing.min_quantity,
    }


async def _record(
    session: AsyncSession,
    kind: str,
    listing: Listing,
    after: dict[str, Any],
    *,
    before: dict[str, Any] | None = None,
    now: datetime,
) -> None:
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
