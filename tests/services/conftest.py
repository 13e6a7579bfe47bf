"""A desk for whole stories over the machine's own services."""

from collections.abc import AsyncIterator

import pytest

from benchmarks.scenarios.stage import Stage
from tests.stages import fresh_stage


@pytest.fixture
async def stage(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with fresh_stage(server_url, template, tmp_path_factory.mktemp("stage")) as made:
        yield made
