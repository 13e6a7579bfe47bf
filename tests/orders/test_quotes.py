"""Do quotes lock prices, once, for a while, for their buyer alone?"""

import asyncio

import pytest

from tests.orders.shop import Shop, as_json, lines_of, pointers, uuid_of, without_reasons


async def test_a_quote_keeps_its_price_though_the_listing_changes_it(shop: Shop) -> None:
    buyer, listing = await shop.buyer(), await shop.listing(price=4_500)
    quote = (await buyer.post("/v1/quotes", lines_of((listing, 10)))).json()
    await shop.reprice(listing, 9_000)
    again = (await buyer.get(f"/v1/quotes/{quote['id']}")).json()
    assert again == quote
    answer = await buyer.post("/v1/orders", {"quote_id": quote["id"]})
    assert answer.status_code == 201, answer.text
    order = answer.json()
    assert {part: order[part] for part in ("quantity", "unit", "goods", "tax", "total")} == {
        part: quote[part] for part in ("quantity", "unit", "goods", "tax", "total")
    }
    assert order["lines"] == without_reasons(quote["lines"])
    assert order["total"] == {"amount": 49_500, "currency": "JPY"}
    assert (await buyer.get(f"/v1/quotes/{quote['id']}")).json()["order_id"] == order["id"]
    assert as_json(await buyer.get(f"/v1/orders/{order['id']}")) == order
    dear = (await buyer.post("/v1/orders", lines_of((listing, 10)))).json()
    assert dear["goods"]["amount"] == 90_000


async def test_a_quote_reserves_nothing(shop: Shop) -> None:
    buyer, listing = await shop.buyer(), await shop.listing(20)
    quote = await buyer.post("/v1/quotes", lines_of((listing, 20)))
    assert quote.headers["Location"] == f"/v1/quotes/{quote.json()['id']}"
    assert await shop.stock(listing) == (20, 0, 0)
    await shop.world.order(await shop.buyer(), (listing, 1))
    refused = await buyer.post("/v1/orders", {"quote_id": quote.json()["id"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_enough_credits")
    assert refused.json()["lines"] == [{"line": 0, "available": 19}]


async def test_an_expired_quote_is_refused_and_is_still_shown(shop: Shop) -> None:
    buyer, listing = await shop.buyer(), await shop.listing()
    quote = (await buyer.post("/v1/quotes", lines_of((listing, 1)))).json()
    await shop.owner.execute("update quote set expires_at = now() where id = $1", uuid_of(quote["id"]))
    refused = await buyer.post("/v1/orders", {"quote_id": quote["id"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "quote_expired")
    assert (await buyer.get(f"/v1/quotes/{quote['id']}")).status_code == 200
    assert await shop.stock(listing) == (500, 0, 0)


async def test_a_quote_is_used_once_even_by_ten_orders_at_a_time(shop: Shop) -> None:
    buyer, listing = await shop.buyer(), await shop.listing()
    quote = (await buyer.post("/v1/quotes", lines_of((listing, 2)))).json()
    answers = await asyncio.gather(*(buyer.post("/v1/orders", {"quote_id": quote["id"]}) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [201] + 9 * [409]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"quote_used"}
    assert await shop.stock(listing) == (498, 2, 0)


@pytest.mark.parametrize("retire", [None, {"beneficiary_name": "株式会社アオバ食品", "purpose": "OFFSET"}])
async def test_another_buyers_quote_is_not_found(shop: Shop, retire) -> None:
    buyer, other, listing = await shop.buyer(), await shop.buyer(), await shop.listing()
    quote = (await buyer.post("/v1/quotes", lines_of((listing, 2)))).json()
    seen = await other.get(f"/v1/quotes/{quote['id']}")
    taken = await other.post("/v1/orders", {"quote_id": quote["id"]} | ({"retire": retire} if retire else {}))
    assert [(a.status_code, a.json()["code"]) for a in (seen, taken)] == 2 * [(404, "quote_not_found")]
    for written in ("qte_nothing", "lst" + quote["id"][3:], ""):
        assert (await buyer.post("/v1/orders", {"quote_id": written})).status_code == 404
    assert await shop.stock(listing) == (500, 0, 0)


@pytest.mark.parametrize("path", ["/v1/quotes", "/v1/orders"])
async def test_units_are_not_mixed(shop: Shop, path) -> None:
    buyer, tonnes, power = await shop.buyer(), await shop.listing(), await shop.listing(provider=1)
    await shop.owner.execute("update public_listing set unit = 'kWh' where listing_id = $1", uuid_of(power))
    refused = await buyer.post(path, lines_of((tonnes, 1), (power, 1)))
    assert (refused.status_code, pointers(refused)) == (422, [("/lines", "mixed_units")])
    assert (await shop.stock(tonnes), await shop.stock(power)) == ((500, 0, 0), (500, 0, 0))


@pytest.mark.parametrize("path", ["/v1/quotes", "/v1/orders"])
async def test_a_listing_stands_on_one_line(shop: Shop, path) -> None:
    buyer, one, other = await shop.buyer(), await shop.listing(), await shop.listing()
    refused = await buyer.post(path, lines_of((one, 1), (other, 1), (one, 2), (one, 1)))
    assert refused.status_code == 422
    assert pointers(refused) == [("/lines/2/listing_id", "repeated"), ("/lines/3/listing_id", "repeated")]


@pytest.mark.parametrize("path", ["/v1/quotes", "/v1/orders"])
async def test_lines_below_their_listings_minimum_are_pointed_at(shop: Shop, path) -> None:
    buyer, free, strict = await shop.buyer(), await shop.listing(), await shop.listing(minimum=10)
    refused = await buyer.post(path, lines_of((free, 1), (strict, 9)))
    assert (refused.status_code, pointers(refused)) == (422, [("/lines/1/quantity", "below_minimum")])
    assert (await buyer.post(path, lines_of((strict, 10)))).status_code == 201


@pytest.mark.parametrize("path", ["/v1/quotes", "/v1/orders"])
async def test_listings_that_are_gone_are_pointed_at(shop: Shop, path) -> None:
    buyer, listings = await shop.buyer(), [await shop.listing() for _ in range(4)]
    await shop.close(listings[1], "pause")
    await shop.close(listings[3], "withdraw")
    refused = await buyer.post(path, lines_of(*((listing, 1) for listing in listings)))
    assert (refused.status_code, refused.json()["code"]) == (409, "listing_gone")
    assert pointers(refused) == [("/lines/1/listing_id", "listing_gone"), ("/lines/3/listing_id", "listing_gone")]
    for written in ("lst_nothing", "lst_" + 26 * "0", "qte" + listings[0][3:]):
        refused = await buyer.post(path, lines_of((listings[0], 1), (written, 1)))
        assert (refused.status_code, pointers(refused)) == (409, [("/lines/1/listing_id", "listing_gone")])


@pytest.mark.parametrize("path", ["/v1/quotes", "/v1/orders"])
async def test_more_than_a_trillion_yen_is_a_mistake(shop: Shop, path) -> None:
    buyer = await shop.buyer()
    listings = [await shop.listing(price=10**8, provider=n % 3) for n in range(3)]
    refused = await buyer.post(path, lines_of(*((listing, 10**9) for listing in listings)))
    assert (refused.status_code, pointers(refused)) == (422, [("/lines", "too_large")])
    refused = await buyer.post(path, lines_of((listings[0], 10_001)))
    assert (refused.status_code, pointers(refused)) == (422, [("/lines", "too_large")])


async def test_a_quote_of_a_listing_that_was_withdrawn_cannot_be_ordered(shop: Shop) -> None:
    buyer, kept, gone = await shop.buyer(), await shop.listing(), await shop.listing()
    quote = (await buyer.post("/v1/quotes", lines_of((kept, 1), (gone, 1)))).json()
    await shop.close(gone, "withdraw")
    refused = await buyer.post("/v1/orders", {"quote_id": quote["id"]})
    assert (refused.status_code, pointers(refused)) == (409, [("/lines/1/listing_id", "listing_gone")])
    assert await shop.stock(kept) == (500, 0, 0)
    assert (await buyer.get(f"/v1/quotes/{quote['id']}")).json()["order_id"] is None


async def test_a_quote_of_three_providers_has_the_orders_totals(shop: Shop) -> None:
    buyer = await shop.buyer()
    # 333 yen of each provider twice: 33.3 and 33.3 a line would be 66 yen of tax, 66.6 an issuer is 66 too; 7 is odd.
    listings = [await shop.listing(price=price, provider=n % 3) for n, price in enumerate([333, 335, 7, 336, 4, 9])]
    quote = (await buyer.post("/v1/quotes", lines_of(*((listing, 1) for listing in listings)))).json()
    order = (await buyer.post("/v1/orders", {"quote_id": quote["id"]})).json()
    assert [(issuer["lines"], issuer["goods"]["amount"], issuer["tax"]["amount"]) for issuer in order["issuers"]] == [
        ([1, 4], 669, 66),
        ([2, 5], 339, 33),
        ([3, 6], 16, 1),
    ]
    assert quote["tax"] == order["tax"] == {"amount": 100, "currency": "JPY"}
    assert quote["total"] == order["total"] == {"amount": 1_124, "currency": "JPY"}
    assert without_reasons(quote["lines"]) == order["lines"]
