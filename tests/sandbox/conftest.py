"""Fixtures of test mode: test desks in this process, and a live desk with its sandbox in processes of their own.

A world costs seconds, so that the tests of a file share one: each has organisations, listings and orders of its own.
"""

import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from app.clients import open_clients
from app.core.db import API_ROLE, WORKER_ROLE, Database
from integrations.registries.fake.child import FakeRegistryProcess
from tests.conftest import copying, with_database
from tests.sandbox.processes import Processes, started_beside
from tests.world import World, open_world

AS_BY_DEFAULT = {"absent_after_s": 900, "registry_settles_within_s": 60}


@asynccontextmanager
async def _opened(
    server_url: str, template: str, folder: Path, registry: FakeRegistryProcess | None
) -> AsyncIterator[World]:
    name = f"sandbox_{secrets.token_hex(6)}"
    server = await asyncpg.connect(server_url)
    await server.execute(copying(name, template))
    url = with_database(server_url, name)
    db, worker_db = Database(url, role=API_ROLE), Database(url, role=WORKER_ROLE)
    async with (
        open_world(db, worker_db, folder / "files", registry=registry, **AS_BY_DEFAULT) as world,
        open_clients(world.settings, clock=world.now) as clients,
    ):
        world.clients = clients  # The registry goes by the worker's clock, as a sandbox's does.
        yield world
    await db.close()
    await worker_db.close()
    await server.execute(f'drop database "{name}" with (force)')
    await server.close()


@pytest.fixture(scope="module")
async def world(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A test desk with a simulated registry."""
    folder = tmp_path_factory.mktemp("world")
    with FakeRegistryProcess(
        folder / "book.jsonl", secret="registry secret", admin_secret="admin secret", page_size=50
    ) as child:
        async with _opened(server_url, template, folder, child) as made:
            yield made


@pytest.fixture(scope="module")
async def peoples_world(
    server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """A test desk whose registry is worked by people."""
    async with _opened(server_url, template, tmp_path_factory.mktemp("people"), None) as made:
        yield made


@pytest.fixture(scope="module")
def beside(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """A live desk with a sandbox: one API process, one worker, both founded."""
    with started_beside(server_url, template, tmp_path_factory.mktemp("beside")) as made:
        yield made
