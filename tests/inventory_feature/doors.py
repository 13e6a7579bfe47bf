"""How does a test knock at the inventory's doors? As one of the world's organisations, through the real edge."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from litestar import Request
from litestar.di import NamedDependency, Provide
from litestar.handlers import HTTPRouteHandler

from app.core.errors import Unauthenticated
from app.core.http.assembly import WebSettings, assemble
from app.core.http.drain import Drain
from app.core.http.expand import Expansions
from app.core.http.once import Once, asked_of
from app.core.idempotency import KeyedRequest
from app.core.ids import new_id, public_id
from app.core.metrics import Metrics
from app.core.pages import Cursors
from app.core.scope import DESK_ID, RIGHTS, Scope
from app.expansions import kinds
from app.inventory.http import routes as inventory_routes
from integrations.documents.client import Documents
from integrations.registries.base import Registries
from integrations.storage.live import ObjectFiles
from tests.inventory_feature.scene import World
from tests.listings.listing_world import TERMS

BASE_URL = "https://desk.example"
RIGHTS_OF = {
    "provider": {"read", "inventory:write", "tasks:write"},
    "buyer": {"read", "orders:write"},
    "operator": set(RIGHTS),
}


class Doors:
    """Clients by organisation; `last` is the answer to the last call."""

    def __init__(self, client: httpx.AsyncClient, files: ObjectFiles, callers: dict[str, Scope]) -> None:
        self.client = client
        self.files = files
        self.callers = callers

    async def get(self, caller: str, path: str, **options: Any) -> httpx.Response:
        return await self.ask(caller, "GET", path, **options)

    async def post(self, caller: str, path: str, **options: Any) -> httpx.Response:
        return await self.ask(caller, "POST", path, **options)

    async def ask(self, caller: str, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Authorization": caller} | options.pop("headers", {})
        return await self.client.request(method, path, headers=headers, **options)

    async def stage(self, content: str | bytes, *, caller: str = "provider", account: UUID) -> httpx.Response:
        return await self.post(
            caller,
            "/v1/imports",
            params={"registry_account_id": public_id("acc", account), "filename": "在庫.csv"},
            content=content if isinstance(content, bytes) else content.encode(),
            headers={"Content-Type": "text/csv"},
        )

    async def commit(self, import_id: str, rows: str, *, key: str = "", caller: str = "provider") -> httpx.Response:
        path = f"/v1/imports/{import_id}/commit"
        return await self.post(caller, path, json={"rows": rows}, headers={"Idempotency-Key": key or str(new_id())})

    async def show_evidence(
        self,
        lot: UUID,
        content: bytes = b"%PDF-1.7 statement",
        *,
        media_type: str = "application/pdf",
        as_of: str = "2026-11-01",
        caller: str = "provider",
    ) -> httpx.Response:
        return await self.post(
            caller,
            f"/v1/lots/{public_id('lot', lot)}/evidence",
            params={"as_of": as_of, "filename": "口座残高.pdf"},
            content=content,
            headers={"Content-Type": media_type},
        )


@asynccontextmanager
async def opened(
    world: World,
    folder: Path,
    routes: Sequence[HTTPRouteHandler] = inventory_routes,
    *,
    documents: Documents | None = None,
    registries: Registries | None = None,
) -> AsyncIterator[Doors]:
    callers = {
        name: Scope(org_id, new_id(), "member", frozenset(RIGHTS_OF[kind]), "req_test", kind)
        for name, org_id, kind in (
            ("provider", world.provider, "provider"),
            ("other_provider", world.other_provider, "provider"),
            ("buyer", world.buyer, "buyer"),
            ("other_buyer", world.other_buyer, "buyer"),
            ("operator", DESK_ID, "operator"),
        )
    }
    callers["reader"] = replace(callers["provider"], rights=frozenset({"read"}))
    files = ObjectFiles(f"file://{folder}")

    def caller_of(request: Request[Any, Any, Any]) -> Scope:
        found = callers.get(request.headers.get("authorization", ""))
        if found is None:
            raise Unauthenticated("Send an API key.")
        return found

    def once_of(request: Request[Any, Any, Any], keyed: NamedDependency[KeyedRequest]) -> Once:
        return Once(world.db, keyed, asked_of(request, BASE_URL), timedelta(seconds=30))

    edge = assemble(
        routes,
        dependencies={
            "caller": Provide(caller_of, sync_to_thread=False),
            "expanding": Provide(Expansions(world.db, kinds(TERMS)).asked),
            "db": Provide(lambda: world.db, sync_to_thread=False),
            "files": Provide(lambda: files, sync_to_thread=False),
            "cursors": Provide(lambda: Cursors(b"a secret of the tests, long enough"), sync_to_thread=False),
            "once": Provide(once_of, sync_to_thread=False),
            "documents": Provide(lambda: documents, sync_to_thread=False),
            "terms": Provide(lambda: TERMS, sync_to_thread=False),
            "registries": Provide(lambda: registries or Registries({}), sync_to_thread=False),
        },
        checks={},
        settings=WebSettings(
            base_url=BASE_URL,
            title="Desk",
            version="1",
            description="",
            body_max_bytes=1_000_000,
            session_cookie="__Host-session",
            caller_dependencies=frozenset({"caller"}),
        ),
        metrics=Metrics(),
        drain=Drain(),
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(edge), base_url=BASE_URL) as client:
        yield Doors(client, files, callers)
