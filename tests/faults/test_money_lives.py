"""Whatever happens to whose money in whatever order, every yen is in its place at the end, by three books that agree."""

import pytest

from benchmarks.scenarios import lives
from benchmarks.scenarios.stage import Stage

pytestmark = pytest.mark.xdist_group("money-lives")


async def test_two_hundred_lives_of_money_end_with_every_yen_in_its_place(money_stage: Stage) -> None:
    assert await lives.random_lives(money_stage, runs=200, seed=20261201) == []
    assert money_stage.facts["transfers returned"] > 0
    assert money_stage.facts["invoices paid"] > 0
