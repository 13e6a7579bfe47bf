"""The web application, put together in one place; `python -m app.main` serves it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn
from alembic.config import Config
from alembic.script import ScriptDirectory
from litestar import Litestar, Request
from litestar.di import NamedDependency, Provide
from sqlalchemy import text

from app.catalog import http as catalog
from app.certificates import http as certificates
from app.clients import Clients, open_clients, terms_of
from app.core.db import API_ROLE, Database
from app.core.http import jobs
from app.core.http.assembly import WebSettings, assemble
from app.core.http.drain import Drain
from app.core.http.edge import Edge
from app.core.http.idempotency import KeyHeader, provide_keyed_request
from app.core.http.once import KeyedCall, Once, asked_of
from app.core.idempotency import KeyedRequest
from app.core.logs import start_logging
from app.core.metrics import Metrics
from app.core.pages import Cursors
from app.core.scope import Scope
from app.core.turnstiles import Turnstiles
from app.identity import http as identity
from app.inventory import http as inventory
from app.listings import http as listings
from app.orders import http as orders
from app.payments import http as payments
from app.retirements import http as retirements
from app.settings import Settings, read_settings
from app.web import pages

VERSION = "0.1.0"
BODY_MAX_BYTES = 10_000_000
SHUTDOWN_S = 20
"""Longer than the longest call of a request; answers in progress are finished first."""
HOT_ROW_WRITERS = 6
ROOT = Path(__file__).parent.parent
ROUTES = [
    *identity.routes, *catalog.routes, *inventory.routes, *listings.routes, *orders.routes, *payments.routes,
    *retirements.routes, *certificates.routes, *pages.routes,
    *jobs.routes,
]  # fmt: skip


def create_app(settings: Settings, db: Database, clients: Clients, *, drain: Drain, metrics: Metrics) -> Edge:
    """The application over one database, as an ASGI callable. Nothing else is global."""
    terms = terms_of(settings)
    callers = identity.Callers(db)
    cursors = Cursors(settings.secret.encode())
    passwords = identity.Passwords()
    turnstiles = Turnstiles(HOT_ROW_WRITERS)

    async def provide_caller(request: Request[Any, Any, Any]) -> Scope:
        return await callers.scope_of(request)

    async def provide_call(request: Request[Any, Any, Any], key_header: KeyHeader = None) -> KeyedCall:
        keyed = await provide_keyed_request(request, key_header)
        return KeyedCall(request, await callers.scope_of(request), keyed, db, terms, turnstiles)

    def provide_once(request: Request[Any, Any, Any], keyed: NamedDependency[KeyedRequest]) -> Once:
        return Once(db, keyed, asked_of(request, terms.base_url), terms.idempotency_lease)

    @asynccontextmanager
    async def listening(_: Litestar) -> AsyncIterator[None]:
        async with callers.revocations.listening():
            yield

    return assemble(
        ROUTES,
        dependencies={
            "db": _given(db), "terms": _given(terms), "cursors": _given(cursors), "files": _given(clients.files),
            "callers": _given(callers), "passwords": _given(passwords),
            "caller": Provide(provide_caller), "call": Provide(provide_call), "once": Provide(provide_once, sync_to_thread=False),
        },
        checks={"database": lambda: _database_answers(db), "migrations": lambda: _schema_is_ours(db, newest_revision())},
        settings=WebSettings(
            base_url=terms.base_url, title="Offset Desk", version=VERSION,
            description="Carbon credits: bought, invalidated for you, certified.", body_max_bytes=BODY_MAX_BYTES,
            session_cookie=identity.COOKIE, caller_dependencies=frozenset({"caller", "call"}),
        ),
        metrics=metrics,
        drain=drain,
        lifespan=[listening],
    )  # fmt: skip


def newest_revision() -> str:
    """The newest migration that this code knows."""
    head = ScriptDirectory.from_config(Config(ROOT / "alembic.ini")).get_current_head()
    assert head is not None, "There are migrations."
    return head


async def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT: then say so at /readyz, finish what was begun, and stop."""
    db = Database(settings.database_url, role=API_ROLE, pool_size=settings.pool_size)
    drain = Drain()
    async with open_clients(settings) as clients:
        app = create_app(settings, db, clients, drain=drain, metrics=Metrics())
        server = _Server(
            uvicorn.Config(
                app, host=settings.host, port=settings.port, loop="none", http="httptools", ws="none",
                access_log=False, log_config=None, server_header=False, timeout_graceful_shutdown=SHUTDOWN_S,
            ),
            drain,
        )  # fmt: skip
        await server.serve()
    await db.close()


class _Server(uvicorn.Server):
    """Uvicorn that tells the application when it begins to stop."""

    def __init__(self, config: uvicorn.Config, drain: Drain) -> None:
        super().__init__(config)
        self._drain = drain

    def handle_exit(self, sig: int, frame: Any) -> None:
        self._drain.begin()
        super().handle_exit(sig, frame)


def _given(value: object) -> Provide:
    return Provide(lambda: value, sync_to_thread=False, use_cache=True)


async def _database_answers(db: Database) -> str | None:
    async with db.public() as session:
        await session.execute(text("select 1"))
    return None


async def _schema_is_ours(db: Database, expected: str) -> str | None:
    async with db.public() as session:
        found = await session.scalar(text("select version_num from alembic_version"))
    return None if found == expected else f"the schema is {found}, this code wants {expected}"


def main() -> None:
    """Serve with the settings of the environment."""
    if not __debug__:
        raise SystemExit("Offset Desk checks its beliefs with assert: run Python without -O and PYTHONOPTIMIZE.")
    settings = read_settings()
    start_logging(level=settings.log_level)
    import uvloop  # Not on Windows, where this module can still be read.

    uvloop.run(serve(settings))


if __name__ == "__main__":
    main()
