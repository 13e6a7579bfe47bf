"""Does one provider's business stay its own?"""

import pytest

from app.core.scope import Scope
from tests.listings.listing_world import World, offer

CANARY = "カナリア林業株式会社"


async def test_another_providers_listing_is_not_found_and_not_changed(world: World) -> None:
    one, two = await world.build.organisation(), await world.build.organisation()
    listing = (await world.listed(one)).json()["id"]
    other, before = world.as_(two), await world.owner.fetchrow("select * from listing")
    price = {"price": {"amount": 1, "currency": "JPY"}}
    for answer in (
        await other.get(f"/v1/provider/listings/{listing}"),
        await other.patch(f"/v1/listings/{listing}", json=price, headers={"If-Match": '"v1"'}),
        await other.patch(f"/v1/listings/{listing}", json=price),
        await other.post(f"/v1/listings/{listing}/pause"),
        await other.post(f"/v1/listings/{listing}/resume"),
        await other.post(f"/v1/listings/{listing}/withdraw"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "listing_not_found")
    assert (await other.get("/v1/provider/listings")).json()["data"] == []
    assert await world.owner.fetchrow("select * from listing") == before


async def test_another_providers_lot_cannot_be_offered(world: World) -> None:
    one, two = await world.build.organisation(), await world.build.organisation()
    answer = await world.publish(two, await world.build.lot(one))
    assert (answer.status_code, answer.json()["code"]) == (404, "lot_not_found")
    malformed = await world.as_(two).post("/v1/listings", json=offer(one.org_id) | {"lot_id": "lot_1"})
    assert (malformed.status_code, malformed.json()["code"]) == (404, "lot_not_found")


@pytest.mark.parametrize("step", ["pause", "withdraw"])
async def test_a_listing_off_the_market_is_nowhere_to_be_seen_by_others(world: World, step: str) -> None:
    canary = await world.build.organisation(name=CANARY)
    other = await world.build.organisation(name="ほかの提供者株式会社")
    project_id = await world.build.project(summary=f"{CANARY}の森", codes=("CANARY-001",), regions=("九州・沖縄",))
    listing = (await world.listed(canary, project_id=project_id, price=7_777_777)).json()["id"]
    shown = (await world.listed(other)).json()["id"]
    assert CANARY in (await world.public.get("/v1/listings")).text
    await world.as_(canary).post(f"/v1/listings/{listing}/{step}")
    for client in (world.public, world.as_(other)):
        for query in ("", "?methodology=CANARY-001", "?region=九州・沖縄", "?registry=jcredit", "?limit=1"):
            text = (await client.get(f"/v1/listings{query}")).text
            assert [secret for secret in (CANARY, listing, "7777777", "CANARY-001") if secret in text] == []
        assert (await client.get(f"/v1/listings/{listing}")).status_code == 404
    own = (await world.as_(other).get("/v1/provider/listings")).text
    assert listing not in own
    assert shown in own
    assert await world.owner.fetchval("select array_agg(provider_name) from public_listing") == ["ほかの提供者株式会社"]


async def test_a_caller_without_the_right_only_reads(world: World) -> None:
    provider = await world.build.organisation()
    listing = (await world.listed(provider)).json()["id"]
    reader = Scope(provider.org_id, provider.actor_id, "key", frozenset({"read"}), "req_of_the_test", "provider")
    mine = world.as_(reader)
    assert (await mine.get("/v1/provider/listings")).status_code == 200
    for answer in (
        await mine.post("/v1/listings", json=offer(await world.build.lot(provider))),
        await mine.patch(f"/v1/listings/{listing}", json={"min_quantity": 2}, headers={"If-Match": "*"}),
        await mine.post(f"/v1/listings/{listing}/pause"),
        await mine.post(f"/v1/listings/{listing}/resume"),
        await mine.post(f"/v1/listings/{listing}/withdraw"),
    ):
        assert (answer.status_code, answer.json()["right"]) == (403, "listings:write")


async def test_a_stranger_is_asked_who_they_are(world: World) -> None:
    listing = (await world.listed(await world.build.organisation())).json()["id"]
    for answer in (
        await world.public.get("/v1/provider/listings"),
        await world.public.post("/v1/listings", json={}),
        await world.public.post(f"/v1/listings/{listing}/pause"),
    ):
        assert answer.status_code == 401
