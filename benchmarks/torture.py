"""Does everything hold when ten times as much goes wrong as in the tests? `python -m benchmarks.torture`

Each scenario plays on a database of its own, on an embedded PostgreSQL that this program starts. Those with workers
play twice: each worker holds its wake-ups in its own memory, and all are woken through a RabbitMQ that this program
starts for itself (`--broker` names one of the two). Where RabbitMQ is not installed, the report says what was not run.
The seed is printed and can be given again. Writes benchmarks/torture.json; the exit code is 1 when any invariant was
broken.
"""

import argparse
import asyncio
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import httpx
import msgspec
import pika.exceptions
from alembic import command
from alembic.config import Config

from app.core.db import asyncpg_url
from app.core.logs import start_logging
from benchmarks.scenarios import ambiguous, commits, deaths, imports, lives, races, repeats, replies, wiped, writes
from benchmarks.scenarios.commits import Way
from benchmarks.scenarios.programs import ROOT
from benchmarks.scenarios.rabbit import NotInstalled, PrivateRabbit
from benchmarks.scenarios.stage import Stage, open_stage
from integrations.postgres.embedded import EmbeddedPostgres

REPORT: Final = Path(__file__).with_suffix(".json")
TOLD_MAX: Final = 20
Scenario = Callable[..., Awaitable[list[str]]]


class Broker(StrEnum):
    """Through what the workers of a scenario are woken."""

    NONE = "none: no worker takes part"
    MEMORY = "each worker's memory"
    RABBITMQ = "RabbitMQ"


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a scenario found; `violations` counts the sentences of `told`, of which twenty are kept."""

    name: str
    broker: str
    runs: int
    violations: int
    seed: int
    seconds: int
    told: tuple[str, ...]
    facts: Mapping[str, int] = {}
    not_run: str = ""
    """Why it was not played; empty when it was."""


WITHOUT_WORKERS: Final[Mapping[str, tuple[Scenario, int]]] = {
    "forty buyers race for thirty tonnes": (races.one_listing, 10),
    "forty buyers of overlapping lots": (races.overlapping_lots, 10),
    "two hundred equal orders at once": (repeats.orders, 100),
    "two hundred equal retirements at once": (repeats.retirements, 50),
    **{f"COMMIT of an order {way}": (partial(commits.orders, way=way), 600) for way in Way},
    **{f"COMMIT of a retirement {way}": (partial(commits.retirements, way=way), 600) for way in Way},
}
"""Each scenario, and how often: ten times as often as in the tests."""
WITH_STRIPE: Final[Mapping[str, tuple[Scenario, int]]] = {
    "random lives of money": (lives.random_lives, 2_000),
    "worker and API killed at each write to Stripe": (writes.killed, 200),
}
"""Played on a desk that has an account at Stripe; jobs are woken in each worker's memory."""
WITH_WORKERS: Final[Mapping[str, tuple[Scenario, int]]] = {
    "replies of the registry dropped": (replies.dropped, 500),
    "ambiguous answers of six kinds": (ambiguous.answered, 1_200),
    "worker killed at each step": (deaths.at_each_step, 200),
    "worker killed in an import": (imports.killed, 40),
    "broker wiped under load": (deaths.under_load, 50),
}
"""Played on either broker."""
WITH_RABBITMQ: Final[Mapping[str, tuple[Scenario, int]]] = {
    "broker killed and wiped, counted in jobs": (wiped.killed, 10_000),
}
"""Played where a broker can die and the workers live on."""
TURNS: Final = (
    *((name, Broker.NONE, *played) for name, played in WITHOUT_WORKERS.items()),
    *((name, Broker.MEMORY, *played) for name, played in {**WITH_STRIPE, **WITH_WORKERS}.items()),
    *((name, Broker.RABBITMQ, *played) for name, played in {**WITH_WORKERS, **WITH_RABBITMQ}.items()),
)
ASKED: Final = {"both": set(Broker), "memory": {Broker.NONE, Broker.MEMORY}, "private": {Broker.NONE, Broker.RABBITMQ}}


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
    parser.add_argument("--broker", choices=ASKED, default="both", help="private: a RabbitMQ started for this run")
    parser.add_argument("--divide", type=int, default=1, help="10 runs as often as the tests do")
    parser.add_argument("--report", type=Path, default=REPORT)
    return parser.parse_args()


async def _play(url: str, home: Path, asked: argparse.Namespace) -> Sequence[Outcome]:
    outcomes = []
    async with _RabbitWhenNeeded(home / "rabbitmq") as rabbits:
        for n, (name, broker, scenario, times) in enumerate(TURNS):
            if asked.only not in name or broker not in ASKED[asked.broker]:
                continue
            runs, began = max(1, times // asked.divide), time.monotonic()
            try:
                rabbit = await rabbits.running() if broker is Broker.RABBITMQ else None
            except NotInstalled as error:
                if asked.broker == "private":
                    raise SystemExit(str(error)) from error
                outcomes.append(Outcome(name, broker, 0, 0, asked.seed, 0, (), not_run=str(error)))
                print(f"{name}, {broker}: NOT RUN. {error}", flush=True)
                continue
            database = await _fresh_database(url, f"torture_{n}")
            place, with_stripe = home / f"stage-{n}", name in WITH_STRIPE
            async with open_stage(database, place, rabbit=rabbit, with_stripe=with_stripe) as stage:
                told = await _played(scenario, stage, runs=runs, seed=asked.seed)
            seconds = int(time.monotonic() - began)
            outcomes.append(
                Outcome(name, broker, runs, len(told), asked.seed, seconds, tuple(told[:TOLD_MAX]), stage.facts)
            )
            _tell(outcomes[-1])
    return outcomes


def _tell(outcome: Outcome) -> None:
    print(
        f"{outcome.name}, {outcome.broker}: {outcome.runs} runs, {outcome.violations} violations, {outcome.seconds} s",
        flush=True,
    )
    for line in (*(f"{what}: {number}" for what, number in outcome.facts.items()), *outcome.told):
        print(f"  {line}", flush=True)


class _RabbitWhenNeeded:
    """One private node for all scenarios, started for the first that asks, and again when a scenario left it dead."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._node: PrivateRabbit | None = None

    async def running(self) -> PrivateRabbit:
        """The node, taking connections. Raises NotInstalled."""
        if self._node is None:
            self._node = PrivateRabbit(self._folder)
        if not self._node.runs:
            await self._node.start()
        return self._node

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._node is not None:
            self._node.stop()


async def _played(scenario: Scenario, stage: Stage, *, runs: int, seed: int) -> list[str]:
    """The scenario's breaches. That it could not be played to its end is one too, and the others are still played."""
    try:
        return await scenario(stage, runs=runs, seed=seed)
    except (AssertionError, OSError, asyncpg.PostgresError, httpx.HTTPError, pika.exceptions.AMQPError) as error:
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
