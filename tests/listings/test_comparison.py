"""Can listings be laid side by side, and is it said in what they differ?"""

from app.core.ids import new_id, public_id
from tests.listings.listing_world import World
from tests.listings.saved_world import SEEN, buyer


async def compared(world: World, *listings: str) -> tuple[int, dict[str, object]]:
    answer = await world.public.get("/v1/listings/compare", params=[("id", each) for each in listings])
    return answer.status_code, answer.json()


async def test_listings_stand_in_the_order_asked_for_with_what_differs(world: World) -> None:
    one, other = [await world.build.organisation(name=name) for name in ("みどり商会株式会社", "あおい商会株式会社")]
    project = await world.build.project()
    made = [
        (await world.listed(provider, project_id=project, price=price, quantity=quantity)).json()["id"]
        for provider, price, quantity in ((one, 1_000, 50), (one, 1_000, 50), (other, 1_000, 60), (one, 2_000, 50))
    ]
    status, told = await compared(world, made[1], made[0])
    assert (status, told["differing"]) == (200, [])
    assert [each["id"] for each in told["data"]] == [made[1], made[0]]
    assert told["data"][0] == (await world.public.get(f"/v1/listings/{made[1]}")).json()
    _, told = await compared(world, made[0], made[3])
    assert told["differing"] == ["price.amount", "price_with_tax.amount"]
    _, told = await compared(world, *made)
    assert told["differing"] == ["provider.id", "provider.name", "available", "price.amount", "price_with_tax.amount"]


async def test_a_list_that_differs_is_one_fact(world: World) -> None:
    provider = await world.build.organisation()
    wide, narrow = [await world.build.project(regions=regions) for regions in (("北海道", "東北"), ("北海道",))]
    made = [(await world.listed(provider, project_id=each)).json()["id"] for each in (wide, narrow)]
    _, told = await compared(world, *made)
    assert told["differing"] == ["project.id", "project.number", "project.regions"]


async def test_two_to_four_are_compared(world: World) -> None:
    ids = [public_id("lst", new_id()) for _ in range(5)]
    for wrong in (ids[:0], ids[:1], ids):
        status, told = await compared(world, *wrong)
        assert status in {400, 422}, told
        assert told["errors"][0]["pointer"] == "?id"


async def test_only_what_is_open_to_everybody_is_compared(world: World) -> None:
    provider = await world.build.organisation()
    open_, rests, limited = [(await world.listed(provider)).json()["id"] for _ in range(3)]
    await world.as_(provider).post(f"/v1/listings/{rests}/pause")
    named = {"kind": "organisations", "organisation_ids": [public_id("org", (await buyer(world)).org_id)]}
    await world.as_(provider).patch(f"/v1/listings/{limited}", json={"offered_to": named}, headers=SEEN)
    for hidden in (rests, limited, public_id("lst", new_id()), "lst_none"):
        status, told = await compared(world, open_, hidden)
        assert (status, told["code"]) == (404, "listing_not_found")
