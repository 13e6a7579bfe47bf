"""Which world does a test live in? A real PostgreSQL, and a fresh database from a migrated template for each test."""

import asyncio
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from alembic import command
from alembic.config import Config
from hypothesis import settings as hypothesis_settings

from app.core.db import API_ROLE, WORKER_ROLE, Database, asyncpg_url
from integrations.postgres.embedded import EmbeddedPostgres

hypothesis_settings.register_profile(
    "offsetdesk", deadline=None
)  # The machine may be busy: a slow example is no fault.
hypothesis_settings.load_profile("offsetdesk")

ROOT = Path(__file__).parent.parent
TEMPLATE = "offsetdesk_template"


def with_database(url: str, name: str) -> str:
    """The same server's other database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def migrate(url: str) -> None:
    """Bring a database to the newest shape, as `make migrate` does."""
    config = Config(ROOT / "alembic.ini")
    config.attributes["url"] = asyncpg_url(url)
    command.upgrade(config, "head")


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """A PostgreSQL server: the embedded one, started here, or the one that OFFSETDESK_TEST_DATABASE_URL names."""
    given = os.environ.get("OFFSETDESK_TEST_DATABASE_URL")
    if given:
        yield given
        return
    home = Path(tempfile.mkdtemp(prefix="offsetdesk-test-"))
    home.chmod(0o711)  # Started as root, the server runs as somebody else, who must be able to pass through.
    try:
        with EmbeddedPostgres(home, settings={"max_connections": "200"}) as server:
            yield server.dsn()
    finally:
        shutil.rmtree(home, ignore_errors=True)


async def _run(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def template(server_url: str) -> Iterator[str]:
    """A migrated database that nobody writes to: the mould of every test's own."""
    name = f"{TEMPLATE}_{secrets.token_hex(4)}"
    asyncio.run(_run(server_url, f'create database "{name}"'))
    migrate(with_database(server_url, name))
    yield name
    asyncio.run(_run(server_url, f'drop database "{name}" with (force)'))


@pytest.fixture
async def database_url(server_url: str, template: str) -> AsyncIterator[str]:
    """A fresh database of this test alone, as its owner."""
    name = f"test_{secrets.token_hex(6)}"
    await _run(server_url, f'create database "{name}" template "{template}"')
    yield with_database(server_url, name)
    await _run(server_url, f'drop database "{name}" with (force)')


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """The database as an API process has it."""
    database = Database(database_url, role=API_ROLE)
    yield database
    await database.close()


@pytest.fixture
async def worker_db(database_url: str) -> AsyncIterator[Database]:
    """The database as a worker has it."""
    database = Database(database_url, role=WORKER_ROLE)
    yield database
    await database.close()


@pytest.fixture
async def owner(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection past every policy, for looking at what was really written."""
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()
