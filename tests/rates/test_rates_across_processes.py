"""Does a limit hold when many processes count? Four real ones spend one caller's window together."""

import asyncio
import sys

import pytest

from app.core.rates import BLOCKS
from tests.conftest import ROOT

PROCESSES = 4


async def spent(url: str, limit: int, asks: int) -> list[int]:
    """What each process was allowed of one window; all ask at once, eight abreast."""
    started = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.rates.hammer", url, str(limit), str(asks), "1800000000", cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
        )
        for _ in range(PROCESSES)
    ]  # fmt: skip
    outputs = await asyncio.gather(*(process.communicate() for process in started))
    assert all(process.returncode == 0 for process in started)
    return [int(output) for output, _ in outputs]


@pytest.mark.parametrize("limit", [1, 7, 100, 1_200])
async def test_four_processes_never_go_above_the_limit_and_leave_little_unspent(database_url: str, limit: int) -> None:
    allowed = await spent(database_url, limit, asks=limit * 2 + 80)
    assert sum(allowed) <= limit, allowed
    assert sum(allowed) == limit, f"Everybody asked until refused, so nothing of a block is left: {allowed}"


async def test_what_is_left_unspent_is_at_most_a_block_of_each_process(database_url: str) -> None:
    allowed = await spent(database_url, 1_000, asks=304)
    unspent = 1_000 - sum(allowed)
    assert 0 <= unspent < PROCESSES * 1_000 // BLOCKS, allowed
