"""RabbitMQ only speeds up what the rows would bring about anyway: wiped, killed or deleted, no job is lost."""

import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import asyncpg
import pika
import pytest

from app.core.clock import utc_now
from app.core.db import Database
from app.core.ids import new_id
from tests.workers.scene import UNFINISHED, assert_each_effect_once, enqueued, eventually, things, worker
from workers.broker import Wakeups, make_broker

pytestmark = pytest.mark.services
LEASE_S, SWEEP_S, SLACK_S = 2, 1, 10


@pytest.fixture
def broker_url() -> str:
    """The machine's RabbitMQ."""
    return os.environ["OFFSETDESK_TEST_BROKER_URL"]


@pytest.fixture
def queue(broker_url: str) -> Iterator[str]:
    """A queue of this test alone, with its two companions, deleted afterwards."""
    name = f"offsetdesk.test.{secrets.token_hex(6)}"
    yield name
    with pika.BlockingConnection(pika.URLParameters(broker_url)) as connection:
        for each in (name, f"{name}.DQ", f"{name}.XQ"):
            connection.channel().queue_delete(each)


class Rabbit:
    """What a test does to the queue from outside."""

    def __init__(self, url: str, queue: str) -> None:
        self._connection = pika.BlockingConnection(pika.URLParameters(url))
        self._channel = self._connection.channel()
        self.queue = queue

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def purge(self) -> int:
        """Throw every waiting message away; how many there were."""
        return self._channel.queue_purge(self.queue).method.message_count

    def waiting(self) -> int:
        """Messages that nobody has been given yet."""
        return self._channel.queue_declare(self.queue, passive=True).method.message_count

    def delete(self) -> None:
        """Take the queue itself away."""
        self._channel.queue_delete(self.queue)


def test_every_wake_up_is_confirmed_and_nothing_is_retried_or_delayed_by_dramatiq(broker_url: str):
    broker = make_broker(broker_url)
    assert broker.confirm_delivery is True
    assert broker.middleware == []
    assert (broker.parameters.heartbeat, broker.parameters.blocked_connection_timeout) == (30, 10)


async def test_wake_ups_sent_after_the_queue_was_deleted_are_stored_all_the_same(broker_url: str, queue: str):
    async def nothing(_):
        """Nobody runs: this worker has no thread."""

    wakeups = Wakeups(make_broker(broker_url), queue=queue, threads=1)
    wakeups.start(nothing)
    try:
        wakeups._worker.pause()  # Keep the messages in the queue, to count them.
        await wakeups.send([new_id()])
        with Rabbit(broker_url, queue) as rabbit:
            rabbit.delete()
            await wakeups.send([new_id() for _ in range(100)])
            # The paused worker was given at most one before it paused.
            assert rabbit.waiting() >= 99
        assert await wakeups.waiting() >= 99
    finally:
        await wakeups.stop(grace_ms=5_000)


async def test_a_queue_purged_five_times_under_load_loses_nothing(
    tmp_path: Path, database_url: str, worker_db: Database, owner: asyncpg.Connection, broker_url: str, queue: str
):
    thing_ids = await things(owner, 1_000)
    purged = 0
    with worker(tmp_path, database_url, broker_url=broker_url, queue=queue, work_ms=10) as process:
        await process.says("this worker leads")
        with Rabbit(broker_url, queue) as rabbit:
            for round_no in range(5):
                await enqueued(
                    worker_db, "test.effect", thing_ids[round_no * 200 : round_no * 200 + 200], due=utc_now()
                )
                await eventually(owner, f"select count(*) > {round_no * 40} from run", True, within_s=20)
                purged += rabbit.purge()
        await eventually(owner, UNFINISHED, 0, within_s=2 * SWEEP_S + SLACK_S)
    assert purged > 50, "the purges hit something"
    await assert_each_effect_once(owner, thing_ids)


async def test_two_workers_share_the_work_and_one_that_is_killed_leaves_it_to_the_other(
    tmp_path: Path, database_url: str, worker_db: Database, owner: asyncpg.Connection, broker_url: str, queue: str
):
    thing_ids = await things(owner, 300)
    plan = {"broker_url": broker_url, "queue": queue, "work_ms": 100}
    with worker(tmp_path, database_url, **plan) as first, worker(tmp_path, database_url, **plan) as second:
        await first.says("the worker works")
        await second.says("the worker works")
        await enqueued(worker_db, "test.effect", thing_ids, due=utc_now())
        for process in (first, second):
            await eventually(owner, f"select count(*) > 4 from run where process = {process.pid}", True, within_s=20)
        first.kill()
        assert await owner.fetchval(UNFINISHED) > 100, "it was killed under load"
        await eventually(owner, UNFINISHED, 0, within_s=30)
    await assert_each_effect_once(owner, thing_ids)


async def test_what_a_killed_worker_had_not_begun_is_redelivered_without_waiting_for_a_sweep(
    tmp_path: Path, database_url: str, worker_db: Database, owner: asyncpg.Connection, broker_url: str, queue: str
):
    thing_ids = await things(owner, 8)
    plan = {"broker_url": broker_url, "queue": queue, "threads": 4, "rewake_ms": 600_000, "lease_ms": 600_000}
    await enqueued(worker_db, "test.effect", thing_ids, due=utc_now())
    with worker(tmp_path, database_url, work_ms=60_000, **plan) as first, Rabbit(broker_url, queue) as rabbit:
        await eventually(owner, "select count(*) from run", 4, within_s=20)
        assert rabbit.waiting() == 4, "a worker fetches no more than it can run"
        first.kill()
        deadline = time.monotonic() + 5
        while rabbit.waiting() < 8 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert rabbit.waiting() == 8, "what ran unacknowledged is back too"
    with worker(tmp_path, database_url, work_ms=1, **plan):
        await eventually(owner, "select count(*) from effect", 4, within_s=10)
        await eventually(owner, UNFINISHED, 4, within_s=5)
    held = await owner.fetchval("select count(*) from job where done_at is null and lease_until > now()")
    assert held == 4, "the dead worker's own jobs are safe under their leases"
