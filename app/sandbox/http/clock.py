"""What time is it at this test desk, and how is its clock moved?"""

import asyncio
from datetime import timedelta

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from app.core.clock import ahead_of_time, utc_now
from app.core.db import Database
from app.core.errors import Forbidden
from app.core.scope import Scope
from app.sandbox import operations, queries
from app.sandbox.errors import ClockNotMoved
from app.sandbox.flow import FOLLOWED_WITHIN_S
from app.sandbox.http.addressed import TAGS
from app.sandbox.schemas import ClockIn, ClockOut


@get("/v1/test/clock", tags=TAGS, opt={"untagged": True})
async def show_clock(caller: NamedDependency[Scope], db: NamedDependency[Database]) -> Response[ClockOut]:
    """What time it is at this desk. Orders, quotes, keys, sessions, jobs and certificates all go by it."""
    caller.needs("read")
    async with db.machinery() as session:
        ahead, version = await queries.clock(session)
    return Response(_shown(ahead, version), headers={"Cache-Control": "no-store"})


@post("/v1/test/clock", status_code=200, tags=TAGS, opt={"errors": (ClockNotMoved,)})
async def move_clock(
    data: JSONBody[ClockIn], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> ClockOut:
    """Move the clock forward. It is one for the whole desk and everybody on it, so that only the operator moves it.

    When the answer comes, the API and its workers have followed; jobs that have become due begin within the second.
    """
    caller.needs("admin")
    if caller.org_kind != "operator":
        raise Forbidden("Only the operator of this desk may do this: its clock is everybody's.")
    machine_now = utc_now() - ahead_of_time.get()
    async with db.transaction(caller) as session:
        ahead, version = await operations.move_clock(
            session, advance=data.advance, to=data.now, machine_now=machine_now
        )
    await asyncio.sleep(FOLLOWED_WITHIN_S)
    return _shown(ahead, version)


def _shown(ahead: timedelta, version: int) -> ClockOut:
    machine_now = utc_now() - ahead_of_time.get()
    return ClockOut(machine_now + ahead, ahead // timedelta(seconds=1), version)


routes: list[HTTPRouteHandler] = [show_clock, move_clock]
