"""What becomes of a paid order whose lot cannot be carved, and of a lot's last tonne?"""

from app.orders import flow
from tests.orders.shop import Shop, lines_of, uuid_of


async def test_a_lot_frozen_after_the_payment_leaves_the_order_to_a_person(shop: Shop) -> None:
    buyer, good, bad = await shop.buyer(), await shop.listing(10), await shop.listing(10, provider=1)
    order = await shop.world.order(buyer, (good, 4), (bad, 5))
    await shop.freeze(bad)
    await shop.pay(order)
    shown = (await buyer.get(f"/v1/orders/{order['id']}")).json()
    assert (shown["status"], shown["payment"]["status"], shown["closed_at"]) == ("short", "paid", None)
    assert [await shop.stock(listing) for listing in (good, bad)] == [(6, 4, 0), (5, 5, 0)]
    assert (await buyer.get("/v1/holdings")).json()["data"] == []
    assert (await buyer.get("/v1/retirements")).json()["data"] == []
    assert await shop.held_for(buyer) == order["total"]["amount"]
    assert (
        await shop.owner.fetchval(
            "select count(*) from posting where reason = 'sale' and subject_id = $1", uuid_of(order["id"])
        )
        == 0
    )
    assert await shop.kinds(order["id"]) == ["order.created", "order.paid", "order.short"]
    listed = (await shop.world.desk.get("/v1/admin/orders/short", params={"limit": 100})).json()["data"]
    assert [row for row in listed if row["id"] == order["id"]] == [
        {
            "id": order["id"], "buyer_id": buyer.id, "quantity": 9, "unit": "t", "total": order["total"],
            "paid_at": shown["paid_at"],
        }
    ]  # fmt: skip


async def test_whichever_of_two_lots_is_frozen_nothing_of_the_other_stays_carved(shop: Shop) -> None:
    # Lots are carved by their ids: the frozen one comes first once, and last once.
    for frozen in (0, 1):
        buyer, listings = await shop.buyer(), [await shop.listing(10), await shop.listing(10)]
        order = await shop.world.order(buyer, (listings[0], 4), (listings[1], 5))
        await shop.freeze(listings[frozen])
        await shop.pay(order)
        assert await shop.status(buyer, order) == "short"
        assert [await shop.stock(listing) for listing in listings] == [(6, 4, 0), (5, 5, 0)]
        assert await shop.owner.fetchval("select count(*) from holding where org_id = $1", buyer.org_id) == 0


async def test_a_short_order_is_neither_filled_nor_canceled_nor_paid_again(shop: Shop) -> None:
    buyer, listing = await shop.buyer(), await shop.listing(10)
    order = await shop.world.order(buyer, (listing, 4))
    await shop.freeze(listing)
    await shop.pay(order)
    lot = await shop.lot_of(listing)
    assert (await shop.world.desk.post(f"/v1/admin/lots/{lot}/unfreeze", {"note": "解消"})).status_code == 200
    jobs = {"now": shop.world.now(), "request_id": "req_again"}
    await flow.allocate(shop.world.worker_db, buyer.org_id, uuid_of(order["id"]), **jobs)
    refused = await buyer.post(f"/v1/orders/{order['id']}/cancel")
    assert (refused.status_code, refused.json()["state"]) == (409, "short")
    assert (await shop.pay(order))["outcome"] == "duplicate"
    assert (await shop.status(buyer, order), await shop.stock(listing)) == ("short", (6, 4, 0))


async def test_only_the_operator_sees_the_short_orders(shop: Shop) -> None:
    for caller in (await shop.buyer(), shop.providers[0]):
        assert (await caller.get("/v1/admin/orders/short")).status_code == 403
    assert (await shop.world.client().get("/v1/admin/orders/short")).status_code == 401


async def test_the_last_tonne_sells_the_lot_out_and_closes_its_listing(shop: Shop) -> None:
    buyer, provider, listing = await shop.buyer(), shop.providers[0], await shop.listing(7)
    first = await shop.world.order(buyer, (listing, 6))
    last = await shop.world.order(buyer, (listing, 1))
    refused = await buyer.post("/v1/orders", lines_of((listing, 1)))
    assert (refused.json()["code"], refused.json()["lines"]) == ("not_enough_credits", [{"line": 0, "available": 0}])
    await shop.pay(last)
    assert (await shop.world.client().get(f"/v1/listings/{listing}")).status_code == 200
    await shop.pay(first)
    lot = (await provider.get(f"/v1/lots/{await shop.lot_of(listing)}")).json()["lot"]
    assert (lot["status"], lot["available"], lot["reserved"], lot["sold"], lot["held"]) == ("exhausted", 0, 0, 7, 7)
    assert (await shop.world.client().get(f"/v1/listings/{listing}")).status_code == 404
    gone = await buyer.post("/v1/orders", lines_of((listing, 1)))
    assert (gone.status_code, gone.json()["code"]) == (409, "listing_gone")
    assert (await provider.get(f"/v1/provider/listings/{listing}")).json()["status"] == "withdrawn"
    assert (await shop.kinds(lot["id"]))[-1] == "lot.exhausted"
    assert await shop.kinds(listing) == ["listing.published", "listing.sold_out", "listing.withdrawn"]
    why = "select after->>'reason' from event where subject_id = $1 order by seq desc limit 1"
    assert await shop.owner.fetchval(why, uuid_of(listing)) == "sold_out"


async def test_a_paused_listing_takes_no_order_and_fills_those_that_it_took(shop: Shop) -> None:
    buyer, listing = await shop.buyer(), await shop.listing(10)
    order = await shop.world.order(buyer, (listing, 4))
    await shop.close(listing, "pause")
    assert (await buyer.post("/v1/orders", lines_of((listing, 1)))).json()["code"] == "listing_gone"
    await shop.pay(order)
    assert (await shop.status(buyer, order), await shop.stock(listing)) == ("fulfilled", (6, 0, 4))
