"""Which world does a test of payments find? A desk's own member, the test's database, and a folder for files."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from litestar import Litestar, Request
from litestar.di import NamedDependency, Provide

from app.core.db import Database
from app.core.http.body import StrictRequest
from app.core.http.door import Door
from app.core.http.idempotency import KeyedRequest, provide_keyed_request
from app.core.http.once import Once, asked_of
from app.core.http.problems import exception_handlers
from app.core.ids import new_id
from app.core.pages import Cursors
from app.core.scope import DESK_ID, Scope
from app.invoices.operations import CLAIMS
from app.payments.http import accounts, bank, payer_names
from integrations.storage.live import ObjectFiles
from tests.payments.payments_scene import World


@pytest.fixture
def world(db: Database, owner: asyncpg.Connection, tmp_path: Path) -> World:
    """The database as an API process has it, and a folder for files."""
    member = new_id()
    desk = Scope(DESK_ID, member, "member", frozenset({"read", "admin"}), "req_payments", "operator")
    return World(db, owner, ObjectFiles(f"file://{tmp_path}"), desk)


@pytest.fixture
def callers(world: World) -> list[Scope]:
    """Who calls: the last of these."""
    return [world.desk]


@pytest.fixture
async def http(world: World, callers: list[Scope]) -> AsyncIterator[httpx.AsyncClient]:
    """The routes alone, as the desk's member; the edge around them has tests of its own."""

    def once(request: Request[Any, Any, Any], keyed: NamedDependency[KeyedRequest]) -> Once:
        return Once(world.db, keyed, asked_of(request, "http://desk"), timedelta(seconds=30))

    app = Litestar(
        route_handlers=[*accounts.routes, *bank.routes, *payer_names.routes],
        dependencies={
            "caller": Provide(lambda: callers[-1], sync_to_thread=False),
            "db": Provide(lambda: world.db, sync_to_thread=False),
            "files": Provide(lambda: world.files, sync_to_thread=False),
            "claims": Provide(lambda: CLAIMS, sync_to_thread=False),
            "cursors": Provide(lambda: Cursors(b"s" * 32), sync_to_thread=False),
            "keyed": Provide(provide_keyed_request),
            "once": Provide(once, sync_to_thread=False),
        },
        exception_handlers=exception_handlers("http://desk", Door()),
        request_class=StrictRequest,
        logging_config=None,
        openapi_config=None,
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk") as client:
        yield client
