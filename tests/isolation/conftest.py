"""The scene of the isolation tests: played once for each test process, and copied for those that use it."""

import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from integrations.registries.fake.child import FakeRegistryProcess
from integrations.stripe.fake.child import FakeStripeProcess
from tests.conftest import copying, with_database
from tests.isolation.scene import Scene, Stage, on_stage, play


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("isolation")


@pytest.fixture(scope="session")
def book_keeping_registry(folder: Path) -> Iterator[FakeRegistryProcess]:
    with FakeRegistryProcess(
        folder / "book.jsonl", secret="registry secret", admin_secret="admin secret", page_size=50
    ) as child:
        yield child


@pytest.fixture(scope="session")
def stripe(folder: Path) -> Iterator[FakeStripeProcess]:
    with FakeStripeProcess(
        folder / "stripe.jsonl",
        secret_key="sk_test_isolation",
        admin_secret="admin secret",
        webhooks=("http://127.0.0.1:9/nobody-listens", ("whsec_isolation",)),  # So events wait to be asked for.
    ) as child:
        yield child


@asynccontextmanager
async def copied(server_url: str, template: str) -> AsyncIterator[str]:
    """A copy of a database, for as long as the block lasts."""
    name = f"isolation_{secrets.token_hex(6)}"
    await _run(server_url, copying(name, template))
    try:
        yield with_database(server_url, name)
    finally:
        await _run(server_url, f'drop database "{name}" with (force)')


@pytest.fixture(scope="session")
async def scene(
    server_url: str, template: str, folder: Path, book_keeping_registry: FakeRegistryProcess, stripe: FakeStripeProcess
) -> AsyncIterator[Scene]:
    async with copied(server_url, template) as database_url:
        yield await play(database_url, folder / "files", book_keeping_registry, stripe)


@pytest.fixture(scope="module")
async def stage(server_url: str, scene: Scene) -> AsyncIterator[Stage]:
    """The application over the module's own copy of the scene."""
    async with (
        copied(server_url, urlsplit(scene.database_url).path[1:]) as database_url,
        on_stage(scene, database_url) as made,
    ):
        yield made


@pytest.fixture(scope="module")
async def past_policies(server_url: str, scene: Scene) -> AsyncIterator[asyncpg.Connection]:
    """The owner's connection to a copy of the scene, for tests that change policies and roll back."""
    async with copied(server_url, urlsplit(scene.database_url).path[1:]) as database_url:
        connection = await asyncpg.connect(database_url)
        yield connection
        await connection.close()


async def _run(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()
