"""Many buyers, few tonnes, one moment: is every tonne sold once, and nobody waits for anybody in a circle?"""

import asyncio
import random
import secrets
from collections import Counter
from uuid import UUID

from app.core.ids import read_public_id
from benchmarks.scenarios.line import Reply
from benchmarks.scenarios.stage import Stage
from tests.world import Party

BUYERS, TONNES, PRICE = 40, 30, 100
LOTS, LOT_TONNES = 6, 20
_STOCK = "select free, reserved, sold, next_lo from lot_stock s join listing l on l.lot_id = s.lot_id where l.id = $1"
_RANGES = (
    "select array_agg(r.lo order by r.lo) from serial_range r join listing l on l.lot_id = r.lot_id"
    " join lot t on t.id = r.lot_id where l.id = $1"
)


async def one_listing(stage: Stage, *, runs: int, seed: int) -> list[str]:
    """40 buyers want one tonne each of a listing of 30, each time: 30 get it, pay, and hold 30 different serials."""
    lots = random.Random(seed)
    buyers, provider, told = await stage.buyers(BUYERS), await stage.world.provider(), []
    for _ in range(runs):
        listing = await stage.world.listing(provider, TONNES, price=PRICE)
        lots.shuffle(buyers)
        answers = await asyncio.gather(*(_order(stage, buyer, {listing: 1}) for buyer in buyers))
        told += _counted(answers, TONNES)
        told += await _stock_is(stage, listing, (0, TONNES, 0))
        await _pay_all(stage, answers)
        told += await _stock_is(stage, listing, (0, 0, TONNES))
        serials = await stage.owner.fetchval(_RANGES, _id(listing))
        if [lo - serials[0] for lo in serials] != list(range(TONNES)):
            told.append(f"the serials held begin at {serials}")
    return told + await stage.breaches() + await stage.deadlocks()


async def overlapping_lots(stage: Stage, *, runs: int, seed: int) -> list[str]:
    """40 buyers want up to four of six lots at once, each in an order of its own; then all that was got is allocated."""
    lots = random.Random(seed)
    buyers, provider, told = await stage.buyers(BUYERS), await stage.world.provider(), []
    for _ in range(runs):
        listings = [await stage.world.listing(provider, LOT_TONNES, price=PRICE) for _ in range(LOTS)]
        wishes = [
            {listing: lots.randint(1, 3) for listing in lots.sample(listings, lots.randint(2, 4))} for _ in buyers
        ]
        answers = await asyncio.gather(
            *(_order(stage, buyer, wish) for buyer, wish in zip(buyers, wishes, strict=True))
        )
        got: Counter[str] = Counter()
        for answer, wish in zip(answers, wishes, strict=True):
            if answer.status == 201:
                got.update(wish)
        told += _counted(answers, None)
        for listing in listings:
            told += await _stock_is(stage, listing, (LOT_TONNES - got[listing], got[listing], 0))
        await _pay_all(stage, answers)
        for listing in listings:
            told += await _stock_is(stage, listing, (LOT_TONNES - got[listing], 0, got[listing]))
    return told + await stage.breaches() + await stage.deadlocks()


async def _order(stage: Stage, buyer: Party, wish: dict[str, int]) -> Reply:
    lines = [{"listing_id": listing, "quantity": quantity} for listing, quantity in wish.items()]
    return await stage.post(buyer, "/v1/orders", {"lines": lines}, secrets.token_hex(8))


async def _pay_all(stage: Stage, answers: list[Reply]) -> None:
    """Everybody pays at once, and the jobs of all orders run side by side."""
    orders = [answer.json() for answer in answers if answer.status == 201]
    await stage.world.pay(
        *((f"{order['payment']['reference']} カ)アオバ", order["total"]["amount"]) for order in orders)
    )
    while due := await stage.world.due():
        await asyncio.gather(*(stage.world.runner().run(job_id) for job_id in due))


def _counted(answers: list[Reply], bought: int | None) -> list[str]:
    """Everybody was either sold to, or told that there is not enough; `bought` is how many must have been sold to."""
    sold = sum(answer.status == 201 for answer in answers)
    refused = [answer for answer in answers if answer.status != 201]
    odd = [f"{a.status} {a.content!r}" for a in refused if a.status != 409 or a.json()["code"] != "not_enough_credits"]
    return odd + ([f"{sold} bought, not {bought}"] if bought not in {None, sold} else [])


async def _stock_is(stage: Stage, listing: str, expected: tuple[int, int, int]) -> list[str]:
    row = await stage.owner.fetchrow(_STOCK, _id(listing))
    found = (row["free"], row["reserved"], row["sold"])
    return [] if found == expected else [f"{listing}: free, reserved, sold are {found}, not {expected}"]


def _id(listing: str) -> UUID:
    found = read_public_id("lst", listing)
    assert found is not None
    return found
