"""How does the fake Stripe speak: which requests are Stripe's, and which are those of the stage's hands?"""

import secrets
from typing import Any

import msgspec
from litestar import HttpMethod, Litestar, Response, Router, get, post, route
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException, NotAuthorizedException
from litestar.handlers import BaseRouteHandler
from litestar.params import JSONBody
from litestar.types import Guard

from integrations.registries.fake.wire import AnyRequest
from integrations.stripe.fake.counter import Counter
from integrations.stripe.fake.faults import Faults
from integrations.stripe.fake.hooks import Hooks
from integrations.stripe.fake.messages import Chance, Delivery, Endpoints, Fault, Forward, Hold
from integrations.stripe.fake.office import TIME, Office
from integrations.stripe.fake.reading import view
from integrations.stripe.fake.refusals import Refused
from integrations.stripe.fake.scene import Wish, play


def create_app(office: Office, faults: Faults, hooks: Hooks, *, secret_key: str, admin_secret: str) -> Litestar:
    """Put the routes together."""
    counter = Counter(office, faults, secret_key=secret_key)
    admin = Router(
        "/admin",
        route_handlers=[
            grant_wish, move_clock, drop_keys, set_endpoints, hold_webhooks, deliver_events, state_fault, leave_to_chance, clear_faults, show_book,
            show_health,
        ],
        guards=[_bearer(admin_secret)],
    )  # fmt: skip
    return Litestar(
        [ask_stripe, admin],
        dependencies={
            "counter": Provide(lambda: counter, sync_to_thread=False),
            "office": Provide(lambda: office, sync_to_thread=False),
            "faults": Provide(lambda: faults, sync_to_thread=False),
            "hooks": Provide(lambda: hooks, sync_to_thread=False),
        },
        openapi_config=None,
        logging_config=None,
    )


@route(
    "/v1/{rest:path}", http_method=[HttpMethod.GET, HttpMethod.POST, HttpMethod.DELETE], media_type="application/json"
)
async def ask_stripe(request: AnyRequest, counter: NamedDependency[Counter]) -> Response[bytes]:
    """Whatever is Stripe's."""
    return await counter.serve(request)


@post("/wishes")
async def grant_wish(data: JSONBody[Wish], office: NamedDependency[Office]) -> Response[bytes]:
    """Let a payer, a bank or somebody at Stripe do something."""
    office.catch_up()
    try:
        answer = office.perform(TIME, lambda act: play(act, data))
    except Refused as refused:
        raise HTTPException(refused.message, status_code=409) from None
    return _json(answer.status, answer.body)


@post("/clock")
async def move_clock(data: JSONBody[Forward], office: NamedDependency[Office]) -> Response[bytes]:
    """Move time forward."""
    office.move_clock(data.by_s)
    return _json(200, {"now": office.now()})


@post("/keys/drop")
async def drop_keys(office: NamedDependency[Office]) -> Response[bytes]:
    """Forget all idempotency keys."""
    office.drop_keys()
    return _json(200, {"dropped": True})


@post("/webhooks/endpoints")
async def set_endpoints(data: JSONBody[Endpoints], office: NamedDependency[Office]) -> Response[bytes]:
    """Tell of events there from now on."""
    office.set_endpoints(data.endpoints)
    return _json(200, {"endpoints": len(data.endpoints)})


@post("/webhooks/hold")
async def hold_webhooks(data: JSONBody[Hold], hooks: NamedDependency[Hooks]) -> Response[bytes]:
    """Hold webhooks back, or let them go."""
    hooks.held = data.held
    return _json(200, data)


@post("/webhooks/deliveries")
async def deliver_events(data: JSONBody[Delivery], hooks: NamedDependency[Hooks]) -> Response[bytes]:
    """Deliver events now, as the stage wants it."""
    try:
        return _json(200, await hooks.deliver(data))
    except KeyError as missing:
        raise HTTPException(f"There is no event {missing}.", status_code=404) from None


@post("/faults")
async def state_fault(data: JSONBody[Fault], faults: NamedDependency[Faults]) -> Response[bytes]:
    """Let the next requests go wrong."""
    faults.state(data)
    return _json(201, data)


@post("/faults/chance")
async def leave_to_chance(data: JSONBody[Chance], faults: NamedDependency[Faults]) -> Response[bytes]:
    """Let requests go wrong by lot."""
    faults.leave_to(data)
    return _json(201, data)


@post("/faults/clear")
async def clear_faults(faults: NamedDependency[Faults]) -> Response[bytes]:
    """Let nothing go wrong any more."""
    faults.clear()
    return _json(200, {"cleared": True})


@get("/book")
async def show_book(office: NamedDependency[Office]) -> Response[bytes]:
    """Show everything that there is."""
    return _json(200, view(office.shelf, office.look(TIME), lines=office.lines))


@get("/health")
async def show_health() -> Response[bytes]:
    """Say that the server is up."""
    return _json(200, {"up": True})


def _json(status: int, body: Any) -> Response[bytes]:
    return Response(msgspec.json.encode(body), status_code=status, media_type="application/json")


def _bearer(secret: str) -> Guard:
    expected = f"Bearer {secret}".encode()

    def guard(connection: ASGIConnection[Any, Any, Any, State], _: BaseRouteHandler) -> None:
        if not secrets.compare_digest(connection.headers.get("authorization", "").encode(), expected):
            raise NotAuthorizedException

    return guard
