"""Who acts, for which organisations, with which rights? Every transaction is opened for one of these."""

from dataclasses import dataclass, replace
from uuid import UUID

from app.core.errors import Forbidden

RIGHTS = (
    "read",
    "inventory:write",
    "listings:write",
    "orders:write",
    "retirements:write",
    "retirements:sign_off",
    "tasks:write",
    "members:write",
    "keys:write",
    "storefronts:write",
    "act_for_buyers",
    "admin",
)
"""What a credential may be allowed. A role or a key holds some of them."""

DESK_ID = UUID("0dd5de5c-0000-7000-8000-000000000001")
"""The operator's own organisation: one desk per installation, known before the first migration has run."""

SYSTEM_ACTOR_ID = UUID("0dd5de5c-0000-7000-8000-0000000000ff")
"""Who is named in events when a worker acts by itself."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The organisation a caller belongs to, the parties a trade adds, and what the caller may do."""

    org_id: UUID
    actor_id: UUID
    actor_kind: str
    """`member`, `key`, `storefront` (a publishable key) or `system`."""
    rights: frozenset[str]
    request_id: str
    org_kind: str = ""
    credential: bytes = b""
    """SHA-256 of the API key that was shown, so that a statement may check again that it lives; else empty."""
    party_ids: tuple[UUID, ...] = ()
    storefront_id: UUID | None = None
    """The storefront that this caller came through; offers made to it are this caller's to see."""
    storefront_org_id: UUID | None = None
    """Whose storefront it is; a key that acts for one of its buyers is a key of this organisation."""
    providers: frozenset[UUID] | None = None
    """The providers that the storefront chose to show; None: all."""

    def needs(self, right: str) -> None:
        """Refuse, unless the caller holds this right. Raises Forbidden (403) naming it."""
        assert right in RIGHTS, right
        if right not in self.rights:
            raise Forbidden(f"This needs the right {right}, which your credential does not have.", right=right)

    def needs_operator(self) -> None:
        """Refuse whoever is not the operator of this desk, or may not administer it. Raises Forbidden (403)."""
        self.needs("admin")
        if self.org_kind != "operator":
            raise Forbidden("Only the operator of this desk may do this.")

    @property
    def org_ids(self) -> tuple[UUID, ...]:
        """Every organisation that row-level security lets this transaction act for.

        A storefront that the caller came through is named like one: what is offered to it is this caller's to see.
        """
        through = () if self.storefront_id is None else (self.storefront_id,)
        return (self.org_id, *(party for party in self.party_ids if party != self.org_id), *through)

    @property
    def answers_to(self) -> tuple[UUID, ...]:
        """The organisations, and the storefront, whose offers are this caller's to see.

        A storefront's page is read by anybody: what is offered to the storefront's owner is not the page's.
        """
        if self.actor_kind == "storefront":
            return () if self.storefront_id is None else (self.storefront_id,)
        return self.org_ids

    def with_party(self, *party_ids: UUID) -> "Scope":
        """The same actor in a trade that names its other parties. Call sites are a closed list (a tidy test)."""
        return replace(self, party_ids=(*self.party_ids, *party_ids))

    @classmethod
    def of_system(cls, org_id: UUID, request_id: str) -> "Scope":
        """A worker's own doing for one organisation, in answer to a committed job."""
        return cls(org_id, SYSTEM_ACTOR_ID, "system", frozenset(), request_id, "system")
