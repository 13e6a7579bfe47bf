"""Is an order placed once, however often it is asked for with one key?"""

import asyncio
import secrets
from typing import Any

import httpx
import pytest

from tests.orders.shop import Shop, lines_of, pointers, uuid_of
from tests.world import Party

RETIRE = {
    "beneficiary_name": "株式会社アオバ食品",
    "purpose": "SHK_EMISSION",
    "purpose_detail": "",
    "fiscal_year": 2026,
}


async def twice(buyer: Party, body: Any, *, path: str = "/v1/orders") -> tuple[httpx.Response, httpx.Response]:
    """The same request two times with one key; the second says that it is a repetition, byte for byte."""
    key = secrets.token_hex(8)
    first, again = await buyer.post(path, body, key=key), await buyer.post(path, body, key=key)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (first.status_code, first.content) == (again.status_code, again.content)
    for header in ("Content-Type", "Location"):
        assert first.headers.get(header) == again.headers.get(header)
    return first, again


async def test_a_repeated_order_is_the_first_one_byte_for_byte(shop: Shop) -> None:
    buyer, listing = await shop.buyer(), await shop.listing()
    first, _ = await twice(buyer, lines_of((listing, 3)))
    assert (first.status_code, await shop.stock(listing)) == (201, (497, 3, 0))
    assert len((await buyer.get("/v1/orders")).json()["data"]) == 1


async def test_a_repetition_tells_the_first_answer_though_the_order_has_moved_on(shop: Shop) -> None:
    buyer, listing, key = await shop.buyer(), await shop.listing(), secrets.token_hex(8)
    body = lines_of((listing, 3)) | {"retire": RETIRE}
    first = await buyer.post("/v1/orders", body, key=key)
    await shop.pay(first.json())
    await shop.close(listing, "withdraw")
    again = await buyer.post("/v1/orders", body, key=key)
    assert (again.status_code, again.content) == (201, first.content)
    assert await shop.status(buyer, first.json()) == "fulfilled"


async def test_ten_at_once_with_one_key_place_one_order(shop: Shop) -> None:
    buyer, listing, key = await shop.buyer(), await shop.listing(), secrets.token_hex(8)
    answers = await asyncio.gather(*(buyer.post("/v1/orders", lines_of((listing, 3)), key=key) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sorted("Idempotent-Replayed" in answer.headers for answer in answers) == [False] + 9 * [True]
    assert await shop.stock(listing) == (497, 3, 0)


async def test_a_key_belongs_to_one_body_and_one_route(shop: Shop) -> None:
    buyer, listing, key = await shop.buyer(), await shop.listing(), secrets.token_hex(8)
    first = await buyer.post("/v1/orders", lines_of((listing, 3)), key=key)
    for path, body in (
        ("/v1/orders", lines_of((listing, 4))),
        ("/v1/orders", {"quote_id": "qte_nothing"}),
        (f"/v1/orders/{first.json()['id']}/cancel", None),
    ):
        other = await buyer.post(path, body, key=key)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused"), (path, body)
    assert await shop.stock(listing) == (497, 3, 0)


async def test_two_buyers_may_choose_the_same_key(shop: Shop) -> None:
    one, other, listing, key = await shop.buyer(), await shop.buyer(), await shop.listing(), secrets.token_hex(8)
    orders = [await buyer.post("/v1/orders", lines_of((listing, 3)), key=key) for buyer in (one, other)]
    assert [order.status_code for order in orders] == [201, 201]
    assert orders[0].json()["id"] != orders[1].json()["id"]


async def test_without_a_key_nothing_is_ordered(shop: Shop) -> None:
    buyer, listing = await shop.buyer(), await shop.listing()
    made = await shop.world.order(buyer, (listing, 1))
    for path, body in (("/v1/orders", lines_of((listing, 1))), (f"/v1/orders/{made['id']}/cancel", None)):
        refused = await buyer.client.post(path, json=body)
        assert (refused.status_code, pointers(refused)[0][0]) == (400, "header:Idempotency-Key")
    assert await shop.stock(listing) == (499, 1, 0)


async def test_a_refusal_for_want_of_credits_is_the_keys_answer_for_ever(shop: Shop) -> None:
    buyer, listing = await shop.buyer(), await shop.listing(10)
    rival = await shop.world.order(await shop.buyer(), (listing, 8))
    key, body = secrets.token_hex(8), lines_of((listing, 5))
    first = await buyer.post("/v1/orders", body, key=key)
    assert (first.status_code, first.json()["lines"]) == (409, [{"line": 0, "available": 2}])
    await shop.owner.execute("update orders set deadline = now() where id = $1", uuid_of(rival["id"]))
    await shop.expire_all()
    assert await shop.stock(listing) == (10, 0, 0)
    again = await buyer.post("/v1/orders", body, key=key)
    assert (again.status_code, again.content) == (409, first.content)
    assert again.headers["Content-Type"].startswith("application/problem+json")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (await buyer.post("/v1/orders", body)).status_code == 201


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("quote_not_found", 404),
        ("listing_gone", 409),
        ("quote_expired", 409),
        ("unpaid_cap_reached", 409),
        ("not_enough_credits", 409),
        ("invalid_order", 422),
    ],
)
async def test_every_definite_refusal_is_repeated_byte_for_byte(shop: Shop, code, status) -> None:
    buyer, listing = await shop.buyer(), await shop.listing(5_000, minimum=2)
    quote = (await buyer.post("/v1/quotes", lines_of((listing, 2)))).json()
    await shop.owner.execute("update quote set expires_at = now() where id = $1", uuid_of(quote["id"]))
    body = {
        "quote_not_found": {"quote_id": "qte_nothing"},
        "listing_gone": lines_of((listing, 2), ("lst_nothing", 1)),
        "quote_expired": {"quote_id": quote["id"]},
        "unpaid_cap_reached": lines_of((listing, 1_001)),
        "not_enough_credits": lines_of((await shop.listing(3), 4)),
        "invalid_order": lines_of((listing, 1)),
    }[code]
    first, _ = await twice(buyer, body)
    assert (first.status_code, first.json()["code"]) == (status, code)


async def test_a_cancellation_is_repeated_and_not_done_again(shop: Shop) -> None:
    buyer, listing = await shop.buyer(), await shop.listing()
    order = await shop.world.order(buyer, (listing, 3))
    first, _ = await twice(buyer, None, path=f"/v1/orders/{order['id']}/cancel")
    assert (first.status_code, first.json()["status"]) == (200, "canceled")
    assert await shop.stock(listing) == (500, 0, 0)
    refused, _ = await twice(buyer, None, path=f"/v1/orders/{order['id']}/cancel")
    assert (refused.status_code, refused.json()["code"], refused.json()["state"]) == (409, "invalid_state", "canceled")
    assert await shop.kinds(order["id"]) == ["order.created", "order.canceled"]


async def test_a_repetition_is_answered_though_the_wish_could_not_be_asked_for_today(shop: Shop) -> None:
    buyer, listing, key = await shop.buyer(), await shop.listing(), secrets.token_hex(8)
    body = lines_of((listing, 3)) | {"retire": RETIRE}
    first = await buyer.post("/v1/orders", body, key=key)
    assert first.status_code == 201, first.text
    # As a year later, when no rule lets this through any more: here the unit is one that J-Credit does not retire so.
    await shop.owner.execute(
        "update public_listing set registry_code = 'jcredit', unit = 'kg' where listing_id = $1", uuid_of(listing)
    )
    refused = await buyer.post("/v1/orders", body)
    again = await buyer.post("/v1/orders", body, key=key)
    assert (refused.status_code, again.status_code, again.content) == (422, 201, first.content)
