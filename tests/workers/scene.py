"""What do the workers' tests share? A table that counts effects, jobs that make them, and real worker processes."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx

from app.core import outbox
from app.core.db import Database
from app.core.ids import new_id
from app.core.scope import DESK_ID, Scope

ROOT = Path(__file__).parent.parent.parent
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)

TABLES = """
    create table thing (id uuid primary key, state text not null default 'open');
    create table effect (thing_id uuid not null, at timestamptz not null default clock_timestamp());
    create table run (thing_id uuid not null, process int not null, at timestamptz not null default clock_timestamp());
    grant select, insert, update on thing, effect, run to offsetdesk_worker;
"""


async def things(owner: asyncpg.Connection, count: int) -> list[UUID]:
    """So many open things; each may have its effect once."""
    await owner.execute(TABLES)
    return await more_things(owner, count)


async def more_things(owner: asyncpg.Connection, count: int) -> list[UUID]:
    """Further open things."""
    ids = [new_id() for _ in range(count)]
    await owner.executemany("insert into thing (id) values ($1)", [(thing_id,) for thing_id in ids])
    return ids


async def enqueued(db: Database, name: str, thing_ids: Sequence[UUID], *, due: datetime) -> list[UUID]:
    """One job for each thing, asked for as the features ask; their ids, in the things' order."""
    async with db.transaction(Scope.of_system(DESK_ID, "req_of_this_test")) as session:
        for thing_id in thing_ids:
            outbox.enqueue(session, name, due=due, thing_id=thing_id)
        made = {row.ids["thing_id"]: row.id for row in session.new}
    return [made[str(thing_id)] for thing_id in thing_ids]


async def job(owner: asyncpg.Connection, job_id: UUID) -> asyncpg.Record:
    """The job's row as it is now."""
    return await owner.fetchrow("select * from job where id = $1", job_id)


async def eventually(owner: asyncpg.Connection, question: str, expected: object, *, within_s: float) -> float:
    """Ask until the answer is the expected one; the seconds it took. Fails with the last answer."""
    began = time.monotonic()
    while (answer := await owner.fetchval(question)) != expected:
        took = time.monotonic() - began
        assert took < within_s, f"{question}: {answer!r} after {took:.1f} s, not {expected!r}"
        await asyncio.sleep(0.05)
    return time.monotonic() - began


UNFINISHED = "select count(*) from job where done_at is null"


async def assert_each_effect_once(owner: asyncpg.Connection, thing_ids: Sequence[UUID]) -> None:
    """Every thing has had its effect, and none had it twice."""
    rows = await owner.fetch("select thing_id, count(*) as times from effect group by thing_id")
    assert {row["thing_id"]: row["times"] for row in rows} == dict.fromkeys(thing_ids, 1)


class Process:
    """A worker in a process of its own, running the test's flows (see entry.py)."""

    def __init__(self, plan: dict[str, object], log: Path) -> None:
        """Start it."""
        self.log = log
        self._stream = log.open("wb")
        self._popen = subprocess.Popen(
            [sys.executable, "-m", "tests.workers.entry"],
            cwd=ROOT,
            env={**os.environ, "WORKER_PLAN": json.dumps(plan)},
            stderr=self._stream,
        )
        self.pid = self._popen.pid

    def kill(self) -> None:
        """kill -9: nothing is tidied up."""
        self._popen.kill()
        self._popen.wait()

    def say_stop(self) -> None:
        """SIGTERM."""
        self._popen.send_signal(signal.SIGTERM)

    def exit_code(self, *, within_s: float) -> int:
        """The code it ended with; fails when it does not end."""
        return self._popen.wait(within_s)

    async def says(self, words: str, *, within_s: float = 20) -> str:
        """Wait for a log line with these words."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            found = [line for line in self.log.read_text().splitlines() if words in line]
            if found:
                return found[0]
            assert self._popen.poll() is None, self.log.read_text()
            await asyncio.sleep(0.05)
        raise AssertionError(f"never said {words!r}:\n{self.log.read_text()}")

    def end(self) -> None:
        """Let nothing run on after the test."""
        if self._popen.poll() is None:
            self.kill()
        self._stream.close()


@contextmanager
def worker(folder: Path, database_url: str, **plan: object) -> Iterator[Process]:
    """A running worker: lease 2 s, sweep 1 s, poll 50 ms, 4 threads, in-process broker, unless `plan` says other."""
    process = Process(
        {
            "database_url": database_url,
            "broker_url": "",
            "queue": "offsetdesk.test",
            "threads": 4,
            "lease_ms": 2_000,
            "rewake_ms": 1_000,
            "poll_ms": 50,
            "grace_ms": 10_000,
            "work_ms": 20,
            **plan,
        },
        folder / f"worker-{new_id()}.log",
    )
    try:
        yield process
    finally:
        process.end()


async def page(port: int) -> str:
    """What Prometheus would read."""
    async with httpx.AsyncClient() as client:
        return (await client.get(f"http://127.0.0.1:{port}/metrics")).text


def ms(value: int) -> timedelta:
    """Milliseconds."""
    return timedelta(milliseconds=value)
