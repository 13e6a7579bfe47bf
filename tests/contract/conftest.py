"""The desk that the contract is tried at: one for each file, in a database of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.contract.served import Served, served
from tests.isolation.conftest import copied


@pytest.fixture(scope="module")
async def desk(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    folder: Path = tmp_path_factory.mktemp("contract")
    async with copied(server_url, template) as database_url, served(database_url, folder) as made:
        yield made
