"""The broker's edge: wake-ups in memory, a bound on how many lie about, and a RabbitMQ that is not there."""

import asyncio
import logging
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from app.core import leases
from app.core.clock import utc_now
from app.core.db import Database
from app.core.ids import new_id
from tests.workers.scene import NOON, enqueued, eventually, ms
from workers.broker import NotSent, Wakeups, make_broker, quiet_broker_logs
from workers.relay import AWAY, WAITING_MAX, Relay, Rhythm

RHYTHM = Rhythm(poll=ms(20), rewake_after=timedelta(seconds=60), entries={})


async def ignored(_: UUID) -> None:
    """Whatever is woken."""


@pytest.fixture
def nobody_listens() -> str:
    """An address of RabbitMQ where nothing answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"amqp://guest:guest@127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def quiet() -> Iterator[None]:
    """The levels that a worker sets, taken back afterwards."""
    before = {name: logging.getLogger(name).level for name in ("pika", "dramatiq")}
    quiet_broker_logs()
    yield
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


async def test_wake_ups_in_memory_run_on_the_event_loop_that_started_them():
    ran = []

    async def run(job_id: UUID) -> None:
        ran.append((job_id, asyncio.get_running_loop()))

    wakeups = Wakeups(make_broker(""), queue="memory", threads=2)
    wakeups.start(run)
    job_ids = [new_id() for _ in range(50)]
    await wakeups.send(job_ids)
    async with asyncio.timeout(10):
        while len(ran) < 50:
            await asyncio.sleep(0.01)
    await wakeups.stop(grace_ms=5_000)
    assert {job_id for job_id, _ in ran} == set(job_ids)
    assert {loop for _, loop in ran} == {asyncio.get_running_loop()}


async def test_no_more_jobs_run_at_once_than_there_are_threads():
    running, most = 0, 0

    async def run(_: UUID) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.02)
        running -= 1

    wakeups = Wakeups(make_broker(""), queue="threads", threads=3)
    wakeups.start(run)
    await wakeups.send([new_id() for _ in range(12)])
    await asyncio.sleep(0.3)
    await wakeups.stop(grace_ms=5_000)
    assert most == 3


async def test_a_backlog_stays_in_the_table_while_enough_wake_ups_lie_unread(
    worker_db: Database, owner: asyncpg.Connection
):
    blocked = asyncio.Event()

    async def run(_: UUID) -> None:
        await blocked.wait()

    await enqueued(worker_db, "test.effect", [new_id() for _ in range(WAITING_MAX + 500)], due=utc_now())
    wakeups = Wakeups(make_broker(""), queue="backlog", threads=2)
    wakeups.start(run)
    stop = asyncio.Event()
    relaying = asyncio.create_task(Relay(worker_db, wakeups, rhythm=RHYTHM, clock=utc_now).run(stop))
    woken = "select count(*) from job where woken_at is not null"
    await eventually(owner, f"select ({woken}) >= {WAITING_MAX}", True, within_s=10)
    await asyncio.sleep(0.3)
    in_threads = 2
    assert await owner.fetchval(woken) <= WAITING_MAX + in_threads
    stop.set()
    await relaying
    blocked.set()
    await wakeups.stop(grace_ms=5_000)


async def test_a_broker_that_is_not_there_is_told_within_seconds(nobody_listens: str):
    wakeups = Wakeups(make_broker(nobody_listens), queue="gone", threads=1)
    wakeups.start(ignored)
    async with asyncio.timeout(15):
        with pytest.raises(NotSent):
            await wakeups.send([new_id()])
        with pytest.raises(NotSent):
            await wakeups.waiting()
    await wakeups.stop(grace_ms=1_000)


async def test_a_relay_without_its_broker_wakes_nothing_and_goes_on_asking(
    worker_db: Database, owner: asyncpg.Connection, nobody_listens: str, caplog
):
    (job_id,) = await enqueued(worker_db, "test.effect", [new_id()], due=NOON)
    wakeups = Wakeups(make_broker(nobody_listens), queue="gone", threads=1)
    wakeups.start(ignored)
    stop = asyncio.Event()
    relaying = asyncio.create_task(Relay(worker_db, wakeups, rhythm=RHYTHM, clock=utc_now).run(stop))
    async with asyncio.timeout(15):
        while sum("wake-ups were not sent" in record.message for record in caplog.records) < 2:
            await asyncio.sleep(0.02)
    assert not relaying.done()
    stop.set()
    await relaying
    await wakeups.stop(grace_ms=1_000)
    async with worker_db.machinery() as session:
        woken = await leases.wake_due(session, now=NOON, limit=1, rewake_after=timedelta(seconds=60))
    assert woken == [job_id], "it was not marked woken in vain"


@pytest.mark.usefixtures("quiet")
async def test_an_outage_of_the_broker_is_told_once_a_second_and_by_pika_not_at_all(
    worker_db: Database, nobody_listens: str, caplog
):
    wakeups = Wakeups(make_broker(nobody_listens), queue="gone", threads=1)
    wakeups.start(ignored)
    stop, began = asyncio.Event(), time.monotonic()
    relaying = asyncio.create_task(Relay(worker_db, wakeups, rhythm=RHYTHM, clock=utc_now).run(stop))
    await asyncio.sleep(2.5)
    stop.set()
    await relaying
    told = [record for record in caplog.records if "wake-ups were not sent" in record.message]
    assert 2 <= len(told) <= 1 + (time.monotonic() - began) / AWAY.total_seconds()
    assert [record for record in caplog.records if record.name.startswith("pika")] == []
    await wakeups.stop(grace_ms=1_000)
