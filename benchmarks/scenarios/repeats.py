"""The same request, two hundred times at once: does it happen once, and does everybody hear the same answer?"""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable

from benchmarks.scenarios.line import Reply
from benchmarks.scenarios.stage import RETIRE, Stage
from tests.world import Party

AT_ONCE = 200
Wish = Callable[[int], dict[str, object]]
"""The body for one key, by the quantity that is wanted."""


async def orders(stage: Stage, *, runs: int, seed: int) -> list[str]:
    """For each of `runs` keys: 200 equal orders at once, then once more, then another order with the same key."""
    buyer = (await stage.buyers(1))[0]
    listing = await stage.world.listing(await stage.world.provider(), 20 * runs)

    def wish(quantity: int) -> dict[str, object]:
        return {"lines": [{"listing_id": listing, "quantity": quantity}]}

    return await _all(stage, buyer, "/v1/orders", wish, "orders", runs=runs, seed=seed)


async def retirements(stage: Stage, *, runs: int, seed: int) -> list[str]:
    """The same for retirements, whose answer is stored by `once`."""
    buyer = (await stage.buyers(1))[0]
    holding = await stage.holding(buyer, 20 * runs)

    def wish(quantity: int) -> dict[str, object]:
        return {"holding_id": holding, "quantity": quantity, **RETIRE}

    return await _all(stage, buyer, "/v1/retirements", wish, "retirement", runs=runs, seed=seed)


async def _all(stage: Stage, buyer: Party, path: str, wish: Wish, table: str, *, runs: int, seed: int) -> list[str]:
    lots = random.Random(seed)
    told = []
    count = f"select count(*) from {table} where org_id = $1"
    for _ in range(runs):
        before = await stage.owner.fetchval(count, buyer.org_id)
        key, quantity = f"torture-{lots.getrandbits(64):016x}", lots.randint(1, 9)

        def ask(quantity: int, key: str = key) -> Awaitable[Reply]:
            return stage.post(buyer, path, wish(quantity), key)

        answers = await asyncio.gather(*(ask(quantity) for _ in range(AT_ONCE)))
        told += _one_answer(key, answers)
        again, other = await ask(quantity), await ask(quantity + 1)
        told += _one_answer(key, [*answers, again])
        if (again.status, again.headers.get("idempotent-replayed")) != (201, "true"):
            told.append(f"{key}: afterwards the key answers {again.status} {again.content!r}")
        if other.status != 422 or other.json()["code"] != "idempotency_key_reused":
            told.append(f"{key}: another request with the key is answered {other.status}")
        made = await stage.owner.fetchval(count, buyer.org_id) - before
        if made != 1:
            told.append(f"{key}: {made} rows were made")
    return told + await stage.breaches()


def _one_answer(key: str, answers: list[Reply]) -> list[str]:
    bodies = {(a.status, a.content, a.headers.get("location")) for a in answers if a.is_success}
    others = Counter((a.status, _code(a)) for a in answers if not a.is_success)
    told = [] if len(bodies) == 1 else [f"{key}: {len(bodies)} different answers"]
    if set(others) - {(409, "idempotency_in_progress")}:
        told.append(f"{key}: refused otherwise than by idempotency_in_progress: {dict(others)}")
    return told


def _code(answer: Reply) -> str:
    return str(answer.json().get("code"))
