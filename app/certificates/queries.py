"""What is known of a retirement that is to be certified, and which certificates are there?"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import Row, exists, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.catalog.models import Issuance, Project, ProjectMethodology, Registry
from app.certificates.models import Certificate, PublicCertificate
from app.certificates.rules import Purpose, RegistryNamed, Retired, RetiredRange, read_contents
from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.core.quantity import Unit
from app.core.scope import Scope
from app.core.text import tidy_line
from app.identity.models import Organisation
from app.inventory.models import ComparedAccount, ComparedExcept, Lot, RangeStatus, SerialRange
from app.retirements.models import Retirement
from app.retirements.operations import attribute_of
from app.retirements.rules import Energy, EvidenceGrade, purpose_of

RangeRow = Row[SerialRange, Lot, Project, str, list[str]]
"""A range with its lot, its project, the certification number and the project's methodologies."""


async def page_of_certificates(session: AsyncSession, scope: Scope, page: Page) -> Sequence[Certificate]:
    """The caller's own certificates, newest first, and one more than the page shows."""
    query = select(Certificate).where(Certificate.org_id == scope.org_id)
    if page.after is not None:
        query = query.where(beyond([(Certificate.id, True)], page.after))
    return (await session.scalars(query.order_by(Certificate.id.desc()).limit(page.fetch))).all()


async def public_certificate(session: AsyncSession, number: str) -> PublicCertificate | None:
    """What anybody may read of a certificate; None when no certificate has this number."""
    return await session.get(PublicCertificate, number)


async def account_of(session: AsyncSession, retirement: Retirement) -> UUID:
    """The registry account that a retirement was made out of. The transaction names the provider."""
    query = select(Lot.registry_account_id).where(Lot.org_id == retirement.provider_id, Lot.id == retirement.lot_id)
    return (await session.scalars(query)).one()


async def compared_as_of(session: AsyncSession, found: PublicCertificate) -> date | None:
    """The day of the registry's newest statement that shows this retirement as we do; None while none does.

    A list of the very day of the retirement proves nothing yet: it may have been made in the morning.
    """
    as_of = await session.scalar(
        select(ComparedAccount.ended_as_of)
        .where(ComparedAccount.registry_account_id == found.registry_account_id)
        .where(~exists().where(ComparedExcept.subject_id == found.retirement_id))
    )
    return as_of if as_of is not None and as_of > read_contents(found.contents).recorded_on else None


async def certificate_of(session: AsyncSession, org_id: UUID, certificate_id: UUID) -> Certificate:
    """A certificate that is known to exist, as a job's ids say."""
    query = select(Certificate).where(Certificate.org_id == org_id, Certificate.id == certificate_id)
    return (await session.scalars(query)).one()


async def provider_of(session: AsyncSession, org_id: UUID, retirement_id: UUID) -> UUID:
    """Who keeps the account in which a retirement of this organisation was made."""
    query = select(Retirement.provider_id).where(Retirement.org_id == org_id, Retirement.id == retirement_id)
    return (await session.scalars(query)).one()


async def retired_facts(session: AsyncSession, retirement: Retirement) -> Retired:
    """All that its certificate will state. The transaction names the provider: the retirement's other party."""
    assert retirement.recorded_on is not None, retirement.id
    assert retirement.evidence_grade is not None, retirement.id
    registry = await session.get_one(Registry, retirement.registry_code)
    provider = select(Organisation.name).where(Organisation.org_id == retirement.provider_id)
    return Retired(
        quantity=retirement.quantity,
        unit=msgspec.convert(retirement.unit, Unit),
        beneficiary_name=retirement.beneficiary_name,
        retired_by=(await session.scalars(provider)).one(),
        purpose=_purpose(retirement.purpose),
        purpose_detail=retirement.purpose_detail,
        fiscal_year=retirement.fiscal_year,
        recorded_on=retirement.recorded_on,
        registry=RegistryNamed(registry.code, registry.name_ja, registry.name_en, registry.home_url),
        registry_transaction=retirement.registry_transaction,
        reference=retirement.reference,
        evidence_grade=EvidenceGrade(retirement.evidence_grade),
        simulated=retirement.simulated,
        attribute=attribute_of(retirement),
        ranges=tuple([_range(row) for row in await _ranges(session, retirement)]),
        also_purposes=tuple(_purpose(code) for code in retirement.also_purposes),
        energy=Energy(retirement.power_kwh, retirement.heat_mj),
    )


def _purpose(code: str) -> Purpose:
    purpose = purpose_of(code)
    assert purpose is not None, code
    return Purpose(ja=purpose.ja, en=purpose.en, code=purpose.code)


async def _ranges(session: AsyncSession, retirement: Retirement) -> Sequence[RangeRow]:
    """The serials that this retirement took for good, each with its lot, project and certification number."""
    methodologies = (
        select(func.array_agg(aggregate_order_by(ProjectMethodology.text, ProjectMethodology.n)))
        .where(ProjectMethodology.project_id == Project.id)
        .scalar_subquery()
    )
    query = (
        select(SerialRange, Lot, Project, Issuance.certification_no, func.coalesce(methodologies, []))
        .join(Lot, (Lot.org_id == SerialRange.provider_id) & (Lot.id == SerialRange.lot_id))
        .join(Project, Project.id == Lot.project_id)
        .join(Issuance, Issuance.id == Lot.issuance_id)
        .where(
            SerialRange.org_id == retirement.org_id,
            SerialRange.retirement_id == retirement.id,
            SerialRange.status == RangeStatus.RETIRED,
        )
    )
    found: Sequence[RangeRow] = (await session.execute(query)).all()
    return found


def _range(row: RangeRow) -> RetiredRange:
    taken, lot, project, certification_no, methodologies = row
    return RetiredRange(
        lot_key=str(lot.id),
        list_kind=project.list_kind,
        number=project.number,
        summary=tidy_line(project.summary),
        operator=tidy_line(project.operator_name),
        location=tidy_line(project.location),
        methodologies=tuple(tidy_line(text) for text in methodologies),
        vintage_from=lot.vintage_from,
        vintage_to=lot.vintage_to,
        certification_no=certification_no,
        serial_prefix=lot.serial_prefix,
        serial_high=taken.series_key.split(":")[1],
        serial_first=lot.serial_first,
        units_per_serial=lot.units_per_serial,
        registry_code=lot.registry_code,
        serial_text=lot.serial_text,
        lo=taken.lo,
        hi=taken.hi,
    )
