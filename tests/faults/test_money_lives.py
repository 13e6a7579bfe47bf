"""Whatever happens to whose money in whatever order, every yen is in its place at the end, by three books that agree."""

from collections.abc import AsyncIterator

import pytest

from benchmarks.scenarios import lives
from benchmarks.scenarios.stage import Stage
from tests.stages import fresh_stage

pytestmark = pytest.mark.xdist_group("money-lives")


@pytest.fixture
async def desk(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """A desk with a Stripe, a registry and nothing in its book."""
    async with fresh_stage(server_url, template, tmp_path_factory.mktemp("lives"), with_stripe=True) as made:
        yield made


async def test_two_hundred_lives_of_money_end_with_every_yen_in_its_place(desk: Stage) -> None:
    assert await lives.random_lives(desk, runs=200, seed=20261201) == []
