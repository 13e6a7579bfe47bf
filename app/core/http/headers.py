"""Which headers does every answer carry? Safety for browsers, privacy for caches; what a handler set stays."""

import re
from collections.abc import Iterable
from typing import Final

RawHeaders = list[tuple[bytes, bytes]]

_PAGE_POLICY: Final = (
    b"default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)
_OTHER_POLICY: Final = b"frame-ancestors 'none'"
_TAG: Final = re.compile(r'(?:W/)?("[^"]*")')
_DROPPED_BY_304: Final = frozenset({b"content-length", b"content-type", b"content-encoding"})


def header(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> bytes | None:
    """The first value of a header; None when it is absent."""
    return next((value for key, value in headers if key.lower() == name), None)


def finished(
    headers: RawHeaders, *, request_id: str, cors: RawHeaders, private: bool, secure: bool, closing: bool
) -> RawHeaders:
    """The answer's headers with those that every answer carries. Runs for every request: one pass, few allocations."""
    named = {key.lower(): value for key, value in headers}
    page = named.get(b"content-type", b"").startswith(b"text/html")
    done = [
        *headers,
        (b"x-request-id", request_id.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"vary", b"Origin"),  # Also where no origin was named: a cache keeps answers for pages and for programs apart.
        *cors,
    ]
    if b"referrer-policy" not in named:
        done.append((b"referrer-policy", b"same-origin"))
    if b"content-security-policy" not in named:
        done.append((b"content-security-policy", _PAGE_POLICY if page else _OTHER_POLICY))
    if b"cache-control" not in named and (private or b"set-cookie" in named):
        done.append((b"cache-control", b"private, no-store"))
    if secure:
        done.append((b"strict-transport-security", b"max-age=31536000"))
    if closing:
        done.append((b"connection", b"close"))
    if b"allow" in named:
        return [(key, _with_head(value) if key.lower() == b"allow" else value) for key, value in done]
    return done


def untagged(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether a handler left the ETag to the edge: it set none, and does not forbid everybody to keep the answer."""
    for key, value in headers:
        name = key.lower()
        if name == b"etag" or (name == b"cache-control" and b"no-store" in value):
            return False
    return True


def is_unchanged(if_none_match: bytes | None, etag: bytes | None) -> bool:
    """Whether the caller has this version already: weak comparison (RFC 9110, 13.1.2)."""
    if if_none_match is None or etag is None:
        return False
    if if_none_match.strip() == b"*":
        return True
    return etag.decode("latin-1").removeprefix("W/") in _TAG.findall(if_none_match.decode("latin-1"))


def without_body(headers: RawHeaders) -> RawHeaders:
    """A 304's headers: those of the 200, without what describes a body."""
    return [(key, value) for key, value in headers if key.lower() not in _DROPPED_BY_304]


def _with_head(allow: bytes) -> bytes:
    """`Allow` as the edge answers it: HEAD wherever GET is."""
    methods = {name.strip() for name in allow.decode().split(",")}
    return ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods)).encode()
