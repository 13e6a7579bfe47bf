"""What do others read of an open listing? Written in the transaction of each change, so the two never differ."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from app.catalog.models import Project
from app.catalog.queries import methodology_codes, quality_columns
from app.core.db import AsyncSession
from app.core.period import day_in_japan
from app.identity.models import Organisation
from app.inventory.models import ComparedAccount, ComparedExcept, Lot, LotStock
from app.listings.models import LimitedListing, Listing, ListingPrice, ListingTerms, PublicListing
from app.listings.rules import Audience, ListingStatus

SHOWN_CHANNEL: Final = "offsetdesk_shown"
"""Told with the COMMIT of every change of what everybody sees: shared answers are forgotten in every process.

Listings change seldom beside orders, which do not tell: what is available may be a moment old where it is shared.
"""
_NOW, _BEFORE = aliased(ListingPrice, name="now"), aliased(ListingPrice, name="before")


async def show(session: AsyncSession, listing: Listing, *, now: datetime) -> None:
    """Write what others read, from the rows themselves: one statement, so that nothing is copied by hand.

    What is for everybody stands in the public projection, what is for some in the limited one.
    """
    wanted = (Listing.org_id == listing.org_id, Listing.id == listing.id)
    shown = await _write(session, _projection(listing), *wanted, now=now)
    assert shown == [listing.id], "A listing has a lot, a project and a provider."


async def show_of_project(session: AsyncSession, provider_id: UUID, project_id: UUID, *, now: datetime) -> int:
    """Write anew what others read of a provider's open listings of a project; how many there are.

    The listings are locked first, by id: what is read after that cannot be older than what is written.
    """
    sold = select(Lot.id).where(Lot.org_id == provider_id, Lot.project_id == project_id)
    open_here = (Listing.org_id == provider_id, Listing.status == ListingStatus.OPEN, Listing.lot_id.in_(sold))
    found = await session.execute(
        select(Listing.id, Listing.audience).where(*open_here).order_by(Listing.id).with_for_update(key_share=True)
    )
    locked: dict[bool, list[UUID]] = {True: [], False: []}
    for listing_id, audience in found:
        locked[audience == Audience.PUBLIC].append(listing_id)
    for public, ids in locked.items():
        if ids:
            projection = PublicListing if public else LimitedListing
            shown = await _write(session, projection, Listing.org_id == provider_id, Listing.id.in_(ids), now=now)
            assert len(shown) == len(ids), "A listing has a lot, a project and a provider."
    return sum(map(len, locked.values()))


async def _write(
    session: AsyncSession,
    projection: type[PublicListing] | type[LimitedListing],
    *wanted: ColumnElement[bool],
    now: datetime,
) -> list[UUID]:
    facts = _facts() | _quality(now) | _audience(projection)
    chosen = (
        select(*facts.values())
        .join(Lot, (Lot.org_id == Listing.org_id) & (Lot.id == Listing.lot_id))
        .join(Project, Project.id == Lot.project_id)
        .join(LotStock, (LotStock.org_id == Listing.org_id) & (LotStock.lot_id == Listing.lot_id))
        .join(Organisation, Organisation.org_id == Listing.org_id)
        .outerjoin(_NOW, _asked(_NOW, Listing.price_version))
        .outerjoin(_BEFORE, _asked(_BEFORE, Listing.price_version - 1))
        .outerjoin(
            ListingTerms,
            (ListingTerms.org_id == Listing.org_id)
            & (ListingTerms.listing_id == Listing.id)
            & (ListingTerms.version == Listing.terms_version),
        )
        .where(*wanted)
    )
    writing = insert(projection).from_select(list(facts), chosen)
    key = [column.name for column in projection.__table__.primary_key]
    renewed = {name: writing.excluded[name] for name in facts if name not in key}
    writing = writing.on_conflict_do_update(index_elements=key, set_=renewed)
    await session.execute(select(func.pg_notify(SHOWN_CHANNEL, "")))
    return list(await session.scalars(writing.returning(projection.listing_id)))


def _projection(listing: Listing) -> type[PublicListing] | type[LimitedListing]:
    return PublicListing if listing.audience == Audience.PUBLIC else LimitedListing


def _audience(projection: type[PublicListing] | type[LimitedListing]) -> dict[str, Any]:
    if projection is PublicListing:
        return {}
    return {"org_id": Listing.org_id, "audience_ids": Listing.audience_ids}


def _asked(price: Any, version: Any) -> Any:
    """The row of a listing's price history with this version."""
    return and_(price.org_id == Listing.org_id, price.listing_id == Listing.id, price.version == version)


def _quality(now: datetime) -> dict[str, Any]:
    """What the catalogue knows of the credits' quality today; the words that find a project are the catalogue's own."""
    known = quality_columns(day_in_japan(now), Lot.__table__.c.issuance_id)
    return {name: fact for name, fact in known.items() if name != "search_text"}


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
        "energy": Lot.energy,
        "price_minor": Listing.price_minor,
        "currency": Listing.currency,
        "min_quantity": Listing.min_quantity,
        "confirmed_as_of": Lot.confirmed_as_of,
        "compared_as_of": _compared(),
        "published_at": Listing.published_at,
        "version": Listing.version,
        "tier_quantities": Listing.tier_quantities,
        "tier_prices": Listing.tier_prices,
        "quantity_step": Listing.quantity_step,
        "ends_at": Listing.ends_at,
        "low_stock_at": Listing.low_stock_at,
        "price_version": Listing.price_version,
        "terms_version": Listing.terms_version,
        "available_seen": case((LotStock.sellable, LotStock.free), else_=0),
        "priced_at": _NOW.from_at,
        "price_before": _BEFORE.price_minor,
        "issuance_id": Lot.issuance_id,
        "terms_ja": func.coalesce(ListingTerms.text_ja, ""),
        "terms_en": func.coalesce(ListingTerms.text_en, ""),
    }


def _compared() -> Any:
    """The day as of which the lot's account agrees with its registry; None where the registry says otherwise of it."""
    return (
        select(ComparedAccount.active_as_of)
        .where(ComparedAccount.registry_account_id == Lot.registry_account_id)
        .where(~exists().where(ComparedExcept.subject_id == Lot.id).correlate(Lot))
        .correlate(Lot)
        .scalar_subquery()
    )


async def show_compared(session: AsyncSession, provider_id: UUID, account_id: UUID) -> None:
    """Let whoever reads a listing of an account know as of when it was compared with the registry. Two statements."""
    for projection in (PublicListing, LimitedListing):
        await session.execute(
            update(projection)
            .where(projection.provider_id == provider_id, projection.lot_id == Lot.id)
            .where(Lot.org_id == provider_id, Lot.registry_account_id == account_id)
            .values(compared_as_of=_compared())
            .execution_options(synchronize_session=False)
        )


async def hide(session: AsyncSession, listing: Listing) -> None:
    """Take a listing that was open from everybody who saw it; its audience is still the one that it was shown to."""
    projection = _projection(listing)
    await session.execute(select(func.pg_notify(SHOWN_CHANNEL, "")))
    gone = delete(projection).where(projection.listing_id == listing.id).returning(projection.listing_id)
    hidden = (await session.scalars(gone.execution_options(synchronize_session=False))).all()
    assert hidden == [listing.id], "An open listing is shown."


async def note_free(session: AsyncSession, listing: Listing) -> None:
    """Let the projection's filter know what is free now, when the listing is shown at all."""
    if listing.status != ListingStatus.OPEN:
        return
    projection = _projection(listing)
    free = select(case((LotStock.sellable, LotStock.free), else_=0)).where(
        LotStock.org_id == listing.org_id, LotStock.lot_id == listing.lot_id
    )
    await session.execute(
        update(projection)
        .where(projection.listing_id == listing.id)
        .values(available_seen=free.scalar_subquery())
        .execution_options(synchronize_session=False)
    )
