"""Who asks, for what, in which version? The outside of a request to Stripe, before anything is looked at."""

import re
import secrets
from typing import Final
from urllib.parse import parse_qsl

import msgspec

from integrations.stripe.fake.act import PLATFORM
from integrations.stripe.fake.refusals import Misread, Refused
from integrations.stripe.fake.shelf import Shelf
from integrations.stripe.shapes import API_VERSION

_VERSION: Final = re.compile(r"\d{4}-\d{2}-\d{2}(\.\w+)?")


class Call(msgspec.Struct, frozen=True):
    """A request, read as far as its outside goes."""

    method: str
    path: str
    pairs: list[tuple[str, str]]
    owner: str
    key: str | None
    request_id: str


def pairs_of(method: str, query: str, body: bytes, content_type: str) -> list[tuple[str, str]]:
    """The parameters: of the query for a question, of the body for a write; raises `Misread`."""
    if method == "GET":
        return parse_qsl(query, keep_blank_values=True)
    if body and not content_type.startswith("application/x-www-form-urlencoded"):
        raise Misread(400, f"Invalid request: unknown content type {content_type}", code=None, param=None)
    try:
        return parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict")
    except (UnicodeDecodeError, ValueError):
        raise Misread(400, "Invalid request: the body cannot be read as a form", code=None, param=None) from None


def check_key(given: str | None, secret_key: str) -> None:
    """Raise `Refused` (401) unless the secret key was shown."""
    if given is None or not given.startswith("Bearer "):
        message = "You did not provide an API key. Provide it in the Authorization header, using Bearer auth."
        raise Refused(401, message, code=None, param=None)
    shown = given.removeprefix("Bearer ")
    if not secrets.compare_digest(shown.encode(), secret_key.encode()):
        stars = shown[:8] + "*" * max(0, len(shown) - 12) + shown[-4:]
        raise Refused(401, f"Invalid API Key provided: {stars}", code=None, param=None)


def check_version(given: str | None) -> None:
    """Raise `Refused` for a version that we do not speak: its answers would have another shape."""
    if given is None or given == API_VERSION:
        return
    known = "is not the one that this double speaks" if _VERSION.fullmatch(given) else "is invalid"
    raise Misread(400, f"Invalid Stripe API version: {given} {known} ({API_VERSION}).", code=None, param=None)


def owner_of(given: str | None, shelf: Shelf) -> str:
    """Whose things are asked for: ours, or a connected account's; raises `Refused` (403) for a stranger's."""
    if given is None or given == PLATFORM:
        return PLATFORM
    account = shelf.find(given)
    if account is None or account["object"] != "account":
        message = f"The provided key does not have access to account '{given}' (or that account does not exist)."
        raise Refused(403, message, code="account_invalid", param=None)
    return given
