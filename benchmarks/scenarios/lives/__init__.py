"""Does every yen stay where it belongs, whatever happens to whom in which order? Random lives of money, side by side.

All lives take each step together, a few at a time; between the steps webhooks come in any order, jobs run side by side,
and time goes on. At the end the desk's own closing must find that everything agrees, and so must a model of its own of
the bank, and Stripe's book.
"""

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from benchmarks.scenarios.lives import clerk, closing, owing, paying, reckoning, returning, troubles
from benchmarks.scenarios.lives.life import Life, draw
from benchmarks.scenarios.lives.town import Town, open_town
from benchmarks.scenarios.stage import Stage

SWEEPS: Final = ("payments.sweep_events", "payments.poll_attempts")
_HOUR, _WEEK = timedelta(hours=1), timedelta(days=8)
"""A week is long enough for an order to expire, a card's payment to be final, and a closing day to come."""


async def random_lives(stage: Stage, *, runs: int, seed: int) -> list[str]:
    """`runs` lives of this seed, and what is not right when all are over."""
    lots = random.Random(seed)
    async with open_town(stage, lots) as town:
        buyers = await stage.buyers(runs)
        lives = [draw(town, buyer, n, seed) for n, buyer in enumerate(buyers)]
        await _paid(town, lives)
        await _troubled(town, [life for life in lives if not life.late])
        await clerk.pay_out(town, returns=True)
        await owing.month_ends(town, lives)
        await _troubled(town, [life for life in lives if life.late])
        await clerk.claw_back(town)
        await clerk.stripe_pays_in_vain(town)
        await _swept(town)
        await town.later(_WEEK)
        await clerk.pay_out(town, returns=False)
        await clerk.stripe_pays(town)
        await _swept(town)
        town.stage.facts |= {
            "webhooks lost": town.postman.lost,
            "webhooks twice": town.postman.twice,
            "transfers returned": town.returned,
        }
        told = await closing.agreement(town)
        told += await reckoning.reckon(town, lives)
        told += await closing.close_months(town)
    return [f"{each} (seed {seed})" for each in told + await stage.breaches()]


async def _paid(town: Town, lives: Sequence[Life]) -> None:
    """Every order is placed, and paid, or expires."""
    for act in (Life.place, Life.begin):
        await town.all_of(act(life) for life in lives)
        await town.work()
    await town.asked(f"/v1/admin/lots/{town.scarce.lot}/freeze", {"note": "照会中"})
    for step in (paying.begin, paying.go_on):
        await town.all_of(step(life) for life in lives)
        await _evening(town)
    await clerk.give_names(town, lives)
    await returning.strangers_pay(town, lives)
    await _swept(town)
    await town.all_of(paying.at_the_last_moment(life) for life in lives)
    await town.all_of(troubles.freed(life) for life in lives)
    await town.later(_WEEK)
    await _swept(town)


async def _troubled(town: Town, lives: Sequence[Life]) -> None:
    for step in range(troubles.STEPS):
        await town.all_of(_once_paid(life, step) for life in lives)
        await _evening(town)
        await clerk.payers_answer(town)
        await _evening(town)
        await clerk.give_back(town, bounces=step == 0)
    await _swept(town)
    await clerk.give_back(town, bounces=False)
    await town.later(_WEEK)


async def _once_paid(life: Life, step: int) -> None:
    status = await life.town.pool.fetchval("select status from orders where id = $1", life.order_id)
    if status in ("fulfilled", "short", "paid"):
        await troubles.happen(life, step)


async def _evening(town: Town) -> None:
    """The bank's statement comes, some webhooks do, and the jobs are done."""
    await town.told_by_the_bank()
    await town.postman.walk()
    await town.later(timedelta(minutes=10))
    await town.work()


async def _swept(town: Town) -> None:
    """An hour later what was lost is found."""
    await town.postman.walk(every=True)
    await town.later(_HOUR)
    await town.clockwork(*SWEEPS)
