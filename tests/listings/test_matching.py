"""Is everybody told, once, of what newly fits a saved search, and of nothing else?"""

import random
from typing import Any

from app.core.clock import utc_now
from app.core.db import Database
from app.core.ids import new_id, public_id
from app.core.scope import Scope
from app.listings import operations, queries
from app.listings.queries.search import TERM_DIMENSIONS
from app.listings.rules import led_by
from tests.listings.listing_world import World
from tests.listings.saved_world import SEEN, buyer, match, notices, reprice, save


async def test_a_new_listing_that_fits_leads_to_one_notice(world: World, worker_db: Database) -> None:
    owner, provider = await buyer(world), await world.build.organisation()
    saved = (await save(world, owner, "北海道", region="北海道", price_lte=5_000)).json()
    await save(world, owner, "東北", region="東北")
    listing = (await world.listed(provider, price=5_000)).json()["id"]
    await world.listed(provider, price=5_001)
    assert await match(worker_db) == 1
    [notice] = await notices(world, owner)
    assert notice == {
        "id": notice["id"],
        "kind": "saved_search.fits",
        "subject": saved["id"],
        "title": "北海道",
        "items": [listing],
        "item_count": 1,
        "made_at": notice["made_at"],
        "read_at": None,
    }
    assert await match(worker_db) == 0
    assert await world.owner.fetchval("select count(*) from listing_news") == 0
    told = await world.owner.fetch("select org_id, seq, kind, actor_kind from event where subject_kind = 'notice'")
    assert [tuple(row) for row in told] == [(owner.org_id, 1, "notice.made", "system")]


async def test_a_notice_is_read_once_for_the_whole_organisation(world: World, worker_db: Database) -> None:
    owner, other = await buyer(world), await buyer(world)
    await save(world, owner)
    await world.listed(await world.build.organisation())
    await match(worker_db)
    [notice] = await notices(world, owner, unread=True)
    client, path = world.as_(owner), f"/v1/notices/{notice['id']}/read"
    assert (await client.get("/v1/notices/unread-count")).json() == {"unread": 1, "at_least": False}
    assert (await world.as_(other).post(path)).json()["code"] == "notice_not_found"
    assert (await client.post("/v1/notices/ntc_none/read")).status_code == 404
    first, again = await client.post(path), await client.post(path)
    assert first.status_code == 200
    assert first.json() == again.json() == notice | {"read_at": first.json()["read_at"]}
    assert await notices(world, owner, unread=True) == []
    assert await notices(world, owner) == [first.json()]
    assert (await client.get("/v1/notices/unread-count")).json() == {"unread": 0, "at_least": False}
    kinds = await world.owner.fetch("select kind from event where subject_kind = 'notice' order by seq")
    assert [row["kind"] for row in kinds] == ["notice.made", "notice.read"]


async def test_many_at_once_are_one_notice_for_each_search(world: World, worker_db: Database) -> None:
    owner, provider, project = await buyer(world), await world.build.organisation(), await world.build.project()
    await save(world, owner)
    made = [
        (await world.listed(provider, project_id=project, price=1_000 + n, quantity=10)).json()["id"] for n in range(25)
    ]
    assert await match(worker_db) == 1
    [notice] = await notices(world, owner)
    assert (notice["item_count"], notice["items"]) == (25, made[:20])


async def test_a_price_is_news_when_it_comes_to_fit(world: World, worker_db: Database) -> None:
    owner, provider = await buyer(world), await world.build.organisation()
    await save(world, owner, price_gte=1_000, price_lte=2_000)
    listing = (await world.listed(provider, price=3_000)).json()["id"]
    told = [await match(worker_db)]
    for price in (1_500, 1_600, 900, 2_000, 2_001):
        await reprice(world, provider, listing, price)
        told.append(await match(worker_db))
    assert told == [0, 1, 0, 0, 1, 0]
    for price in (2_000, 1_999, 2_500, 1_000):  # In one batch only what was before it and what is now count.
        await reprice(world, provider, listing, price)
    assert await match(worker_db) == 1


async def test_a_listing_that_rested_is_news_only_at_another_price(world: World, worker_db: Database) -> None:
    owner, provider = await buyer(world), await world.build.organisation()
    listing = (await world.listed(provider, price=3_000)).json()["id"]
    await match(worker_db)
    await save(world, owner, "any")
    await save(world, owner, "cheap", price_lte=2_000)
    for move in ("pause", "resume"):
        await world.as_(provider).post(f"/v1/listings/{listing}/{move}")
    assert await match(worker_db) == 0
    await world.as_(provider).post(f"/v1/listings/{listing}/pause")
    await reprice(world, provider, listing, 2_000)
    assert await match(worker_db) == 0
    await world.as_(provider).post(f"/v1/listings/{listing}/resume")
    assert await match(worker_db) == 1
    assert [notice["title"] for notice in await notices(world, owner)] == ["cheap"]


async def test_what_rests_again_before_anybody_looked_is_not_told(world: World, worker_db: Database) -> None:
    owner, provider = await buyer(world), await world.build.organisation()
    await save(world, owner)
    listing = (await world.listed(provider)).json()["id"]
    await world.as_(provider).post(f"/v1/listings/{listing}/pause")
    assert await match(worker_db) == 0
    assert await notices(world, owner) == []


async def offered_to(world: World, provider: Scope, listing: str, *readers: Scope) -> None:
    ids = [public_id("org", reader.org_id) for reader in readers]
    to: dict[str, Any] = {"kind": "organisations", "organisation_ids": ids} if ids else {"kind": "public"}
    change = {"offered_to": to}
    answer = await world.as_(provider).patch(f"/v1/listings/{listing}", json=change, headers=SEEN)
    assert answer.status_code == 200, answer.text


async def test_what_is_for_some_is_told_to_them_alone(world: World, worker_db: Database) -> None:
    named, other, provider = await buyer(world), await buyer(world), await world.build.organisation()
    for scope in (named, other):
        await save(world, scope)
    listing = (await world.listed(provider)).json()["id"]
    await offered_to(world, provider, listing, named)
    assert await match(worker_db) == 1
    assert [notice["items"] for notice in await notices(world, named)] == [[listing]]
    assert await notices(world, other) == []
    await offered_to(world, provider, listing)
    assert await match(worker_db) == 2
    assert [notice["items"] for notice in await notices(world, other)] == [[listing]]
    await offered_to(world, provider, listing, named)
    assert await match(worker_db) == 0, "Whoever could read it before learns nothing new."


async def test_one_storefronts_offer_is_told_to_nobody_by_a_saved_search(world: World, worker_db: Database) -> None:
    owner, provider = await buyer(world), await world.build.organisation()
    await save(world, owner)
    listing = (await world.listed(provider)).json()["id"]
    to = {"kind": "storefront", "storefront_id": public_id("sfr", new_id())}
    answer = await world.as_(provider).patch(f"/v1/listings/{listing}", json={"offered_to": to}, headers=SEEN)
    assert answer.status_code == 200, answer.text
    assert await match(worker_db) == 0


async def test_who_is_suspended_or_gave_its_search_up_is_told_nothing(world: World, worker_db: Database) -> None:
    suspended, gone = await buyer(world), await buyer(world)
    await save(world, suspended)
    saved = (await save(world, gone)).json()["id"]
    await world.owner.execute("update organisation set status = 'suspended' where org_id = $1", suspended.org_id)
    await world.listed(await world.build.organisation())
    await world.as_(gone).delete(f"/v1/saved-searches/{saved}", headers=SEEN)
    assert await match(worker_db) == 0
    assert await world.owner.fetchval("select count(*) from notice") == 0


async def test_a_run_that_was_cut_short_is_done_again_and_tells_nobody_twice(world: World, worker_db: Database) -> None:
    owners, provider = [await buyer(world) for _ in range(3)], await world.build.organisation()
    for owner in owners:
        await save(world, owner)
    await world.listed(provider)
    batch = new_id()
    async with worker_db.machinery() as session:
        claimed = await operations.claim_news(session, batch)
        assert claimed is not None
        assert claimed.id == batch
    async with worker_db.audit() as session:
        everybody = await queries.next_searches(session, queries.START)
        assert everybody is not None
        fits = await queries.new_fits(session, batch, queries.START, everybody, now=utc_now())
    async with worker_db.transaction(Scope.of_system(fits[0].org_id, "req_cut_short")) as session:
        assert await operations.tell_fits(session, fits[0].org_id, batch, fits[:1], now=utc_now()) == 1
    await world.listed(provider)  # Comes too late for the batch that was begun.
    assert await match(worker_db) == 2 + 3
    assert [len(await notices(world, owner)) for owner in owners] == [2, 2, 2]


async def test_a_run_goes_on_where_the_last_one_was_cut_short(world: World, worker_db: Database) -> None:
    owners = sorted([await buyer(world) for _ in range(3)], key=lambda scope: scope.org_id)
    for owner in owners:
        await save(world, owner)
    await world.listed(await world.build.organisation())
    batch = new_id()
    async with worker_db.machinery() as session:
        await operations.claim_news(session, batch)
        passed = await world.owner.fetchrow("select org_id, id from saved_search where org_id = $1", owners[1].org_id)
        await operations.pass_searches(session, batch, (passed["org_id"], passed["id"]))
        await operations.pass_searches(session, batch, queries.START)  # Another run that is behind takes nothing back.
    assert await match(worker_db) == 1
    assert [len(await notices(world, owner)) for owner in owners] == [0, 0, 1]
    assert await world.owner.fetchval("select count(*) from news_batch") == 0


FILTERS: dict[str, list[Any]] = {
    "q": ["森林", "ﾀｲﾖｳ", "太陽光 町", "省", "SOLAR"], "registry": ["jcredit", "verra"], "kind": ["normal", "programme"],
    "methodology": ["FO-001", "EN-R-002"], "region": ["北海道", "東北"], "fiscal_year": [2023, 2024],
    "price_gte": [1_000, 2_000], "price_lte": [1_500, 2_500], "vintage_from": ["2024-04-01", "2024-05-01"],
    "vintage_to": ["2025-03-31", "2025-03-30"], "available_gte": [100, 200],
}  # fmt: skip


async def test_what_is_told_is_what_the_search_shows(world: World, worker_db: Database) -> None:
    providers = [await world.build.organisation() for _ in range(2)]
    chance = random.Random(4)
    owner, filters = await buyer(world), dict(FILTERS, provider=[public_id("org", each.org_id) for each in providers])
    saved = []
    for n in range(90):
        named = chance.sample(sorted(filters), chance.choice((0, 1, 1, 2, 2, 3)))
        wanted = {name: chance.choice(filters[name]) for name in named}
        if wanted.get("price_gte", 0) > wanted.get("price_lte", 10**6):
            continue
        made = await save(world, owner, str(n), **wanted)
        assert made.status_code == 201, (wanted, made.text)
        saved.append(made.json())
    for n in range(18):
        project = await world.build.project(
            registry=("jcredit", "verra")[n % 2],
            regions=(("北海道",), ("東北", "北海道"), ())[n % 3],
            codes=(("FO-001",), ("EN-R-002", "FO-001"))[n // 2 % 2],
            summary=("森林経営活動", "太陽光発電 町 ﾀｲﾖｳ", "省エネ Solar")[n // 3 % 3],
        )
        await world.listed(
            chance.choice(providers), project_id=project, price=chance.choice((999, 1_000, 1_500, 2_000, 2_500)),
            quantity=chance.choice((99, 100, 250)),
        )  # fmt: skip
    await match(worker_db)
    told = {each["subject"]: sorted(each["items"]) for each in await notices(world, owner, limit=100)}
    fitting = 0
    for each in saved:
        answer = await world.public.get(each["search"], params=None)
        shown = sorted(listing["id"] for listing in answer.json()["data"])
        assert told.get(each["id"], []) == shown, each
        fitting += bool(shown) and bool(each["filter"])
    assert fitting > 20
    assert len(told) < len(saved)


def test_a_search_is_found_by_its_rarest_value() -> None:
    provider = new_id()
    assert led_by([], None) == ""
    assert led_by(["registry:jcredit", "methodology:FO-001"], None) == "methodology:FO-001"
    assert led_by(["rating:agency:A:1", "methodology:FO-001"], None) == "rating:agency:A:1"
    assert led_by(["rating:agency:A:1"], provider) == f"provider:{provider}"


def test_every_dimension_of_a_search_can_lead() -> None:
    assert [led_by([f"{name}:x"], None) for name in TERM_DIMENSIONS] == [f"{name}:x" for name in TERM_DIMENSIONS]
