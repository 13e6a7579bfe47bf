"""Is what comes back to a lot that had sold out offered again, where it was and as it was, unless its provider says no?"""

import asyncio
from typing import Any

from app.orders import flow
from tests.orders.shop import AFTER_THE_DEADLINE, Shop, lines_of, uuid_of
from tests.world import Party


async def sold_out(shop: Shop, listing: str, quantity: int = 7) -> tuple[Party, dict[str, Any]]:
    """All of a listing's lot is sold to one buyer, who has paid."""
    buyer = await shop.buyer()
    order = await shop.world.order(buyer, (listing, quantity))
    await shop.pay(order)
    own = await shop.own(listing)
    assert (own["status"], own["closed_reason"], own["available"]) == ("withdrawn", "sold_out", 0)
    return buyer, order


async def given_back(shop: Shop, order: dict[str, Any], quantity: int) -> None:
    """The desk gives so many units back, and all that follows is done."""
    wish = {"note": "お客様のご要望", "lines": [{"n": 1, "quantity": quantity}]}
    answer = await shop.world.desk.post(f"/v1/admin/orders/{order['id']}/refunds", wish)
    assert answer.status_code == 201, answer.text
    await shop.world.run_jobs()


async def test_serials_that_come_back_open_the_listing_that_they_were_sold_from(shop: Shop) -> None:
    listing = await shop.listing(7)
    _, order = await sold_out(shop, listing)
    assert (await shop.world.client().get(f"/v1/listings/{listing}")).status_code == 404
    await given_back(shop, order, 3)
    own = await shop.own(listing)
    assert (own["status"], own["closed_reason"], own["closed_at"], own["available"]) == ("open", None, None, 3)
    shown = (await shop.world.client().get(f"/v1/listings/{listing}")).json()
    assert shown["available"] == 3
    assert (await shop.kinds(listing))[-3:] == ["listing.withdrawn", "listing.published", "listing.in_stock"]
    rival = await shop.buyer()
    again = await shop.world.order(rival, (listing, 3))
    await shop.pay(again)
    assert (await shop.own(listing))["closed_reason"] == "sold_out", "And out it is again."
    await given_back(shop, order, 4)
    assert ((await shop.own(listing))["status"], await shop.stock(listing)) == ("open", (4, 0, 3))


async def test_a_listing_that_rested_when_it_sold_out_comes_back_resting(shop: Shop) -> None:
    listing, buyer = await shop.listing(7), await shop.buyer()
    order = await shop.world.order(buyer, (listing, 7))
    await shop.close(listing, "pause")
    await shop.pay(order)
    assert (await shop.own(listing))["closed_reason"] == "sold_out"
    await given_back(shop, order, 3)
    assert (await shop.own(listing))["status"] == "paused"
    assert (await shop.world.client().get(f"/v1/listings/{listing}")).status_code == 404
    await shop.close(listing, "resume")
    assert (await shop.world.client().get(f"/v1/listings/{listing}")).json()["available"] == 3


async def test_a_provider_that_ends_what_sold_out_keeps_what_comes_back(shop: Shop) -> None:
    listing = await shop.listing(7)
    _, order = await sold_out(shop, listing)
    ended = await shop.providers[0].client.post(f"/v1/listings/{listing}/withdraw", headers={"If-Match": "*"})
    assert (ended.status_code, ended.json()["closed_reason"]) == (200, "by_provider")
    await given_back(shop, order, 3)
    own = await shop.own(listing)
    assert (own["status"], own["closed_reason"]) == ("withdrawn", "by_provider")
    refused = await shop.providers[0].client.post(f"/v1/listings/{listing}/withdraw", headers={"If-Match": "*"})
    assert (refused.status_code, refused.json()["state"]) == (409, "withdrawn")
    wish = {"lot_id": await shop.lot_of(listing), "price": {"amount": 5_000, "currency": "JPY"}, "min_quantity": 1}
    anew = await shop.providers[0].post("/v1/listings", wish)
    assert anew.status_code == 201, "Its provider may list it by hand."
    buyer = await shop.buyer()
    assert (await buyer.post("/v1/orders", lines_of((anew.json()["id"], 3)))).status_code == 201


async def test_a_listing_whose_time_is_over_stays_ended(shop: Shop) -> None:
    ends_at = (shop.world.now() + AFTER_THE_DEADLINE / 2).isoformat()
    listing = await shop.offer(7, ends_at=ends_at)
    _, order = await sold_out(shop, listing)
    wish = {"note": "お客様のご要望", "lines": [{"n": 1, "quantity": 3}]}
    await shop.world.desk.post(f"/v1/admin/orders/{order['id']}/refunds", wish)
    async with shop.later(AFTER_THE_DEADLINE):
        pass
    assert (await shop.own(listing))["status"] == "withdrawn"


async def test_a_provider_that_lists_the_lot_itself_in_the_same_moment_has_one_listing(shop: Shop) -> None:
    for _ in range(5):
        listing = await shop.listing(7)
        buyer, order = await sold_out(shop, listing)
        wish = {"note": "お客様のご要望", "lines": [{"n": 1, "quantity": 3}]}
        await shop.world.desk.post(f"/v1/admin/orders/{order['id']}/refunds", wish)
        offer = {"lot_id": await shop.lot_of(listing), "price": {"amount": 5_000, "currency": "JPY"}, "min_quantity": 1}
        noted, anew = await asyncio.gather(
            flow.note_stock(
                shop.world.worker_db, buyer.org_id, uuid_of(order["id"]), now=shop.world.now(), request_id="req_race"
            ),
            shop.providers[0].post("/v1/listings", offer),
            return_exceptions=True,
        )
        await shop.world.run_jobs()
        states = await shop.owner.fetch(
            "select status from listing where lot_id = (select lot_id from listing where id = $1)", uuid_of(listing)
        )
        assert [row["status"] for row in states].count("open") == 1, (noted, anew, states)
