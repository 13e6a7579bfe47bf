"""The fixtures of the retirement tests."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from registry_desk import Desk
from retirement_app import Doors
from retirement_world import World

from app.core.db import Database
from integrations.registries.fake.child import FakeRegistryProcess
from integrations.storage.live import ObjectFiles


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


@pytest.fixture
def files(tmp_path: Path) -> ObjectFiles:
    return ObjectFiles(tmp_path.as_uri())


@pytest.fixture
def doors(world: World, db: Database, files: ObjectFiles) -> Doors:
    return Doors(db, files, provider=world.provider, buyer=world.buyer, other_buyer=world.other_buyer)


@pytest.fixture
async def desk(world: World, doors: Doors, files: ObjectFiles) -> Desk:
    return await Desk(world, doors, files).open()
