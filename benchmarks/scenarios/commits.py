"""COMMIT fails: is anybody ever told that something was done which was not?

A deferred constraint trigger, made by the owner of the tables, speaks up in the middle of COMMIT: it raises, it raises
a serialization failure, or it ends the very backend that commits. Which COMMITs fail is drawn by a seed.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.core.ids import read_public_id
from benchmarks.scenarios.line import LineBroken, Reply
from benchmarks.scenarios.stage import RETIRE, Stage
from tests.world import Party

AT_ONCE: Final = 8
TRIES: Final = 200
_PAUSE_S: Final = 0.02
_KILL_EVERY_S: Final = 0.2
"""Seldom enough that on a slow machine most requests of several transactions are let through."""


class Way(StrEnum):
    """How a COMMIT fails."""

    RAISES = "raises"
    CONFLICTS = "conflicts"
    KILLED = "killed"


_ACTS: Final = {
    Way.RAISES: "raise exception 'the deferred constraint is broken';",
    Way.CONFLICTS: "raise exception 'could not serialize access' using errcode = '40001';",
    Way.KILLED: "perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(1);",
}
# Sequences are not rolled back: so many COMMITs were begun, so many failed. Every other one fails, by the seed's lot.
_TRIGGER: Final = """
create sequence torture_begun; create sequence torture_failed;
create function torture_commit() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if abs(hashint8(nextval('torture_begun') + {seed})) % 2 = 0 then perform nextval('torture_failed'); {act} end if;
  return null;
end $$;
create constraint trigger torture_commit after insert on {table} deferrable initially deferred
  for each row execute function torture_commit();
"""
_AWAY: Final = (
    "drop trigger torture_commit on {table}; drop function torture_commit();"
    " drop sequence torture_begun; drop sequence torture_failed"
)
_ANY_BACKEND: Final = (
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
    " and application_name = 'offsetdesk_api' and state = 'active' order by random() limit 1"
)
_FAILED: Final = "select case when is_called then last_value else 0 end from torture_failed"


@dataclass
class Client:
    """A caller who repeats a request with its key until it is told that it was done, and remembers what it was told."""

    stage: Stage
    buyer: Party
    path: str
    body: dict[str, object]
    table: str
    prefix: str
    acknowledged: set[str] = field(default_factory=set)
    told: list[str] = field(default_factory=list)

    async def insist(self, key: str) -> None:
        """One intention, brought to its end."""
        for _ in range(TRIES):
            try:
                answer = await self.stage.post(self.buyer, self.path, self.body, key)
            except LineBroken:
                continue
            if answer.is_success:
                await self._believe(key, answer)
                return
            if answer.status not in {409, 503} and answer.status < 500:
                self.told.append(f"{key}: {answer.status} {answer.content!r}")
                return
            await asyncio.sleep(_PAUSE_S)
        self.told.append(f"{key}: never done in {TRIES} tries")

    async def _believe(self, key: str, answer: Reply) -> None:
        made = str(answer.json()["id"])
        there = f"select count(*) from {self.table} where org_id = $1 and id = $2"
        async with self.stage.looking() as owner:
            rows = await owner.fetchval(there, self.buyer.org_id, read_public_id(self.prefix, made))
        if rows != 1:
            self.told.append(f"{key}: told {answer.status}, and {made} is not there")
        if made in self.acknowledged:
            self.told.append(f"{key}: told of {made}, which another key had made")
        self.acknowledged.add(made)


async def orders(stage: Stage, *, way: Way, runs: int, seed: int) -> list[str]:
    """At least `runs` COMMITs of orders fail; orders are placed by a function in autocommit."""
    buyer = (await stage.buyers(1))[0]
    listing = await stage.world.listing(await stage.world.provider(), 20 * runs)
    body: dict[str, object] = {"lines": [{"listing_id": listing, "quantity": 1}]}
    client = Client(stage, buyer, "/v1/orders", body, "orders", "ord")
    return await _until_failed(client, way, runs=runs, seed=seed)


async def retirements(stage: Stage, *, way: Way, runs: int, seed: int) -> list[str]:
    """At least `runs` COMMITs of retirements fail; they are made by `once`, in a transaction of SQLAlchemy."""
    buyer = (await stage.buyers(1))[0]
    holding = await stage.holding(buyer, 20 * runs)
    client = Client(
        stage, buyer, "/v1/retirements", {"holding_id": holding, "quantity": 1, **RETIRE}, "retirement", "ret"
    )
    return await _until_failed(client, way, runs=runs, seed=seed)


async def _until_failed(client: Client, way: Way, *, runs: int, seed: int) -> list[str]:
    lots, owner = random.Random(seed), client.stage.owner
    await owner.execute(_TRIGGER.format(table=client.table, act=_ACTS[way], seed=seed))
    async with _killing(client.stage, way):
        for _ in range(20 * runs // AT_ONCE):
            await asyncio.gather(*(client.insist(f"torture-{lots.getrandbits(64):016x}") for _ in range(AT_ONCE)))
            if await owner.fetchval(_FAILED) >= runs:
                break
    failed = await owner.fetchval(_FAILED)
    await owner.execute(_AWAY.format(table=client.table))
    told = [] if failed >= runs else [f"only {failed} COMMITs were made to fail"]
    there = await owner.fetch(f"select id from {client.table} where org_id = $1", client.buyer.org_id)
    ids = {read_public_id(client.prefix, made) for made in client.acknowledged}
    told += _same({row["id"] for row in there}, ids)
    return client.told + told + await client.stage.breaches()


@asynccontextmanager
async def _killing(stage: Stage, way: Way) -> AsyncIterator[None]:
    """Beside the COMMITs that end themselves, end backends at any moment: also after a COMMIT, before its answer."""
    stop = asyncio.Event()

    async def kill() -> None:
        async with stage.looking() as owner:
            while not stop.is_set():
                await owner.execute(_ANY_BACKEND)
                await asyncio.sleep(_KILL_EVERY_S)

    killing = asyncio.create_task(kill()) if way is Way.KILLED else None
    try:
        yield
    finally:
        stop.set()
        if killing is not None:
            await killing


def _same(there: set[UUID], known: set[UUID | None]) -> list[str]:
    return [f"I6 {len(known - there)} were acknowledged and are not there"] * bool(known - there) + [
        f"I6 {len(there - known)} are there and nobody was told"
    ] * bool(there - known)
