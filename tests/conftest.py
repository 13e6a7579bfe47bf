"""Which world does a test live in? A real PostgreSQL, and a fresh database from a migrated template for each test."""

import asyncio
import gc
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from alembic import command
from alembic.config import Config
from hypothesis import settings as hypothesis_settings

from app.catalog.flow import load_reference
from app.core.db import API_ROLE, WORKER_ROLE, Database, asyncpg_url
from integrations.postgres.embedded import EmbeddedPostgres

hypothesis_settings.register_profile(
    "offsetdesk", deadline=None
)  # The machine may be busy: a slow example is no fault.
hypothesis_settings.load_profile("offsetdesk")

ROOT = Path(__file__).parent.parent
TEMPLATE = "offsetdesk_template"
ROOM_BYTES = 8 * 2**30
UNSYNCED = {"fsync": "off", "full_page_writes": "off"}
"""A test may kill any process; none pulls the machine's plug. What the product's own server keeps is tests/postgres' matter."""


LONG = (
    "contract/test_fuzzing.py",
    "isolation/test_o",
    "faults/test_worker_deaths.py",
    "readme/",
    "sandbox/test_beside_a_live_desk.py",
    "faults/",
)
"""Files that take long, the longest first: begun last, one of them would keep one process waiting for the other."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take long."""
    items.sort(key=lambda item: next((n for n, name in enumerate(LONG) if name in item.nodeid), len(LONG)))


def pytest_collection_finish() -> None:
    """What is imported by now stays: looking through it again and again for garbage takes a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


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
    home = Path(tempfile.mkdtemp(prefix="offsetdesk-test-", dir=_in_memory()))
    home.chmod(0o711)  # Started as root, the server runs as somebody else, who must be able to pass through.
    try:
        with EmbeddedPostgres(home, settings={"max_connections": "200", **UNSYNCED}) as server:
            yield server.dsn()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _in_memory() -> Path | None:
    """A folder in memory, where there is much of it: making and dropping a database is a thousand small files each time."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > ROOM_BYTES
    return memory if roomy else None


async def _run(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


def copying(name: str, template: str) -> str:
    """The statement that makes a copy of a database. File by file: the mould is small, and nobody writes to it."""
    return f'create database "{name}" template "{template}" strategy file_copy'


@pytest.fixture(scope="session")
def bare_template(server_url: str) -> Iterator[str]:
    """A migrated database that nobody writes to: the mould of every test's own."""
    name = f"{TEMPLATE}_{secrets.token_hex(4)}"
    asyncio.run(_run(server_url, f'create database "{name}"'))
    migrate(with_database(server_url, name))
    yield name
    asyncio.run(_run(server_url, f'drop database "{name}" with (force)'))


@pytest.fixture(scope="session")
def stocked_template(server_url: str, bare_template: str) -> Iterator[str]:
    """The same with the catalogue loaded: for worlds that are made for each test."""
    name = f"{TEMPLATE}_stocked_{secrets.token_hex(4)}"
    asyncio.run(_run(server_url, copying(name, bare_template)))
    asyncio.run(_stock(with_database(server_url, name)))
    yield name
    asyncio.run(_run(server_url, f'drop database "{name}" with (force)'))


async def _stock(url: str) -> None:
    database = Database(url, role=API_ROLE)
    await load_reference(database, datetime.now(UTC))
    await database.close()


@pytest.fixture(scope="session")
def template(bare_template: str) -> str:
    """The mould of this folder's databases; a folder's own conftest may choose the other."""
    return bare_template


@pytest.fixture
async def database_url(server_url: str, template: str) -> AsyncIterator[str]:
    """A fresh database of this test alone, as its owner."""
    name = f"test_{secrets.token_hex(6)}"
    await _run(server_url, copying(name, template))
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
