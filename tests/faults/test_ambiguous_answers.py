"""Twenty ambiguous answers of each of six kinds: every retirement once, none lost, its serials never resold."""

import pytest

from benchmarks.scenarios import ambiguous
from benchmarks.scenarios.stage import Stage

pytestmark = pytest.mark.xdist_group("ambiguous-answers")


async def test_a_hundred_and_twenty_ambiguous_answers_are_a_hundred_and_twenty_records(stage: Stage):
    assert len(ambiguous.KINDS) == 6
    assert await ambiguous.answered(stage, runs=120, seed=20261124) == []
