"""Which certificates exist, what do they say, and what may anybody read of them?"""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Big, MaybeMoment, Moment, Version, one_of
from app.core.db import Table


class CertificateStatus(StrEnum):
    ISSUED = "issued"


class Certificate(Table):
    """A certificate of one recorded retirement. Its contents are frozen bytes; never edited."""

    __tablename__ = "certificate"
    __table_args__ = (
        CheckConstraint(one_of("status", *CertificateStatus), name="status"),
        CheckConstraint("(pdf_key is null) = (pdf_sha256 is null)", name="pdf_with_hash"),
        UniqueConstraint("number"),
        UniqueConstraint("org_id", "retirement_id"),
        ForeignKeyConstraint(["org_id", "retirement_id"], ["retirement.org_id", "retirement.id"]),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    retirement_id: Mapped[UUID]
    status: Mapped[CertificateStatus] = mapped_column(Text)
    evidence_grade: Mapped[str]
    contents: Mapped[bytes] = mapped_column(LargeBinary)
    """The facts as canonical JSON."""
    contents_sha256: Mapped[str]
    issued_at: Mapped[Moment]
    pdf_key: Mapped[str | None]
    pdf_sha256: Mapped[str | None]
    pdf_size_bytes: Mapped[Big | None]
    rendered_at: Mapped[MaybeMoment]
    version: Mapped[Version]


class PublicCertificate(Table):
    """What anybody who knows the number may read. No row-level security: it holds nothing that is not public."""

    __tablename__ = "public_certificate"

    number: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    contents: Mapped[bytes] = mapped_column(LargeBinary)
    contents_sha256: Mapped[str]
    issued_at: Mapped[Moment]
    pdf_key: Mapped[str | None]
    pdf_sha256: Mapped[str | None]
    rendered_at: Mapped[MaybeMoment]
    registry_account_id: Mapped[UUID | None]
    retirement_id: Mapped[UUID | None]
    """By these the page finds when the registry's record was last compared with ours."""
