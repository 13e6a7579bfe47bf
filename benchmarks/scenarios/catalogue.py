"""How many readers does the catalogue's first page have room for? Of the rate of a bare route that returns the same bytes."""

import asyncio
import os
import statistics
import urllib.request
from pathlib import Path
from typing import Any, Final

from litestar import Litestar, Response, get

from benchmarks.figures import Result, ratio
from benchmarks.load import api, bare, fresh_desk, rate
from benchmarks.market import build

ROUNDS, SECONDS = 5, 3
PAGE: Final = "/v1/listings"
GOAL: Final = 0.5
ASKED_EACH_TIME_GOAL: Final = 0.01
"""Without shared answers every reader asks the database; so much is left of a route that asks nobody."""
_UNCOUNTED: Final = {"RATE_PUBLIC_PER_MIN": "100000000"}
"""Counted, never refused."""


def create_bare_page() -> Litestar:
    """A route that returns the page's bytes from memory, and does nothing else."""
    content = Path(os.environ["BARE_PAGE"]).read_bytes()

    @get(PAGE, sync_to_thread=False)
    def show() -> Response[bytes]:
        return Response(content, media_type="application/json")

    routes: list[Any] = [show]
    return Litestar(routes, openapi_config=None, logging_config=None)


def measure() -> list[Result]:
    """The page as anybody gets it, and as it would be without shared answers. Needs wrk."""
    with fresh_desk() as (url, home):
        asyncio.run(build(url))
        with api(url, home, **_UNCOUNTED) as shared, api(url, home, SHARED_ANSWERS_MS="0", **_UNCOUNTED) as asked:
            content = home / "page.json"
            with urllib.request.urlopen(f"http://127.0.0.1:{shared}{PAGE}") as page:
                content.write_bytes(page.read())
            with bare("benchmarks.scenarios.catalogue:create_bare_page", BARE_PAGE=str(content)) as floor:
                return _compared(shared, asked, floor, content.stat().st_size)


def _compared(shared: int, asked: int, floor: int, size: int) -> list[Result]:
    rates: dict[int, list[float]] = {shared: [], asked: [], floor: []}
    for port in rates:
        rate(f"http://127.0.0.1:{port}{PAGE}", 1)
    for _ in range(ROUNDS):
        for port, found in rates.items():
            found.append(rate(f"http://127.0.0.1:{port}{PAGE}", SECONDS))
    ours, alone, bare_rate = (statistics.median(rates[port]) for port in (shared, asked, floor))
    return [
        ratio(f"catalogue page of {size} bytes, of the bare route's rate", ours, bare_rate, GOAL),
        ratio("the same page when every reader asks the database", alone, bare_rate, ASKED_EACH_TIME_GOAL),
    ]


if __name__ == "__main__":
    print(*measure(), sep="\n")
