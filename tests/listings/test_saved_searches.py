"""Can an organisation save searches, change them and give them up, for itself alone?"""

import asyncio
from dataclasses import replace

import pytest

from app.core.ids import new_id, public_id, read_public_id
from app.listings.rules import SEARCHES_MAX
from tests.listings.listing_world import World
from tests.listings.saved_world import SEEN, buyer, save

EVERYTHING = {
    "q": "森林", "registry": "jcredit", "kind": "normal", "family": "FO", "mechanism": "removal", "fiscal_year": 2024,
    "methodology": "FO-001", "region": "北海道", "prefecture": "JP-01", "eligible_for": "shk", "label": "ccp",
    "rating": "agency:A:1", "price_gte": 1, "price_lte": 9_000, "vintage_from": "2024-04-01",
    "vintage_to": "2025-03-31", "available_gte": 500,
}  # fmt: skip


async def test_a_search_is_kept_as_it_was_asked(world: World) -> None:
    owner, provider = await buyer(world), public_id("org", new_id())
    made = await save(world, owner, "北海道の森林", **EVERYTHING, provider=provider)
    assert made.status_code == 201, made.text
    saved = made.json()
    assert saved["filter"] == EVERYTHING | {"provider": provider}
    assert (saved["name"], saved["version"], made.headers["etag"]) == ("北海道の森林", 1, '"v1"')
    client = world.as_(owner)
    assert (await client.get(made.headers["location"])).json() == saved
    assert (await client.get("/v1/saved-searches")).json()["data"] == [saved]
    assert (await world.public.get(saved["search"])).status_code == 200
    assert [kind for _, kind in await events(world, saved["id"])] == ["saved_search.made"]


async def events(world: World, search: str) -> list[tuple[int, str]]:
    found = await world.owner.fetch(
        "select seq, kind from event where subject_id = $1 order by seq", read_public_id("ssr", search)
    )
    return [tuple(row) for row in found]


async def test_it_is_changed_by_whoever_saw_it(world: World) -> None:
    owner = await buyer(world)
    saved, client = (await save(world, owner, registry="jcredit", price_lte=9)).json(), world.as_(owner)
    path = f"/v1/saved-searches/{saved['id']}"
    assert (await client.patch(path, json={"name": "new"})).status_code == 428
    assert (await client.patch(path, json={"name": "new"}, headers={"If-Match": '"v9"'})).status_code == 412
    same = await client.patch(path, json={"name": "search", "filter": saved["filter"]}, headers={"If-Match": '"v1"'})
    assert (same.status_code, same.json()) == (200, saved)
    named = await client.patch(path, json={"name": "new"}, headers={"If-Match": '"v1"'})
    assert named.json() == saved | {"name": "new", "version": 2}
    wider = await client.patch(path, json={"filter": {"region": "東北"}}, headers={"If-Match": '"v2"'})
    assert (wider.json()["filter"], wider.headers["etag"]) == ({"region": "東北"}, '"v3"')
    assert (await client.delete(path)).status_code == 428
    assert (await client.delete(path, headers={"If-Match": '"v3"'})).status_code == 204
    assert (await client.get(path)).json()["code"] == "saved_search_not_found"
    kinds = ["saved_search.made", "saved_search.changed", "saved_search.changed", "saved_search.deleted"]
    assert [kind for _, kind in await events(world, saved["id"])] == kinds


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        ({"q": "　 "}, "/filter/q"),
        ({"price_gte": 2, "price_lte": 1}, "/filter/price_lte"),
        ({"vintage_from": "2025-01-01", "vintage_to": "2024-01-01"}, "/filter/vintage_to"),
        ({"provider": "org_none"}, "/filter/provider"),
        ({"fiscal_year": 1}, "/filter/fiscal_year"),
        ({"colour": "green"}, "/filter/colour"),
    ],
)
async def test_what_could_never_fit_is_not_saved(world: World, wanted: dict[str, object], pointer: str) -> None:
    answer = await save(world, await buyer(world), **wanted)
    assert answer.status_code in {400, 422}, answer.text
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]
    assert await world.owner.fetchval("select count(*) from saved_search") == 0


async def test_a_name_stands_for_one_search_of_an_organisation(world: World) -> None:
    owner, other = await buyer(world), await buyer(world)
    first = (await save(world, owner, "a")).json()
    second = (await save(world, owner, "b")).json()
    assert (await save(world, owner, "a")).json()["code"] == "saved_search_exists"
    renamed = await world.as_(owner).patch(f"/v1/saved-searches/{second['id']}", json={"name": "a"}, headers=SEEN)
    assert (renamed.status_code, renamed.json()["code"]) == (409, "saved_search_exists")
    assert (await save(world, other, "a")).status_code == 201
    assert (await save(world, owner, "\u200b")).json()["errors"][0]["pointer"] == "/name"
    assert first["name"] == "a"


async def test_however_many_come_at_once_no_organisation_has_more_than_it_may(world: World) -> None:
    owner = await buyer(world)
    await world.owner.execute(
        "insert into saved_search (org_id, id, name, words, terms, led_by, made_by, made_at)"
        " select $1, gen_random_uuid(), 'n' || n, '{}', '{}', '', $1, now() from generate_series(1, $2) n",
        owner.org_id, SEARCHES_MAX - 1,
    )  # fmt: skip
    answers = await asyncio.gather(*(save(world, owner, f"late {n}") for n in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"too_many_saved_searches"}
    assert await world.owner.fetchval("select count(*) from saved_search") == SEARCHES_MAX


async def test_only_who_may_buy_saves_and_nobody_through_a_storefront(world: World) -> None:
    owner = await buyer(world)
    saved = (await save(world, owner)).json()
    viewer = replace(owner, rights=frozenset({"read"}))
    through = replace(owner, storefront_id=new_id())
    for scope in (viewer, through):
        path, client = f"/v1/saved-searches/{saved['id']}", world.as_(scope)
        assert (await save(world, scope, "more")).status_code == 403
        assert (await client.patch(path, json={"name": "x"}, headers=SEEN)).status_code == 403
        assert (await client.delete(path, headers=SEEN)).status_code == 403
        assert (await client.get(path)).json() == saved
    assert (await world.public.get("/v1/saved-searches")).status_code == 401


async def test_anothers_search_is_not_there(world: World) -> None:
    owner, other = await buyer(world), await buyer(world)
    saved = (await save(world, owner)).json()
    path, client = f"/v1/saved-searches/{saved['id']}", world.as_(other)
    answers = [
        await client.get(path),
        await client.patch(path, json={"name": "x"}, headers=SEEN),
        await client.delete(path, headers=SEEN),
        await client.get("/v1/saved-searches/ssr_none"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert (await client.get("/v1/saved-searches")).json()["data"] == []


async def test_the_list_has_pages(world: World) -> None:
    owner = await buyer(world)
    made = [(await save(world, owner, str(n))).json()["id"] for n in range(5)]
    seen, cursor = [], None
    while True:
        page = (
            await world.as_(owner).get(
                "/v1/saved-searches", params={"limit": 2} | ({"cursor": cursor} if cursor else {})
            )
        ).json()
        seen += [each["id"] for each in page["data"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == made[::-1]
