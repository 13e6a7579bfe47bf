"""A small application of our own, with one door for each thing that the edge promises."""

import asyncio
import io
import json
import logging
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import httpx
import msgspec
import pytest
import uvicorn
from asyncpg import DeadlockDetectedError
from litestar import Request, Response, delete, get, patch, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency, Provide
from litestar.exceptions import PermissionDeniedException, TooManyRequestsException
from litestar.params import FromPath, FromQuery, HeaderParameter, JSONBody, MultipartBody, QueryParameter
from litestar.response import Stream
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.core.errors import Forbidden, InvalidState, NotFound, TooManyRequests, Unauthenticated, Unavailable
from app.core.http.assembly import WebSettings, assemble
from app.core.http.conditions import IfMatch, etag_of, require_match
from app.core.http.deprecation import Deprecated
from app.core.http.drain import Drain
from app.core.http.edge import Edge
from app.core.http.idempotency import answer_of
from app.core.http.paging import Cursor, Limit
from app.core.http.trouble import retried
from app.core.idempotency import KeyedRequest, StoredAnswer
from app.core.logs import JsonLines
from app.core.metrics import Metrics

BASE_URL = "https://desk.example"


class LineIn(msgspec.Struct, forbid_unknown_fields=True):
    listing: Annotated[str, msgspec.Meta(pattern="^lst_[0-9a-z]+$")]
    quantity: Annotated[int, msgspec.Meta(ge=1, le=1_000)]
    unit: Literal["t", "kg"] = "t"


class OrderIn(msgspec.Struct, forbid_unknown_fields=True):
    lines: Annotated[list[LineIn], msgspec.Meta(min_length=1, max_length=3)]
    note: Annotated[str, msgspec.Meta(max_length=5)] | None = None
    prices: dict[str, int] = {}


class OrderOut(msgspec.Struct):
    id: str
    lines: int


class Upload(msgspec.Struct):
    layout: str
    file: UploadFile


class World:
    """What the routes have seen, and the switches that a test turns."""

    def __init__(self) -> None:
        self.metrics = Metrics()
        self.drain = Drain()
        self.check: str | Exception | None = None
        self.stored: dict[str, tuple[bytes, StoredAnswer]] = {}
        self.tries = 0
        self.deadlocks = 0
        self.stream_ended = False


def driver_error(original: Exception) -> DBAPIError:
    return DBAPIError("select 'secret'", {"name": "Yamada"}, original)


def routes(world: World) -> list[Any]:
    @get("/v1/orders/{order_id:uuid}")
    async def show_order(order_id: FromPath[UUID]) -> Response[OrderOut]:
        return Response(OrderOut(str(order_id), 1), headers={"ETag": etag_of(7)})

    @get("/v1/orders")
    async def list_orders(
        status: Annotated[list[str] | None, QueryParameter()] = None,
        minimum: Annotated[int | None, QueryParameter(name="quantity_gte", ge=0)] = None,
        limit: Limit = 20,
        cursor: Cursor = None,
    ) -> dict[str, Any]:
        return {"status": status, "limit": limit, "cursor": cursor, "minimum": minimum}

    @get("/v1/search")
    async def search(q: FromQuery[str]) -> str:
        return q

    @post("/v1/orders", opt={"errors": (InvalidState,)})
    async def place_order(data: JSONBody[OrderIn], caller: NamedDependency[str]) -> OrderOut:
        """Order tonnes."""
        return OrderOut(caller, len(data.lines))

    @post("/v1/payments")
    async def pay(data: JSONBody[OrderIn], keyed: NamedDependency[KeyedRequest]) -> Response[OrderOut]:
        known = world.stored.get(keyed.key)
        if known is not None and known[0] == keyed.fingerprint:
            return answer_of(known[1], replayed=True)
        body = msgspec.json.encode(OrderOut(f"pay_{len(world.stored)}", len(data.lines)))
        world.stored[keyed.key] = keyed.fingerprint, StoredAnswer(201, body)
        return answer_of(world.stored[keyed.key][1], replayed=False)

    @patch("/v1/orders/{order_id:uuid}")
    async def change_order(order_id: FromPath[UUID], data: JSONBody[OrderIn], if_match: IfMatch = None) -> str:
        require_match(if_match, 7)
        return f"{order_id} {len(data.lines)}"

    @delete("/v1/orders/{order_id:uuid}")
    async def drop_order(order_id: FromPath[UUID], if_match: IfMatch = None) -> None:
        require_match(if_match, 7)
        assert order_id

    @post("/v1/orders/{order_id:uuid}/cancel")
    async def cancel_order(order_id: FromPath[UUID]) -> str:
        return str(order_id)

    @post("/v1/imports")
    async def import_file(data: MultipartBody[Upload]) -> dict[str, str]:
        return {"layout": data.layout, "text": (await data.file.read()).decode()}

    @post("/v1/echo", media_type="application/json")
    async def echo(request: Request[Any, Any, Any]) -> bytes:
        return await request.body()

    @get("/v1/header")
    async def needs_header(version: Annotated[int, HeaderParameter(name="X-Version", ge=2)]) -> int:
        return version

    @get("/page", media_type="text/html")
    async def html_page() -> str:
        return "<h1>確認</h1>"

    @get("/v1/old", opt={"deprecated": Deprecated(date(2026, 11, 25), date(2027, 6, 1), "/v1/orders")})
    async def show_old() -> str:
        return "what was"

    @get("/stream")
    async def stream() -> Stream:
        async def parts() -> AsyncIterator[bytes]:
            try:
                for _ in range(500):
                    yield b"x"
                    await asyncio.sleep(0.01)
            finally:
                world.stream_ended = True

        return Stream(parts())

    @get("/raise/{kind:str}")
    async def raise_it(kind: FromPath[str]) -> None:
        raise FAILURES[kind]

    @get("/retried")
    async def flow() -> int:
        async def step() -> int:
            world.tries += 1
            if world.tries <= world.deadlocks:
                raise driver_error(DeadlockDetectedError("deadlock detected"))
            return world.tries

        return await retried(step)

    return [
        show_order,
        list_orders,
        search,
        place_order,
        pay,
        change_order,
        drop_order,
        cancel_order,
        import_file,
        echo,
        needs_header,
        html_page,
        show_old,
        stream,
        raise_it,
        flow,
    ]


FAILURES: dict[str, Exception] = {
    "forbidden": Forbidden("This key may only read."),
    "their_403": PermissionDeniedException("a reason in Python"),
    "missing": NotFound("No such order."),
    "state": InvalidState("The order is paid.", state="paid", status="overwritten?"),
    "limited": TooManyRequests("Slow down.", retry_after_s=7),
    "their_429": TooManyRequestsException(headers={"Retry-After": "9", "X-Internal": "yes"}),
    "unavailable": Unavailable("The registry is down.", retry_after_s=30),
    "bug": KeyError("SELECT secret FROM places /usr/lib/python"),
    "pool": PoolTimeoutError("QueuePool limit of size 10 reached"),
    "refused": ConnectionRefusedError(111, "Connect call failed ('10.0.0.9', 5432)"),
    "deadlock": driver_error(DeadlockDetectedError("deadlock detected")),
}


def caller_of(request: Request[Any, Any, Any]) -> str:
    if "authorization" not in request.headers:
        raise Unauthenticated("Send an API key.")
    return "org_1"


SETTINGS = WebSettings(
    base_url=BASE_URL,
    title="Desk",
    version="1",
    description="A desk <for> tests.",
    body_max_bytes=2_000,
    session_cookie="__Host-session",
    caller_dependencies=frozenset({"caller"}),
)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def edge(world: World) -> Edge:
    async def database() -> str | None:
        if isinstance(world.check, Exception):
            raise world.check
        return world.check

    return assemble(
        routes(world),
        dependencies={"caller": Provide(caller_of, sync_to_thread=False)},
        checks={"database": database},
        settings=SETTINGS,
        metrics=world.metrics,
        drain=world.drain,
    )


@pytest.fixture
async def http(edge: Edge) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(edge)
    async with httpx.AsyncClient(transport=transport, base_url="https://desk.example") as client:
        yield client


@pytest.fixture
def live(edge: Edge) -> Iterator[str]:
    """The application behind the real server, on a port of the kernel's choice."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(edge, lifespan="on", ws="none", log_config=None, http="httptools")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=10)
        assert not thread.is_alive()


@pytest.fixture
def log() -> Any:
    """The log lines of this test, as they would be written."""
    stream = io.StringIO()
    writer = logging.StreamHandler(stream)
    writer.setFormatter(JsonLines())
    logger = logging.getLogger("offsetdesk")
    before = logger.level
    logger.addHandler(writer)
    logger.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logger.removeHandler(writer)
    logger.setLevel(before)
