"""What does the fake Gold Standard answer, with each of the real one's quirks, and how is its scene set?

The quirks are those that others measured in July 2026: see `answers.py` beside this folder.
"""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from litestar import Litestar, Router, get, post
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotAuthorizedException
from litestar.handlers import BaseRouteHandler
from litestar.params import JSONBody
from litestar.response import Response

from integrations.registries.fake.wire import AnyRequest
from integrations.registries.gold_standard.fake.counter import Counter, json_reply
from integrations.registries.gold_standard.fake.messages import Fault, NewBlock, NewProject, Retired, Stage
from integrations.registries.gold_standard.fake.shelf import Shelf


def create_app(shelf: Shelf, counter: Counter, *, admin_secret: str, now: Callable[[], datetime]) -> Litestar:
    """Put the routes together. The public ones want no secret."""
    admin = Router(
        "/admin",
        route_handlers=[add_project, issue_block, retire_block, state_fault, clear_faults, show_book, show_health],
        guards=[_bearer(admin_secret)],
    )
    return Litestar(
        [list_projects, list_credits, admin],
        dependencies={
            "shelf": Provide(lambda: shelf, sync_to_thread=False),
            "counter": Provide(lambda: counter, sync_to_thread=False),
            "now": Provide(now, sync_to_thread=False),
        },
        openapi_config=None,
        logging_config=None,
    )


@get("/projects")
async def list_projects(
    request: AnyRequest, counter: NamedDependency[Counter], shelf: NamedDependency[Shelf]
) -> Response[bytes]:
    """Projects; every other filter than `query` is passed over in silence."""
    return await counter.serve(request, Stage.PROJECTS, shelf.projects)


@get("/credits")
async def list_credits(
    request: AnyRequest, counter: NamedDependency[Counter], shelf: NamedDependency[Shelf]
) -> Response[bytes]:
    """Blocks that are issued, or with `issuances=false` those that are retired."""
    status = "RETIRED" if request.query_params.get("issuances") == "false" else "ISSUED"
    return await counter.serve(request, Stage.CREDITS, lambda query: shelf.credits(query, status))


@post("/projects")
async def add_project(
    data: JSONBody[NewProject], shelf: NamedDependency[Shelf], now: NamedDependency[datetime]
) -> Response[bytes]:
    """List a project."""
    return json_reply(201, shelf.add_project(data, now=now))


@post("/blocks")
async def issue_block(
    data: JSONBody[NewBlock], shelf: NamedDependency[Shelf], now: NamedDependency[datetime]
) -> Response[bytes]:
    """Issue a block."""
    return json_reply(201, shelf.issue(data, now=now))


@post("/retired")
async def retire_block(
    data: JSONBody[Retired], shelf: NamedDependency[Shelf], now: NamedDependency[datetime]
) -> Response[bytes]:
    """Retire a block."""
    return json_reply(201, shelf.retire(data, now=now))


@post("/faults")
async def state_fault(data: JSONBody[Fault], counter: NamedDependency[Counter]) -> Response[bytes]:
    """Let the next requests go wrong."""
    counter.state(data)
    return json_reply(201, data)


@post("/faults/clear")
async def clear_faults(counter: NamedDependency[Counter]) -> Response[bytes]:
    """Let nothing go wrong any more."""
    counter.clear()
    return json_reply(200, {"cleared": True})


@get("/book")
async def show_book(shelf: NamedDependency[Shelf]) -> Response[bytes]:
    """Show the whole book."""
    return json_reply(200, shelf.view())


@get("/health")
async def show_health() -> Response[bytes]:
    """Say that the server is up."""
    return json_reply(200, {"up": True})


def _bearer(secret: str) -> Callable[[ASGIConnection[Any, Any, Any, State], BaseRouteHandler], None]:
    expected = f"Bearer {secret}".encode()

    def guard(connection: ASGIConnection[Any, Any, Any, State], _: BaseRouteHandler) -> None:
        given = connection.headers.get("authorization", "").encode()
        if not secrets.compare_digest(given, expected):
            raise NotAuthorizedException

    return guard
