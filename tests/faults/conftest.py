"""One desk for every fault of a module, and one registry for every fault of its own."""

from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest
from retirement_world import World

from app.core.db import Database
from benchmarks.scenarios.stage import Stage
from integrations.registries.fake.child import FakeRegistryProcess
from tests.stages import fresh_stage


@pytest.fixture(scope="module")
async def stage(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with fresh_stage(server_url, template, tmp_path_factory.mktemp("stage")) as made:
        yield made


@pytest.fixture
async def money_stage(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """A desk with an account at Stripe and an empty book, for one test alone: its months are closed."""
    async with fresh_stage(server_url, template, tmp_path_factory.mktemp("money"), with_stripe=True) as made:
        yield made


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
