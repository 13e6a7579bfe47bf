"""What does the public read of an open listing? Written in the transaction of each change, so the two never differ."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.dialects.postgresql import insert

from app.catalog.models import Project
from app.catalog.queries import methodology_codes
from app.core.db import AsyncSession
from app.identity.models import Organisation
from app.inventory.models import Lot
from app.listings.models import Listing, ListingStatus, PublicListing


async def show(session: AsyncSession, listing: Listing) -> None:
    """Write what the public reads, from the rows themselves: one statement, so that nothing is copied by hand."""
    shown = await _write(session, Listing.org_id == listing.org_id, Listing.id == listing.id)
    assert shown == [listing.id], "A listing has a lot, a project and a provider."


async def show_of_project(session: AsyncSession, provider_id: UUID, project_id: UUID) -> int:
    """Write anew what the public reads of a provider's open listings of a project; how many there are.

    The listings are locked first, by id: what is read after that cannot be older than what is written.
    """
    sold = select(Lot.id).where(Lot.org_id == provider_id, Lot.project_id == project_id)
    open_here = (Listing.org_id == provider_id, Listing.status == ListingStatus.OPEN, Listing.lot_id.in_(sold))
    locked = (await session.scalars(select(Listing.id).where(*open_here).order_by(Listing.id).with_for_update())).all()
    if not locked:
        return 0
    shown = await _write(session, Listing.org_id == provider_id, Listing.id.in_(locked))
    assert len(shown) == len(locked), "A listing has a lot, a project and a provider."
    return len(shown)


async def _write(session: AsyncSession, *wanted: ColumnElement[bool]) -> Sequence[UUID]:
    facts = _facts()
    chosen = (
        select(*facts.values())
        .join(Lot, (Lot.org_id == Listing.org_id) & (Lot.id == Listing.lot_id))
        .join(Project, Project.id == Lot.project_id)
        .join(Organisation, Organisation.org_id == Listing.org_id)
        .where(*wanted)
    )
    writing = insert(PublicListing).from_select(list(facts), chosen)
    renewed = {name: writing.excluded[name] for name in facts if name != "listing_id"}
    writing = writing.on_conflict_do_update(index_elements=["listing_id"], set_=renewed)
    return (await session.scalars(writing.returning(PublicListing.listing_id))).all()


def _facts() -> dict[str, Any]:
    return {
        "listing_id": Listing.id,
        "provider_id": Listing.org_id,
        "provider_name": Organisation.name,
        "lot_id": Listing.lot_id,
        "registry_code": Lot.registry_code,
        "project_id": Lot.project_id,
        "list_kind": Project.list_kind,
        "project_number": Project.number,
        "project_kind": Project.kind,
        "project_summary": Project.summary,
        "project_operator": Project.operator_name,
        "location": Project.location,
        "regions": Project.regions,
        "methodology_codes": methodology_codes(),
        "vintage_from": Lot.vintage_from,
        "vintage_to": Lot.vintage_to,
        "unit": Lot.unit,
        "price_minor": Listing.price_minor,
        "currency": Listing.currency,
        "min_quantity": Listing.min_quantity,
        "confirmed_as_of": Lot.confirmed_as_of,
        "published_at": Listing.published_at,
        "version": Listing.version,
    }


async def hide(session: AsyncSession, listing: Listing) -> None:
    """Take a listing that was open from the public."""
    gone = delete(PublicListing).where(PublicListing.listing_id == listing.id).returning(PublicListing.listing_id)
    hidden = (await session.scalars(gone.execution_options(synchronize_session=False))).all()
    assert hidden == [listing.id], "An open listing is shown."
