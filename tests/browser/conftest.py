"""The browser's world: one running desk, the example built from its document, one Chromium for all visitors."""

import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from playwright.async_api import Browser, async_playwright, expect

from integrations.registries.fake.child import FakeRegistryProcess
from tests.browser.desks import Desk, running_desk
from tests.browser.sites import build
from tests.browser.visitors import PATIENCE_MS
from tests.conftest import copying, with_database

FLAGS = [
    "--no-sandbox",  # Root may not have one.
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", type=Path, help="keep a picture of each step in this folder")


@pytest.fixture(scope="module")
def pictures(request: pytest.FixtureRequest) -> Path | None:
    folder: Path | None = request.config.getoption("--pictures", default=None)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("browser")


@pytest.fixture(scope="module")
def registry(folder: Path) -> Iterator[FakeRegistryProcess]:
    with FakeRegistryProcess(
        folder / "book.jsonl", secret="registry secret", admin_secret="admin secret", page_size=50
    ) as child:
        yield child


@pytest.fixture(scope="module")
async def desk(server_url: str, template: str, folder: Path, registry: FakeRegistryProcess) -> AsyncIterator[Desk]:
    name = f"test_browser_{secrets.token_hex(4)}"
    server = await asyncpg.connect(server_url)
    await server.execute(copying(name, template))
    async with running_desk(with_database(server_url, name), folder, registry) as made:
        yield made
    await server.execute(f'drop database "{name}" with (force)')
    await server.close()


@pytest.fixture(scope="module")
async def document(desk: Desk) -> dict[str, Any]:
    """What the running desk says of itself."""
    async with desk.caller() as anybody:
        return dict((await anybody.get("/openapi.json")).json())


@pytest.fixture(scope="module")
def site(document: dict[str, Any]) -> Path:
    """The example, built from that document."""
    return build(document)


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium; nothing is downloaded."""
    program = shutil.which("chromium")
    assert program is not None, "There is no chromium: `make browser` says how to get it."
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        await started.close()


@pytest.fixture(scope="module")
async def people(server_url: str, template: str, folder: Path) -> AsyncIterator[Desk]:
    """A desk whose registry no program can reach."""
    name = f"test_browser_{secrets.token_hex(4)}"
    server = await asyncpg.connect(server_url)
    await server.execute(copying(name, template))
    async with running_desk(with_database(server_url, name), folder / "people", None) as made:
        yield made
    await server.execute(f'drop database "{name}" with (force)')
    await server.close()
