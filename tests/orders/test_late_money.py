"""What becomes of money that comes after the order has ended?"""

from tests.orders.shop import Shop


async def test_late_money_takes_the_tonnes_again_when_they_are_free(shop: Shop) -> None:
    buyer, one, other = await shop.buyer(), await shop.listing(10), await shop.listing(10, provider=1)
    order = await shop.world.order(buyer, (one, 4), (other, 5))
    await shop.expire_all()
    shown = (await buyer.get(f"/v1/orders/{order['id']}")).json()
    assert (shown["status"], shown["payment"]["status"]) == ("expired", "closed")
    assert [await shop.stock(listing) for listing in (one, other)] == [(10, 0, 0), (10, 0, 0)]
    line = await shop.pay(order)
    assert (line["outcome"], line["status"]) == ("late_reserved", "applied")
    shown = (await buyer.get(f"/v1/orders/{order['id']}")).json()
    assert (shown["status"], shown["payment"]["status"]) == ("fulfilled", "paid")
    assert [await shop.stock(listing) for listing in (one, other)] == [(6, 0, 4), (5, 0, 5)]
    assert await shop.kinds(order["id"]) == ["order.created", "order.expired", "order.paid", "order.fulfilled"]


async def test_late_money_waits_for_a_person_when_one_line_is_sold(shop: Shop) -> None:
    buyer, one, other = await shop.buyer(), await shop.listing(10), await shop.listing(10, provider=1)
    order = await shop.world.order(buyer, (one, 4), (other, 5))
    await shop.expire_all()
    rival = await shop.world.order(await shop.buyer(), (other, 6))
    line = await shop.pay(order)
    assert (line["outcome"], line["status"]) == ("late", "for_a_person")
    assert (line["unapplied"], line["payer_id"]) == (order["total"], buyer.id)
    assert await shop.status(buyer, order) == "expired"
    assert [await shop.stock(listing) for listing in (one, other)] == [(10, 0, 0), (4, 6, 0)]
    assert rival["status"] == "awaiting_payment"


async def test_a_lot_that_was_frozen_meanwhile_leaves_late_money_to_a_person(shop: Shop) -> None:
    buyer, listing = await shop.buyer(), await shop.listing(10)
    order = await shop.world.order(buyer, (listing, 4))
    await shop.expire_all()
    await shop.freeze(listing)
    assert (await shop.pay(order))["outcome"] == "late"
    assert (await shop.status(buyer, order), await shop.stock(listing)) == ("expired", (10, 0, 0))


async def test_late_money_that_is_too_little_reserves_nothing_until_it_is_complete(shop: Shop) -> None:
    buyer, listing = await shop.buyer(), await shop.listing(10)
    order = await shop.world.order(buyer, (listing, 4))
    early = await shop.pay(order, 100)
    await shop.expire_all()
    late = await shop.pay(order, 200)
    assert [line["outcome"] for line in (early, late)] == ["short", "short"]
    assert await shop.stock(listing) == (10, 0, 0)
    last = await shop.pay(order, order["total"]["amount"] - 300)
    assert (last["outcome"], last["status"]) == ("late_reserved", "applied")
    assert (await shop.status(buyer, order), await shop.stock(listing)) == ("fulfilled", (6, 0, 4))


async def test_money_for_a_canceled_order_is_never_taken(shop: Shop) -> None:
    buyer, listing = await shop.buyer(), await shop.listing(10)
    order = await shop.world.order(buyer, (listing, 4))
    assert (await buyer.post(f"/v1/orders/{order['id']}/cancel")).status_code == 200
    line = await shop.pay(order)
    assert (line["outcome"], line["status"], line["unapplied"]) == ("late", "for_a_person", order["total"])
    assert (await shop.status(buyer, order), await shop.stock(listing)) == ("canceled", (10, 0, 0))
    assert await shop.held_for(buyer) == 0


async def test_an_expired_order_cannot_be_canceled_nor_a_paid_one(shop: Shop) -> None:
    buyer, listing = await shop.buyer(), await shop.listing(10)
    expired = await shop.world.order(buyer, (listing, 4))
    await shop.expire_all()
    paid = await shop.world.order(buyer, (listing, 4))
    await shop.pay(paid)
    for order, state in ((expired, "expired"), (paid, "fulfilled")):
        refused = await buyer.post(f"/v1/orders/{order['id']}/cancel")
        assert (refused.status_code, refused.json()["code"], refused.json()["state"]) == (409, "invalid_state", state)
    assert await shop.stock(listing) == (6, 0, 4)


async def test_the_operator_gives_late_money_to_a_new_order(shop: Shop) -> None:
    buyer, listing = await shop.buyer(), await shop.listing(10)
    gone = await shop.world.order(buyer, (listing, 4))
    await buyer.post(f"/v1/orders/{gone['id']}/cancel")
    line = await shop.pay(gone)
    new = await shop.world.order(buyer, (listing, 4))
    given = await shop.resolve(line, "apply_to_order", new["payment"]["reference"])
    assert given.status_code == 200, given.text
    await shop.world.run_jobs()
    line = (await shop.world.desk.get(f"/v1/admin/bank-lines/{line['id']}")).json()
    assert (line["outcome"], line["status"], line["order_id"]) == ("exact", "applied", new["id"])
    assert (await shop.status(buyer, new), await shop.status(buyer, gone)) == ("fulfilled", "canceled")


async def test_late_money_is_refunded_once(shop: Shop) -> None:
    buyer, listing = await shop.buyer(), await shop.listing(10)
    order = await shop.world.order(buyer, (listing, 4))
    await buyer.post(f"/v1/orders/{order['id']}/cancel")
    line = await shop.pay(order)
    refunded = await shop.resolve(line, "refund")
    assert (refunded.json()["status"], refunded.json()["unapplied"]["amount"]) == ("resolved", 0)
    assert (await shop.resolve(line, "refund")).status_code == 412
    again = await shop.resolve(refunded.json(), "refund")
    assert (again.status_code, again.json()["state"]) == (409, "resolved")
    owed = await shop.owner.fetch("select amount_minor from posting where target = $1", f"refunds:{buyer.org_id.hex}")
    assert [row["amount_minor"] for row in owed] == [order["total"]["amount"]]
    [due] = (await buyer.get(f"/v1/orders/{order['id']}/refunds")).json()
    assert (due["status"], due["amount"]) == ("due", order["total"]), "The desk's list of refunds by bank has it."
    await shop.bring(("ヘンキン", -order["total"]["amount"]))
    lines = (await shop.world.desk.get("/v1/admin/bank-lines", params={"status": "for_a_person"})).json()["data"]
    out = next(each for each in lines if each["amount"]["amount"] == -order["total"]["amount"])
    wish = {"bank_line_id": out["id"], "note": "総合振込"}
    paid = await shop.world.desk.post(f"/v1/admin/refunds/{due['id']}/paid", wish)
    assert paid.json()["status"] == "succeeded", paid.text
    sides = (
        "select coalesce(sum(case when target = $1 then amount_minor else -amount_minor end), 0)::bigint from posting"
    )
    account = f"refunds:{buyer.org_id.hex}"
    assert await shop.owner.fetchval(f"{sides} where $1 in (source, target)", account) == 0


async def test_a_person_may_give_the_money_of_an_expired_order_to_it_when_there_is_stock_again(shop: Shop) -> None:
    buyer, rival, listing = await shop.buyer(), await shop.buyer(), await shop.listing(10)
    order = await shop.world.order(buyer, (listing, 8))
    await shop.expire_all()
    taken = await shop.world.order(rival, (listing, 8))
    line = await shop.pay(order)
    assert line["outcome"] == "late"
    await rival.post(f"/v1/orders/{taken['id']}/cancel")
    assert (await shop.resolve(line, "apply_to_order", order["payment"]["reference"])).status_code == 200
    await shop.world.run_jobs()
    assert (await shop.status(buyer, order), await shop.stock(listing)) == ("fulfilled", (2, 0, 8))
