"""Who sends this request? A key, token or cookie becomes a Scope, and stops being one when revoked.

A storefront's credentials are looked at before any route is (`guard`): where they come from, and for what.
"""

from typing import Any, Final
from uuid import UUID

from litestar import Request
from litestar.handlers import BaseRouteHandler

from app.core.clock import utc_now
from app.core.db import Database
from app.core.drivers import LOST
from app.core.errors import Unauthenticated
from app.core.ids import read_public_id
from app.core.request_id import current_request_id
from app.core.scope import Scope
from app.identity import queries, rules
from app.identity.errors import (
    ActingRefused,
    BuyerNotFound,
    OrganisationSuspended,
    OriginNotAllowed,
    PublishableKeyRefused,
    StorefrontSuspended,
)
from app.identity.http.memory import Memory
from app.identity.http.presented import (
    COOKIE,
    STOREFRONTS,
    Connection,
    Kind,
    Presented,
    is_shown,
    method_of,
    presented_by,
    shown_by_storefront,
)
from app.identity.http.revocations import Revocations
from app.identity.queries import Credential, Through

__all__ = ["ACT_FOR", "COOKIE", "PUBLISHABLE", "Callers"]

ACT_FOR: Final = "Offset-Desk-Organisation"
PUBLISHABLE: Final = "publishable"
"""`opt={PUBLISHABLE: True}` on a route that a publishable key opens although it needs a caller or changes something."""
_ADMITTED: Final = "admitted"
_FIND: Final = {
    Kind.KEY: queries.key_with,
    Kind.PUBLISHABLE: queries.publishable_key_with,
    Kind.BUYER_TOKEN: queries.buyer_token_with,
    Kind.SESSION: queries.session_with,
}


class Callers:
    """Finds the caller of each request. A found credential is kept for 5 s, while revocations can be heard."""

    def __init__(self, db: Database) -> None:
        """`db` is the API role's; nothing connects yet. Start `revocations.listening()` with the application."""
        self._db = db
        self.revocations = Revocations(db, on_revoked=self.forget, on_gap=self._forget_all)
        self._credentials: Memory[bytes, Credential] = Memory(self.revocations)
        self._buyers: Memory[tuple[UUID, UUID], tuple[str, str]] = Memory(self.revocations)
        self._origins: Memory[str, bool] = Memory(self.revocations)

    async def scope_of(self, request: Request[Any, Any, Any]) -> Scope:
        """The authenticated caller, for the dependency `caller`.

        Raises Unauthenticated (401), CrossSite (403) for a change by cookie from another site's page,
        OrganisationSuspended and StorefrontSuspended (403), OriginNotAllowed (403), PublishableKeyRefused (403) where
        the route does not say PUBLISHABLE, ActingRefused (403) and BuyerNotFound (404) for `Offset-Desk-Organisation`.
        """
        presented, found = await self._admitted(request)
        if presented.kind == Kind.PUBLISHABLE and not request.route_handler.opt.get(PUBLISHABLE):
            raise PublishableKeyRefused("Ask with a buyer's token, or with a secret key.")
        return await self._scope(request, presented, found)

    async def reader_of(self, request: Request[Any, Any, Any]) -> Scope | None:
        """Who reads what everybody may, for the dependency `reader`; None for nobody in particular.

        A credential in `Authorization` must be good, as everywhere; a cookie that is not is no cookie.
        """
        if not is_shown(request):
            return None
        try:
            presented, found = await self._admitted(request)
        except Unauthenticated:
            if "authorization" in request.headers:
                raise
            return None
        return await self._scope(request, presented, found)

    async def guard(self, connection: Connection, handler: BaseRouteHandler) -> None:
        """For every route, also one without a caller: a storefront's credential comes from where it may, or is refused.

        Raises Unauthenticated (401), OriginNotAllowed, StorefrontSuspended and PublishableKeyRefused (403).
        """
        if not shown_by_storefront(connection):
            return
        presented, _ = await self._admitted(connection)
        changes = method_of(connection) not in rules.SAFE_METHODS
        if presented.kind == Kind.PUBLISHABLE and changes and not handler.opt.get(PUBLISHABLE):
            raise PublishableKeyRefused("Ask with a buyer's token, or with a secret key.")

    async def allows_origin(self, origin: str) -> bool:
        """Whether a browser's page of this origin may read our answers: an active storefront has it.

        A database that does not answer allows nobody: the request itself is told why.
        """
        if not rules.is_origin(origin):
            return False

        async def look_up() -> bool:
            async with self._db.driver() as driver:
                return await queries.is_storefront_origin(driver, origin)

        try:
            return bool(await self._origins.recall(origin, look_up))
        except LOST:
            return False

    def forget(self, *changes: bytes) -> None:
        """Look these up again at their next request: they were revoked, or what they stand for has changed.

        A change is a credential's hash, or the id of an organisation or a storefront: then all that came through it.
        """
        for changed in changes:
            self._credentials.forget(changed)
            if len(changed) == len(UUID(int=0).bytes):
                self._forget_all_of(UUID(bytes=changed))

    def _forget_all_of(self, changed: UUID) -> None:
        def concerns(_: bytes, found: Credential) -> bool:
            through = found.through
            return changed == found.org_id or (
                through is not None and changed in (through.storefront_id, through.org_id)
            )

        self._credentials.forget_where(concerns)
        self._buyers.forget_where(lambda key, _: changed in key)
        self._origins.clear()

    def _forget_all(self) -> None:
        for memory in (self._credentials, self._buyers, self._origins):
            memory.clear()

    async def _admitted(self, connection: Connection) -> tuple[Presented, Credential]:
        """What was shown, and what it stands for; found once for each request."""
        state: dict[str, Any] = connection.scope["state"]
        if _ADMITTED not in state:
            state[_ADMITTED] = await self._looked_at(connection)
        admitted: tuple[Presented, Credential] = state[_ADMITTED]
        return admitted

    async def _looked_at(self, connection: Connection) -> tuple[Presented, Credential]:
        presented = presented_by(connection)

        async def look_up() -> Credential | None:
            async with self._db.driver() as driver:
                return await _FIND[presented.kind](driver, presented.hash)

        found = await self._credentials.recall(presented.hash, look_up)
        if found is None or (found.expires_at is not None and found.expires_at <= utc_now()):
            raise Unauthenticated("The credential is not known, has expired, or was revoked.")
        if rules.is_shut(found.org_status):
            raise OrganisationSuspended(f"Your organisation is {found.org_status}.", state=found.org_status)
        if presented.kind in STOREFRONTS:
            assert found.through is not None, "A storefront's credential comes through it."
            _require_open(found.through)
            origin = connection.headers.get("origin")
            if not rules.is_from_storefront(method_of(connection), origin, found.through.origins):
                raise OriginNotAllowed("This came from no origin of the storefront's.")
        return presented, found

    async def _scope(self, connection: Connection, presented: Presented, found: Credential) -> Scope:
        acted_for = connection.headers.get(ACT_FOR)
        if acted_for is not None:
            return await self._acting(presented, found, acted_for)
        held = rules.key_rights(found.rights) if found.actor_kind == "key" else found.rights
        rights = rules.rights_now(held, kind=found.org_kind, status=found.org_status)
        return _scope(presented, found, found.org_id, found.org_kind, rights)

    async def _acting(self, presented: Presented, found: Credential, acted_for: str) -> Scope:
        """A storefront's key in the name of one of its buyers."""
        through = found.through
        if presented.kind != Kind.KEY or through is None or rules.ACT_FOR_BUYERS not in found.rights:
            raise ActingRefused(
                "Only a storefront's key with act_for_buyers acts for a buyer.", right=rules.ACT_FOR_BUYERS
            )
        _require_open(through)
        org_id = read_public_id("org", acted_for)
        buyer = None if org_id is None else await self._buyer(through.storefront_id, org_id)
        if org_id is None or buyer is None:
            raise BuyerNotFound("The storefront has opened no organisation with this id.")
        kind, status = buyer
        if rules.is_shut(status):
            raise OrganisationSuspended(f"The buyer's organisation is {status}.", state=status)
        return _scope(presented, found, org_id, kind, rules.acting_rights(found.rights, kind=kind, status=status))

    async def _buyer(self, storefront_id: UUID, org_id: UUID) -> tuple[str, str] | None:
        async def look_up() -> tuple[str, str] | None:
            async with self._db.driver() as driver:
                return await queries.buyer_opened_by(driver, storefront_id, org_id)

        return await self._buyers.recall((storefront_id, org_id), look_up)


def _require_open(through: Through) -> None:
    if rules.is_shut(through.org_status):
        raise StorefrontSuspended(f"The storefront's owner is {through.org_status}.", state=through.org_status)
    if through.status != "active":
        raise StorefrontSuspended(f"The storefront is {through.status}.", state=through.status)


def _scope(presented: Presented, found: Credential, org_id: UUID, org_kind: str, rights: frozenset[str]) -> Scope:
    through = found.through
    return Scope(
        org_id,
        found.actor_id,
        found.actor_kind,
        rights,
        current_request_id.get(),
        org_kind,
        presented.hash if presented.kind == Kind.KEY else b"",
        storefront_id=None if through is None else through.storefront_id,
        storefront_org_id=None if through is None else through.org_id,
        providers=None if through is None else through.providers,
    )
