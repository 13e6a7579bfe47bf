"""The world of whole stories: one desk, one registry's process, one fresh database each."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from app.core.db import Database
from integrations.registries.fake.child import FakeRegistryProcess
from tests.world import World, open_world


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[FakeRegistryProcess]:
    with FakeRegistryProcess(
        tmp_path / "book.jsonl", secret="registry secret", admin_secret="admin secret", page_size=50
    ) as child:
        yield child


@pytest.fixture
async def world(
    db: Database, worker_db: Database, tmp_path: Path, registry: FakeRegistryProcess
) -> AsyncIterator[World]:
    async with open_world(db, worker_db, tmp_path / "files", registry=registry) as made:
        yield made


@pytest.fixture
async def desk_of_people(db: Database, worker_db: Database, tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(db, worker_db, tmp_path / "files", registry=None) as made:
        yield made


@pytest.fixture(scope="session")
def template(stocked_template: str) -> str:
    """Every test here opens a world of its own."""
    return stocked_template
