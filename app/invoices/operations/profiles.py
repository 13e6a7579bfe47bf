"""How are the particulars of issuer and recipients entered, and a provider's registration confirmed?"""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from app.core import events
from app.core.db import AsyncSession
from app.core.ids import new_id
from app.core.scope import DESK_ID, Scope
from app.invoices.models import BillingProfile, DeskProfile, ProviderInvoiceStatus
from app.invoices.rules import NumberedBy


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskFacts:
    """The issuer's particulars from a day on. `bank` is the account that is printed, None for none."""

    valid_from: date
    name: str
    registration_number: str | None
    is_corporation: bool
    address: str
    phone: str
    bank: dict[str, str] | None
    notes: list[str]
    numbered_by: NumberedBy
    fiscal_year_ends_in: int
    years_kept: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingFacts:
    """How an organisation wants to be written on papers; "" is left out."""

    name: str
    department: str
    address: str
    phone: str
    purchase_order: str
    email: str


async def enter_desk_profile(
    session: AsyncSession, scope: Scope, facts: DeskFacts, *, profile_id: UUID, now: datetime
) -> DeskProfile:
    """Write another version of the issuer's particulars. Papers of before stay as they were."""
    profile = DeskProfile(org_id=DESK_ID, id=profile_id, made_by=scope.actor_id, made_at=now, **asdict(facts))
    session.add(profile)
    await session.flush()
    await events.record(
        session, "desk_profile.entered", org_id=DESK_ID, subject_kind="desk_profile", subject_id=profile_id,
        after=asdict(facts) | {"valid_from": facts.valid_from.isoformat()}, now=now,
    )  # fmt: skip
    return profile


async def locked_billing_profile(session: AsyncSession, org_id: UUID) -> BillingProfile | None:
    """What an organisation has asked to be written as, locked; None where it has asked for nothing."""
    return await session.scalar(select(BillingProfile).where(BillingProfile.org_id == org_id).with_for_update())


async def change_billing_profile(
    session: AsyncSession, org_id: UUID, profile: BillingProfile | None, facts: BillingFacts, *, now: datetime
) -> BillingProfile:
    """Say anew how an organisation is written on papers from now on; `profile` is the locked one of before."""
    before = None if profile is None else {name: getattr(profile, name) for name in asdict(facts)}
    if profile is None:
        profile = BillingProfile(org_id=org_id, id=new_id(), version=0)
        session.add(profile)
    for name, value in asdict(facts).items():
        setattr(profile, name, value)
    profile.changed_at, profile.version = now, profile.version + 1
    await session.flush()
    await events.record(
        session, "billing_profile.changed", org_id=org_id, subject_kind="billing_profile", subject_id=profile.id,
        before=before, after=asdict(facts), now=now,
    )  # fmt: skip
    return profile


async def locked_provider_status(session: AsyncSession, provider_id: UUID) -> ProviderInvoiceStatus | None:
    """What was confirmed of a provider's registration, locked. The transaction names the provider and the desk."""
    asked = select(ProviderInvoiceStatus).where(ProviderInvoiceStatus.org_id == provider_id)
    return await session.scalar(asked.with_for_update())


async def confirm_registration(
    session: AsyncSession,
    provider_id: UUID,
    status: ProviderInvoiceStatus | None,
    *,
    registration_number: str | None,
    confirmed_on: date | None,
    note: str,
    now: datetime,
) -> ProviderInvoiceStatus:
    """Say since when the desk knows of a provider's registration, by which number; None for both takes it back.

    From that day on the desk may invoice in the provider's stead (消費税法施行令, article 70-12, paragraph 1).
    """
    before = None if status is None else _confirmed(status)
    if status is None:
        status = ProviderInvoiceStatus(org_id=provider_id, id=new_id(), desk_id=DESK_ID, version=0)
        session.add(status)
    status.registration_number, status.confirmed_on, status.note = registration_number, confirmed_on, note
    status.changed_at, status.version = now, status.version + 1
    await session.flush()
    await events.record(
        session, "provider_invoice_status.changed", org_id=provider_id, party_ids=(DESK_ID,),
        subject_kind="provider_invoice_status", subject_id=status.id, before=before, after=_confirmed(status), now=now,
    )  # fmt: skip
    return status


def _confirmed(status: ProviderInvoiceStatus) -> dict[str, object]:
    day = status.confirmed_on
    return {
        "registration_number": status.registration_number,
        "confirmed_on": None if day is None else day.isoformat(),
    }
