"""What do storefronts, their owners and their buyers send and see?"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from app.core.ids import public_id
from app.identity.models import (
    BuyerSession,
    BuyerToken,
    Member,
    Organisation,
    Storefront,
    StorefrontConsent,
    StorefrontKey,
)
from app.identity.queries import OrderFacts
from app.identity.rules import ORIGINS_MAX
from app.identity.schemas.house import FirstMember, MemberOut, Name, Note, OrganisationOut

Text100 = Annotated[str, Meta(min_length=1, max_length=100)]
Id = Annotated[str, Meta(max_length=40)]
Address = Annotated[str, Meta(min_length=8, max_length=500)]
Origins = Annotated[
    list[Annotated[str, Meta(min_length=1, max_length=300)]],
    Meta(max_length=ORIGINS_MAX, description="Scheme, host and port as browsers write them: `https://shop.example`."),
]
Providers = Annotated[
    list[Id], Meta(min_length=1, max_length=100, description="Providers whose listings are shown; null: all.")
]
Language = Literal["ja", "en"]


class BrandingIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a storefront looks. The logo lies on one of its origins; links are https."""

    display_name_ja: Text100 | None = None
    display_name_en: Text100 | None = None
    colour: Annotated[str, Meta(pattern="^#[0-9a-f]{6}$")] | None = None
    logo_url: Address | None = None
    support_email: Annotated[str, Meta(min_length=3, max_length=254)] | None = None
    terms_url: Address | None = None
    privacy_url: Address | None = None
    commerce_url: Address | None = None
    """What the Act on Specified Commercial Transactions asks sellers to publish (特定商取引法に基づく表記)."""
    languages: Annotated[list[Language], Meta(min_length=1, max_length=2)] = msgspec.field(
        default_factory=lambda: ["ja", "en"]
    )


class StorefrontIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new storefront: a name to know it by, the origins of its pages, the providers it shows, and how it looks."""

    name: Text100
    origins: Origins = []
    providers: Providers | None = None
    branding: BrandingIn = msgspec.field(default_factory=BrandingIn)


class StorefrontChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to change; a field that is left out stays. `providers: null` shows all; branding is replaced whole."""

    name: Text100 | msgspec.UnsetType = msgspec.UNSET
    origins: Origins | msgspec.UnsetType = msgspec.UNSET
    providers: Providers | msgspec.UnsetType | None = msgspec.UNSET
    branding: BrandingIn | msgspec.UnsetType = msgspec.UNSET


class Suspension(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why the operator stops a storefront or lets it go on. The owner may read the note."""

    note: Note


class BuyerIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A buyer that a storefront opens. With a member somebody can sign in; without, the storefront acts alone."""

    name: Name
    kind: Literal["buyer", "organiser"] = "buyer"
    corporate_number: str | None = None
    invoice_number: str | None = None
    member: FirstMember | None = None


class ConsentIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The storefront through which your people may sign in."""

    storefront_id: Id


class RefreshIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The refresh token of the last answer. It is good once."""

    refresh_token: Annotated[str, Meta(max_length=100)]


class StorefrontOut(msgspec.Struct, frozen=True):
    """A storefront as its owner and the operator see it."""

    id: str
    organisation_id: str
    name: str
    status: str
    status_note: str | None
    origins: list[str]
    providers: list[str] | None
    branding: BrandingIn
    created_at: datetime
    version: int

    @classmethod
    def of(cls, row: Storefront) -> "StorefrontOut":
        """The row as it is told."""
        return cls(
            public_id("sfr", row.id),
            public_id("org", row.org_id),
            row.name,
            row.status,
            row.status_note,
            row.origins,
            None if row.provider_ids is None else [public_id("org", each) for each in row.provider_ids],
            msgspec.convert(row.branding, BrandingIn),
            row.created_at,
            row.version,
        )


class StorefrontProviderOut(msgspec.Struct, frozen=True):
    """A provider whose listings a storefront shows."""

    id: str
    name: str


class ShownStorefrontOut(msgspec.Struct, frozen=True):
    """What a storefront's page needs to show itself. `providers` is null when it shows all."""

    id: str
    branding: BrandingIn
    providers: list[StorefrontProviderOut] | None
    mode: str
    version: int

    @classmethod
    def of(cls, row: Storefront, names: dict[UUID, str], mode: str) -> "ShownStorefrontOut":
        """The row as anybody with its key may see it; a provider that is not active any more is left out."""
        chosen = None if row.provider_ids is None else [each for each in row.provider_ids if each in names]
        return cls(
            public_id("sfr", row.id),
            msgspec.convert(row.branding, BrandingIn),
            None if chosen is None else [StorefrontProviderOut(public_id("org", each), names[each]) for each in chosen],
            mode,
            row.version,
        )


class StorefrontKeyOut(msgspec.Struct, frozen=True):
    """A publishable key. `shown` is how it begins."""

    id: str
    storefront_id: str
    shown: str
    created_at: datetime
    revoked_at: datetime | None

    @classmethod
    def of(cls, row: StorefrontKey) -> "StorefrontKeyOut":
        """The row as it is told."""
        storefront = public_id("sfr", row.storefront_id)
        return cls(public_id("pbk", row.id), storefront, row.shown, row.created_at, row.revoked_at)


class NewStorefrontKeyOut(msgspec.Struct, frozen=True):
    """A publishable key just made. `key` is told this once: put it into your page."""

    storefront_key: StorefrontKeyOut
    key: str


class BuyerOut(msgspec.Struct, frozen=True):
    """A buyer that a storefront opened, as the storefront's owner sees it."""

    id: str
    kind: str
    name: str
    corporate_number: str | None
    invoice_number: str | None
    status: str
    created_at: datetime

    @classmethod
    def of(cls, row: Organisation) -> "BuyerOut":
        """The row as it is told."""
        return cls(
            public_id("org", row.org_id),
            row.kind,
            row.name,
            row.corporate_number,
            row.invoice_number,
            row.status,
            row.created_at,
        )


class StorefrontOrderOut(msgspec.Struct, frozen=True):
    """All that a storefront is told of an order placed through it."""

    id: str
    status: str
    quantity: int
    unit: str
    placed_at: datetime

    @classmethod
    def of(cls, facts: OrderFacts) -> "StorefrontOrderOut":
        """The facts as they are told."""
        return cls(public_id("ord", facts.id), facts.status, facts.quantity, facts.unit, facts.placed_at)


class ConsentOut(msgspec.Struct, frozen=True):
    """A consent of your organisation's: your people may sign in through the storefront."""

    id: str
    storefront_id: str
    given_at: datetime
    withdrawn_at: datetime | None

    @classmethod
    def of(cls, row: StorefrontConsent) -> "ConsentOut":
        """The row as it is told."""
        return cls(public_id("cns", row.id), public_id("sfr", row.storefront_id), row.given_at, row.withdrawn_at)


class TokensOut(msgspec.Struct, frozen=True):
    """A bearer token for some minutes, and the refresh token for the next pair, good once."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_at: datetime
    refresh_token: str
    refresh_expires_at: datetime
    member: MemberOut
    organisation: OrganisationOut

    @classmethod
    def of(
        cls, texts: tuple[str, str], family: BuyerSession, pair: BuyerToken, member: Member, organisation: Organisation
    ) -> "TokensOut":
        """The rows as they are told, with the (access, refresh) tokens themselves, this once."""
        access, refresh = texts
        return cls(
            access,
            "Bearer",
            pair.expires_at,
            refresh,
            family.expires_at,
            MemberOut.of(member),
            OrganisationOut.of(organisation),
        )
