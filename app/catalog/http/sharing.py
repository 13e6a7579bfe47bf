"""What have all answers of the catalogue in common? They are the same for everybody: caches keep them for a minute."""

import hashlib
from datetime import date
from typing import Annotated, Final, TypeVar

import msgspec
from litestar import Response
from litestar.datastructures import ResponseHeader
from litestar.params import QueryParameter

from app.core.clock import utc_now
from app.core.period import day_in_japan

_Shown = TypeVar("_Shown")
Text = Annotated[str | None, QueryParameter(min_length=1, max_length=200)]
AsOf = Annotated[date | None, QueryParameter(description="What held on this day in Japan; today if not said.")]

SHARED_HEADERS: Final = [
    ResponseHeader("ETag", documentation_only=True, description="Send it as If-None-Match: 304 when nothing changed."),
    ResponseHeader("Cache-Control", documentation_only=True, description="`public, max-age=60`"),
]


def shared(shown: _Shown) -> Response[_Shown]:
    """The answer with the tag of its own content: the same for everybody, so that any cache may keep it."""
    tag = hashlib.sha256(msgspec.json.encode(shown)).hexdigest()[:32]
    return Response(shown, headers={"ETag": f'"{tag}"', "Cache-Control": "public, max-age=60"})


def today() -> date:
    """The day in Japan that answers speak of unless another is asked for."""
    return day_in_japan(utc_now())
