"""Which small desk do the identity tests live in? One process of it: our routes behind the real edge."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from litestar import get
from litestar.di import NamedDependency, Provide

from app.core.db import API_ROLE, Database
from app.core.http.assembly import WebSettings, assemble
from app.core.http.drain import Drain
from app.core.ids import new_id
from app.core.metrics import Metrics
from app.core.pages import Cursors
from app.core.scope import DESK_ID, Scope
from app.core.security import hash_password
from app.core.terms import Terms
from app.identity import operations
from app.identity.http import COOKIE, Callers, Passwords, routes
from app.identity.models import Role
from app.identity.operations import NewMember

BASE_URL = "https://desk.test"
PASSWORD = "correct horse battery staple"
OPERATOR_EMAIL = "desk@offset.test"
TERMS = Terms(
    tax_basis_points=1_000,
    payment_deadline=timedelta(days=7),
    quote_valid=timedelta(minutes=30),
    unpaid_cap=50_000,
    idempotency_lease=timedelta(seconds=30),
    absent_after=timedelta(seconds=900),
    simulated_allowed=True,
    mode="test",
    base_url=BASE_URL,
    issuer_name="Offset Desk",
)


@get("/v1/whoami", sync_to_thread=False)
def show_caller(caller: NamedDependency[Scope]) -> dict[str, Any]:
    """What the caller's credential came to: only these tests have this route."""
    return {
        "rights": sorted(caller.rights),
        "actor_kind": caller.actor_kind,
        "actor_id": str(caller.actor_id),
        "org_id": str(caller.org_id),
        "org_kind": caller.org_kind,
        "credential": caller.credential.hex(),
        "storefront_id": caller.storefront_id and str(caller.storefront_id),
        "request_id": caller.request_id,
    }


@dataclass
class Process:
    """One API process: its own pool, its own memory of callers."""

    db: Database
    callers: Callers
    passwords: Passwords
    app: Any

    def client(self, **headers: str) -> httpx.AsyncClient:
        """Somebody at the door. `bearer` is an API key."""
        if bearer := headers.pop("bearer", ""):
            headers["Authorization"] = f"Bearer {bearer}"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=BASE_URL, headers=named)

    async def sign_up(self, kind: str = "buyer", **changed: Any) -> dict[str, Any]:
        """A new organisation; fails when the desk refuses."""
        answer = await self.client().post("/v1/organisations", json=sign_up_body(kind, **changed))
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def sign_in(self, email: str, password: str = PASSWORD) -> httpx.AsyncClient:
        """A browser that is signed in and sits on our own pages."""
        client = self.client(Sec_Fetch_Site="same-origin")
        answer = await client.post("/v1/sessions", json={"email": email, "password": password})
        assert answer.status_code == 201, answer.text
        assert COOKIE in client.cookies
        return client


def sign_up_body(kind: str = "buyer", **changed: Any) -> dict[str, Any]:
    """What a well-behaved organisation sends."""
    body: dict[str, Any] = {
        "kind": kind,
        "name": "株式会社みどり商会",
        "member": {"email": f"{new_id().hex}@firm.test", "name": "緑川 花子", "password": PASSWORD},
    }
    if kind == "provider":
        body["provider_kind"] = "creation_and_use"
    return body | changed


def _given(value: object) -> Provide:
    return Provide(lambda: value, sync_to_thread=False)


def assembled(db: Database) -> Process:
    """A process on this database."""
    callers, passwords = Callers(db), Passwords()
    given = {"db": db, "callers": callers, "passwords": passwords, "terms": TERMS, "cursors": Cursors(b"s" * 32)}
    app = assemble(
        [*routes, show_caller],
        dependencies={
            "caller": Provide(callers.scope_of),
            "reader": Provide(callers.reader_of),
            **{name: _given(value) for name, value in given.items()},
        },
        checks={},
        settings=WebSettings(
            base_url=BASE_URL,
            title="Offset Desk",
            version="0",
            description="",
            body_max_bytes=1_000_000,
            session_cookie=COOKIE,
            caller_dependencies=frozenset({"caller"}),
        ),
        metrics=Metrics(),
        drain=Drain(),
        guards=[callers.guard],
        allows_origin=callers.allows_origin,
    )
    return Process(db, callers, passwords, app)


@asynccontextmanager
async def process(url: str) -> AsyncIterator[Process]:
    """A process with a pool of its own, which does not listen yet."""
    db = Database(url, role=API_ROLE, pool_size=4)
    try:
        yield assembled(db)
    finally:
        await db.close()


async def found(db: Database) -> None:
    """Found the desk with one owner, as the command line does."""
    owner = NewMember(new_id(), OPERATOR_EMAIL, "Desk Owner", Role.OWNER, hash_password(PASSWORD, salt=b"0" * 16))
    async with db.transaction(Scope.of_system(DESK_ID, "founding")) as session:
        await operations.found_desk(session, name="Offset Desk", owner=owner, now=datetime.now(UTC))
