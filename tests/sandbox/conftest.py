"""Fixtures of test mode: a test desk in this process, and a live desk with its sandbox in processes of their own."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from app.clients import open_clients
from app.core.db import Database
from integrations.registries.fake.child import FakeRegistryProcess
from tests.sandbox.processes import Processes, started_beside
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
    """A test desk whose registry goes by the worker's clock, as a sandbox's does."""
    async with (
        open_world(db, worker_db, tmp_path / "files", registry=registry) as made,
        open_clients(made.settings, clock=made.now) as clients,
    ):
        made.clients = clients
        yield made


@pytest.fixture
async def peoples_world(db: Database, worker_db: Database, tmp_path: Path) -> AsyncIterator[World]:
    """A test desk whose registry is worked by people."""
    async with open_world(db, worker_db, tmp_path / "files", registry=None) as made:
        yield made


@pytest.fixture(scope="module")
def beside(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """A live desk with a sandbox: one API process, one worker, both founded."""
    with started_beside(server_url, template, tmp_path_factory.mktemp("beside")) as made:
        yield made
