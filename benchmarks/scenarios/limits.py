"""What does counting cost? A caller's GET with a limit that is never reached, of the same process' rate without one."""

import asyncio
import statistics

from benchmarks.figures import Result, ratio
from benchmarks.load import api, fresh_desk, rate
from benchmarks.market import build

ROUNDS, SECONDS = 5, 3
PATH = "/v1/organisation"
NEVER_REACHED = 100_000_000


def measure() -> list[Result]:
    """Both kinds of process over one database, in turns. Needs wrk."""
    with fresh_desk() as (url, home):
        _, key = asyncio.run(build(url)).buyers[0]
        with api(url, home, **_limited(0)) as free, api(url, home, **_limited(NEVER_REACHED)) as counted:
            return [_compared(free, counted, key)]


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
