"""What does counting cost? A caller's GET with a limit that is never reached, of the same process' rate without one."""

import asyncio
import shutil
import statistics
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

from app.core.db import asyncpg_url
from benchmarks.figures import Result, ratio
from benchmarks.load import ROOT, api, rate
from benchmarks.market import build
from integrations.postgres.embedded import EmbeddedPostgres

ROUNDS, SECONDS = 5, 3
PATH = "/v1/organisation"
NEVER_REACHED = 100_000_000


def measure() -> list[Result]:
    """Both kinds of process over one database, in turns. Needs wrk."""
    home = Path(tempfile.mkdtemp(prefix="offsetdesk-bench-"))
    home.chmod(0o711)
    try:
        with EmbeddedPostgres(home) as server:
            config = Config(ROOT / "alembic.ini")
            config.attributes["url"] = asyncpg_url(server.dsn())
            command.upgrade(config, "head")
            _, key = asyncio.run(build(server.dsn())).buyers[0]
            with (
                api(server.dsn(), home, **_limited(0)) as free,
                api(server.dsn(), home, **_limited(NEVER_REACHED)) as counted,
            ):
                return [_compared(free, counted, key)]
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _compared(free: int, counted: int, key: str) -> Result:
    asked = ("-H", f"Authorization: Bearer {key}")
    for port in (free, counted):
        rate(f"http://127.0.0.1:{port}{PATH}", 1, *asked)
    rates: dict[int, list[float]] = {free: [], counted: []}
    for _ in range(ROUNDS):
        for port, found in rates.items():
            found.append(rate(f"http://127.0.0.1:{port}{PATH}", SECONDS, *asked))
    name = "a caller's GET, counted against a limit, of its rate uncounted"
    return ratio(name, statistics.median(rates[counted]), statistics.median(rates[free]), 0.95)


def _limited(limit: int) -> dict[str, str]:
    return {"RATE_CALLS_PER_MIN": str(limit), "RATE_PUBLIC_PER_MIN": str(limit)}
