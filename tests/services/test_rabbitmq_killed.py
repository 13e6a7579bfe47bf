"""RabbitMQ is killed and wiped while the desk's own jobs go through it: each is done in the end, and once."""

import os

import pika
import pytest

from app.core.ids import new_id
from benchmarks.scenarios import wiped
from benchmarks.scenarios.rabbit import PrivateRabbit
from benchmarks.scenarios.stage import Stage
from workers.broker import QUEUE, NotSent, Wakeups, make_broker

pytestmark = pytest.mark.services
JOBS = 400


async def test_four_hundred_jobs_whose_broker_is_killed_and_wiped_are_each_done_once(rabbit_stage: Stage):
    assert await wiped.killed(rabbit_stage, runs=JOBS, seed=20261124) == []
    facts = rabbit_stage.facts
    assert facts["broker killed and wiped"] == len(wiped.When), "at each moment once"
    assert facts["jobs done"] >= JOBS
    assert facts["workers killed"] > 0


async def test_a_killed_node_comes_again_where_it_was_and_a_wiped_one_holds_nothing(rabbit: PrivateRabbit):
    name = f"offsetdesk.test.{new_id()}"
    port, killed = rabbit.port, rabbit.pid
    rabbit.kill()
    with pytest.raises(ProcessLookupError):
        os.kill(killed, 0)
    await rabbit.start()
    # What it held is not asked for: a queue that was declared a moment before a kill -9 may be gone.
    with pika.BlockingConnection(pika.URLParameters(rabbit.url)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.queue_declare(name, durable=True)
        channel.basic_publish("", name, b"held", pika.BasicProperties(delivery_mode=2), mandatory=True)
    assert (rabbit.port, rabbit.waiting(name)) == (port, 1)
    rabbit.kill()
    rabbit.wipe()
    await rabbit.start()
    assert (rabbit.port, rabbit.waiting(name)) == (port, 0)


async def test_a_wake_up_that_finds_no_broker_is_not_sent_and_the_next_one_is(rabbit: PrivateRabbit):
    async def nothing(_):
        """Nobody runs: this worker has no thread."""

    wakeups = Wakeups(make_broker(rabbit.url), queue=f"offsetdesk.test.{new_id()}", threads=1)
    wakeups.start(nothing)
    try:
        wakeups._worker.pause()  # Keep the messages in the queue, to count them.
        await wakeups.send([new_id()])
        rabbit.kill()
        rabbit.wipe()
        with pytest.raises(NotSent):
            await wakeups.waiting()
        with pytest.raises(NotSent):
            await wakeups.send([new_id()])
        await rabbit.start()
        await wakeups.send([new_id() for _ in range(5)])
        assert await wakeups.waiting() >= 4, "the paused worker was given at most one"
    finally:
        await wakeups.stop(grace_ms=5_000)


async def test_it_is_not_the_machines_own_node(rabbit: PrivateRabbit):
    assert not os.environ["OFFSETDESK_TEST_BROKER_URL"].rstrip("/").endswith(f":{rabbit.port}")
    with pika.BlockingConnection(pika.URLParameters(rabbit.url)) as connection:
        assert connection._impl.server_properties["cluster_name"].startswith(f"offsetdesk-{rabbit.port}@")
    assert rabbit.waiting(QUEUE) == 0
