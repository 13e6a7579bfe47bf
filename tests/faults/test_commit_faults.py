"""Whatever happens to COMMIT, nobody is told that something was done which was not, and everybody is told in the end."""

import pytest

from benchmarks.scenarios import commits
from benchmarks.scenarios.commits import Way
from benchmarks.scenarios.stage import Stage

pytestmark = pytest.mark.xdist_group("commit-faults")


@pytest.mark.parametrize("way", list(Way))
async def test_an_order_is_acknowledged_only_when_its_commit_was(stage: Stage, way: Way):
    assert await commits.orders(stage, way=way, runs=60, seed=20261124) == []


@pytest.mark.parametrize("way", list(Way))
async def test_a_retirement_is_acknowledged_only_when_its_commit_was(stage: Stage, way: Way):
    assert await commits.retirements(stage, way=way, runs=60, seed=20261124) == []
