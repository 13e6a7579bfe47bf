"""Who stands at the doors of the retirement routes? Callers by name, behind the real edge."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
from litestar import Request
from litestar.di import NamedDependency, Provide
from retirement_world import TERMS

from app.core.db import Database
from app.core.errors import Unauthenticated
from app.core.http.assembly import WebSettings, assemble
from app.core.http.drain import Drain
from app.core.http.expand import Expansions
from app.core.http.idempotency import KeyedRequest
from app.core.http.once import Once, asked_of
from app.core.ids import new_id
from app.core.metrics import Metrics
from app.core.pages import Cursors
from app.core.scope import DESK_ID, RIGHTS, Scope
from app.expansions import kinds
from app.retirements.http import routes
from integrations.storage.client import Files

_BUYING = frozenset({"read", "retirements:write", "retirements:sign_off"})


class Doors:
    """One API process with callers who are known by a word in a header."""

    def __init__(self, db: Database, files: Files, *, provider: UUID, buyer: UUID, other_buyer: UUID) -> None:
        self.callers = {
            "buyer": _person(buyer, "buyer", _BUYING),
            "trader": _person(buyer, "buyer", _BUYING - {"retirements:sign_off"}),
            "viewer": _person(buyer, "buyer", frozenset({"read"})),
            "other buyer": _person(other_buyer, "buyer", _BUYING),
            "maker": _person(provider, "provider", frozenset({"read", "tasks:write"})),
            "checker": _person(provider, "provider", frozenset({"read", "tasks:write"})),
            "other provider": _person(new_id(), "provider", frozenset({"read", "tasks:write"})),
            "operator": _person(DESK_ID, "operator", frozenset({"read", "admin"})),
            "second operator": _person(DESK_ID, "operator", frozenset({"read", "admin"})),
            "false operator": _person(buyer, "buyer", frozenset(RIGHTS)),
        }
        self.callers["key"] = replace(self.callers["maker"], actor_kind="key", actor_id=new_id())
        self.callers["operator's key"] = replace(self.callers["operator"], actor_kind="key", actor_id=new_id())
        self.db = db
        given = {"db": db, "files": files, "terms": TERMS, "cursors": Cursors(b"s" * 32)}
        self._app = assemble(
            routes,
            dependencies={
                "caller": Provide(self._caller, sync_to_thread=False),
                "expanding": Provide(Expansions(db, kinds(TERMS)).asked),
                "once": Provide(self._once, sync_to_thread=False),
                **{name: _given(value) for name, value in given.items()},
            },
            checks={},
            settings=WebSettings(
                base_url=TERMS.base_url,
                title="Offset Desk",
                version="0",
                description="",
                body_max_bytes=1_000_000,
                session_cookie="session",
                caller_dependencies=frozenset({"caller"}),
            ),
            metrics=Metrics(),
            drain=Drain(),
        )

    async def ask(self, who: str, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """One request. Every POST has a key of its own, unless `Idempotency_Key` is given; "" sends none."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named = {"X-Who": who, "Idempotency-Key": new_id().hex} | named
        named = {name: value for name, value in named.items() if value}
        content = body if body is None or isinstance(body, bytes) else msgspec.json.encode(body)
        if content is not None:
            named = {"Content-Type": "application/json"} | named
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(self._app), base_url=TERMS.base_url, headers=named
        ) as client:
            return await client.request(method, path, content=content)

    def _caller(self, request: Request[Any, Any, Any]) -> Scope:
        found = self.callers.get(request.headers.get("x-who", ""))
        if found is None:
            raise Unauthenticated("Who are you?")
        return found

    def _once(self, request: Request[Any, Any, Any], keyed: NamedDependency[KeyedRequest]) -> Once:
        return Once(self.db, keyed, asked_of(request, TERMS.base_url), timedelta(seconds=30))


def _person(org_id: UUID, kind: str, rights: frozenset[str]) -> Scope:
    return Scope(org_id, new_id(), "member", rights, "req_test", kind)


def _given(value: object) -> Provide:
    return Provide(lambda: value, sync_to_thread=False)
