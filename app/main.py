"""The web application, put together in one place; `python -m app.main` serves it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn
from alembic.config import Config
from alembic.script import ScriptDirectory
from litestar import Litestar, Request
from litestar.di import NamedDependency, Provide
from litestar.types import ASGIApp
from sqlalchemy import text

from app.catalog import http as catalog
from app.certificates import http as certificates
from app.clients import Clients, open_clients, terms_of, till_of, webhook_secrets_of
from app.closing import http as closing
from app.core.db import API_ROLE, Database
from app.core.ear import Ear
from app.core.http import jobs
from app.core.http.assembly import WebSettings, assemble
from app.core.http.drain import Drain
from app.core.http.edge import Edge
from app.core.http.expand import Expansions
from app.core.http.idempotency import KeyHeader, provide_keyed_request
from app.core.http.once import KeyedCall, Once, asked_of
from app.core.http.rates import Policies, Rates
from app.core.http.resumed import Resumed
from app.core.http.shared import SharedAnswers
from app.core.idempotency import KeyedRequest
from app.core.interpreter import spare_imports, take_short_turns
from app.core.logs import start_logging
from app.core.metrics import Metrics
from app.core.pages import Cursors
from app.core.rates import Limits
from app.core.scope import Scope
from app.core.terms import Terms
from app.core.turnstiles import Turnstiles
from app.examples import EXAMPLES
from app.expansions import kinds
from app.identity import http as identity
from app.inventory import http as inventory
from app.invoices import http as invoices
from app.invoices.operations import CLAIMS
from app.listings import http as listings
from app.listings.operations import SHOWN_CHANNEL
from app.notices import http as notices
from app.orders import http as orders
from app.payments import http as payments
from app.payouts import http as payouts
from app.reconciliation import http as reconciliation
from app.retirements import http as retirements
from app.sandbox import http as sandbox
from app.sandbox.flow import FollowedClock
from app.settings import SANDBOX_PATH, Settings, read_settings, sandbox_of
from app.web import desk, pages

VERSION = "0.1.0"
DESCRIPTION = (
    "Carbon credits: bought, invalidated for you, certified. Whole numbers are written without a decimal point: 12, "
    "never 12.0. No text may hold U+0000."
)
BODY_MAX_BYTES = 10_000_000
SHUTDOWN_S = 20
"""Longer than the longest call of a request; answers in progress are finished first."""
HOT_ROW_WRITERS = 6
SHARED_PATHS = frozenset({"/v1/listings", "/v1/listings/compare"})
CALLER_DEPENDENCIES = frozenset({"caller", "call"})
ABOUT = "Carbon credits: bought, invalidated for you, certified."
ABOUT_TEST_MODE = (
    " This desk is in test mode: nothing is real, and /docs/test-mode lists what makes each failure happen."
)
ROOT = Path(__file__).parent.parent
ROUTES = [
    *identity.routes, *catalog.routes, *inventory.routes, *listings.routes, *orders.routes, *payments.routes, *payouts.routes,
    *retirements.routes, *reconciliation.routes, *certificates.routes, *pages.routes, *desk.routes,
    *notices.routes, *invoices.routes, *closing.routes,
    *jobs.routes,
]  # fmt: skip


def create_app(settings: Settings, db: Database, clients: Clients, *, drain: Drain, metrics: Metrics) -> Edge:
    """The application over one database, as an ASGI callable. Nothing else is global.

    At a test desk, and there alone, it has the doors of test mode and goes by a clock that can be moved.
    """
    terms = terms_of(settings)
    callers = identity.Callers(db)
    cursors, passwords = Cursors(settings.secret.encode()), identity.Passwords()
    turnstiles = Turnstiles(HOT_ROW_WRITERS)
    rates = Rates(Limits(db, settings.secret.encode()), _policies(settings), CALLER_DEPENDENCIES)
    shared = SharedAnswers(paths=SHARED_PATHS, kept_for_s=settings.shared_answers_ms / 1000, count=rates.counts)

    async def provide_caller(request: Request[Any, Any, Any]) -> Scope:
        return await rates.counted(request, callers.scope_of)

    async def provide_reader(request: Request[Any, Any, Any]) -> Scope | None:
        return await callers.reader_of(request)

    async def provide_call(request: Request[Any, Any, Any], key_header: KeyHeader = None) -> KeyedCall:
        keyed = await provide_keyed_request(request, key_header)
        return KeyedCall(request, await rates.counted(request, callers.scope_of), keyed, db, terms, turnstiles)

    @asynccontextmanager
    async def listening(_: Litestar) -> AsyncIterator[None]:
        async with callers.revocations.listening(), ear.listening():
            yield

    ear = Ear(db, {SHOWN_CHANNEL: shared.forget}, on_gap=shared.forget)
    is_test = terms.mode == "test"
    return assemble(
        [*ROUTES, *sandbox.routes] if is_test else ROUTES,
        dependencies={
            **_plain(settings, db, clients), "cursors": _given(cursors), "callers": _given(callers), "passwords": _given(passwords),
            "reader": Provide(provide_reader), "expanding": Provide(Expansions(db, kinds(terms)).asked),
            "caller": Provide(provide_caller), "call": Provide(provide_call), **_keyed(db, terms),
        },
        checks={"database": lambda: _database_answers(db), "migrations": lambda: _schema_is_ours(db, newest_revision())},
        settings=_web(terms),
        metrics=metrics,
        drain=drain,
        middleware=[sandbox.TestAnswers(FollowedClock(db), terms.base_url)] if is_test else [],
        lifespan=[listening],
        guards=[rates.guard, sandbox.refuse_other_mode("test" if is_test else "live"), callers.guard],
        shared=shared,
        allows_origin=callers.allows_origin,
    )  # fmt: skip


def _plain(settings: Settings, db: Database, clients: Clients) -> dict[str, Provide]:
    """What handlers are given as it is: the same for every request."""
    return {
        "db": _given(db), "terms": _given(terms_of(settings)), "files": _given(clients.files),
        "documents": _given(clients.documents), "claims": _given(CLAIMS), "registries": _given(clients.registries),
        "till": _given(till_of(settings, clients)), "webhook_secrets": _given(webhook_secrets_of(settings)),
    }  # fmt: skip


def _keyed(db: Database, terms: Terms) -> dict[str, Provide]:
    """How requests that may be repeated are answered: of one transaction, and of several steps."""

    def once(request: Request[Any, Any, Any], keyed: NamedDependency[KeyedRequest]) -> Once:
        return Once(db, keyed, asked_of(request, terms.base_url), terms.idempotency_lease)

    def resumed(request: Request[Any, Any, Any], keyed: NamedDependency[KeyedRequest]) -> Resumed:
        return Resumed(db, keyed, asked_of(request, terms.base_url), terms.idempotency_lease)

    return {
        "once": Provide(once, sync_to_thread=False),
        "resumed": Provide(resumed, sync_to_thread=False),
    }


def _web(terms: Terms) -> WebSettings:
    is_test = terms.mode == "test"
    return WebSettings(
        base_url=terms.base_url, title="Offset Desk", version=VERSION,
        description=ABOUT + (ABOUT_TEST_MODE if is_test else ""), body_max_bytes=BODY_MAX_BYTES,
        session_cookie=sandbox.SANDBOX_COOKIE if terms.sandbox else identity.COOKIE, caller_dependencies=CALLER_DEPENDENCIES,
        storefronts=identity.STOREFRONTS, examples=EXAMPLES,
    )  # fmt: skip


def newest_revision() -> str:
    """The newest migration that this code knows."""
    head = ScriptDirectory.from_config(Config(ROOT / "alembic.ini")).get_current_head()
    assert head is not None, "There are migrations."
    return head


async def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT: then say so at /readyz, finish what was begun, and stop."""
    drain = Drain()
    async with opened_desks(settings, drain=drain, metrics=Metrics()) as app:
        server = _Server(
            uvicorn.Config(
                app, host=settings.host, port=settings.port, loop="none", http="httptools", ws="none",
                access_log=False, log_config=None, server_header=False, proxy_headers=True, forwarded_allow_ips=settings.trusted_proxies,
                timeout_graceful_shutdown=SHUTDOWN_S,
            ),
            drain,
        )  # fmt: skip
        await server.serve()


@asynccontextmanager
async def opened_desks(settings: Settings, *, drain: Drain, metrics: Metrics) -> AsyncIterator[ASGIApp]:
    """The desk, and where settings name one its sandbox behind the same door, each over a database of its own.

    Drain and metrics are of both. `/readyz` is the live desk's, `/sandbox/readyz` the sandbox's: what is there for
    tests must not take the real one out of service.
    """
    async with AsyncExitStack() as stack:
        live: ASGIApp = await stack.enter_async_context(_opened(settings, drain=drain, metrics=metrics))
        beside = sandbox_of(settings)
        if beside is None:
            yield live
            return
        under = metrics.under(SANDBOX_PATH)
        tests: ASGIApp = await stack.enter_async_context(_opened(beside, drain=drain, metrics=under))
        yield sandbox.Desks(live, tests, path=SANDBOX_PATH, cookie=identity.COOKIE)


@asynccontextmanager
async def _opened(settings: Settings, *, drain: Drain, metrics: Metrics) -> AsyncIterator[ASGIApp]:
    db = Database(settings.database_url, role=API_ROLE, pool_size=settings.pool_size)
    try:
        async with open_clients(settings) as clients:
            yield create_app(settings, db, clients, drain=drain, metrics=metrics)
    finally:
        await db.close()


class _Server(uvicorn.Server):
    """Uvicorn that tells the application when it begins to stop."""

    def __init__(self, config: uvicorn.Config, drain: Drain) -> None:
        super().__init__(config)
        self._drain = drain

    def handle_exit(self, sig: int, frame: Any) -> None:
        self._drain.begin()
        super().handle_exit(sig, frame)


def _policies(settings: Settings) -> Policies:
    return Policies.per_minute(
        public=settings.rate_public_per_min, sign_in=settings.rate_sign_in_per_min, calls=settings.rate_calls_per_min
    )


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
    spare_imports()
    take_short_turns()
    import uvloop  # Not on Windows, where this module can still be read.

    uvloop.run(serve(settings))


if __name__ == "__main__":
    main()
