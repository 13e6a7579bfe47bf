"""Which storefronts has an organisation, with which keys and buyers, and what may it know of their orders?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text

from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.core.scope import Scope
from app.identity.errors import StorefrontNotFound
from app.identity.models import Organisation, Storefront, StorefrontConsent, StorefrontKey, StorefrontStatus


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """All that a storefront is told of an order that was placed through it."""

    id: UUID
    status: str
    quantity: int
    unit: str
    placed_at: datetime


@dataclass(frozen=True, slots=True)
class Offered:
    """A storefront as a buyer may know it before it consents."""

    org_id: UUID
    status: str


async def storefront_of(session: AsyncSession, scope: Scope, storefront_id: UUID) -> Storefront:
    """One of the caller's organisation's storefronts. Raises StorefrontNotFound (404)."""
    mine = (Storefront.org_id == scope.org_id, Storefront.id == storefront_id)
    found = await session.scalar(select(Storefront).where(*mine))
    if found is None:
        raise StorefrontNotFound("Your organisation has no such storefront.")
    return found


async def shown_storefront(session: AsyncSession, scope: Scope) -> Storefront:
    """The storefront that the caller came through; the transaction names its owner."""
    its = (Storefront.org_id == scope.storefront_org_id, Storefront.id == scope.storefront_id)
    found = await session.scalar(select(Storefront).where(*its))
    assert found is not None, "A storefront is never removed."
    return found


async def storefronts_of(session: AsyncSession, scope: Scope, page: Page) -> Sequence[Storefront]:
    """The caller's organisation's storefronts, the closed ones too, in the order in which they were made."""
    asked = select(Storefront).where(Storefront.org_id == scope.org_id)
    if page.after is not None:
        asked = asked.where(beyond([(Storefront.id, False)], page.after))
    return (await session.scalars(asked.order_by(Storefront.id).limit(page.fetch))).all()


async def storefronts_of_desk(
    session: AsyncSession, scope: Scope, page: Page, *, status: StorefrontStatus | None
) -> Sequence[Storefront]:
    """Every storefront, for the operator: in the order in which they were made."""
    asked = select(Storefront).where(Storefront.desk_id == scope.org_id)
    if status is not None:
        asked = asked.where(Storefront.status == status)
    if page.after is not None:
        asked = asked.where(beyond([(Storefront.id, False)], page.after))
    return (await session.scalars(asked.order_by(Storefront.id).limit(page.fetch))).all()


async def storefront_keys_of(
    session: AsyncSession, scope: Scope, storefront_id: UUID, page: Page
) -> Sequence[StorefrontKey]:
    """A storefront's publishable keys, the revoked ones too, in the order in which they were made."""
    mine = (StorefrontKey.org_id == scope.org_id, StorefrontKey.storefront_id == storefront_id)
    asked = select(StorefrontKey).where(*mine)
    if page.after is not None:
        asked = asked.where(beyond([(StorefrontKey.id, False)], page.after))
    return (await session.scalars(asked.order_by(StorefrontKey.id).limit(page.fetch))).all()


async def storefront_buyers_of(
    session: AsyncSession, scope: Scope, storefront_id: UUID, page: Page
) -> Sequence[Organisation]:
    """The organisations that a storefront of the caller's opened, in the order in which they came."""
    opened = (Organisation.storefront_owner_id == scope.org_id, Organisation.storefront_id == storefront_id)
    asked = select(Organisation).where(*opened)
    if page.after is not None:
        asked = asked.where(beyond([(Organisation.org_id, False)], page.after))
    return (await session.scalars(asked.order_by(Organisation.org_id).limit(page.fetch))).all()


async def storefront_orders_of(session: AsyncSession, storefront_id: UUID, page: Page) -> list[OrderFacts]:
    """Orders placed through a storefront of an organisation that the transaction names, newest first.

    The database's narrow function tells these facts and no more: the orders are their buyers' own rows.
    """
    asked = text("select id, status, quantity, unit, placed_at from storefront_orders(:storefront, :before, :most)")
    before = None if page.after is None else page.after[0]
    rows = await session.execute(asked, {"storefront": storefront_id, "before": before, "most": page.fetch})
    return [OrderFacts(row.id, row.status, row.quantity, row.unit, row.placed_at) for row in rows]


async def consents_of(session: AsyncSession, scope: Scope, page: Page) -> Sequence[StorefrontConsent]:
    """The caller's organisation's consents, the withdrawn ones too, in the order in which they were given."""
    asked = select(StorefrontConsent).where(StorefrontConsent.org_id == scope.org_id)
    if page.after is not None:
        asked = asked.where(beyond([(StorefrontConsent.id, False)], page.after))
    return (await session.scalars(asked.order_by(StorefrontConsent.id).limit(page.fetch))).all()


async def offered_storefront(session: AsyncSession, storefront_id: UUID) -> Offered:
    """Anybody's storefront that is active. Raises StorefrontNotFound (404)."""
    asked = text("select org_id, status from find_storefront(:storefront)")
    row = (await session.execute(asked, {"storefront": storefront_id})).one_or_none()
    if row is None or row.status != StorefrontStatus.ACTIVE:
        raise StorefrontNotFound("There is no such storefront.")
    return Offered(row.org_id, row.status)


async def providers_named(session: AsyncSession, org_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The names of those of these organisations that are active providers."""
    rows = await session.execute(text("select org_id, name from find_providers(:org_ids)"), {"org_ids": list(org_ids)})
    return {row.org_id: row.name for row in rows}
