"""What does an order's answer say, and is it what the order is?"""

import secrets
from datetime import datetime, timedelta

import pytest

from tests.orders.shop import Shop, as_json, lines_of, pointers, uuid_of

RETIRE = {
    "beneficiary_name": "株式会社アオバ食品",
    "purpose": "OFFSET",
    "purpose_detail": "第10回全国大会の開催に伴う排出量のオフセット",
    "fiscal_year": None,
}


@pytest.mark.parametrize("by_quote", [False, True])
@pytest.mark.parametrize("retire", [None, RETIRE, {"beneficiary_name": "“髙﨑”\\商会株式会社", "purpose": "OFFSET"}])
async def test_the_answer_of_a_new_order_is_the_order_itself(shop: Shop, by_quote, retire) -> None:
    buyer, listings = await shop.buyer(), [await shop.listing(price=333 + n, provider=n % 3) for n in range(5)]
    lines = lines_of(*((listing, n + 1) for n, listing in enumerate(listings)))
    body = {"quote_id": (await buyer.post("/v1/quotes", lines)).json()["id"]} if by_quote else lines
    made = await buyer.post("/v1/orders", body | ({"retire": retire} if retire else {}))
    assert made.status_code == 201, made.text
    assert made.headers["Content-Type"].startswith("application/json")
    assert "Idempotent-Replayed" not in made.headers
    shown = await buyer.get(made.headers["Location"])
    assert as_json(made) == as_json(shown)
    assert shown.headers["ETag"] == '"v1"'
    order = as_json(made)
    assert list(order) == list(as_json(shown))
    assert made.headers["Location"] == f"/v1/orders/{order['id']}"
    assert datetime.fromisoformat(order["deadline"]) - datetime.fromisoformat(order["placed_at"]) == timedelta(days=7)
    assert (order["retire"] or {}).get("beneficiary_name") == (retire or {}).get("beneficiary_name")


async def test_an_id_typed_in_capitals_is_told_as_everybody_writes_it(shop: Shop) -> None:
    buyer, listings = await shop.buyer(), [await shop.listing(), await shop.listing(provider=1)]
    typed = ["lst_" + listing[4:].upper() for listing in listings]
    for count in (1, 2):
        made = await buyer.post("/v1/orders", lines_of(*((listing, 1) for listing in typed[:count])))
        assert [line["listing_id"] for line in made.json()["lines"]] == listings[:count]
        assert as_json(made) == as_json(await buyer.get(made.headers["Location"]))
    twice = await buyer.post("/v1/orders", lines_of((listings[0], 1), (typed[0], 1)))
    assert (twice.status_code, pointers(twice)) == (422, [("/lines/1/listing_id", "repeated")])


async def test_an_order_is_in_its_buyers_list_and_in_no_others(shop: Shop) -> None:
    buyer, other, listing = await shop.buyer(), await shop.buyer(), await shop.listing()
    made = [await shop.world.order(buyer, (listing, n)) for n in (1, 2, 3)]
    listed = (await buyer.get("/v1/orders", params={"limit": 2})).json()
    rest = (await buyer.get("/v1/orders", params={"limit": 2, "cursor": listed["next_cursor"]})).json()
    assert [row["id"] for row in listed["data"] + rest["data"]] == [order["id"] for order in reversed(made)]
    assert (listed["has_more"], rest["has_more"]) == (True, False)
    waiting = (await buyer.get("/v1/orders", params={"status": "awaiting_payment"})).json()
    paid = (await buyer.get("/v1/orders", params={"status": "paid"})).json()
    assert (len(waiting["data"]), paid["data"]) == (3, [])
    assert (await other.get("/v1/orders")).json()["data"] == []
    for path in (f"/v1/orders/{made[0]['id']}", "/v1/orders/ord_nothing", "/v1/orders/qte" + made[0]["id"][3:]):
        assert (await other.get(path)).json()["code"] == "order_not_found"
    stolen = await other.post(f"/v1/orders/{made[0]['id']}/cancel")
    assert (stolen.status_code, stolen.json()["code"]) == (404, "order_not_found")


@pytest.mark.parametrize("body", [{}, {"retire": RETIRE}, {"quote_id": None, "lines": None}])
async def test_neither_quote_nor_lines_is_no_order(shop: Shop, body) -> None:
    refused = await (await shop.buyer()).post("/v1/orders", body)
    assert (refused.status_code, pointers(refused)) == (422, [("/quote_id", "one_of")])


async def test_a_quote_and_lines_are_no_order(shop: Shop) -> None:
    buyer, listing = await shop.buyer(), await shop.listing()
    quote = (await buyer.post("/v1/quotes", lines_of((listing, 1)))).json()
    refused = await buyer.post("/v1/orders", lines_of((listing, 1)) | {"quote_id": quote["id"]})
    assert (refused.status_code, pointers(refused)) == (422, [("/quote_id", "one_of")])


@pytest.mark.parametrize("quantity", [0, -1, 10**9 + 1, 1.5, "1", None])
async def test_a_quantity_is_a_whole_number_from_one(shop: Shop, quantity) -> None:
    buyer, listing = await shop.buyer(), await shop.listing()
    refused = await buyer.post("/v1/orders", lines_of((listing, quantity)))
    assert refused.status_code == 422, refused.text
    assert [pointer for pointer, _ in pointers(refused)] == ["/lines/0/quantity"]


async def test_twenty_lines_are_an_order_and_twenty_one_are_not(shop: Shop) -> None:
    buyer = await shop.buyer()
    listings = [await shop.listing(50, price=101 + 7 * n, provider=n % 3) for n in range(20)]
    refused = await buyer.post("/v1/orders", lines_of(*((listing, 1) for listing in [*listings, listings[0]])))
    assert (refused.status_code, [pointer for pointer, _ in pointers(refused)]) == (422, ["/lines"])
    assert (await buyer.post("/v1/orders", {"lines": []})).status_code == 422
    order = await shop.world.order(buyer, *((listing, n + 1) for n, listing in enumerate(listings)))
    assert as_json(await buyer.get(f"/v1/orders/{order['id']}")) == order
    assert (len(order["lines"]), len(order["issuers"]), order["quantity"]) == (20, 3, 210)
    assert (await shop.pay(order))["outcome"] == "exact"
    assert await shop.status(buyer, order) == "fulfilled"
    assert [await shop.stock(listing) for listing in listings] == [(49 - n, 0, n + 1) for n in range(20)]
    held = (await buyer.get("/v1/holdings", params={"limit": 100})).json()["data"]
    assert sum(holding["held"] for holding in held) == 210
    owed = await shop.owner.fetch(
        "select target, amount_minor from posting where reason = 'sale' and subject_id = $1", uuid_of(order["id"])
    )
    by_lines = {issuer["lines"][0]: issuer["goods"]["amount"] + issuer["tax"]["amount"] for issuer in order["issuers"]}
    assert {row["target"]: row["amount_minor"] for row in owed} == {
        f"payable:{shop.providers[n - 1].org_id.hex}": minor for n, minor in by_lines.items()
    }
    assert sum(by_lines.values()) == order["total"]["amount"]


async def test_a_provider_may_not_order(shop: Shop) -> None:
    listing = await shop.listing()
    for provider in shop.providers[:2]:
        for path in ("/v1/orders", "/v1/quotes"):
            refused = await provider.post(path, lines_of((listing, 1)))
            assert (refused.status_code, refused.json()["right"]) == (403, "orders:write")


async def test_a_key_that_may_only_read_orders_and_cancels_nothing(shop: Shop) -> None:
    buyer, listing = await shop.buyer(), await shop.listing()
    order = await shop.world.order(buyer, (listing, 1))
    made = await buyer.post("/v1/api-keys", {"name": "帳票", "scopes": ["read"]})
    reader = shop.world.client(made.json()["secret"])
    assert (await reader.get(f"/v1/orders/{order['id']}")).status_code == 200
    for path, body in (("/v1/orders", lines_of((listing, 1))), (f"/v1/orders/{order['id']}/cancel", None)):
        refused = await reader.post(path, json=body, headers={"Idempotency-Key": secrets.token_hex(8)})
        assert (refused.status_code, refused.json()["right"]) == (403, "orders:write")
    assert await shop.stock(listing) == (499, 1, 0)


async def test_nobody_buys_its_own_listing(shop: Shop) -> None:
    buyer, one, own = await shop.buyer(), await shop.listing(), await shop.listing(provider=1)
    # A provider's members hold no right to order today; the function refuses it all the same.
    await shop.owner.execute(
        "update public_listing set provider_id = $1 where listing_id = $2", buyer.org_id, uuid_of(own)
    )
    refused = await buyer.post("/v1/orders", lines_of((one, 1), (own, 1)))
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert (await shop.stock(one), await shop.stock(own)) == ((500, 0, 0), (500, 0, 0))


@pytest.mark.parametrize("gone", ["revoked_at = now()", "expires_at = now() - interval '1 second'"])
async def test_a_key_that_was_revoked_elsewhere_orders_nothing_although_it_is_remembered(shop: Shop, gone) -> None:
    buyer, listing = await shop.buyer(), await shop.listing()
    assert (await buyer.get("/v1/orders")).status_code == 200
    await shop.owner.execute(f"update api_key set {gone} where org_id = $1", buyer.org_id)
    key = secrets.token_hex(8)
    for _ in range(2):
        refused = await buyer.post("/v1/orders", lines_of((listing, 1)), key=key)
        assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
    assert await shop.stock(listing) == (500, 0, 0)
    assert await shop.owner.fetchval("select count(*) from idempotency where key = $1", key) == 0


@pytest.mark.parametrize("unsellable", ["freeze", "too few"])
async def test_a_lot_that_cannot_sell_leaves_every_line_alone(shop: Shop, unsellable) -> None:
    buyer, good, bad = await shop.buyer(), await shop.listing(), await shop.listing(10, provider=1)
    if unsellable == "freeze":
        await shop.freeze(bad)
    wanted = 1 if unsellable == "freeze" else 11
    for lines in (((good, 1), (bad, wanted)), ((bad, wanted),)):
        refused = await buyer.post("/v1/orders", lines_of(*lines))
        assert (refused.status_code, refused.json()["code"]) == (409, "not_enough_credits")
        left = 0 if unsellable == "freeze" else 10
        assert refused.json()["lines"] == [{"line": len(lines) - 1, "available": left}]
    assert (await shop.stock(good), await shop.stock(bad)) == ((500, 0, 0), (10, 0, 0))
    unpaid = await shop.owner.fetch("select unpaid from buyer_exposure where org_id = $1", buyer.org_id)
    assert [row["unpaid"] for row in unpaid] in ([], [0])


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({"beneficiary_name": "😀商会"}, "/retire/beneficiary_name"),
        ({"purpose": "FUN"}, "/retire/purpose"),
        ({"purpose": "SHK_EMISSION", "fiscal_year": 2001}, "/retire/fiscal_year"),
    ],
)
async def test_an_invalidation_that_cannot_be_is_refused_before_anything_is_reserved(shop: Shop, change, at) -> None:
    buyer, one, other = await shop.buyer(), await shop.listing(), await shop.listing(provider=1)
    refused = await buyer.post("/v1/orders", lines_of((one, 1), (other, 1)) | {"retire": RETIRE | change})
    assert (refused.status_code, [pointer for pointer, _ in pointers(refused)]) == (422, [at])
    assert await shop.stock(one) == (500, 0, 0)
