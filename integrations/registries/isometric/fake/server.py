"""What does the fake Isometric answer to whom: the routes of the document that we use, and those that set the scene?"""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from litestar import Litestar, Router, get, post
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotAuthorizedException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, JSONBody
from litestar.response import Response

from integrations.registries.fake.wire import AnyRequest
from integrations.registries.isometric.fake.counter import Counter, json_reply
from integrations.registries.isometric.fake.desk import Desk
from integrations.registries.isometric.fake.messages import (
    ByBatch,
    Fault,
    Habits,
    Issued,
    NewBeneficiary,
    OldestFirst,
    Stage,
)
from integrations.registries.isometric.fake.office import OWN, Office

Guard = Callable[[ASGIConnection[Any, Any, Any, State], BaseRouteHandler], None]


class Secrets(msgspec.Struct, frozen=True):
    """Who may do what: brokers show two of them at once, the stage's hands the third."""

    client: str
    token: str
    admin: str


def create_app(
    office: Office, counter: Counter, given: Secrets, *, now: Callable[[], datetime], page_size: int
) -> Litestar:
    """Put the routes together."""
    desk = Desk(office, counter, page_size=page_size)
    public = Router(
        "/",
        route_handlers=[
            own_organisation, retire, retire_oldest, list_retirements, show_retirement, list_batches_of, list_batches,
            show_batch, list_beneficiaries, make_beneficiary,
        ],
        guards=[_shows("x-client-secret", given.client), _shows("authorization", f"Bearer {given.token}")],
    )  # fmt: skip
    admin = Router(
        "/admin",
        route_handlers=[issue_batch, state_fault, clear_faults, take_habits, show_book, show_health],
        guards=[_shows("authorization", f"Bearer {given.admin}")],
    )
    return Litestar(
        [public, admin],
        dependencies={
            "desk": Provide(lambda: desk, sync_to_thread=False),
            "office": Provide(lambda: office, sync_to_thread=False),
            "counter": Provide(lambda: counter, sync_to_thread=False),
            "now": Provide(now, sync_to_thread=False),
        },
        openapi_config=None,
        logging_config=None,
    )


@get("/organisation")
async def own_organisation() -> Response[bytes]:
    """Who asks."""
    return json_reply(200, OWN)


@post("/retirements")
async def retire(request: AnyRequest, desk: NamedDependency[Desk], now: NamedDependency[datetime]) -> Response[bytes]:
    """Retire from batches that are named. Not repeatable."""
    return await desk.retire(request, ByBatch, await request.body(), now=now)


@post("/retirements/from_oldest_credits")
async def retire_oldest(
    request: AnyRequest, desk: NamedDependency[Desk], now: NamedDependency[datetime]
) -> Response[bytes]:
    """Retire what is oldest. Not repeatable."""
    return await desk.retire(request, OldestFirst, await request.body(), now=now)


@get("/retirements")
async def list_retirements(
    request: AnyRequest, desk: NamedDependency[Desk], office: NamedDependency[Office]
) -> Response[bytes]:
    """The public list, the newest first."""
    owner_id = request.query_params.get("owner_org_id")
    return await desk.page(request, Stage.RETIREMENTS, lambda: office.retirements(owner_id))


@get("/retirements/{retirement_id:str}")
async def show_retirement(
    request: AnyRequest,
    retirement_id: FromPath[str],
    desk: NamedDependency[Desk],
    office: NamedDependency[Office],
) -> Response[bytes]:
    """One retirement."""
    return await desk.one(request, Stage.RETIREMENT, lambda: office.retirement(retirement_id))


@get("/retirements/{retirement_id:str}/credit_batches")
async def list_batches_of(
    request: AnyRequest,
    retirement_id: FromPath[str],
    desk: NamedDependency[Desk],
    office: NamedDependency[Office],
) -> Response[bytes]:
    """What a retirement took."""

    def whole() -> dict[str, Any]:
        nodes = office.batches_of(retirement_id)
        return {"nodes": nodes, "total_count": len(nodes)}

    return await desk.one(request, Stage.RETIREMENT_BATCHES, whole)


@get("/organisations/{owner_id:str}/credit_batches")
async def list_batches(
    request: AnyRequest, owner_id: FromPath[str], desk: NamedDependency[Desk], office: NamedDependency[Office]
) -> Response[bytes]:
    """An organisation's batches; without the split ones unless these are asked for."""
    statuses = request.query_params.getall("status", ["active", "retired"])
    return await desk.page(request, Stage.BATCHES, lambda: office.batches(owner_id, statuses))


@get("/credit_batches/{batch_id:str}")
async def show_batch(
    request: AnyRequest, batch_id: FromPath[str], desk: NamedDependency[Desk], office: NamedDependency[Office]
) -> Response[bytes]:
    """One batch."""
    return await desk.one(request, Stage.BATCH, lambda: office.batch(batch_id))


@get("/beneficiaries")
async def list_beneficiaries(
    request: AnyRequest, desk: NamedDependency[Desk], office: NamedDependency[Office]
) -> Response[bytes]:
    """Everybody in whose name can be retired."""
    return await desk.page(request, Stage.BENEFICIARIES, office.beneficiaries)


@post("/beneficiary")
async def make_beneficiary(
    request: AnyRequest, desk: NamedDependency[Desk], now: NamedDependency[datetime]
) -> Response[bytes]:
    """Make one. Not repeatable."""
    return await desk.make_beneficiary(request, NewBeneficiary, await request.body(), now=now)


@post("/batches")
async def issue_batch(
    data: JSONBody[Issued], office: NamedDependency[Office], now: NamedDependency[datetime]
) -> Response[bytes]:
    """Issue a batch."""
    return json_reply(201, office.issue(data, now=now))


@post("/faults")
async def state_fault(data: JSONBody[Fault], counter: NamedDependency[Counter]) -> Response[bytes]:
    """Let the next requests go wrong."""
    counter.state(data)
    return json_reply(201, data)


@post("/faults/clear")
async def clear_faults(counter: NamedDependency[Counter], office: NamedDependency[Office]) -> Response[bytes]:
    """Let nothing go wrong any more, and do again what is usual."""
    counter.clear()
    office.habits = Habits()
    return json_reply(200, {"cleared": True})


@post("/habits")
async def take_habits(data: JSONBody[Habits], office: NamedDependency[Office]) -> Response[bytes]:
    """Do what the document leaves open in this way from now on."""
    office.habits = data
    return json_reply(200, data)


@get("/book")
async def show_book(office: NamedDependency[Office]) -> Response[bytes]:
    """Show the whole book."""
    return json_reply(200, office.view())


@get("/health")
async def show_health() -> Response[bytes]:
    """Say that the server is up."""
    return json_reply(200, {"up": True})


def _shows(header: str, expected: str) -> Guard:
    def guard(connection: ASGIConnection[Any, Any, Any, State], _: BaseRouteHandler) -> None:
        given = connection.headers.get(header, "").encode()
        if not secrets.compare_digest(given, expected.encode()):
            raise NotAuthorizedException

    return guard
