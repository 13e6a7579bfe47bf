"""Does everything hold when ten times as much goes wrong as in the tests? `python -m benchmarks.torture`

Each scenario plays on a database of its own, on an embedded PostgreSQL that this program starts. The seed is printed
and can be given again. Writes benchmarks/torture.json; the exit code is 1 when any invariant was broken.
"""

import argparse
import asyncio
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import msgspec
from alembic import command
from alembic.config import Config

from app.core.db import asyncpg_url
from app.core.logs import start_logging
from benchmarks.scenarios import ambiguous, commits, deaths, imports, races, repeats, replies
from benchmarks.scenarios.commits import Way
from benchmarks.scenarios.programs import ROOT
from benchmarks.scenarios.stage import Outcome, Stage, open_stage
from integrations.postgres.embedded import EmbeddedPostgres

REPORT: Final = Path(__file__).with_suffix(".json")
TOLD_MAX: Final = 20
Scenario = Callable[..., Awaitable[list[str]]]
SCENARIOS: Final[dict[str, tuple[Scenario, int]]] = {
    "forty buyers race for thirty tonnes": (races.one_listing, 10),
    "forty buyers of overlapping lots": (races.overlapping_lots, 10),
    "two hundred equal orders at once": (repeats.orders, 100),
    "two hundred equal retirements at once": (repeats.retirements, 50),
    **{f"COMMIT of an order {way}": (partial(commits.orders, way=way), 600) for way in Way},
    **{f"COMMIT of a retirement {way}": (partial(commits.retirements, way=way), 600) for way in Way},
    "replies of the registry dropped": (replies.dropped, 500),
    "ambiguous answers of six kinds": (ambiguous.answered, 1_200),
    "worker killed at each step": (deaths.at_each_step, 200),
    "worker killed in an import": (imports.killed, 40),
    "broker wiped under load": (deaths.under_load, 50),
}
"""Each scenario, and how often: ten times as often as in the tests."""


def main() -> None:
    """Play the scenarios that were asked for, write the report, and end with 1 when something was broken."""
    asked = _asked()
    start_logging(level="ERROR")  # What is logged here is the scenarios' own doing; the programs have logs of theirs.
    home = Path(tempfile.mkdtemp(prefix="offsetdesk-torture-"))
    home.chmod(0o711)  # Started as root, the server runs as somebody else, who must be able to pass through.
    print(f"seed {asked.seed}", flush=True)
    try:
        with EmbeddedPostgres(home / "postgres", settings={"max_connections": "200"}) as server:
            outcomes = asyncio.run(_play(server.dsn(), home, asked))
    finally:
        shutil.rmtree(home, ignore_errors=True)
    asked.report.write_bytes(msgspec.json.format(msgspec.json.encode(outcomes), indent=2) + b"\n")
    sys.exit(1 if any(outcome.violations for outcome in outcomes) else 0)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.torture", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**31))
    parser.add_argument("--only", default="", help="scenarios whose name contains this")
    parser.add_argument("--divide", type=int, default=1, help="10 runs as often as the tests do")
    parser.add_argument("--report", type=Path, default=REPORT)
    return parser.parse_args()


async def _play(url: str, home: Path, asked: argparse.Namespace) -> Sequence[Outcome]:
    outcomes = []
    for n, (name, (scenario, times)) in enumerate(SCENARIOS.items()):
        if asked.only not in name:
            continue
        database = await _fresh_database(url, f"torture_{n}")
        runs, began = max(1, times // asked.divide), time.monotonic()
        async with open_stage(database, home / f"stage-{n}") as stage:
            told = await _played(scenario, stage, runs=runs, seed=asked.seed)
        outcome = Outcome(name, runs, len(told), asked.seed, int(time.monotonic() - began), tuple(told[:TOLD_MAX]))
        outcomes.append(outcome)
        print(f"{name}: {runs} runs, {outcome.violations} violations, {outcome.seconds} s", flush=True)
        for sentence in outcome.told:
            print(f"  {sentence}", flush=True)
    return outcomes


async def _played(scenario: Scenario, stage: Stage, *, runs: int, seed: int) -> list[str]:
    """The scenario's breaches. That it could not be played to its end is one too, and the others are still played."""
    try:
        return await scenario(stage, runs=runs, seed=seed)
    except (AssertionError, OSError, asyncpg.PostgresError) as error:
        return [f"it broke off: {type(error).__name__}: {error}"]


async def _fresh_database(url: str, name: str) -> str:
    server = await asyncpg.connect(url)
    await server.execute(f"create database {name}")
    await server.close()
    made = urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    config = Config(ROOT / "alembic.ini")
    config.attributes["url"] = asyncpg_url(made)
    await asyncio.to_thread(command.upgrade, config, "head")
    return made


if __name__ == "__main__":
    main()
