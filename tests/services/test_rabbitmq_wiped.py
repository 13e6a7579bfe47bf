"""The queue of a real worker is wiped under load: every order becomes its certificates all the same, once."""

import asyncio
import os
import random
from collections.abc import Iterator

import msgspec
import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel

from benchmarks.scenarios.stage import RETIRE, Stage
from workers.broker import QUEUE

pytestmark = pytest.mark.services
WIPES, ORDERS = 5, 12


@pytest.fixture
def channel() -> Iterator[BlockingChannel]:
    """The real queue of the workers, empty before and gone afterwards."""
    with pika.BlockingConnection(pika.URLParameters(os.environ["OFFSETDESK_TEST_BROKER_URL"])) as connection:
        opened = connection.channel()
        opened.queue_delete(QUEUE)
        yield opened
        for name in (QUEUE, f"{QUEUE}.DQ", f"{QUEUE}.XQ"):
            opened.queue_delete(name)


async def test_a_real_worker_s_queue_wiped_five_times_loses_no_retirement(stage: Stage, channel: BlockingChannel):
    world, lots = stage.world, random.Random(20261124)
    # One thread: the others' wake-ups lie in the queue, where they can be hit.
    changes = {"broker_url": os.environ["OFFSETDESK_TEST_BROKER_URL"], "worker_threads": 1}
    world.settings = msgspec.structs.replace(world.settings, **changes)
    (buyer,) = await stage.buyers(1)
    listing = await world.listing(await world.provider(), WIPES * ORDERS)
    worker, purged = stage.worker(), 0
    await worker.says("this worker leads")
    for _ in range(WIPES):
        orders = [await world.order(buyer, (listing, 1), retire=dict(RETIRE)) for _ in range(ORDERS)]
        await world.pay(*((f"{order['payment']['reference']} カ)アオバ", order["total"]["amount"]) for order in orders))
        await asyncio.sleep(lots.uniform(0.1, 0.5))
        purged += channel.queue_purge(QUEUE).method.message_count
    assert await stage.quiet(within_s=120) == []
    worker.stop()
    assert purged > WIPES, "the wipes hit something"
    recorded = await stage.owner.fetchval("select count(*) from retirement where status = 'recorded'")
    assert recorded == WIPES * ORDERS
    assert await stage.breaches() == []
