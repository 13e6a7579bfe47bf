"""How much may a buyer reserve without paying, and what makes room again?"""

import asyncio

import pytest

from tests.orders.shop import CAP, Shop, lines_of
from tests.world import Party


async def order_for(buyer: Party, listing: str, quantity: int) -> tuple[int, str | None]:
    answer = await buyer.post("/v1/orders", lines_of((listing, quantity)))
    return answer.status_code, answer.json().get("code")


async def unpaid(shop: Shop, buyer: Party) -> int:
    return int(await shop.owner.fetchval("select unpaid from buyer_exposure where org_id = $1", buyer.org_id))


async def test_the_cap_itself_may_be_reached_and_not_passed(shop: Shop) -> None:
    buyer, listing = await shop.buyer(), await shop.listing(3_000)
    assert await order_for(buyer, listing, CAP - 1) == (201, None)
    refused = await buyer.post("/v1/orders", lines_of((listing, 2)))
    assert (refused.status_code, refused.json()["code"]) == (409, "unpaid_cap_reached")
    assert (refused.json()["unpaid"], refused.json()["cap"]) == (CAP - 1, CAP)
    assert await order_for(buyer, listing, 1) == (201, None)
    assert await order_for(await shop.buyer(), listing, CAP) == (201, None)
    assert await shop.stock(listing) == (1_000, 2_000, 0)


@pytest.mark.parametrize("how", ["canceled", "expired", "paid"])
async def test_an_order_that_ends_or_is_paid_makes_room(shop: Shop, how) -> None:
    buyer, listing = await shop.buyer(), await shop.listing(3_000)
    order = await shop.world.order(buyer, (listing, CAP))
    assert await order_for(buyer, listing, 1) == (409, "unpaid_cap_reached")
    match how:
        case "canceled":
            assert (await buyer.post(f"/v1/orders/{order['id']}/cancel")).status_code == 200
        case "expired":
            await shop.expire_all()
        case "paid":
            await shop.pay(order)
    assert await shop.status(buyer, order) == ("fulfilled" if how == "paid" else how)
    assert await unpaid(shop, buyer) == 0
    assert await order_for(buyer, listing, CAP) == (201, None)


async def test_money_for_an_expired_order_counts_nothing_twice(shop: Shop) -> None:
    buyer, listing = await shop.buyer(), await shop.listing(3_000)
    order = await shop.world.order(buyer, (listing, CAP))
    await shop.expire_all()
    assert (await shop.pay(order))["outcome"] == "late_reserved"
    assert (await shop.status(buyer, order), await unpaid(shop, buyer)) == ("fulfilled", 0)


async def test_orders_at_the_same_time_do_not_pass_the_cap_together(shop: Shop) -> None:
    buyer, listings = await shop.buyer(), [await shop.listing(3_000, provider=n) for n in range(3)]
    answers = await asyncio.gather(*(order_for(buyer, listings[n % 3], CAP // 4) for n in range(12)))
    assert sorted(answers, key=str) == 4 * [(201, None)] + 8 * [(409, "unpaid_cap_reached")]
    assert await unpaid(shop, buyer) == CAP
    stocks = [await shop.stock(listing) for listing in listings]
    assert sum(reserved for _, reserved, _ in stocks) == CAP
