"""The fixtures of the retirement tests."""

from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest
from retirement_world import World

from app.core.db import Database
from integrations.registries.fake.child import FakeRegistryProcess


@pytest.fixture(scope="module")
def registry_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeRegistryProcess]:
    book = tmp_path_factory.mktemp("fake-registry") / "book.jsonl"
    with FakeRegistryProcess(book, secret="broker", admin_secret="admin", page_size=50) as running:
        yield running


@pytest.fixture
async def world(
    worker_db: Database, owner: asyncpg.Connection, registry_server: FakeRegistryProcess
) -> AsyncIterator[World]:
    made = await World(worker_db, owner, registry_server).open()
    yield made
    await made.close()
