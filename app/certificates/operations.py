"""How is a certificate written down: issued with its facts frozen, later joined by its PDF?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.certificates import queries
from app.certificates.models import Certificate, CertificateStatus, PublicCertificate
from app.certificates.rules import Retired, canonical_bytes, contents, sha256_hex
from app.core import events, outbox
from app.core.db import AsyncSession
from app.core.period import day_in_japan
from app.retirements.models import Retirement
from app.retirements.rules import RetirementStatus


@dataclass(frozen=True, slots=True)
class Issuing:
    """Who issues, where certificates are shown (no slash at the end), and the numbers to try, in order."""

    issuer: str
    base_url: str
    numbers: Iterator[str]


async def issue(
    session: AsyncSession, org_id: UUID, retirement_id: UUID, certificate_id: UUID, *, issuing: Issuing, now: datetime
) -> bool:
    """Write the certificate of a recorded retirement, its public copy, and the job that renders it.

    The transaction names the retirement's provider. False, and nothing written, when the retirement is not recorded
    or has its certificate already.
    """
    locked = select(Retirement).where(Retirement.org_id == org_id, Retirement.id == retirement_id).with_for_update()
    retirement = (await session.scalars(locked)).one()
    if retirement.status != RetirementStatus.RECORDED or await _is_certified(session, org_id, retirement_id):
        return False
    retired = await queries.retired_facts(session, retirement)
    account_id = await queries.account_of(session, retirement)
    number = await _write(session, retirement, retired, (certificate_id, account_id), issuing, now=now)
    await events.record(
        session,
        "certificate.issued",
        org_id=org_id,
        subject_kind="certificate",
        subject_id=certificate_id,
        after={"status": CertificateStatus.ISSUED, "number": number, "retirement_id": str(retirement_id)},
        now=now,
    )
    outbox.enqueue(session, "certificates.render", due=now, org_id=org_id, certificate_id=certificate_id)
    return True


async def keep_pdf(session: AsyncSession, org_id: UUID, certificate_id: UUID, *, pdf: "Pdf", now: datetime) -> bool:
    """Write down where the PDF lies. False when another worker already did: its bytes were the same."""
    query = select(Certificate).where(Certificate.org_id == org_id, Certificate.id == certificate_id)
    certificate = (await session.scalars(query.with_for_update())).one()
    if certificate.rendered_at is not None:
        assert certificate.pdf_sha256 == pdf.sha256, "The same facts gave another PDF."
        return False
    certificate.pdf_key, certificate.pdf_sha256, certificate.pdf_size_bytes = pdf.key, pdf.sha256, pdf.size_bytes
    certificate.rendered_at = now
    certificate.version += 1
    await session.flush()
    changed = await session.execute(
        update(PublicCertificate)
        .where(PublicCertificate.number == certificate.number)
        .values(pdf_key=pdf.key, pdf_sha256=pdf.sha256, rendered_at=now)
        .returning(PublicCertificate.number)
    )
    assert changed.scalar_one() == certificate.number
    await events.record(
        session,
        "certificate.rendered",
        org_id=org_id,
        subject_kind="certificate",
        subject_id=certificate_id,
        before={"pdf_sha256": None},
        after={"pdf_sha256": pdf.sha256},
        now=now,
    )
    return True


@dataclass(frozen=True, slots=True)
class Pdf:
    """A PDF in the store: its key, its hash as 64 hexadecimal digits, its size."""

    key: str
    sha256: str
    size_bytes: int


async def _is_certified(session: AsyncSession, org_id: UUID, retirement_id: UUID) -> bool:
    query = select(Certificate.id).where(Certificate.org_id == org_id, Certificate.retirement_id == retirement_id)
    return (await session.scalars(query)).first() is not None


async def _write(
    session: AsyncSession,
    retirement: Retirement,
    retired: Retired,
    ids: tuple[UUID, UUID],
    issuing: Issuing,
    *,
    now: datetime,
) -> str:
    """Both rows, under the first of the numbers that nobody has; `ids` are the certificate's and the account's."""
    certificate_id, account_id = ids
    for number in issuing.numbers:
        facts = contents(
            retired,
            number=number,
            issuer=issuing.issuer,
            verify_url=f"{issuing.base_url}/c/{number}",
            issued_on=day_in_japan(now),
        )
        frozen = canonical_bytes(facts)
        row = {
            "number": number,
            "status": CertificateStatus.ISSUED,
            "contents": frozen,
            "contents_sha256": sha256_hex(frozen),
            "issued_at": now,
        }
        own = {"org_id": retirement.org_id, "id": certificate_id, "retirement_id": retirement.id}
        try:
            async with session.begin_nested():
                session.add(Certificate(**row, **own, evidence_grade=retired.evidence_grade))
                session.add(PublicCertificate(**row, retirement_id=retirement.id, registry_account_id=account_id))
        except IntegrityError as error:
            if "uq_certificate_number" not in str(error.orig):
                raise
            continue
        return number
    raise AssertionError("Every number was taken: this is no accident.")
