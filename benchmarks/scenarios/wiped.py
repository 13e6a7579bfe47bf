"""kill -9 of RabbitMQ, and everything gone that it knew, again and again under load: is every job done once in the end?

The jobs are the desk's own. Each order is placed over the API and paid by a line of the bank's statement: a job
settles the line and another allocates the serials. Every second order is retired, by three jobs more: submitted to the
registry, its certificate issued, and that one rendered. Two workers share them; now and then one of them is killed too.
"""

import asyncio
import random
import time
from enum import StrEnum
from typing import Any, Final

from benchmarks.scenarios.programs import Program
from benchmarks.scenarios.rabbit import PrivateRabbit
from benchmarks.scenarios.stage import RETIRE, Stage
from tests.world import Party
from workers import schedule
from workers.broker import QUEUE

JOBS_OF_TWO_ORDERS: Final = 7
JOBS_EACH_WAVE: Final = 500
WORKERS: Final = 2
_SHOPS, _BUYERS = 4, 8
_DRAWN_S: Final = (0.2, 3.0)
"""Between these, a time is drawn: until the broker dies, and how long it stays away."""
_HELD_WITHIN_S: Final = 60
_ROOM_WITHIN_S: Final = 300
_JOBS: Final = (
    "select name, count(*) as done from job where done_at is not null and name <> all ($1) group by name order by name"
)
_UNFINISHED: Final = (
    "select count(*) from job where done_at is null and parked_at is null and due <= now() and name <> all ($1)"
)
_PARKED: Final = "select 'parked: ' || name || ': ' || coalesce(last_error, '') from job where parked_at is not null"
_ENDS: Final = {
    "orders fulfilled": "select count(*) from orders where status = 'fulfilled' and org_id = any ($1)",
    "holdings": "select count(*) from holding where org_id = any ($1)",
    "retirements recorded": "select count(*) from retirement where status = 'recorded' and org_id = any ($1)",
    "certificates rendered": "select count(*) from certificate where pdf_sha256 is not null and org_id = any ($1)",
}


class When(StrEnum):
    """At which moment of a wave the broker dies."""

    MID_JOB = "while a worker waits for the registry's answer"
    BEFORE = "before the jobs are written, so that they cannot be published"
    DRAWN = "at a moment that is drawn"


async def killed(stage: Stage, *, runs: int, seed: int) -> list[str]:
    """At least `runs` jobs in waves of some five hundred; in each the broker dies once, and comes back with nothing."""
    rabbit, lots = stage.rabbit, random.Random(seed)
    assert rabbit is not None, "this scenario needs RabbitMQ"
    waves = max(len(When), runs // JOBS_EACH_WAVE)
    pairs = -(-runs // (JOBS_OF_TWO_ORDERS * waves))
    buyers = await stage.buyers(_BUYERS)
    shops = [await stage.world.listing(await stage.world.provider(), 2 * pairs * waves) for _ in range(_SHOPS)]
    crew = [stage.worker() for _ in range(WORKERS)]
    for worker in crew:
        await worker.says("the worker works")
    stage.facts |= {"broker killed and wiped": 0, "messages wiped": 0, "workers killed": 0}
    for n in range(waves):
        when = list(When)[n] if n < len(When) else lots.choice(list(When))
        orders = [
            await stage.world.order(lots.choice(buyers), (lots.choice(shops), 1), retire=retire)
            for _ in range(pairs)
            for retire in (None, dict(RETIRE))
        ]
        await _room(stage, pairs * JOBS_OF_TWO_ORDERS)
        await _one_wave(stage, rabbit, orders, when, lots)
        if lots.random() < 0.5:  # Sometimes while the broker is away, and sometimes after it has come back.
            crew = await _one_dies(stage, crew, lots)
            await rabbit.start()
        else:
            await rabbit.start()
            if n % 3 == 0:
                crew = await _one_dies(stage, crew, lots)
    return await _ended(stage, crew, buyers, runs=runs, pairs=pairs * waves)


async def _one_wave(
    stage: Stage, rabbit: PrivateRabbit, orders: list[dict[str, Any]], when: When, lots: random.Random
) -> None:
    """The orders are paid, and the broker dies; it stays away for a drawn time."""
    payments = [(f"{order['payment']['reference']} カ)アオバ", order["total"]["amount"]) for order in orders]
    match when:
        case When.MID_JOB:
            held = stage.gate.hold("", reply=True)  # The next retirement's, whichever that is.
            await stage.world.pay(*payments)
            await asyncio.wait_for(held.reached.wait(), _HELD_WITHIN_S)
            await _die(stage, rabbit)
            held.release.set()
        case When.BEFORE:
            await _die(stage, rabbit)
            await stage.world.pay(*payments)
        case When.DRAWN:
            await stage.world.pay(*payments)
            await asyncio.sleep(lots.uniform(*_DRAWN_S))
            await _die(stage, rabbit)
    await asyncio.sleep(lots.uniform(*_DRAWN_S))


async def _die(stage: Stage, rabbit: PrivateRabbit) -> None:
    stage.facts["messages wiped"] += await asyncio.to_thread(rabbit.waiting, QUEUE)
    rabbit.kill()
    rabbit.wipe()
    stage.facts["broker killed and wiped"] += 1


async def _one_dies(stage: Stage, crew: list[Program], lots: random.Random) -> list[Program]:
    """kill -9 of a worker that is drawn; the crew with another one in its place, which begins at once."""
    victim = lots.choice(crew)
    victim.kill()
    stage.facts["workers killed"] += 1
    return [worker for worker in crew if worker is not victim] + [stage.worker()]


async def _room(stage: Stage, most: int) -> None:
    """Wait until no more than so many jobs are due: always some, so that the broker never dies idle."""
    until = time.monotonic() + _ROOM_WITHIN_S
    while await stage.owner.fetchval(_UNFINISHED, list(schedule.EVERY)) > most:
        assert time.monotonic() < until, f"more than {most} jobs are unfinished after {_ROOM_WITHIN_S} s"
        await asyncio.sleep(0.2)


async def _ended(stage: Stage, crew: list[Program], buyers: list[Party], *, runs: int, pairs: int) -> list[str]:
    """What is not as it must be, when everything had time to be done and two sweeps more to come back."""
    began = time.monotonic()
    told = await stage.quiet(within_s=120 + runs / 5)
    stage.facts["seconds from the last death to quiet"] = int(time.monotonic() - began)
    await asyncio.sleep(2 * stage.world.settings.sweep_interval_s)
    told += await stage.quiet(within_s=1)
    for worker in crew:
        await worker.says("the worker works")
        await asyncio.to_thread(worker.stop)
    done = {row["name"]: row["done"] for row in await stage.owner.fetch(_JOBS, list(schedule.EVERY))}
    stage.facts |= {"jobs done": sum(done.values()), **done}
    if sum(done.values()) < runs:
        told.append(f"{sum(done.values())} jobs were done of {runs}")
    if not stage.facts["messages wiped"]:
        told.append("no broker had a message when it was wiped")
    for what, question in _ENDS.items():
        counted = await stage.owner.fetchval(question, [buyer.org_id for buyer in buyers])
        expected = 2 * pairs if what in {"orders fulfilled", "holdings"} else pairs
        if counted != expected:
            told.append(f"{counted} {what}, not {expected}")
    told += [row[0] for row in await stage.owner.fetch(_PARKED)]
    posts = (await stage.book()).posts
    told += [f"{reference} was sent {times} times" for reference, times in posts.items() if times > 1]
    return told + await stage.breaches()
