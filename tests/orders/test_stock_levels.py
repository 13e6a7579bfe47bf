"""Is a provider told once when a stock runs low, runs out and comes back, and does a lot that is gone close its listing?"""

import asyncio

from tests.orders.shop import AFTER_THE_DEADLINE, Shop, lines_of, uuid_of


async def levels(shop: Shop, listing: str) -> list[str]:
    """What the provider was told of the stock, in order."""
    await shop.world.run_jobs()
    told = {"listing.low_stock", "listing.sold_out", "listing.in_stock"}
    return [kind.partition(".")[2] for kind in await shop.kinds(listing) if kind in told]


async def test_each_crossing_is_told_once_and_orders_on_one_side_say_nothing(shop: Shop) -> None:
    buyer, listing = await shop.buyer(), await shop.offer(20, low_stock_at=5)
    assert (await shop.own(listing))["stock"] == "in_stock"
    await shop.world.order(buyer, (listing, 14))
    assert await levels(shop, listing) == []
    await shop.world.order(buyer, (listing, 1))
    assert await levels(shop, listing) == ["low_stock"]
    small = await shop.world.order(buyer, (listing, 2))
    assert await levels(shop, listing) == ["low_stock"]
    last = await shop.world.order(buyer, (listing, 3))
    assert await levels(shop, listing) == ["low_stock", "sold_out"]
    shown = (await shop.world.client().get(f"/v1/listings/{listing}")).json()
    assert (shown["stock"], shown["available"]) == ("sold_out", 0)
    for order in (small, last):
        assert (await buyer.post(f"/v1/orders/{order['id']}/cancel")).status_code == 200
        await levels(shop, listing)
    assert await levels(shop, listing) == ["low_stock", "sold_out", "low_stock"]
    await shop.world.order(buyer, (listing, 5))
    assert await levels(shop, listing) == ["low_stock", "sold_out", "low_stock", "sold_out"]
    shop.world.ahead = AFTER_THE_DEADLINE
    try:
        await shop.world.run_jobs()
    finally:
        shop.world.ahead *= 0
    assert await levels(shop, listing) == ["low_stock", "sold_out", "low_stock", "sold_out", "in_stock"]


async def test_a_line_among_several_and_of_a_limited_listing_crosses_too(shop: Shop) -> None:
    buyer = await shop.buyer()
    to = {"kind": "organisations", "organisation_ids": [buyer.id]}
    limited, other = await shop.offer(10, low_stock_at=4, offered_to=to), await shop.offer(10, provider=1)
    await shop.world.order(buyer, (limited, 6), (other, 1))
    assert await levels(shop, limited) == ["low_stock"]
    await shop.world.order(buyer, (limited, 4))
    assert await levels(shop, limited) == ["low_stock", "sold_out"]
    assert await levels(shop, other) == []


async def test_of_ten_buyers_at_once_one_crosses_and_the_provider_hears_it_once(shop: Shop) -> None:
    buyers, listing = [await shop.buyer() for _ in range(5)], await shop.offer(20, low_stock_at=10)
    answers = await asyncio.gather(*(buyers[n % 5].post("/v1/orders", lines_of((listing, 2))) for n in range(12)))
    assert sorted(answer.status_code for answer in answers) == 10 * [201] + 2 * [409]
    asked = "select count(*) from job where name = 'orders.note_stock' and ids ->> 'order_id' = any ($1)"
    order_ids = [str(uuid_of(answer.json()["id"])) for answer in answers if answer.status_code == 201]
    assert await shop.owner.fetchval(asked, order_ids) == 2, "One for the mark, one for the last."
    assert await levels(shop, listing) in (["low_stock", "sold_out"], ["sold_out"])


async def test_another_mark_is_compared_with_the_stock_at_once(shop: Shop) -> None:
    buyer, listing = await shop.buyer(), await shop.offer(20)
    await shop.world.order(buyer, (listing, 5))
    assert (await shop.change(listing, low_stock_at=15)).json()["stock"] == "low"
    assert (await shop.change(listing, low_stock_at=14)).json()["stock"] == "in_stock"
    assert await levels(shop, listing) == ["low_stock", "in_stock"]


async def test_a_lot_that_is_withdrawn_as_a_whole_closes_its_listing(shop: Shop) -> None:
    listing = await shop.offer(20)
    lot_id = await shop.lot_of(listing)
    answer = await shop.providers[0].client.post(f"/v1/lots/{lot_id}/withdraw", headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    refused = await (await shop.buyer()).post("/v1/orders", lines_of((listing, 1)))
    assert refused.json()["code"] == "not_enough_credits", "Nothing is sold before the job has run, either."
    assert await levels(shop, listing) == ["sold_out"]
    own = await shop.own(listing)
    assert (own["status"], own["closed_reason"]) == ("withdrawn", "lot_withdrawn")
    assert (await shop.world.client().get(f"/v1/listings/{listing}")).status_code == 404


async def test_the_listing_of_a_lot_that_is_withdrawn_in_part_stays_for_what_comes_back(shop: Shop) -> None:
    buyer, listing = await shop.buyer(), await shop.offer(20)
    order = await shop.world.order(buyer, (listing, 5))
    lot_id = await shop.lot_of(listing)
    answer = await shop.providers[0].client.post(f"/v1/lots/{lot_id}/withdraw", headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    assert await levels(shop, listing) == ["sold_out"]
    assert (await shop.own(listing))["status"] == "open"
    await buyer.post(f"/v1/orders/{order['id']}/cancel")
    assert await levels(shop, listing) == ["sold_out", "in_stock"]
    assert (await shop.own(listing))["available"] == 5
