"""Who are the organisations, who works for them, and with which credentials do they come?"""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import DeskId, MaybeMoment, Moment, Version, one_of
from app.core.db import Table


class OrganisationKind(StrEnum):
    PROVIDER = "provider"
    BUYER = "buyer"
    ORGANISER = "organiser"
    OPERATOR = "operator"


class OrganisationStatus(StrEnum):
    PENDING = "pending"
    ACTIVE = "active"
    REJECTED = "rejected"
    SUSPENDED = "suspended"


class ProviderKind(StrEnum):
    """The three kinds in which the J-Credit secretariat registers providers."""

    CREATION_AND_USE = "creation_and_use"
    CREATION = "creation"
    USE = "use"


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    TRADER = "trader"
    APPROVER = "approver"
    VIEWER = "viewer"


class Organisation(Table):
    """A company here. A provider begins `pending` until the operator approves it; others begin `active`."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint(one_of("kind", *OrganisationKind), name="kind"),
        CheckConstraint(one_of("status", *OrganisationStatus), name="status"),
        CheckConstraint("(kind = 'provider') = (provider_kind is not null)", name="provider_kind"),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    desk_id: Mapped[DeskId]
    kind: Mapped[OrganisationKind] = mapped_column(Text)
    name: Mapped[str]
    """The full legal name as typed, including the legal form."""
    corporate_number: Mapped[str | None]
    invoice_number: Mapped[str | None]
    provider_kind: Mapped[ProviderKind | None] = mapped_column(Text)
    status: Mapped[OrganisationStatus] = mapped_column(Text)
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[MaybeMoment]
    decision_note: Mapped[str | None]
    created_at: Mapped[Moment]
    version: Mapped[Version]


class Member(Table):
    """A person of an organisation. One e-mail address, one member."""

    __tablename__ = "member"
    __table_args__ = (
        UniqueConstraint("email_folded"),
        CheckConstraint(one_of("role", *Role), name="role"),
    )

    org_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.org_id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    email_folded: Mapped[str]
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(Text)
    password_hash: Mapped[str]
    disabled_at: Mapped[MaybeMoment]
    created_at: Mapped[Moment]
    version: Mapped[Version]


class ApiKey(Table):
    """A machine's credential: only the hash of it is kept. Found before any organisation is known."""

    __tablename__ = "api_key"
    __table_args__ = (
        UniqueConstraint("hash"),
        ForeignKeyConstraint(["org_id", "created_by"], ["member.org_id", "member.id"]),
    )

    org_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.org_id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    shown: Mapped[str]
    """What may be shown again: the prefix and the key's own id, never the secret."""
    name: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_by: Mapped[UUID]
    created_at: Mapped[Moment]
    expires_at: Mapped[MaybeMoment]
    revoked_at: Mapped[MaybeMoment]


class LoginSession(Table):
    """A signed-in browser, kept on the server; the cookie's token is kept as a hash."""

    __tablename__ = "login_session"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        ForeignKeyConstraint(["org_id", "member_id"], ["member.org_id", "member.id"]),
    )

    org_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.org_id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    revoked_at: Mapped[MaybeMoment]
