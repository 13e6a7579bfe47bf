"""What do callers see of a certificate?"""

from datetime import date, datetime
from typing import Literal

import msgspec

from app.certificates.models import Certificate, CertificateStatus
from app.certificates.rules import read_contents
from app.core.ids import public_id
from app.core.quantity import Unit


class CertificateOut(msgspec.Struct, frozen=True):
    """One of your certificates. All that it states stands at `/v1/certificates/{number}`, for everybody."""

    id: str
    number: str
    status: Literal["issued"]
    retirement_id: str
    quantity: int
    unit: Unit
    beneficiary_name: str
    recorded_on: date
    evidence_grade: str
    simulated: bool
    verify_url: str
    contents_sha256: str
    issued_at: datetime
    pdf_sha256: str | None
    pdf_size_bytes: int | None
    rendered_at: datetime | None

    @classmethod
    def of(cls, row: Certificate) -> "CertificateOut":
        """The row as its owner sees it."""
        facts = read_contents(row.contents)
        return cls(
            id=public_id("crt", row.id),
            number=row.number,
            status=CertificateStatus(row.status).value,
            retirement_id=public_id("ret", row.retirement_id),
            quantity=facts.quantity,
            unit=facts.unit,
            beneficiary_name=facts.beneficiary_name,
            recorded_on=facts.recorded_on,
            evidence_grade=row.evidence_grade,
            simulated=facts.simulated,
            verify_url=facts.verify_url,
            contents_sha256=row.contents_sha256,
            issued_at=row.issued_at,
            pdf_sha256=row.pdf_sha256,
            pdf_size_bytes=row.pdf_size_bytes,
            rendered_at=row.rendered_at,
        )
