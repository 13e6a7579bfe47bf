"""What can answers bring along, and who loads it? Every kind of `expand`, with a fixed number of statements each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.catalog import queries as catalog
from app.catalog.schemas import ProjectSummaryOut
from app.certificates.models import Certificate
from app.certificates.schemas import CertificateOut
from app.core.db import Database
from app.core.kinds import Kind
from app.core.scope import Scope
from app.core.terms import Terms
from app.inventory import queries as inventory
from app.inventory.models import Holding
from app.inventory.schemas import HoldingOut, LotOut
from app.listings import queries as listings
from app.listings.schemas import ListingOut
from app.orders.models import Order
from app.orders.schemas import OrderSummary
from app.retirements.models import Retirement
from app.retirements.schemas import RetirementOut

RETIREMENTS_MAX: Final = 100
"""Of one order or holding: the newest. The whole list is at /v1/retirements."""


def kinds(terms: Terms) -> list[Kind]:
    """Everything that routes may name in `opt={"expand": …}`."""
    return [
        Kind("project", "project_id", ("prj",), projects),
        Kind("lot", "lot_id", ("lot",), lots),
        Kind("listing", "listing_id", ("lst",), partial(open_listings, tax_basis_points=terms.tax_basis_points)),
        Kind("order", "order_id", ("ord",), orders),
        Kind("holding", "holding_id", ("hld",), holdings),
        Kind("retirement", "retirement_id", ("ret",), retirements),
        Kind("retirements", "id", ("ord", "hld"), retirements_from),
        Kind("certificate", "id", ("ret",), certificates),
    ]


async def projects(db: Database, _: Scope, ids: Sequence[UUID], _now: datetime) -> Mapping[UUID, object]:
    """Registered projects, which everybody may see."""
    async with db.public() as session:
        found = await catalog.projects_named(session, ids)
    return {line.project.id: ProjectSummaryOut.of(line) for line in found}


async def lots(db: Database, scope: Scope, ids: Sequence[UUID], _now: datetime) -> Mapping[UUID, object]:
    """The provider's own lots."""
    async with db.transaction(scope) as session:
        found = await inventory.lot_lines(session, scope, ids)
    return {line.lot.id: LotOut.of(line) for line in found}


async def open_listings(
    db: Database, scope: Scope, ids: Sequence[UUID], now: datetime, *, tax_basis_points: int
) -> Mapping[UUID, object]:
    """Listings that are open to this caller; prices are of one unit, tax excluded."""
    async with db.transaction(scope) as session:
        found = await listings.offers_named(session, ids, scope, now)
    return {offer.listing.listing_id: ListingOut.of(offer, tax_basis_points) for offer in found}


async def orders(db: Database, scope: Scope, ids: Sequence[UUID], _now: datetime) -> Mapping[UUID, object]:
    """The buyer's own orders."""
    async with db.transaction(scope) as session:
        found = await session.scalars(select(Order).where(Order.org_id == scope.org_id, Order.id.in_(ids)))
        return {row.id: OrderSummary.of(row) for row in found}


async def holdings(db: Database, scope: Scope, ids: Sequence[UUID], _now: datetime) -> Mapping[UUID, object]:
    """The buyer's own holdings; what they are, their providers' lots say."""
    async with db.transaction(scope) as session:
        query = select(Holding).where(Holding.org_id == scope.org_id, Holding.id.in_(ids))
        found = (await session.scalars(query)).all()
    providers = {row.provider_id for row in found}
    async with db.transaction(scope.with_party(*providers)) as session:
        carved_from = await inventory.lots_of_holdings(session, found)
    return {row.id: HoldingOut.of(row, carved_from[row.lot_id]) for row in found}


async def retirements(db: Database, scope: Scope, ids: Sequence[UUID], _now: datetime) -> Mapping[UUID, object]:
    """The buyer's own retirements."""
    async with db.transaction(scope) as session:
        query = select(Retirement).where(Retirement.org_id == scope.org_id, Retirement.id.in_(ids))
        return {row.id: RetirementOut.of(row) for row in await session.scalars(query)}


async def retirements_from(db: Database, scope: Scope, ids: Sequence[UUID], _now: datetime) -> Mapping[UUID, object]:
    """The newest retirements of each of the buyer's own orders or holdings; an empty list where there are none."""
    shown: dict[UUID, list[RetirementOut]] = {each: [] for each in ids}
    async with db.transaction(scope) as session:
        query = select(Retirement).where(
            Retirement.org_id == scope.org_id, Retirement.order_id.in_(ids) | Retirement.holding_id.in_(ids)
        )
        for row in await session.scalars(query.order_by(Retirement.id.desc()).limit(RETIREMENTS_MAX * len(ids))):
            for parent in (row.order_id, row.holding_id):
                if parent in shown and len(shown[parent]) < RETIREMENTS_MAX:
                    shown[parent].append(RetirementOut.of(row))
    return shown


async def certificates(db: Database, scope: Scope, ids: Sequence[UUID], _now: datetime) -> Mapping[UUID, object]:
    """The certificate of each of the buyer's own retirements that has one."""
    async with db.transaction(scope) as session:
        query = select(Certificate).where(Certificate.org_id == scope.org_id, Certificate.retirement_id.in_(ids))
        return {row.retirement_id: CertificateOut.of(row) for row in await session.scalars(query)}
