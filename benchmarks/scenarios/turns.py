"""What stands ready for the deaths of those who write to Stripe? Orders, payouts and disputes, each one request away."""

from dataclasses import dataclass, field
from typing import Any

import httpx

from app.core.ids import public_id
from benchmarks.scenarios.stage import Stage
from integrations.stripe.fake.scene import OpenDispute, PayByCard
from tests.money.till import Till
from tests.payouts.counting_house import House
from tests.world import Party


@dataclass
class Turn:
    """What is ready to be written at one death: one write of each kind is a request away."""

    newcomer: tuple[Party, str]
    known: tuple[Party, str]
    page: tuple[Party, str]
    opening: httpx.AsyncClient
    refunded: str
    dispute: str
    by_bank: list[tuple[str, int]]
    draft: dict[str, Any]


@dataclass
class Counter:
    """The desk with its Stripe, and what was asked of the API that died with it."""

    stage: Stage
    till: Till
    house: House
    paid: dict[str, Any] = field(default_factory=dict)
    """A payout by Stripe of which something is taken back at each death."""
    asked: list[tuple[Party, str, dict[str, Any], str]] = field(default_factory=list)


async def prepared(counter: Counter, deaths: int) -> list[Turn]:
    """Everything up to the requests that write, by the application in this process."""
    till, house, world = counter.till, counter.house, counter.stage.world
    seller, taken = await house.provider("stripe"), await house.provider("stripe")
    listing = await world.listing(await world.provider(), 1_000_000, price=3_000)
    await _funded(counter, listing)
    await house.sell(taken, 100)
    counter.paid = await house.approved(taken)
    turns = []
    for _ in range(deaths):
        await house.sell(seller, 10)
        orders = {name: await _order(counter, listing) for name in ("new", "known", "page", "card", "shown")}
        disputed = await _paid(counter, listing)
        for name in ("known", "page", "card"):
            await till.begun(*orders[name], "card")
        await till.begun(*orders["shown"], "checkout")
        turns.append(
            Turn(
                newcomer=_of(orders["new"]),
                known=_of(orders["known"]),
                page=_of(orders["page"]),
                opening=await house.person_of(await world.provider()),
                refunded=(await _paid(counter, listing))["id"],
                dispute=await _disputed(counter, disputed),
                by_bank=[
                    (order["payment"]["reference"], order["total"]["amount"])
                    for _, order in (orders["card"], orders["shown"])
                ],
                draft=await house.made(seller),
            )
        )
    await till.settle()
    return turns


async def _order(counter: Counter, listing: str) -> tuple[Party, dict[str, Any]]:
    [buyer] = await counter.stage.buyers(1)
    return buyer, await counter.stage.world.order(buyer, (listing, 5))


async def _paid(counter: Counter, listing: str) -> dict[str, Any]:
    """An order that a card has paid."""
    buyer, order = await _order(counter, listing)
    begun = await counter.till.begun(buyer, order, "card")
    await counter.till.do(PayByCard(await counter.till.intent_of(begun["id"]), "pm_card_visa"))
    await counter.till.settle()
    return order


async def _disputed(counter: Counter, order: dict[str, Any]) -> str:
    """The desk's id of a new dispute over an order's payment."""
    charges = (await counter.till.book()).objects["charge"]
    await counter.till.do(
        OpenDispute(next(each["id"] for each in reversed(charges) if each["transfer_group"] == order["id"]))
    )
    await counter.till.settle()
    return public_id("pdp", await counter.stage.owner.fetchval("select id from dispute order by id desc limit 1"))


async def _funded(counter: Counter, listing: str) -> None:
    [buyer] = await counter.stage.buyers(1)
    begun = await counter.till.begun(buyer, await counter.stage.world.order(buyer, (listing, 2_000)), "card")
    await counter.till.do(PayByCard(await counter.till.intent_of(begun["id"]), "pm_card_bypassPending"))
    await counter.till.settle()


def _of(made: tuple[Party, dict[str, Any]]) -> tuple[Party, str]:
    return made[0], str(made[1]["id"])
