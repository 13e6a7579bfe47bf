"""Which pages of other origins may read our answers, and with what may they ask? Those of storefronts, never with cookies.

`Access-Control-Allow-Credentials` is never said, so a browser drops an answer to a request that carried our cookie.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from litestar.types import Receive, Send

from app.core.http.headers import RawHeaders, header

AllowsOrigin = Callable[[str], Awaitable[bool]]
"""Whether a page of this origin may read our answers."""

METHODS: Final = "GET, HEAD, POST, PATCH, DELETE"
ASKED_WITH: Final = (
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id, Offset-Desk-Organisation,"
    " Accept-Language"
)
READABLE: Final = "ETag, Location, Retry-After, RateLimit, RateLimit-Policy, Idempotent-Replayed, X-Request-Id"
REMEMBERED_S: Final = 600
"""How long a browser need not ask again. What it then sends is looked at all the same."""

_PREFLIGHT: Final[RawHeaders] = [
    (b"access-control-allow-methods", METHODS.encode()),
    (b"access-control-allow-headers", ASKED_WITH.encode()),
    (b"access-control-max-age", str(REMEMBERED_S).encode()),
]


async def nobody(_: str) -> bool:
    """An application without storefronts."""
    return False


def cors_headers(origin: bytes) -> RawHeaders:
    """What lets a page of just this origin read an answer, and the headers that programs need."""
    return [(b"access-control-allow-origin", origin), (b"access-control-expose-headers", READABLE.encode())]


def is_preflight(scope: Mapping[str, Any]) -> bool:
    """Whether a browser asks before it asks (WHATWG Fetch, 3.3.2)."""
    return scope["method"] == "OPTIONS" and header(scope["headers"], b"access-control-request-method") is not None


async def preflight(_scope: Any, _receive: Receive, send: Send) -> None:
    """The answer to a preflight of an allowed origin, as an ASGI application; the path is not looked at."""
    await send({"type": "http.response.start", "status": 204, "headers": [*_PREFLIGHT]})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
