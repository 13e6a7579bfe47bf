"""Which origins may a storefront have, how may it look, and who speaks for it?"""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from app.core.errors import FieldError
from app.core.text import has_control_characters, tidy_line
from app.identity.rules.people import is_email

ACT_FOR_BUYERS: Final = "act_for_buyers"
ORIGINS_MAX: Final = 20
KEYS_LIVE_MAX: Final = 2
"""The one in use, and its successor while pages still hold the old one."""
TOKEN_VALID: Final = timedelta(minutes=15)
TOKENS_VALID_UP_TO: Final = timedelta(hours=12)
"""From the password on; refreshing does not make it longer."""
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
ACTIVE, SUSPENDED, CLOSED = "active", "suspended", "closed"
_ORIGIN_MAX: Final = 300

Branding = dict[str, Any]
"""`display_name_ja`, `display_name_en`, `colour`, `logo_url`, `support_email`, `terms_url`, `privacy_url`,
`commerce_url`, `languages`."""
Move = Literal["suspend", "resume", "close"]

# An origin as browsers write it (RFC 6454, 6.2; WHATWG HTML, 7.1.1): lower case, punycode, no default port, no slash.
_NAME: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST: Final = rf"{_NAME}(?:\.{_NAME})*|\[[0-9a-f:.]{{2,45}}\]"
_ORIGIN: Final = re.compile(rf"(?P<scheme>https?)://(?P<host>{_HOST})(?::(?P<port>[1-9][0-9]{{0,4}}))?", re.ASCII)
_DEFAULT_PORT: Final = {"https": "443", "http": "80"}
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def is_origin(text: str) -> bool:
    """Whether this is an origin as a browser writes it: asked before the database is."""
    found = _ORIGIN.fullmatch(text) if len(text) <= _ORIGIN_MAX else None
    if found is None:
        return False
    port = found["port"]
    return port is None or (int(port) <= 65535 and port != _DEFAULT_PORT[found["scheme"]])


def is_from_storefront(method: str, origin: str | None, allowed: frozenset[str]) -> bool:
    """Whether a request with a storefront's credential comes from where it may.

    A browser says where it is; a program that does not may read. A change needs an origin of the storefront's.
    """
    return method in SAFE if origin is None else origin in allowed


def moved_status(found: str, move: Move) -> str | None:
    """The status after the move; None when it cannot be made from the status found."""
    match move, found:
        case "suspend", "active":
            return SUSPENDED
        case "resume", "suspended":
            return ACTIVE
        case "close", "active" | "suspended":
            return CLOSED
    return None


def wrong_about_origins(origins: Sequence[str], *, loopback: bool) -> Iterator[FieldError]:
    """What is wrong with a storefront's origins: https only, and this machine itself in test mode (`loopback`)."""
    for n, origin in enumerate(origins):
        at = f"/origins/{n}"
        if not is_origin(origin):
            shape = "Must be a scheme, a host and a port as browsers write them: https://shop.example"
            yield FieldError(at, "format", shape)
        elif origin.startswith("http://") and not (loopback and urlsplit(origin).hostname in _LOOPBACK):
            yield FieldError(at, "insecure", "Must be https; in test mode http on this machine will do too.")
        if origin in origins[:n]:
            yield FieldError(at, "repeated", "Name each origin once.")


def wrong_about_branding(branding: Branding, origins: Sequence[str]) -> Iterator[FieldError]:
    """What is wrong with how a storefront looks: its logo lies on one of its own origins, its links are https."""
    for name in ("display_name_ja", "display_name_en"):
        text = branding[name]
        if text is not None and (not tidy_line(text) or has_control_characters(text)):
            yield FieldError(f"/branding/{name}", "blank", "Must be one line that holds a name.")
    support = branding["support_email"]
    if support is not None and not is_email(support):
        yield FieldError("/branding/support_email", "format", "Must be an e-mail address.")
    logo = branding["logo_url"]
    if logo is not None and origin_of(logo) not in origins:
        yield FieldError("/branding/logo_url", "origin", "Must lie on one of the storefront's origins.")
    for name in ("terms_url", "privacy_url", "commerce_url"):
        link = branding[name]
        if link is not None and not ((origin_of(link) or "").startswith("https://") or origin_of(link) in origins):
            yield FieldError(f"/branding/{name}", "format", "Must be an https address, or lie on one of the origins.")
    if len(set(branding["languages"])) < len(branding["languages"]):
        yield FieldError("/branding/languages", "repeated", "Name each language once.")


def wrong_about_act(scopes: frozenset[str], *, bound: bool) -> Iterator[FieldError]:
    """A key acts for buyers of one storefront or for none: the scope and the storefront go together."""
    if ACT_FOR_BUYERS in scopes and not bound:
        yield FieldError("/storefront_id", "missing", "A key that acts for buyers is bound to a storefront.")
    if bound and ACT_FOR_BUYERS not in scopes:
        yield FieldError("/scopes", "missing", "A key of a storefront has the scope act_for_buyers.")


def origin_of(address: str) -> str | None:
    """The origin of an http address as a browser would say it; None when the address is none."""
    found = re.match(r"(https?://[^/?#\\@\s]+)(?:[/?#]|$)", address)
    if found is None or re.search(r"[\s\\\x00-\x1f\x7f]", address):
        return None
    return found[1] if is_origin(found[1]) else None
