"""Who may offer what, and on which terms?"""

import asyncio

import pytest

from tests.listings.listing_world import World, is_shown_truly, offer


@pytest.mark.parametrize("status", ["declared", "disputed", "frozen", "exhausted", "withdrawn"])
async def test_only_a_confirmed_lot_is_offered(world: World, status: str) -> None:
    answer = await world.listed(await world.build.organisation(), status=status)
    assert (answer.status_code, answer.json()["code"], answer.json()["state"]) == (409, "invalid_state", status)
    assert (
        await world.owner.fetchval("select (select count(*) from listing) + (select count(*) from public_listing)") == 0
    )


@pytest.mark.parametrize("status", ["pending", "suspended", "rejected"])
async def test_only_an_active_provider_offers(world: World, status: str) -> None:
    answer = await world.listed(await world.build.organisation(status=status))
    assert (answer.status_code, answer.json()["code"], answer.json()["state"]) == (409, "invalid_state", status)


@pytest.mark.parametrize("kind", ["buyer", "organiser", "operator"])
async def test_nobody_but_a_provider_offers(world: World, kind: str) -> None:
    answer = await world.listed(await world.build.organisation(kind=kind))
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_a_lot_has_one_live_listing(world: World) -> None:
    provider = await world.build.organisation()
    lot_id = await world.build.lot(provider)
    first = (await world.publish(provider, lot_id)).json()["id"]
    assert (await world.publish(provider, lot_id)).json()["code"] == "listing_exists"
    await world.as_(provider).post(f"/v1/listings/{first}/pause")
    assert (await world.publish(provider, lot_id)).json()["code"] == "listing_exists"
    await world.as_(provider).post(f"/v1/listings/{first}/withdraw")
    second = await world.publish(provider, lot_id)
    assert second.status_code == 201
    assert await is_shown_truly(world, second.json()["id"])
    assert await is_shown_truly(world, first) is None


async def test_of_two_offers_at_once_one_is_refused(world: World) -> None:
    provider = await world.build.organisation()
    lot_id = await world.build.lot(provider)
    answers = await asyncio.gather(*(world.publish(provider, lot_id) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    assert await world.owner.fetchval("select count(*) from public_listing") == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"price": {"amount": 0, "currency": "JPY"}}, "/price/amount"),
        ({"price": {"amount": 10**8 + 1, "currency": "JPY"}}, "/price/amount"),
        ({"price": {"amount": 10.5, "currency": "JPY"}}, "/price/amount"),
        ({"price": {"amount": 10, "currency": "USD"}}, "/price/currency"),
        ({"price": {"amount": 10, "currency": "JPY", "tax": 1}}, "/price/tax"),
        ({"min_quantity": 0}, "/min_quantity"),
        ({"min_quantity": 10**9 + 1}, "/min_quantity"),
        ({"min_quantity": 1_001}, "/min_quantity"),
        ({"note": "cheap"}, "/note"),
    ],
)
async def test_terms_that_make_no_sense_are_refused_with_their_place(world: World, body, pointer) -> None:
    provider = await world.build.organisation()
    lot_id = await world.build.lot(provider, quantity=1_000)
    new = await world.as_(provider).post("/v1/listings", json=offer(lot_id) | body)
    assert (new.status_code, [each["pointer"] for each in new.json()["errors"]]) == (422, [pointer])
    path = f"/v1/listings/{(await world.publish(provider, lot_id)).json()['id']}"
    changed = await world.as_(provider).patch(path, json=body, headers={"If-Match": "*"})
    assert (changed.status_code, [each["pointer"] for each in changed.json()["errors"]]) == (422, [pointer])


async def test_the_largest_price_and_the_whole_lot_are_allowed(world: World) -> None:
    answer = await world.listed(await world.build.organisation(), price=10**8, minimum=50, quantity=50)
    assert (answer.status_code, answer.json()["price_with_tax"]["amount"]) == (201, 110_000_000)
