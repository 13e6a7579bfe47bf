"""What does anybody find among the listings, in which order, and at what price in statements?"""

import httpx
import pytest

from app.core.ids import read_public_id
from tests.listings.listing_world import World, statements


async def ids(client: httpx.AsyncClient, path: str = "/v1/listings", **query) -> list[str]:
    found = []
    while True:
        answer = await client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        found += [row["id"] for row in answer.json()["data"]]
        if not answer.json()["has_more"]:
            return found
        query["cursor"] = answer.json()["next_cursor"]


async def published(world: World, scope, count: int, **lot) -> list[str]:
    """So many listings, in the order in which they were published."""
    lot.setdefault("project_id", await world.build.project())
    return [(await world.listed(scope, **lot)).json()["id"] for _ in range(count)]


async def test_the_newest_come_first_and_each_once(world: World) -> None:
    made = await published(world, await world.build.organisation(), 7)
    assert await ids(world.public, limit=3) == made[::-1]


async def test_listings_of_one_moment_are_parted_by_their_ids(world: World) -> None:
    made = await published(world, await world.build.organisation(), 7)
    await world.owner.execute("update public_listing set published_at = now()")
    by_id = sorted(made, key=lambda text: read_public_id("lst", text), reverse=True)
    assert await ids(world.public, limit=2) == by_id


async def test_a_page_continues_in_place_when_listings_come_and_go(world: World) -> None:
    provider = await world.build.organisation()
    made = await published(world, provider, 6)
    first = (await world.public.get("/v1/listings", params={"limit": 2})).json()
    assert [row["id"] for row in first["data"]] == [made[5], made[4]]
    await published(world, provider, 2)
    await world.as_(provider).post(f"/v1/listings/{made[4]}/pause")
    await world.as_(provider).post(f"/v1/listings/{made[2]}/withdraw")
    assert await ids(world.public, cursor=first["next_cursor"]) == [made[3], made[1], made[0]]


async def test_a_filter_finds_exactly_what_fits(world: World) -> None:
    provider, build = await world.build.organisation(), world.build
    forest = await build.project(codes=("FO-001", "FO-003"), regions=("北海道", "東北"))
    boiler = await build.project(codes=("EN-S-001",), regions=("関東",))
    abroad = await build.project(registry="verra", codes=("VM0042",), regions=())
    made = [(await world.listed(provider, project_id=each)).json()["id"] for each in (forest, boiler, abroad)]
    assert await ids(world.public, registry="verra") == [made[2]]
    assert await ids(world.public, registry="jcredit") == [made[1], made[0]]
    assert await ids(world.public, methodology="FO-003") == [made[0]]
    assert await ids(world.public, methodology="FO") == []
    assert await ids(world.public, region="東北") == [made[0]]
    assert await ids(world.public, region="関東", methodology="EN-S-001", registry="jcredit") == [made[1]]
    assert await ids(world.public, region="関東", methodology="FO-001") == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"price": "100"}, 400),
        ({"regions": "東北"}, 400),
        ({"cursor": "made-up"}, 400),
        ({"region": ""}, 422),
        ({"limit": "0"}, 422),
    ],
)
async def test_a_filter_that_is_not_known_is_refused(world: World, query, status) -> None:
    answer = await world.public.get("/v1/listings", params=query)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (status, f"?{next(iter(query))}")


async def test_a_cursor_belongs_to_its_list_its_filters_and_its_caller(world: World) -> None:
    one, two = await world.build.organisation(), await world.build.organisation()
    await published(world, one, 2)
    public = (await world.public.get("/v1/listings", params={"limit": 1})).json()["next_cursor"]
    own = (await world.as_(one).get("/v1/provider/listings", params={"limit": 1})).json()["next_cursor"]
    for client, path, query in (
        (world.public, "/v1/listings", {"cursor": public, "region": "東北"}),
        (world.public, "/v1/listings", {"cursor": own}),
        (world.as_(two), "/v1/provider/listings", {"cursor": own}),
        (world.as_(one), "/v1/provider/listings", {"cursor": own, "status": "open"}),
    ):
        answer = await client.get(path, params=query)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor"), path


async def test_a_page_of_50_takes_as_many_statements_as_a_page_of_1(world: World) -> None:
    provider = await world.build.organisation()
    await published(world, provider, 51)
    sent: dict[str, list[int]] = {"/v1/listings": [], "/v1/provider/listings": []}
    for path, counts in sent.items():
        for limit in (1, 50):
            with statements(world.db) as seen:
                answer = await world.as_(provider).get(path, params={"limit": limit})
            assert len(answer.json()["data"]) == limit
            counts.append(len(seen))
    assert sent == {"/v1/listings": [2, 2], "/v1/provider/listings": [2, 2]}


async def test_what_can_be_ordered_is_told_live(world: World) -> None:
    provider = await world.build.organisation()
    lots = [await world.build.lot(provider, quantity=100) for _ in range(3)]
    made = [(await world.publish(provider, lot)).json()["id"] for lot in lots]
    await world.owner.execute("update lot_stock set free = 60, reserved = 40 where lot_id = $1", lots[0])
    await world.owner.execute("update lot_stock set sellable = false where lot_id = $1", lots[1])
    public = {row["id"]: row["available"] for row in (await world.public.get("/v1/listings")).json()["data"]}
    mine = (await world.as_(provider).get("/v1/provider/listings")).json()["data"]
    assert public == {row["id"]: row["available"] for row in mine} == dict(zip(made, [60, 0, 100], strict=True))
    assert (await world.public.get(f"/v1/listings/{made[0]}")).json()["available"] == 60


async def test_the_tag_changes_with_what_can_be_ordered(world: World) -> None:
    listing = (await world.listed(await world.build.organisation())).json()["id"]
    path = f"/v1/listings/{listing}"
    first = await world.public.get(path)
    same = await world.public.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    await world.owner.execute("update lot_stock set free = 999, reserved = 1")
    other = await world.public.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (other.status_code, other.json()["available"]) == (200, 999)


@pytest.mark.parametrize("name", ["lst_00000000000000000000000000", "lst_x", "ord_00000000000000000000000000", "1"])
async def test_an_id_that_no_open_listing_has_is_not_found(world: World, name: str) -> None:
    answer = await world.public.get(f"/v1/listings/{name}")
    assert (answer.status_code, answer.json()["code"]) == (404, "listing_not_found")


async def test_a_providers_own_list_has_every_state_and_can_be_narrowed(world: World) -> None:
    provider = await world.build.organisation()
    mine = world.as_(provider)
    made = await published(world, provider, 4)
    await mine.post(f"/v1/listings/{made[1]}/pause")
    await mine.post(f"/v1/listings/{made[2]}/withdraw")
    assert await ids(mine, "/v1/provider/listings", limit=2) == made[::-1]
    assert await ids(mine, "/v1/provider/listings", status="paused") == [made[1]]
    assert await ids(mine, "/v1/provider/listings", status="withdrawn") == [made[2]]
    assert (await mine.get("/v1/provider/listings", params={"status": "sold"})).status_code == 422


async def test_the_document_tells_who_may_call_what(world: World) -> None:
    paths = (await world.public.get("/openapi.json")).json()["paths"]
    assert paths["/v1/listings"]["get"]["security"] == []
    assert paths["/v1/listings"]["post"]["security"] != []
    told = paths["/v1/listings/{listing_id}"]["patch"]["responses"]
    assert {"200", "404", "409", "412", "428"} <= told.keys()
    assert "ETag" in told["200"]["headers"]
