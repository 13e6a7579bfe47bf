"""How many queued retirements a second does one worker bring into the simulated registry's book and ours?

Signed off while nobody works; then one real worker begins. Counted from its first attempt to its last record, with all
that it does besides: certificates are asked for at once and wait behind, since they are due later.
"""

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Final

import msgspec
from alembic import command
from alembic.config import Config

from app.core.db import asyncpg_url
from benchmarks.figures import Result
from benchmarks.scenarios.programs import ROOT
from benchmarks.scenarios.stage import Stage, open_stage
from integrations.postgres.embedded import EmbeddedPostgres

QUEUED: Final = 600
PER_SECOND: Final = 50
_SPAN: Final = (
    "select count(*) filter (where kind = 'retirement.recorded'),"
    " extract(epoch from max(at) filter (where kind = 'retirement.recorded')"
    " - min(at) filter (where kind = 'retirement.submitted')) from event"
)


def measure() -> list[Result]:
    """One figure: retirements recorded in each second."""
    home = Path(tempfile.mkdtemp(prefix="offsetdesk-bench-"))
    home.chmod(0o711)
    try:
        with EmbeddedPostgres(home / "postgres", settings={"max_connections": "200"}) as server:
            _migrate(server.dsn())
            per_second = asyncio.run(_measured(server.dsn(), home))
    finally:
        shutil.rmtree(home, ignore_errors=True)
    name = f"{QUEUED} queued retirements through the simulator, one worker"
    return [Result(name, per_second, "rows/s", None, PER_SECOND, per_second >= PER_SECOND)]


def _migrate(url: str) -> None:
    config = Config(ROOT / "alembic.ini")
    config.attributes["url"] = asyncpg_url(url)
    command.upgrade(config, "head")


async def _measured(url: str, home: Path) -> float:
    async with open_stage(url, home / "stage", rabbit=None) as stage:
        return await _rate(stage)


async def _rate(stage: Stage) -> float:
    # As in a desk of real waits: nothing is taken for lost while it only waits for its turn.
    changes = {"lease_s": 60, "registry_timeout_s": 10, "sweep_interval_s": 30, "poll_ms": 200}
    stage.world.settings = msgspec.structs.replace(stage.world.settings, **changes)
    (buyer,) = await stage.buyers(1)
    drafts = await stage.drafts(buyer, await stage.holding(buyer, QUEUED), QUEUED)
    for draft in drafts:
        await stage.sign_off(buyer, draft)
    worker = stage.worker()
    await worker.says("the worker works")
    told = await stage.quiet(within_s=300)
    assert told == [], told
    worker.stop()
    recorded, seconds = await stage.owner.fetchrow(_SPAN)
    assert recorded == QUEUED, recorded
    return round(QUEUED / float(seconds), 1)
