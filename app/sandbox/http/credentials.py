"""Is this credential one of this desk's kind? A live key at a test desk is refused by name, and the other way round."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, Final, Literal, TypeAlias

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from app.core.errors import Unauthenticated

Mode = Literal["live", "test"]
Guard: TypeAlias = Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], Awaitable[None]]
# Keys, publishable keys and storefronts' tokens alike: od_live_…, od_pk_test_…, od_bt_test_….
_MODE: Final = re.compile(r"\s*bearer\s+od_(?:[a-z]{2}_)?(live|test)_", re.IGNORECASE)
_OTHER: Final = {
    "live": "This is a credential of test mode, and this desk has no test mode: it sells what is real.",
    "test": "This is a credential of the live desk. Nothing here is real: use one of test mode (od_test_…).",
}


def mode_of(authorization: str) -> Mode | None:
    """The mode that a credential in an `Authorization` header names; None when it names none."""
    found = _MODE.match(authorization)
    if found is None:
        return None
    return "live" if found[1].lower() == "live" else "test"


def refuse_other_mode(mode: Mode) -> Guard:
    """A guard of every door. Raises Unauthenticated (401) for a credential that names the other mode."""

    async def guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        if mode_of(connection.headers.get("authorization", "")) not in (mode, None):
            raise Unauthenticated(_OTHER[mode])

    return guard
