"""The catalogue's routes over a fresh database, and a count of the statements that they send."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from litestar.di import Provide
from sqlalchemy import event

from app.catalog.http import routes
from app.core.db import Database
from app.core.http.assembly import WebSettings, assemble
from app.core.http.drain import Drain
from app.core.ids import new_id
from app.core.metrics import Metrics
from app.core.pages import Cursors
from app.core.scope import Scope
from tests.world import World, open_world

NOW = datetime(2026, 5, 1, 9, tzinfo=UTC)
LATER = datetime(2026, 6, 1, 9, tzinfo=UTC)
NOBODY = Scope(new_id(), new_id(), "member", frozenset(), "req_of_nobody")


@contextmanager
def statements(db: Database) -> Iterator[list[str]]:
    """Every statement that is sent in the block, in order."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        sent.append(statement)

    event.listen(db.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine.sync_engine, "before_cursor_execute", note)


@pytest.fixture
async def http(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    """The catalogue as strangers reach it."""
    cursors = Cursors(b"a secret of at least thirty-two bytes")
    edge = assemble(
        routes,
        dependencies={
            "db": Provide(lambda: db, sync_to_thread=False),
            "cursors": Provide(lambda: cursors, sync_to_thread=False),
            "caller": Provide(lambda: NOBODY, sync_to_thread=False),
        },
        checks={},
        settings=WebSettings("https://desk.example", "Desk", "1", "", 100_000, "__Host-session", frozenset({"caller"})),
        metrics=Metrics(),
        drain=Drain(),
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(edge), base_url="https://desk.example") as client:
        yield client


@pytest.fixture
async def world(db: Database, worker_db: Database, tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(db, worker_db, tmp_path, registry=None) as made:
        yield made
