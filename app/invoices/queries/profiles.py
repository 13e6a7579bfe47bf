"""Who issues a paper on a day, for which sellers, and to whom?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, select

from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.core.scope import DESK_ID, Scope
from app.identity.errors import OrganisationNotFound
from app.identity.models import Organisation, OrganisationKind
from app.invoices.errors import DeskProfileMissing
from app.invoices.models import BillingProfile, DeskProfile, ProviderInvoiceStatus
from app.invoices.rules import Issuer


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Who issues: the desk as it is on that day, and the sellers for whom it does."""

    profile: DeskProfile
    desk: Issuer
    providers: Mapping[UUID, Issuer]
    demonstration: bool
    """Whether what is issued is marked as worth nothing (test mode)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who is given a paper, as it is written there."""

    org_id: UUID
    name: str
    address: str
    phone: str
    purchase_order: str


async def profile_on(session: AsyncSession, day: date) -> DeskProfile | None:
    """The issuer's particulars on a day; None while the operator has entered none. The transaction names the desk."""
    asked = (
        select(DeskProfile)
        .where(DeskProfile.org_id == DESK_ID, DeskProfile.valid_from <= day)
        .order_by(DeskProfile.valid_from.desc(), DeskProfile.id.desc())
        .limit(1)
    )
    return await session.scalar(asked)


async def profiles_page(session: AsyncSession, page: Page) -> Sequence[DeskProfile]:
    """Every version of the issuer's particulars, the one that begins last first."""
    asked = select(DeskProfile).where(DeskProfile.org_id == DESK_ID)
    if page.after is not None:
        asked = asked.where(beyond([(DeskProfile.valid_from, True), (DeskProfile.id, True)], page.after))
    asked = asked.order_by(DeskProfile.valid_from.desc(), DeskProfile.id.desc()).limit(page.fetch)
    return (await session.scalars(asked)).all()


async def house_of(session: AsyncSession, provider_ids: Collection[UUID], day: date, *, demonstration: bool) -> House:
    """Who issues on this day for these sellers. The transaction names the desk and them. Raises DeskProfileMissing."""
    profile = await profile_on(session, day)
    if profile is None:
        raise DeskProfileMissing("The operator has not entered who issues papers.")
    desk = Issuer(
        org_id=DESK_ID,
        name=profile.name,
        registration_number=profile.registration_number,
        is_corporation=profile.is_corporation,
        told_desk_on=None,
    )
    providers = await _sellers(session, provider_ids)
    return House(profile=profile, desk=desk, providers=providers, demonstration=demonstration)


async def _sellers(session: AsyncSession, provider_ids: Collection[UUID]) -> dict[UUID, Issuer]:
    """Each seller with its registration; the desk was told of it when the operator has confirmed this very number."""
    told = ProviderInvoiceStatus
    confirmed = and_(told.org_id == Organisation.org_id, told.registration_number == Organisation.invoice_number)
    rows = await session.execute(
        select(Organisation, told.confirmed_on)
        .join(told, confirmed, isouter=True)
        .where(Organisation.org_id.in_(provider_ids))
    )
    sellers = {
        row.org_id: Issuer(
            org_id=row.org_id,
            name=row.name,
            registration_number=row.invoice_number,
            is_corporation=row.corporate_number is not None,
            told_desk_on=confirmed_on,
        )
        for row, confirmed_on in rows
    }
    assert sellers.keys() == set(provider_ids), "The transaction names every seller."
    return sellers


async def recipient_of(session: AsyncSession, org_id: UUID) -> Recipient:
    """How an organisation is written on papers: as it has asked to be, else by its name."""
    organisation = (await session.scalars(select(Organisation).where(Organisation.org_id == org_id))).one()
    wanted = await billing_profile_of(session, org_id)
    if wanted is None:
        return Recipient(org_id=org_id, name=organisation.name, address="", phone="", purchase_order="")
    return Recipient(
        org_id=org_id,
        name=f"{wanted.name or organisation.name} {wanted.department}".strip(),
        address=wanted.address,
        phone=wanted.phone,
        purchase_order=wanted.purchase_order,
    )


async def billing_profile_of(session: AsyncSession, org_id: UUID) -> BillingProfile | None:
    """What an organisation has asked to be written as; None where it has asked for nothing."""
    return await session.scalar(select(BillingProfile).where(BillingProfile.org_id == org_id))


async def provider_status_of(session: AsyncSession, provider_id: UUID) -> ProviderInvoiceStatus | None:
    """What the operator has confirmed of a provider's registration; None where it has not looked yet."""
    return await session.scalar(select(ProviderInvoiceStatus).where(ProviderInvoiceStatus.org_id == provider_id))


async def party_of(
    session: AsyncSession, scope: Scope, org_id: UUID, kinds: Collection[OrganisationKind]
) -> Organisation:
    """An organisation of one of these kinds at the caller's desk. Raises OrganisationNotFound (404)."""
    asked = select(Organisation).where(
        Organisation.org_id == org_id, Organisation.desk_id == scope.org_id, Organisation.kind.in_(kinds)
    )
    found = await session.scalar(asked)
    if found is None:
        raise OrganisationNotFound("There is no such organisation.")
    return found
