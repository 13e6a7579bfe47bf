"""What was given and told for a retirement: mandate, consent, readings of the notice, place and energy of its credits?"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from app.catalog import queries as catalog
from app.core.db import AsyncSession
from app.inventory.models import Lot
from app.retirements.models import HolderConsent, NoticeReading, RegistryTask, Retirement, RetirementMandate
from app.retirements.rules import WholeEnergy


async def mandate_of(session: AsyncSession, org_id: UUID, retirement_id: UUID) -> RetirementMandate | None:
    """The buyer's mandate for a retirement; None when it has not been given."""
    return await session.scalar(
        select(RetirementMandate).where(
            RetirementMandate.org_id == org_id, RetirementMandate.retirement_id == retirement_id
        )
    )


async def consent_of(session: AsyncSession, retirement: Retirement, task: RegistryTask | None) -> HolderConsent | None:
    """The account holder's consent: for this task, or for the account that the credits lie in. The earliest one."""
    account = (
        select(Lot.registry_account_id)
        .where(Lot.org_id == retirement.provider_id, Lot.id == retirement.lot_id)
        .scalar_subquery()
    )
    given = [HolderConsent.registry_account_id == account]
    if task is not None:
        given.append(HolderConsent.task_id == task.id)
    return await session.scalar(
        select(HolderConsent)
        .where(HolderConsent.org_id == retirement.provider_id, or_(*given))
        .order_by(HolderConsent.given_at, HolderConsent.id)
        .limit(1)
    )


async def readings_of(session: AsyncSession, task: RegistryTask) -> Sequence[NoticeReading]:
    """What was read and typed of the task's notices, in order; also of notices that were replaced."""
    found = await session.scalars(
        select(NoticeReading)
        .where(NoticeReading.org_id == task.org_id, NoticeReading.task_id == task.id)
        .order_by(NoticeReading.id)
    )
    return found.all()


async def project_places(session: AsyncSession, project_id: UUID) -> list[str]:
    """The prefectures that the place of a project names, by their codes; empty where it names none."""
    return await catalog.places_of_project(session, project_id)


async def whole_energy(session: AsyncSession, issuance_id: UUID | None, *, on: date) -> WholeEnergy | None:
    """What the whole issuance counts for as renewable energy, as told on a day; None where its size is not told too."""
    told = None if issuance_id is None else await catalog.renewable_of_issuance(session, issuance_id, on=on)
    if told is None or told.get("issued_quantity") is None:
        return None
    return WholeEnergy(told["issued_quantity"], told.get("power_kwh"), told.get("heat_mj"))
