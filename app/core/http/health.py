"""Is this process alive, and may it be sent requests? `/livez`, `/readyz` and `/metrics`."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import msgspec
from asyncpg import PostgresError
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from sqlalchemy.exc import SQLAlchemyError

from app.core.http.drain import Drain
from app.core.http.errors import NotReady
from app.core.metrics import MEDIA_TYPE, Metrics

Check = Callable[[], Awaitable[str | None]]
"""Looks at one thing we need: None when it is well, else one sentence without secrets. May raise a driver's error."""

CHECK_TIMEOUT_S: Final = 2
_NO_STORE: Final = {"Cache-Control": "no-store"}


class Health(msgspec.Struct, frozen=True):
    """How it goes: `ok`, and each thing that was looked at."""

    status: str
    checks: dict[str, str]


def health_routes(checks: Mapping[str, Check], *, drain: Drain, metrics: Metrics) -> list[HTTPRouteHandler]:
    """The three doors for whoever runs the process. They need no caller and tell nothing about anybody."""

    @get("/livez", tags=["Health"], opt={"unlimited": True})
    async def livez() -> Response[Health]:
        """Whether the process answers at all. It looks at nothing else."""
        return Response(Health("ok", {}), headers=_NO_STORE)

    @get("/readyz", tags=["Health"], opt={"unlimited": True, "errors": (NotReady,)})
    async def readyz() -> Response[Health]:
        """Whether requests may be sent here: the database answers, its schema is the code's, nobody said stop."""
        found = dict(zip(checks, await asyncio.gather(*map(_looked_at, checks.values())), strict=True))
        if drain.begun:
            found["drain"] = "leaving"
        if any(state != "ok" for state in found.values()):
            raise NotReady("Send requests elsewhere.", retry_after_s=CHECK_TIMEOUT_S, checks=found)
        return Response(Health("ok", found), headers=_NO_STORE)

    @get("/metrics", tags=["Health"], media_type=MEDIA_TYPE, opt={"unlimited": True})
    async def show_metrics() -> Response[bytes]:
        """Counters in Prometheus' text format."""
        return Response(metrics.text(), media_type=MEDIA_TYPE, headers=_NO_STORE)

    return [livez, readyz, show_metrics]


async def _looked_at(check: Check) -> str:
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_S):
            return await check() or "ok"
    except (TimeoutError, OSError, SQLAlchemyError, PostgresError):
        return "does not answer"
