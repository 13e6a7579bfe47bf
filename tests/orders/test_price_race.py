"""Twenty writers price and sell while twenty readers search and order: was every price sold one that was valid then?

Each change of a price is witnessed from outside: asked for at one moment, answered at a later one. A line may have a
version's price only if the order's own time and the version's possible time overlap, or if its quote's did.
"""

import asyncio
import random
import time
from dataclasses import dataclass, field
from typing import Any

from tests.orders.shop import Shop, lines_of, tiers, uuid_of, yen
from tests.world import Party

LISTINGS, WRITERS, READERS, ROUNDS = 4, 20, 20, 5


@dataclass
class Witness:
    """What was seen from outside, on one clock."""

    began: dict[tuple[str, int], float] = field(default_factory=dict)
    """(listing, price version) -> the earliest moment at which it may have been valid."""
    known: dict[tuple[str, int], float] = field(default_factory=dict)
    """(listing, price version) -> the moment by which it was certainly valid."""
    quoted: dict[str, tuple[float, float]] = field(default_factory=dict)
    ordered: dict[str, tuple[float, float, str | None]] = field(default_factory=dict)
    """order -> when it was asked for and answered, and the quote that it came from."""
    refused: int = 0

    def was_valid(self, listing: str, version: int, span: tuple[float, float]) -> bool:
        """Whether the version may have been the newest at some moment of the span."""
        superseded = self.known.get((listing, version + 1), float("inf"))
        return self.began[listing, version] <= span[1] and span[0] <= superseded


async def reprice(shop: Shop, listings: list[str], seen: Witness, chance: random.Random) -> None:
    """A provider gives one of its listings other prices."""
    n = chance.randrange(LISTINGS)
    price = chance.randrange(500, 1_000)
    began = time.monotonic()
    answer = await shop.change(
        listings[n], provider=n % 3, price=yen(price), tiers=tiers((5, price - chance.randrange(1, 400)))
    )
    assert answer.status_code == 200, answer.text
    version = answer.json()["price_version"]
    seen.began[listings[n], version], seen.known[listings[n], version] = began, time.monotonic()


async def buy(buyer: Party, listings: list[str], seen: Witness, chance: random.Random) -> None:
    """Order some listings as they stand, at a price that was just read, or through a quote."""
    chosen = chance.sample(listings, chance.randrange(1, 4))
    body: dict[str, Any] = lines_of(*((listing, chance.randrange(1, 8)) for listing in chosen))
    way, quote = chance.randrange(3), None
    if way == 1:
        for line in body["lines"]:
            shown = (await buyer.get(f"/v1/listings/{line['listing_id']}")).json()
            step = [tier["price"] for tier in shown["tiers"] if tier["quantity"] <= line["quantity"]]
            line["expected_price"] = step[-1] if step else shown["price"]
    if way == 2:
        began = time.monotonic()
        quote = (await buyer.post("/v1/quotes", body)).json()["id"]
        seen.quoted[quote] = began, time.monotonic()
        body = {"quote_id": quote}
    began = time.monotonic()
    answer = await buyer.post("/v1/orders", body)
    if answer.status_code == 409:
        assert (answer.json()["code"], way) == ("price_changed", 1), answer.text
        seen.refused += 1
        return
    assert answer.status_code == 201, answer.text
    seen.ordered[answer.json()["id"]] = began, time.monotonic(), quote


async def test_no_price_is_sold_that_was_not_valid_at_that_moment(shop: Shop) -> None:
    buyers = [await shop.buyer() for _ in range(8)]
    listings = [await shop.offer(100_000, provider=n % 3, price=900, tiers=tiers((5, 800))) for n in range(LISTINGS)]
    seen = Witness()
    for listing in listings:
        seen.began[listing, 1] = seen.known[listing, 1] = 0.0

    async def write(n: int) -> None:
        chance = random.Random(n)
        for _ in range(ROUNDS):
            await (reprice(shop, listings, seen, chance) if n % 2 else buy(buyers[n % 8], listings, seen, chance))

    async def read(n: int) -> None:
        chance = random.Random(100 + n)
        for _ in range(ROUNDS):
            found = (await buyers[n % 8].get("/v1/listings", params={"limit": 10})).json()["data"]
            assert {row["id"] for row in found} >= set(listings) or len(found) == 10
            await buy(buyers[n % 8], listings, seen, chance)

    await asyncio.gather(*(write(n) for n in range(WRITERS)), *(read(n) for n in range(READERS)))
    await hold(shop, listings, seen)


async def hold(shop: Shop, listings: list[str], seen: Witness) -> None:
    """Every line against the history of its listing and what was seen from outside."""
    ids = {uuid_of(listing): listing for listing in listings}
    history = {
        (ids[row["listing_id"]], row["version"]): row
        for row in await shop.owner.fetch("select * from listing_price where listing_id = any ($1)", list(ids))
    }
    assert history.keys() == seen.began.keys(), "Each change is one version, and no version came from nowhere."
    assert len(history) > LISTINGS + WRITERS
    lines = await shop.owner.fetch(
        "select l.*, o.quote_id from order_line l join orders o on o.org_id = l.org_id and o.id = l.order_id"
        " where l.listing_id = any ($1)", list(ids),
    )  # fmt: skip
    orders = {uuid_of(order): told for order, told in seen.ordered.items()}
    assert {line["order_id"] for line in lines} == orders.keys()
    assert len(orders) > 2 * READERS
    for line in lines:
        listing = ids[line["listing_id"]]
        asked = history[listing, line["price_version"]]
        tier = line["quantity"] >= asked["tier_quantities"][0]
        assert line["price_minor"] == (asked["tier_prices"][0] if tier else asked["price_minor"])
        began, ended, quote = orders[line["order_id"]]
        span = (began, ended) if quote is None else seen.quoted[quote]
        assert seen.was_valid(listing, line["price_version"], span), "A price was sold that was over, or not yet asked."
    assert not seen.was_valid(listings[0], 1, (seen.known[listings[0], 2] + 1, float("inf"))), "The check can fail."
