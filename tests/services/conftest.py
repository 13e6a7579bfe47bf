"""A desk for whole stories over the machine's own services, and a RabbitMQ that may be killed."""

from collections.abc import AsyncIterator

import pytest

from benchmarks.scenarios.rabbit import PrivateRabbit
from benchmarks.scenarios.stage import Stage
from tests.stages import fresh_stage


@pytest.fixture
async def stage(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with fresh_stage(server_url, template, tmp_path_factory.mktemp("stage")) as made:
        yield made


@pytest.fixture(scope="session")
async def private_rabbit(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PrivateRabbit]:
    """One for all tests; where RabbitMQ is not installed they fail, for who asks for services must have them."""
    async with PrivateRabbit(tmp_path_factory.mktemp("rabbitmq")) as node:
        yield node


@pytest.fixture
async def rabbit(private_rabbit: PrivateRabbit) -> PrivateRabbit:
    """It runs, also when the test before broke off and left it dead."""
    if not private_rabbit.runs:
        await private_rabbit.start()
    return private_rabbit


@pytest.fixture
async def rabbit_stage(
    server_url: str, template: str, rabbit: PrivateRabbit, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    """A desk whose workers are woken through the RabbitMQ that may be killed."""
    folder = tmp_path_factory.mktemp("stage")
    async with fresh_stage(server_url, template, folder, rabbit=rabbit) as made:
        yield made
