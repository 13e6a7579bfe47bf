"""Is a line bought at the price of its quantity, in its listing's steps, under its listing's words, by whom it is for?"""

import secrets
from dataclasses import replace
from datetime import timedelta

import pytest

from app.clients import terms_of
from app.core.clock import utc_now
from app.core.errors import AppError
from app.core.idempotency import KeyedRequest
from app.core.ids import new_id, public_id
from app.core.scope import RIGHTS, Scope
from app.core.turnstiles import Turnstiles
from app.orders import flow
from app.orders.flow import Placing
from tests.orders.shop import Shop, as_json, lines_of, pointers, tiers, uuid_of, yen

PATHS = ["/v1/quotes", "/v1/orders"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("with_another", [False, True])
async def test_a_line_costs_what_its_quantity_costs(shop: Shop, path: str, with_another: bool) -> None:
    buyer = await shop.buyer()
    listing = await shop.offer(price=1_000, tiers=tiers((10, 900), (100, 800)))
    more = [(await shop.listing(provider=1, price=7), 1)] if with_another else []
    for quantity, price in ((1, 1_000), (9, 1_000), (10, 900), (99, 900), (100, 800), (150, 800)):
        answer = await buyer.post(path, lines_of((listing, quantity), *more))
        assert answer.status_code == 201, answer.text
        line = answer.json()["lines"][0]
        assert (line["price"], line["goods"]) == (yen(price), yen(price * quantity))
        assert answer.json()["goods"] == yen(price * quantity + 7 * len(more))
    if path == "/v1/orders":
        order = answer.json()
        assert as_json(await buyer.get(f"/v1/orders/{order['id']}")) == order, "The function writes what the row says."


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("with_another", [False, True])
async def test_only_multiples_of_a_step_are_sold(shop: Shop, path: str, with_another: bool) -> None:
    buyer, listing = await shop.buyer(), await shop.offer(min_quantity=20, quantity_step=10)
    more = [(await shop.listing(provider=1), 1)] if with_another else []
    for quantity, codes in ((19, "below_minimum"), (25, "not_a_step"), (30, None)):
        answer = await buyer.post(path, lines_of((listing, quantity), *more))
        if codes is None:
            assert answer.status_code == 201, answer.text
        else:
            assert (answer.status_code, pointers(answer)) == (422, [("/lines/0/quantity", codes)])
    assert (await shop.stock(listing))[1] == (30 if path == "/v1/orders" else 0)


@pytest.mark.parametrize("with_another", [False, True])
async def test_a_line_with_an_expected_price_is_bought_at_that_price_or_not_at_all(
    shop: Shop, with_another: bool
) -> None:
    buyer, listing = await shop.buyer(), await shop.offer(price=1_000, tiers=tiers((10, 900)))
    body = lines_of((listing, 10), *([(await shop.listing(provider=1), 1)] if with_another else []))
    body["lines"][0]["expected_price"] = yen(900)
    assert (await buyer.post("/v1/orders", body)).status_code == 201
    await shop.change(listing, tiers=tiers((10, 950)))
    key = secrets.token_hex(8)
    refused = await buyer.post("/v1/orders", body, key=key)
    assert (refused.status_code, refused.json()["code"]) == (409, "price_changed")
    assert refused.json()["lines"] == [{"line": 0, "price": yen(950)}]
    assert pointers(refused) == [("/lines/0/expected_price", "price_changed")]
    assert (await buyer.post("/v1/orders", body, key=key)).content == refused.content
    assert await shop.stock(listing) == (490, 10, 0)
    body["lines"][0]["expected_price"] = yen(950)
    assert (await buyer.post("/v1/orders", body)).status_code == 201


async def test_a_quote_keeps_price_words_and_size_whatever_the_listing_becomes(shop: Shop) -> None:
    buyer = await shop.buyer()
    listing = await shop.offer(price=1_000, tiers=tiers((10, 900)), terms={"ja": "初版", "en": "First"})
    quote = (await buyer.post("/v1/quotes", lines_of((listing, 12)))).json()
    assert (quote["lines"][0]["terms_version"], quote["lines"][0]["price"]) == (1, yen(900))
    assert quote["lines"][0]["why"] == {
        "rule": "asked", "limited_by": "quantity", "tier_from": 10, "rank": None, "considered": None,
    }  # fmt: skip
    changed = await shop.change(
        listing, price=yen(2_000), tiers=[], min_quantity=50, quantity_step=50, terms={"ja": "二版"}
    )
    assert changed.status_code == 200, changed.text
    order = await buyer.post("/v1/orders", {"quote_id": quote["id"]})
    assert order.status_code == 201, order.text
    assert (order.json()["lines"][0]["price"], order.json()["lines"][0]["terms_version"]) == (yen(900), 1)
    agreed = (await buyer.get(f"/v1/orders/{order.json()['id']}/terms")).json()
    assert agreed == [{"n": 1, "listing_id": listing, "version": 1, "ja": "初版", "en": "First"}]
    new = (await buyer.post("/v1/orders", lines_of((listing, 50)))).json()
    assert (await buyer.get(f"/v1/orders/{new['id']}/terms")).json()[0]["ja"] == "二版"
    rows = await shop.owner.fetch(
        "select price_version, terms_version from order_line where listing_id = $1 order by order_id", uuid_of(listing)
    )
    assert [tuple(row) for row in rows] == [(1, 1), (2, 2)]
    stranger = await (await shop.buyer()).get(f"/v1/orders/{new['id']}/terms")
    assert (stranger.status_code, stranger.json()["code"]) == (404, "order_not_found")


async def test_a_listing_without_words_has_none_to_agree_to(shop: Shop) -> None:
    buyer, listing = await shop.buyer(), await shop.listing()
    order = await shop.world.order(buyer, (listing, 1))
    assert order["lines"][0]["terms_version"] == 0
    assert (await buyer.get(f"/v1/orders/{order['id']}/terms")).json() == []


@pytest.mark.parametrize("with_another", [False, True])
async def test_what_is_offered_to_some_is_bought_by_them_alone(shop: Shop, with_another: bool) -> None:
    guest, other = await shop.buyer(), await shop.buyer()
    to = {"kind": "organisations", "organisation_ids": [guest.id]}
    listing = await shop.offer(price=1_000, tiers=tiers((10, 900)), offered_to=to)
    body = lines_of((listing, 10), *([(await shop.listing(provider=1), 1)] if with_another else []))
    for path in PATHS:
        refused = await other.post(path, body)
        assert (refused.status_code, pointers(refused)) == (409, [("/lines/0/listing_id", "listing_gone")])
        made = await guest.post(path, body)
        assert made.status_code == 201, made.text
        assert made.json()["lines"][0]["price"] == yen(900)
    assert as_json(await guest.get(f"/v1/orders/{made.json()['id']}")) == as_json(made)
    assert await shop.stock(listing) == (490, 10, 0)
    quote = (await guest.post("/v1/quotes", body)).json()
    await shop.change(listing, offered_to=to | {"organisation_ids": [other.id]})
    gone = await guest.post("/v1/orders", {"quote_id": quote["id"]})
    assert (gone.status_code, pointers(gone)) == (409, [("/lines/0/listing_id", "listing_gone")])
    assert (await other.post("/v1/orders", body)).status_code == 201


async def test_an_offer_to_a_storefront_is_bought_by_whoever_comes_through_it(shop: Shop) -> None:
    buyer, storefront_id = await shop.buyer(), new_id()
    to = {"kind": "storefront", "storefront_id": public_id("sfr", storefront_id)}
    listing = await shop.offer(20, offered_to=to)
    scope = Scope(buyer.org_id, new_id(), "member", frozenset(RIGHTS), "req_storefront")

    async def placed(scope: Scope) -> str:
        keyed = KeyedRequest(secrets.token_hex(8), secrets.token_bytes(32))
        placing = Placing(None, ((uuid_of(listing), listing, 5),), (None,), None)
        terms = terms_of(shop.world.settings)
        try:
            answer, _ = await flow.place(
                shop.world.db, Turnstiles(3), scope, keyed, placing, terms=terms, now=utc_now()
            )
        except AppError as refusal:
            return refusal.code
        return str(answer.status)

    assert await placed(scope) == "listing_gone"
    assert await placed(replace(scope, storefront_id=new_id())) == "listing_gone"
    assert await placed(replace(scope, storefront_id=storefront_id)) == "201"
    assert await shop.stock(listing) == (15, 5, 0)


@pytest.mark.parametrize("limited", [False, True])
async def test_nobody_buys_after_the_end_though_no_job_has_run(shop: Shop, limited: bool) -> None:
    buyer = await shop.buyer()
    to = {"kind": "organisations", "organisation_ids": [buyer.id]} if limited else {"kind": "public"}
    listing = await shop.offer(ends_at="2126-01-01T00:00:00Z", offered_to=to)
    quote = (await buyer.post("/v1/quotes", lines_of((listing, 1)))).json()
    table = "limited_listing" if limited else "public_listing"
    await shop.owner.execute(f"update {table} set ends_at = now() where listing_id = $1", uuid_of(listing))
    for path, body in (*((path, lines_of((listing, 1))) for path in PATHS), ("/v1/orders", {"quote_id": quote["id"]})):
        refused = await buyer.post(path, body)
        assert (refused.status_code, refused.json()["code"]) == (409, "listing_gone")
    assert await shop.stock(listing) == (500, 0, 0)


async def test_a_quote_ends_no_later_than_its_listings(shop: Shop) -> None:
    buyer, listing = await shop.buyer(), await shop.listing()
    far = (await buyer.post("/v1/quotes", lines_of((listing, 1)))).json()
    soon = (shop.world.now() + timedelta(minutes=1)).isoformat()
    changed = await shop.change(listing, ends_at=soon)
    near = (await buyer.post("/v1/quotes", lines_of((listing, 1)))).json()
    assert near["expires_at"] == changed.json()["ends_at"] < far["expires_at"]
