"""Who sends this request? A Bearer key or the session's cookie becomes a Scope, and stops being one when revoked."""

import time
from dataclasses import dataclass
from typing import Any, Final

from litestar import Request

from app.core.clock import utc_now
from app.core.db import Database
from app.core.errors import Unauthenticated
from app.core.request_id import current_request_id
from app.core.scope import Scope
from app.core.security import credential_hash, is_session_token, read_api_key
from app.identity import queries, rules
from app.identity.errors import CrossSite, OrganisationSuspended
from app.identity.http.revocations import Revocations
from app.identity.queries import Credential

COOKIE: Final = "__Host-offsetdesk"
KEPT_FOR_S: Final = 5
KEPT_MAX: Final = 10_000


@dataclass(frozen=True, slots=True)
class Presented:
    """What a request shows for itself: the hash of a well-formed key or token."""

    hash: bytes
    is_key: bool


@dataclass(frozen=True, slots=True)
class _Kept:
    credential: Credential
    until: float
    """On the monotonic clock."""


class Callers:
    """Finds the caller of each request. A found credential is kept for 5 s, while revocations can be heard."""

    def __init__(self, db: Database) -> None:
        """`db` is the API role's; nothing connects yet. Start `revocations.listening()` with the application."""
        self._db = db
        self._kept: dict[bytes, _Kept] = {}
        self.revocations = Revocations(db, on_revoked=self.forget, on_gap=self._kept.clear)

    async def scope_of(self, request: Request[Any, Any, Any]) -> Scope:
        """The authenticated caller, for the dependency `caller`.

        Raises Unauthenticated (401), CrossSite (403) for a change by cookie from another site's page, and
        OrganisationSuspended (403) when the operator has shut the organisation.
        """
        presented = presented_by(request)
        now = utc_now()
        found = self._kept_credential(presented) or await self._looked_up(presented)
        if found is None or (found.expires_at is not None and found.expires_at <= now):
            raise Unauthenticated("The credential is not known, has expired, or was revoked.")
        if rules.is_shut(found.org_status):
            raise OrganisationSuspended(f"Your organisation is {found.org_status}.", state=found.org_status)
        return Scope(
            found.org_id,
            found.actor_id,
            found.actor_kind,
            rules.rights_now(found.rights, kind=found.org_kind, status=found.org_status),
            current_request_id.get(),
            found.org_kind,
            presented.hash if presented.is_key else b"",
        )

    async def reader_of(self, request: Request[Any, Any, Any]) -> Scope | None:
        """The caller of a public route, for the dependency `reader`; None for nobody. Only a good credential counts.

        Raises what `scope_of` raises when a credential is shown that is none.
        """
        if "authorization" not in request.headers and COOKIE not in request.cookies:
            return None
        return await self.scope_of(request)

    def forget(self, *hashes: bytes) -> None:
        """Look these credentials up again at their next request: they were revoked, or their rights changed."""
        for changed in hashes:
            self._kept.pop(changed, None)

    def _kept_credential(self, presented: Presented) -> Credential | None:
        kept = self._kept.get(presented.hash)
        if kept is None or not self.revocations.heard or kept.until <= time.monotonic():
            return None
        return kept.credential

    async def _looked_up(self, presented: Presented) -> Credential | None:
        # What is heard between the look-up's snapshot and its answer may be about this very credential.
        heard_before = self.revocations.heard_count
        find = queries.key_with if presented.is_key else queries.session_with
        async with self._db.driver() as driver:
            found = await find(driver, presented.hash)
        if found is not None and self.revocations.heard and self.revocations.heard_count == heard_before:
            self._keep(presented.hash, found)
        return found

    def _keep(self, credential: bytes, found: Credential) -> None:
        self._kept.pop(credential, None)
        while len(self._kept) >= KEPT_MAX:
            del self._kept[next(iter(self._kept))]
        self._kept[credential] = _Kept(found, time.monotonic() + KEPT_FOR_S)


def presented_by(request: Request[Any, Any, Any]) -> Presented:
    """The credential in a request; a key in `Authorization` goes before the cookie. No database is asked.

    Raises Unauthenticated (401) when there is none or its form or checksum is wrong, CrossSite (403).
    """
    authorization = request.headers.get("authorization")
    if authorization is not None:
        scheme, _, text = authorization.partition(" ")
        key = read_api_key(text.strip()) if scheme.lower() == "bearer" else None
        if key is None:
            raise Unauthenticated("Send `Authorization: Bearer od_…` with the key as it was shown.")
        return Presented(credential_hash(key.text), is_key=True)
    return Presented(session_hash(request), is_key=False)


def session_hash(request: Request[Any, Any, Any]) -> bytes:
    """The hash of the session's token in the cookie. Raises Unauthenticated (401), CrossSite (403)."""
    token = request.cookies.get(COOKIE, "")
    if not is_session_token(token):
        raise Unauthenticated("Sign in, or send an API key.")
    headers = request.headers
    if not rules.is_from_own_pages(
        request.method,
        fetch_site=headers.get("sec-fetch-site"),
        origin=headers.get("origin"),
        host=headers.get("host", ""),
    ):
        raise CrossSite("A change by cookie must come from this site's own pages.")
    return credential_hash(token)
