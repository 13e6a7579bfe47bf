"""The fixtures of the registry tests."""

import itertools
from collections.abc import AsyncIterator, Iterator

import pytest

from integrations.registries.fake.admin import clear_faults
from integrations.registries.fake.child import FakeRegistryProcess
from integrations.registries.isometric.fake.scene import MODULE
from integrations.registries.simulated import SimulatedRegistry
from tests.contracts.registries.registry_scene import PATIENT, Scene
from tests.contracts.registries.stages import IsometricStage, Servers


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeRegistryProcess]:
    book = tmp_path_factory.mktemp("fake-registry") / "book.jsonl"
    with FakeRegistryProcess(book, secret="broker", admin_secret="admin", page_size=2) as running:
        yield running


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return itertools.count(1)


@pytest.fixture
async def scene(server: FakeRegistryProcess, numbers: Iterator[int]) -> AsyncIterator[Scene]:
    registry = SimulatedRegistry(server.base_url, secret="broker", timeouts=PATIENT, settles_within_s=2)
    yield Scene(server, registry, f"s{next(numbers)}")
    server.admin.ask(clear_faults())
    await registry.aclose()


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with Servers(tmp_path_factory.mktemp("isometric"), page_size=50) as started:
        yield started


@pytest.fixture
async def stage(servers: Servers) -> AsyncIterator[IsometricStage]:
    """Isometric with a test's own batches; files about every registry have a stage of their own."""
    built = IsometricStage(servers.of(MODULE))
    yield built
    built.well()
    await built.registry.aclose()
