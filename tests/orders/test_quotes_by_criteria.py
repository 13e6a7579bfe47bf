"""Does a quote by budget or by criteria say what it chose and why, and does an order from it keep to it?"""

import secrets
from typing import Any

import pytest

from tests.orders.shop import Shop, pointers, tiers, uuid_of, yen


async def market(shop: Shop, *prices: tuple[int, int], **terms: Any) -> tuple[str, list[str]]:
    """Listings of (price, tonnes), found by a region of their own; one project each."""
    region, made = f"region-{secrets.token_hex(4)}", []
    for n, (price, tonnes) in enumerate(prices):
        made.append(await shop.offer(tonnes, provider=n % 3, price=price, number=str(n + 1), **terms))
        await shop.owner.execute(
            "update public_listing set regions = array[$1] where listing_id = $2", region, uuid_of(made[-1])
        )
    return region, made


def lines(answer: Any) -> list[tuple[str, int, int]]:
    assert answer.status_code == 201, answer.text
    return [(line["listing_id"], line["quantity"], line["price"]["amount"]) for line in answer.json()["lines"]]


async def test_a_budget_buys_the_most_that_it_pays_for_with_tax(shop: Shop) -> None:
    buyer = await shop.buyer()
    listing = await shop.offer(price=1_000, tiers=tiers((10, 900), (100, 800)), quantity_step=2, min_quantity=2)
    for budget, quantity in ((2_200, 2), (4_399, 2), (4_400, 4), (9_899, 8), (9_900, 10), (87_999, 88), (88_000, 100)):
        answer = await buyer.post("/v1/quotes", {"lines": [{"listing_id": listing, "budget": yen(budget)}]})
        assert answer.status_code == 201, answer.text
        assert (answer.json()["quantity"], answer.json()["total"]["amount"] <= budget) == (quantity, True)
        assert answer.json()["lines"][0]["why"]["limited_by"] == "budget"
    refused = await buyer.post("/v1/quotes", {"lines": [{"listing_id": listing, "budget": yen(2_199)}]})
    assert (refused.status_code, refused.json()["code"]) == (409, "budget_too_small")
    assert pointers(refused) == [("/lines/0/budget", "budget_too_small")]
    everything = await buyer.post("/v1/quotes", {"lines": [{"listing_id": listing, "budget": yen(10**9)}]})
    assert (everything.json()["quantity"], everything.json()["lines"][0]["why"]["limited_by"]) == (500, "stock")


async def test_the_cheapest_are_taken_first_and_the_quote_says_why(shop: Shop) -> None:
    buyer = await shop.buyer()
    region, (dear, cheap, middle) = await market(shop, (900, 100), (700, 30), (800, 40))
    body = {"criteria": {"region": region, "registry": "jcredit"}, "quantity": 80}
    answer = await buyer.post("/v1/quotes", body)
    assert lines(answer) == [(cheap, 30, 700), (middle, 40, 800), (dear, 10, 900)]
    assert [(line["why"]["rank"], line["why"]["limited_by"]) for line in answer.json()["lines"]] == [
        (1, "stock"), (2, "stock"), (3, "quantity"),
    ]  # fmt: skip
    assert {line["why"]["considered"] for line in answer.json()["lines"]} == {3}
    asked = answer.json()["asked"]
    assert (asked["choose"], asked["quantity"], asked["criteria"]["region"]) == ("cheapest", 80, region)
    order = await buyer.post("/v1/orders", {"quote_id": answer.json()["id"]})
    assert lines(order) == lines(answer)
    assert lines(await buyer.post("/v1/quotes", body)) == [(dear, 80, 900)], "The others are sold out by now."


async def test_what_is_missing_is_told_exactly(shop: Shop) -> None:
    buyer = await shop.buyer()
    region, _ = await market(shop, (900, 10), (700, 30))
    refused = await buyer.post("/v1/quotes", {"criteria": {"region": region}, "quantity": 55})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_enough_offered")
    assert (refused.json()["quantity"], refused.json()["available"], refused.json()["missing"]) == (55, 40, 15)
    one_line = await buyer.post("/v1/quotes", {"criteria": {"region": region}, "quantity": 31, "max_lines": 1})
    assert (one_line.status_code, one_line.json()["available"]) == (409, 30)


async def test_a_split_spreads_a_quantity_and_a_budget_over_projects(shop: Shop) -> None:
    buyer = await shop.buyer()
    region, (one, two, three) = await market(shop, (900, 100), (700, 10), (800, 100))
    by = {"criteria": {"region": region}, "choose": "split"}
    split = lines(await buyer.post("/v1/quotes", by | {"quantity": 61}))
    assert [listing for listing, _, _ in split] == [two, three, one], "Cheapest first."
    assert [quantity for _, quantity, _ in split] in ([10, 26, 25], [10, 25, 26])
    answer = await buyer.post("/v1/quotes", by | {"budget": yen(30_000)})
    assert answer.json()["total"]["amount"] <= 30_000 < answer.json()["total"]["amount"] + 880, (
        "One tonne more is 880 yen."
    )
    assert len(answer.json()["lines"]) == 3


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        ({}, True), ({"registry": "verra"}, False), ({"methodology": "FO-001"}, None), ({"unit": "kWh"}, False),
        ({"vintage_from": "2024-04-01", "vintage_to": "2025-03-31"}, True), ({"vintage_from": "2024-04-02"}, False),
        ({"vintage_to": "2025-03-30"}, False), ({"price_max": 900}, True), ({"price_max": 899}, False),
    ],
)  # fmt: skip
async def test_each_criterion_narrows(shop: Shop, criteria: dict[str, Any], found: bool | None) -> None:
    region, [listing] = await market(shop, (900, 10))
    codes = await shop.owner.fetchval(
        "select methodology_codes from public_listing where listing_id = $1", uuid_of(listing)
    )
    body = {"criteria": {"region": region} | criteria, "quantity": 1}
    answer = await (await shop.buyer()).post("/v1/quotes", body)
    expected = "FO-001" in codes if found is None else found
    assert answer.status_code == (201 if expected else 409), answer.text


async def test_what_is_offered_to_the_buyer_is_chosen_too_and_nobody_elses(shop: Shop) -> None:
    guest, other = await shop.buyer(), await shop.buyer()
    to = {"kind": "organisations", "organisation_ids": [guest.id]}
    region, [public] = await market(shop, (900, 10))
    special = await shop.offer(10, price=500, offered_to=to)
    await shop.owner.execute(
        "update limited_listing set regions = array[$1] where listing_id = $2", region, uuid_of(special)
    )
    body = {"criteria": {"region": region}, "quantity": 10}
    assert lines(await guest.post("/v1/quotes", body)) == [(special, 10, 500)]
    assert lines(await other.post("/v1/quotes", body)) == [(public, 10, 900)]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/lines"),
        ({"lines": [], "criteria": {}}, "/lines"),
        ({"lines": [{"listing_id": "lst_1"}]}, "/lines/0/quantity"),
        ({"lines": [{"listing_id": "lst_1", "quantity": 1, "budget": yen(1)}]}, "/lines/0/quantity"),
        ({"lines": [{"listing_id": "lst_1", "quantity": 1}], "quantity": 1}, "/quantity"),
        ({"criteria": {}}, "/quantity"),
        ({"criteria": {}, "quantity": 1, "budget": yen(1)}, "/quantity"),
        ({"criteria": {"regions": "x"}, "quantity": 1}, "/criteria/regions"),
        ({"criteria": {}, "quantity": 1, "max_lines": 21}, "/max_lines"),
        ({"criteria": {}, "quantity": 1, "choose": "dearest"}, "/choose"),
    ],
)
async def test_a_request_that_says_two_things_or_nothing_is_pointed_at(shop: Shop, body, pointer) -> None:
    refused = await (await shop.buyer()).post("/v1/quotes", body)
    assert (refused.status_code, pointers(refused)[0][0]) == (422, pointer)
