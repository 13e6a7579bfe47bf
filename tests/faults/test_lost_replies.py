"""A registry that acts and whose reply is lost has retired once, and so have we."""

import pytest

from benchmarks.scenarios import replies
from benchmarks.scenarios.stage import Stage

pytestmark = pytest.mark.xdist_group("lost-replies")


async def test_fifty_replies_that_were_dropped_are_fifty_records_and_fifty_certificates(stage: Stage):
    assert await replies.dropped(stage, runs=50, seed=20261124) == []
