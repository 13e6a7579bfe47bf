"""What do callers send and see of organisations, members, keys and sessions?"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from app.core.ids import public_id
from app.core.scope import RIGHTS
from app.identity.models import ApiKey, LoginSession, Member, Organisation, ProviderKind, Role
from app.identity.rules import EMAIL_MAX, NAME_MAX, PASSWORD_MAX, PASSWORD_MIN

Name = Annotated[str, Meta(min_length=1, max_length=NAME_MAX)]
Email = Annotated[str, Meta(min_length=3, max_length=EMAIL_MAX)]
NewPassword = Annotated[
    str, Meta(min_length=PASSWORD_MIN, max_length=PASSWORD_MAX, description="15 characters or more are advised.")
]
Right = Annotated[str, Meta(pattern=f"^({'|'.join(RIGHTS)})$")]
Note = Annotated[str, Meta(min_length=1, max_length=1000)]


class FirstMember(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who signs the organisation up, and becomes its owner."""

    email: Email
    name: Name
    password: NewPassword


class SignUp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An organisation that wants to trade here. `name` is the full legal name, stored as typed."""

    kind: Literal["buyer", "organiser", "provider"]
    name: Name
    member: FirstMember
    corporate_number: str | None = None
    invoice_number: str | None = None
    provider_kind: ProviderKind | None = None


class Approval(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The operator lets a provider trade. The organisation may read the note."""

    note: Note | None = None


class Rejection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The operator turns a provider away and says why. The organisation may read the note."""

    note: Note


class MemberIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new member, with a first password that is handed over in person."""

    email: Email
    name: Name
    role: Role
    password: NewPassword


class MemberChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to change; a field that is left out stays."""

    role: Role | None = None
    disabled: bool | None = None


class ApiKeyIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new key: a name to know it by, and rights out of the caller's own."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    scopes: Annotated[list[Right], Meta(min_length=1, max_length=len(RIGHTS))]
    expires_at: Annotated[datetime, Meta(tz=True)] | None = None
    storefront_id: Annotated[str, Meta(max_length=40)] | None = None
    """With the scope `act_for_buyers`: the storefront whose buyers the key acts for."""


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who somebody says they are."""

    email: Annotated[str, Meta(max_length=EMAIL_MAX)]
    password: Annotated[str, Meta(max_length=PASSWORD_MAX)]


class OrganisationOut(msgspec.Struct, frozen=True):
    """An organisation as itself and the operator see it."""

    id: str
    kind: str
    name: str
    corporate_number: str | None
    invoice_number: str | None
    provider_kind: str | None
    status: str
    decided_at: datetime | None
    decision_note: str | None
    created_at: datetime
    storefront_id: str | None
    """The storefront that it came through."""

    @classmethod
    def of(cls, row: Organisation) -> "OrganisationOut":
        """The row as it is told."""
        return cls(
            public_id("org", row.org_id),
            row.kind,
            row.name,
            row.corporate_number,
            row.invoice_number,
            row.provider_kind,
            row.status,
            row.decided_at,
            row.decision_note,
            row.created_at,
            None if row.storefront_id is None else public_id("sfr", row.storefront_id),
        )


class MemberOut(msgspec.Struct, frozen=True):
    """A person of your organisation."""

    id: str
    email: str
    name: str
    role: str
    disabled_at: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, row: Member) -> "MemberOut":
        """The row as it is told."""
        return cls(public_id("mem", row.id), row.email, row.name, row.role, row.disabled_at, row.created_at)


class ApiKeyOut(msgspec.Struct, frozen=True):
    """A key without its secret. `shown` is how the key begins."""

    id: str
    name: str
    shown: str
    scopes: list[str]
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    storefront_id: str | None

    @classmethod
    def of(cls, row: ApiKey) -> "ApiKeyOut":
        """The row as it is told."""
        return cls(
            public_id("key", row.id),
            row.name,
            row.shown,
            row.scopes,
            public_id("mem", row.created_by),
            row.created_at,
            row.expires_at,
            row.revoked_at,
            None if row.storefront_id is None else public_id("sfr", row.storefront_id),
        )


class NewApiKeyOut(msgspec.Struct, frozen=True):
    """A key just made. `secret` is told this once and kept nowhere."""

    api_key: ApiKeyOut
    secret: str


class SignedUpOut(msgspec.Struct, frozen=True):
    """What a sign-up made: the organisation, its owner, and a key with all the owner's rights.

    Through a storefront no key is made: its page would see it. The person signs in, and makes keys with a session.
    """

    organisation: OrganisationOut
    member: MemberOut
    api_key: ApiKeyOut | None
    secret: str | None
    """The key itself, told this once and kept nowhere."""


class SessionOut(msgspec.Struct, frozen=True):
    """A session; the token is in the cookie alone."""

    member: MemberOut
    organisation: OrganisationOut
    expires_at: datetime

    @classmethod
    def of(cls, session: LoginSession, member: Member, organisation: Organisation) -> "SessionOut":
        """The rows as they are told."""
        return cls(MemberOut.of(member), OrganisationOut.of(organisation), session.expires_at)
