"""Who are the organisations, who works for them, and with which credentials do they come?"""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID
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


class StorefrontStatus(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    """The operator stopped it."""
    CLOSED = "closed"
    """Its owner ended it for good."""


class Organisation(Table):
    """A company here. A provider begins `pending` until the operator approves it; others begin `active`.

    A buyer that a storefront opened remembers it; the storefront's owner may read the row.
    """

    __tablename__ = "organisation"
    __table_args__ = (
        ForeignKeyConstraint(  # After both tables: a storefront is an organisation's too.
            ["storefront_owner_id", "storefront_id"], ["storefront.org_id", "storefront.id"], use_alter=True
        ),
        CheckConstraint("(storefront_id is null) = (storefront_owner_id is null)", name="storefront_with_owner"),
        Index(
            "ix_organisation_storefront",
            "storefront_owner_id",
            "storefront_id",
            "org_id",
            postgresql_where=text("storefront_id is not null"),
        ),
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
    storefront_id: Mapped[UUID | None]
    storefront_owner_id: Mapped[UUID | None]
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
        ForeignKeyConstraint(["org_id", "storefront_id"], ["storefront.org_id", "storefront.id"]),
        CheckConstraint(
            "('act_for_buyers' = any (scopes)) = (storefront_id is not null)", name="acts_for_a_storefront"
        ),
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
    storefront_id: Mapped[UUID | None]
    """The storefront for whose buyers the key acts; such a key never trades for its own organisation."""


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


class Storefront(Table):
    """A customer's own frontend: whose browsers may speak to us, which providers it shows, and how it looks."""

    __tablename__ = "storefront"
    __table_args__ = (
        CheckConstraint(one_of("status", *StorefrontStatus), name="status"),
        Index("ix_storefront_origins", "origins", postgresql_using="gin"),
    )

    org_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.org_id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    desk_id: Mapped[DeskId]
    name: Mapped[str]
    """What its owner calls it; shown to nobody else."""
    status: Mapped[StorefrontStatus] = mapped_column(Text)
    origins: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Exact scheme, host and port, as browsers write them in `Origin`."""
    provider_ids: Mapped[list[UUID] | None] = mapped_column(ARRAY(PgUUID(as_uuid=True)))
    """The providers whose listings it shows; null: all."""
    branding: Mapped[dict[str, Any]] = mapped_column(JSONB)
    status_note: Mapped[str | None]
    created_at: Mapped[Moment]
    version: Mapped[Version]


class StorefrontKey(Table):
    """A publishable key: it stands in a page for everybody to see, and opens public reads and quotes alone."""

    __tablename__ = "storefront_key"
    __table_args__ = (
        UniqueConstraint("hash"),
        ForeignKeyConstraint(["org_id", "storefront_id"], ["storefront.org_id", "storefront.id"]),
        Index("ix_storefront_key_storefront", "org_id", "storefront_id", "id"),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    storefront_id: Mapped[UUID]
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    shown: Mapped[str]
    created_at: Mapped[Moment]
    revoked_at: Mapped[MaybeMoment]


class StorefrontConsent(Table):
    """A buyer lets its people sign in through a storefront that did not open it, until it withdraws."""

    __tablename__ = "storefront_consent"
    __table_args__ = (
        ForeignKeyConstraint(["storefront_owner_id", "storefront_id"], ["storefront.org_id", "storefront.id"]),
        Index(
            "uq_storefront_consent_live",
            "org_id",
            "storefront_id",
            unique=True,
            postgresql_where=text("withdrawn_at is null"),
        ),
    )

    org_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.org_id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    storefront_id: Mapped[UUID]
    storefront_owner_id: Mapped[UUID]
    given_at: Mapped[Moment]
    withdrawn_at: Mapped[MaybeMoment]


class BuyerSession(Table):
    """A buyer's person signed in through a storefront: the family of tokens that follow from one password."""

    __tablename__ = "buyer_session"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "member_id"], ["member.org_id", "member.id"]),
        ForeignKeyConstraint(["storefront_owner_id", "storefront_id"], ["storefront.org_id", "storefront.id"]),
        Index("ix_buyer_session_open", "org_id", "storefront_id", postgresql_where=text("ended_at is null")),
    )

    org_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.org_id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    storefront_id: Mapped[UUID]
    storefront_owner_id: Mapped[UUID]
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    ended_at: Mapped[MaybeMoment]


class BuyerToken(Table):
    """A bearer token of some minutes, and the refresh token that is good for one successor; both kept as hashes."""

    __tablename__ = "buyer_token"
    __table_args__ = (
        UniqueConstraint("access_hash"),
        UniqueConstraint("refresh_hash"),
        ForeignKeyConstraint(["org_id", "session_id"], ["buyer_session.org_id", "buyer_session.id"]),
        Index("ix_buyer_token_session", "org_id", "session_id"),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID]
    access_hash: Mapped[bytes] = mapped_column(LargeBinary)
    refresh_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    refreshed_at: Mapped[MaybeMoment]
