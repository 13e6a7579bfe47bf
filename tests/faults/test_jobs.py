"""Jobs survive what happens to processes, connections and brokers: none is lost, none has its effect twice."""

import asyncio
import json
import os
import time
from datetime import timedelta
from pathlib import Path

import asyncpg
from dramatiq.brokers.stub import StubBroker

from app.core.clock import utc_now
from app.core.db import Database
from tests.workers.flows import table_of_tests
from tests.workers.scene import (
    UNFINISHED,
    assert_each_effect_once,
    enqueued,
    eventually,
    more_things,
    ms,
    page,
    things,
    worker,
)
from workers.broker import Wakeups, make_broker
from workers.relay import Relay, Rhythm
from workers.runner import Edge, Runner

LEASE_S, SWEEP_S = 2, 1
SLACK_S = 8
"""For a machine that does other things at the same time."""
LEADERS = (
    "select count(*) from pg_stat_activity where application_name = 'offsetdesk_lead' and datname = current_database()"
)


async def test_a_killed_worker_s_jobs_are_finished_by_the_next_within_lease_and_sweep(
    tmp_path: Path, database_url: str, worker_db: Database, owner: asyncpg.Connection
):
    thing_ids = await things(owner, 60)
    await enqueued(worker_db, "test.effect", thing_ids, due=utc_now())
    with worker(tmp_path, database_url, work_ms=1_500) as first:
        await eventually(owner, "select count(*) from run", 4, within_s=20)
        first.kill()
    leased = "select count(*) from job where done_at is null and lease_until is not null"
    assert await owner.fetchval(leased) == 4, "it died holding leases"
    began = time.monotonic()
    with worker(tmp_path, database_url, work_ms=5) as second:
        await eventually(owner, UNFINISHED, 0, within_s=LEASE_S + SWEEP_S + SLACK_S)
        assert time.monotonic() - began < LEASE_S + SWEEP_S + SLACK_S
        second.say_stop()
        assert second.exit_code(within_s=15) == 0
    await assert_each_effect_once(owner, thing_ids)


async def test_killed_again_and_again_under_load_nothing_is_lost_or_done_twice(
    tmp_path: Path, database_url: str, worker_db: Database, owner: asyncpg.Connection
):
    thing_ids = await things(owner, 400)
    await enqueued(worker_db, "test.effect", thing_ids, due=utc_now())
    for round_no in range(1, 4):
        with worker(tmp_path, database_url, work_ms=15) as victim:
            question = f"select count(*) >= {min(round_no * 60, 390)} from run"
            await eventually(owner, question, True, within_s=20)
            victim.kill()
    assert await owner.fetchval(UNFINISHED) > 0, "it was killed under load"
    with worker(tmp_path, database_url, work_ms=1):
        await eventually(owner, UNFINISHED, 0, within_s=20)
    await assert_each_effect_once(owner, thing_ids)


async def test_a_memory_broker_wiped_five_times_under_load_loses_nothing(
    worker_db: Database, owner: asyncpg.Connection
):
    thing_ids = await things(owner, 500)
    broker = make_broker("")
    assert isinstance(broker, StubBroker)
    wakeups = Wakeups(broker, queue="wiped", threads=4)
    edge = Edge(clock=utc_now, random_below=lambda below: below - 1)
    table = table_of_tests(worker_db, work_ms=lambda: 2)
    runner = Runner(
        worker_db, table, lease=timedelta(seconds=LEASE_S), attempts_max=5, edge=edge, outcomes=lambda *_: None
    )
    sweep = timedelta(seconds=SWEEP_S)
    relay = Relay(worker_db, wakeups, rhythm=Rhythm(poll=ms(20), rewake_after=sweep, entries={}), clock=utc_now)
    stop = asyncio.Event()
    wakeups.start(runner.run)
    relaying = asyncio.create_task(relay.run(stop))
    lost = 0
    for wipe in range(5):
        await enqueued(worker_db, "test.effect", thing_ids[wipe * 100 : wipe * 100 + 100], due=utc_now())
        await eventually(owner, "select count(*) > 0 from job where woken_at is not null", True, within_s=10)
        lost += broker.queues["wiped"].qsize()
        broker.flush("wiped")
    assert lost > 50, "the wipes hit something"
    await eventually(owner, UNFINISHED, 0, within_s=2 * SWEEP_S + SLACK_S)
    stop.set()
    await relaying
    await wakeups.stop(grace_ms=5_000)
    await assert_each_effect_once(owner, thing_ids)


async def test_only_one_of_two_workers_relays_and_the_other_takes_over_when_it_dies(
    tmp_path: Path, database_url: str, worker_db: Database, owner: asyncpg.Connection
):
    with worker(tmp_path, database_url) as first:
        await first.says("this worker leads")
        with worker(tmp_path, database_url) as second:
            await second.says("the worker works")
            await eventually(owner, LEADERS, 2, within_s=10)
            thing_ids = await things(owner, 40)
            await enqueued(worker_db, "test.effect", thing_ids, due=utc_now())
            await eventually(owner, UNFINISHED, 0, within_s=20)
            pids = {row["process"] for row in await owner.fetch("select distinct process from run")}
            assert pids == {first.pid}, "wake-ups in memory reach the leader's own threads only"
            assert "this worker leads" not in second.log.read_text()
            first.kill()
            await second.says("this worker leads", within_s=10)
            more = await more_things(owner, 10)
            await enqueued(worker_db, "test.effect", more, due=utc_now())
            await eventually(owner, UNFINISHED, 0, within_s=10)
    await assert_each_effect_once(owner, [*thing_ids, *more])


async def test_a_leader_whose_connections_are_cut_goes_on_relaying(
    tmp_path: Path, database_url: str, worker_db: Database, owner: asyncpg.Connection
):
    cut = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    thing_ids = await things(owner, 90)
    with worker(tmp_path, database_url, work_ms=5) as process:
        await process.says("this worker leads")
        for cut_no in range(3):
            await enqueued(worker_db, "test.effect", thing_ids[cut_no * 30 : cut_no * 30 + 30], due=utc_now())
            await eventually(owner, f"select count(*) > {cut_no * 30} from run", True, within_s=20)
            await worker_db.close()
            await owner.execute(cut)
        await eventually(owner, UNFINISHED, 0, within_s=LEASE_S + SWEEP_S + SLACK_S)
        assert process.log.read_text().count("this worker leads") > 1
    await assert_each_effect_once(owner, thing_ids)


async def test_a_worker_told_to_stop_under_load_ends_its_jobs_and_loses_none(
    tmp_path: Path, database_url: str, worker_db: Database, owner: asyncpg.Connection
):
    thing_ids = await things(owner, 300)
    await enqueued(worker_db, "test.effect", thing_ids, due=utc_now())
    with worker(tmp_path, database_url, work_ms=200) as first:
        await eventually(owner, "select count(*) >= 8 from run", True, within_s=20)
        first.say_stop()
        assert first.exit_code(within_s=15) == 0
    started, effects = await owner.fetchrow("select (select count(*) from run), (select count(*) from effect)")
    assert started == effects < 300, "what had begun was finished, and the rest was not begun"
    assert await owner.fetchval("select count(*) from job where lease_until is not null") == 0
    with worker(tmp_path, database_url, work_ms=1):
        await eventually(owner, UNFINISHED, 0, within_s=20)
    await assert_each_effect_once(owner, thing_ids)


async def test_jobs_longer_than_the_grace_are_left_to_the_next_worker(
    tmp_path: Path, database_url: str, worker_db: Database, owner: asyncpg.Connection
):
    thing_ids = await things(owner, 4)
    await enqueued(worker_db, "test.effect", thing_ids, due=utc_now())
    with worker(tmp_path, database_url, work_ms=60_000, lease_ms=4_000, grace_ms=300) as first:
        await eventually(owner, "select count(*) from run", 4, within_s=20)
        first.say_stop()
        assert first.exit_code(within_s=10) == 0
    assert await owner.fetchval("select count(*) from effect") == 0
    with worker(tmp_path, database_url, work_ms=1):
        await eventually(owner, UNFINISHED, 0, within_s=4 + SWEEP_S + SLACK_S)
    await assert_each_effect_once(owner, thing_ids)


async def test_the_second_signal_ends_the_worker_at_once(
    tmp_path: Path, database_url: str, worker_db: Database, owner: asyncpg.Connection
):
    thing_ids = await things(owner, 1)
    await enqueued(worker_db, "test.effect", thing_ids, due=utc_now())
    with worker(tmp_path, database_url, work_ms=60_000, lease_ms=120_000, grace_ms=60_000) as process:
        await eventually(owner, "select count(*) from run", 1, within_s=20)
        process.say_stop()
        await process.says("the worker stops")
        process.say_stop()
        assert process.exit_code(within_s=5) == 128 + 15


async def test_a_running_worker_serves_its_metrics_and_logs_json_lines(
    tmp_path: Path, database_url: str, worker_db: Database, owner: asyncpg.Connection
):
    thing_ids = await things(owner, 3)
    await enqueued(worker_db, "test.effect", thing_ids, due=utc_now())
    with worker(tmp_path, database_url) as process:
        port = json.loads(await process.says("metrics are served"))["port"]
        await eventually(owner, UNFINISHED, 0, within_s=20)
        assert 'offsetdesk_jobs_run_total{job="test.effect",outcome="done"} 3.0' in await page(port)
        done = json.loads(await process.says("job done"))
        assert done["request_id"] == "req_of_this_test"
        assert (done["job"], done["attempt"]) == ("test.effect", 1)
        assert process.pid != os.getpid()
