"""Where does somebody look how far long work has got? Once as JSON, or as it happens, as server-sent events."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, HeaderParameter
from litestar.response import Stream

from app.core.db import Database
from app.core.ids import public_id, read_public_id
from app.core.long_jobs import OVER, LongJob, LongJobNotFound, long_job_of
from app.core.scope import Scope

STREAM_S: Final = 15
"""Streams end themselves before a stopping server would cut them off; the browser's EventSource asks again by itself."""
POLL_S: Final = 0.25
_EVENTS: Final = "text/event-stream"
Accept = Annotated[str | None, HeaderParameter(name="Accept", description=f"`{_EVENTS}` for the job as it happens.")]


class JobOut(msgspec.Struct, frozen=True):
    """Long work: `done` of `total` (null while nobody knows) counts what `stage` names; `result` is there at the end."""

    id: str
    kind: str
    status: str
    done: int
    total: int | None
    stage: str
    result: dict[str, int | str] | None
    created_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, job: LongJob) -> "JobOut":
        """Show a row."""
        return cls(
            id=public_id("job", job.id),
            kind=job.kind,
            status=job.status,
            done=job.done,
            total=job.total,
            stage=job.stage,
            result=job.result,
            created_at=job.created_at,
            finished_at=job.finished_at,
        )


@get("/v1/jobs/{job_id:str}", tags=["Jobs"], opt={"errors": (LongJobNotFound,), "events": True})
async def show_job(
    job_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database], accept: Accept = None
) -> Response[JobOut]:
    """Long work of yours and how far it has got; with `Accept: text/event-stream` each step as it happens."""
    caller.needs("read")
    found_id = read_public_id("job", job_id)
    if found_id is None:
        raise LongJobNotFound("Nothing has this id.")
    async with db.transaction(caller) as session:
        job = await long_job_of(session, caller, found_id)
    if accept is None or _EVENTS not in accept:
        return Response(JobOut.of(job))
    told: Any = Stream(_steps(db, caller, job), media_type=_EVENTS, headers={"Cache-Control": "no-store"})
    return told  # type: ignore[no-any-return]  # One operation with two media types: the document names the first.


def job_location(job: LongJob) -> str:
    """The address of a job."""
    return f"/v1/jobs/{public_id('job', job.id)}"


async def _steps(db: Database, caller: Scope, job: LongJob) -> AsyncIterator[bytes]:
    """An event whenever the row has changed, and `end` behind the last one. No transaction is open in between."""
    until, seen = time.monotonic() + STREAM_S, 0
    yield b"retry: 1000\n\n"
    while True:
        if job.version != seen:
            seen = job.version
            body = msgspec.json.encode(JobOut.of(job))
            name = b"end" if job.status in OVER else b"progress"
            yield b"id: %d\nevent: %b\ndata: %b\n\n" % (seen, name, body)
        if job.status in OVER or time.monotonic() >= until:
            return
        await asyncio.sleep(POLL_S)
        async with db.transaction(caller) as session:
            job = await long_job_of(session, caller, job.id)


routes: Final[list[HTTPRouteHandler]] = [show_job]
