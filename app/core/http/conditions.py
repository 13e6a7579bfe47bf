"""Did the caller see what is about to change? ETags from a row's version or from what is shown, and `If-Match`."""

import hashlib
import re
from typing import Annotated, Final

from litestar.params import HeaderParameter

from app.core.errors import PreconditionFailed, PreconditionRequired

IF_MATCH: Final = "If-Match"
IfMatch = Annotated[str | None, HeaderParameter(name=IF_MATCH, description="The ETag that you last saw.")]

IF_MATCH_PATTERN: Final = r'^(\*|(W/)?"[\x21\x23-\x7e]*"(, (W/)?"[\x21\x23-\x7e]*")*)$'
_TAG: Final = re.compile(r'(?:W/)?"[^"]*"')


def etag_of(version: int) -> str:
    """The strong ETag of a row's version: `"v7"`."""
    return f'"v{version}"'


def content_etag(shown: bytes) -> str:
    """The strong ETag of what has no version: its own bytes. For `If-None-Match` alone, never for `If-Match`."""
    return f'"{hashlib.sha256(shown).hexdigest()[:32]}"'


def require_match(if_match: str | None, version: int) -> None:
    """Go on only when the caller named the version that is stored now (strong comparison, RFC 9110, 13.1.1).

    Raises PreconditionRequired (428) without `If-Match`, PreconditionFailed (412) with the present ETag when stale.
    """
    if if_match is None or not if_match.strip():
        raise PreconditionRequired("Send If-Match with the ETag that you last saw.")
    present = etag_of(version)
    if if_match.strip() != "*" and present not in _TAG.findall(if_match):
        raise PreconditionFailed("Fetch it again and look at what changed.", etag=present)
