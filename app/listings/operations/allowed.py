"""May this listing be changed like this, by this organisation, over this lot? Refusals, and nothing else."""

from uuid import UUID

from sqlalchemy import select

from app.core.db import AsyncSession
from app.core.errors import Forbidden, InvalidState
from app.core.scope import Scope
from app.identity import queries as identity
from app.identity import rules as identity_rules
from app.identity.models import OrganisationKind
from app.inventory.errors import LotNotFound
from app.inventory.models import Lot, LotStatus
from app.listings.models import Listing, ListingStatus


async def the_lot(session: AsyncSession, org_id: UUID, lot_id: UUID) -> Lot:
    """A provider's own lot. Raises LotNotFound (404)."""
    lot = await session.scalar(select(Lot).where(Lot.org_id == org_id, Lot.id == lot_id))
    if lot is None:
        raise LotNotFound("No lot of yours has this id.")
    return lot


async def require_seller(session: AsyncSession, scope: Scope) -> None:
    """Raises Forbidden (403) when the organisation is no provider, InvalidState (409) when it is not active."""
    organisation = await identity.own_organisation(session, scope)
    if organisation.kind != OrganisationKind.PROVIDER:
        raise Forbidden("Only a provider offers credits.")
    if not identity_rules.may_trade(organisation.status):
        raise InvalidState(f"Your organisation is {organisation.status}.", state=organisation.status)


def require_confirmed(lot: Lot) -> None:
    """Raises InvalidState (409) when the lot is not confirmed."""
    if lot.status != LotStatus.CONFIRMED:
        raise InvalidState(f"The lot is {lot.status}; only a confirmed lot is offered.", state=lot.status)


def require_status(listing: Listing, *allowed: ListingStatus) -> None:
    """Raises InvalidState (409) naming the state that was found."""
    if listing.status not in allowed:
        raise InvalidState(f"The listing is {listing.status}.", state=listing.status)
