"""What does a request show for itself? A key, a storefront's key or token, or the session's cookie; no database is asked."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from litestar.connection import ASGIConnection

from app.core.errors import Unauthenticated
from app.core.security import (
    ACCESS_PREFIX,
    credential_hash,
    is_buyer_token,
    is_session_token,
    read_api_key,
    read_publishable_key,
)
from app.identity import rules
from app.identity.errors import CrossSite

COOKIE: Final = "__Host-offsetdesk"
Connection = ASGIConnection[Any, Any, Any, Any]


class Kind(Enum):
    """By what somebody is known."""

    KEY = "key"
    PUBLISHABLE = "publishable"
    BUYER_TOKEN = "buyer_token"  # noqa: S105 - the name of a kind, no secret.
    SESSION = "session"


STOREFRONTS: Final = frozenset({Kind.PUBLISHABLE, Kind.BUYER_TOKEN})
"""Credentials that lie in browsers on a storefront's pages: they come from its origins."""


@dataclass(frozen=True, slots=True)
class Presented:
    """The hash of a well-formed key or token."""

    hash: bytes
    kind: Kind


def is_shown(connection: Connection) -> bool:
    """Whether the request says who it is at all."""
    return "authorization" in connection.headers or COOKIE in connection.cookies


def shown_by_storefront(connection: Connection) -> bool:
    """Whether the request comes with what a storefront's page holds; whether that is well-formed is not asked."""
    text = _bearer(connection.headers.get("authorization", ""))
    return text is not None and text.startswith(("od_pk_", ACCESS_PREFIX))


def presented_by(connection: Connection) -> Presented:
    """The credential in a request; one in `Authorization` goes before the cookie.

    Raises Unauthenticated (401) when there is none or its form or checksum is wrong, CrossSite (403).
    """
    authorization = connection.headers.get("authorization")
    if authorization is None:
        return Presented(session_hash(connection), Kind.SESSION)
    text = _bearer(authorization) or ""
    if read_api_key(text) is not None:
        return Presented(credential_hash(text), Kind.KEY)
    if read_publishable_key(text) is not None:
        return Presented(credential_hash(text), Kind.PUBLISHABLE)
    if is_buyer_token(ACCESS_PREFIX, text):
        return Presented(credential_hash(text), Kind.BUYER_TOKEN)
    raise Unauthenticated("Send `Authorization: Bearer od_…` with the key as it was shown.")


def session_hash(connection: Connection) -> bytes:
    """The hash of the session's token in the cookie. Raises Unauthenticated (401), CrossSite (403)."""
    token = connection.cookies.get(COOKIE, "")
    if not is_session_token(token):
        raise Unauthenticated("Sign in, or send an API key.")
    headers = connection.headers
    if not rules.is_from_own_pages(
        method_of(connection),
        fetch_site=headers.get("sec-fetch-site"),
        origin=headers.get("origin"),
        host=headers.get("host", ""),
    ):
        raise CrossSite("A change by cookie must come from this site's own pages.")
    return credential_hash(token)


def method_of(connection: Connection) -> str:
    """How it is asked; empty for what is no request."""
    return str(connection.scope.get("method", ""))


def _bearer(authorization: str) -> str | None:
    scheme, _, text = authorization.partition(" ")
    return text.strip() if scheme.lower() == "bearer" else None
