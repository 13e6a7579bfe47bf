"""Does what is offered to some stay with them? Named organisations, a storefront, everybody else."""

from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from app.core.db import Database
from app.core.ids import new_id, public_id
from app.core.scope import Scope
from tests.listings.listing_world import World

CANARY = "カナリア林業株式会社"


def named(*scopes: Scope) -> dict[str, Any]:
    return {"kind": "organisations", "organisation_ids": [public_id("org", scope.org_id) for scope in scopes]}


def through(scope: Scope, storefront_id: Any) -> Scope:
    """The same caller, come through a storefront."""
    return replace(scope, storefront_id=storefront_id)


async def seen(world: World, scope: Scope | None, listing: str) -> dict[str, Any]:
    """In which places a reader meets a listing, and how much is free of it."""
    client = world.public if scope is None else world.as_(scope)
    found: dict[str, Any] = {}
    one = await client.get(f"/v1/listings/{listing}")
    if one.status_code == 200:
        found["one"] = one.json()["available"]
    else:
        assert (one.status_code, one.json()["code"]) == (404, "listing_not_found")
    for place in ("listings",) if scope is None else ("listings", "offers"):
        rows = (await client.get(f"/v1/{place}")).json()["data"]
        mine = [row["available"] for row in rows if row["id"] == listing]
        if mine:
            [found[place]] = mine
    assert (await client.get(f"/v1/listings/{listing}/terms")).status_code == one.status_code
    return found


async def test_a_listing_for_two_organisations_is_seen_by_them_and_its_provider_alone(world: World) -> None:
    provider = await world.build.organisation(name=CANARY)
    one, two, other = [await world.build.organisation(kind="buyer") for _ in range(3)]
    rival = await world.build.organisation()
    lot_id = await world.build.lot(provider, quantity=70)
    made = await world.publish(provider, lot_id, offered_to=named(one, two))
    assert made.status_code == 201, made.text
    assert made.json()["offered_to"] == named(one, two) | {"storefront_id": None}
    listing = made.json()["id"]
    for guest in (one, two):
        assert await seen(world, guest, listing) == {"one": 70, "offers": 70}
    assert await seen(world, provider, listing) == {"one": 70}
    for stranger in (None, other, rival):
        assert await seen(world, stranger, listing) == {}
        client = world.public if stranger is None else world.as_(stranger)
        assert CANARY not in (await client.get("/v1/listings")).text
    assert await world.owner.fetchval("select count(*) from public_listing") == 0


async def test_a_listing_for_a_storefront_is_seen_by_whoever_comes_through_it(world: World) -> None:
    provider, buyer = await world.build.organisation(), await world.build.organisation(kind="buyer")
    storefront_id, another = new_id(), new_id()
    to = {"kind": "storefront", "storefront_id": public_id("sfr", storefront_id)}
    listing = (await world.publish(provider, await world.build.lot(provider), offered_to=to)).json()["id"]
    assert await seen(world, through(buyer, storefront_id), listing) == {"one": 1_000, "offers": 1_000}
    for stranger in (None, buyer, through(buyer, another)):
        assert await seen(world, stranger, listing) == {}
    own = (await world.as_(provider).get(f"/v1/provider/listings/{listing}")).json()
    assert own["offered_to"] == to | {"organisation_ids": None}


async def test_an_audience_changes_at_once_in_both_directions(world: World) -> None:
    provider = await world.build.organisation()
    one, two = [await world.build.organisation(kind="buyer") for _ in range(2)]
    listing = (await world.listed(provider, price=500)).json()["id"]
    everywhere = {"one": 1_000, "listings": 1_000}
    for audience, of_one, of_two, of_nobody in (
        (named(one), {"one": 1_000, "offers": 1_000}, {}, {}),
        (named(two), {}, {"one": 1_000, "offers": 1_000}, {}),
        ({"kind": "public"}, everywhere, everywhere, everywhere),
        (named(one), {"one": 1_000, "offers": 1_000}, {}, {}),
    ):
        changed = await world.change(provider, listing, offered_to=audience)
        assert changed.status_code == 200, changed.text
        assert await seen(world, one, listing) == of_one
        assert await seen(world, two, listing) == of_two
        assert await seen(world, None, listing) == of_nobody
    for step, found in (("pause", {}), ("resume", {"one": 1_000, "offers": 1_000}), ("withdraw", {})):
        assert (await world.as_(provider).post(f"/v1/listings/{listing}/{step}")).status_code == 200
        assert await seen(world, one, listing) == found
    assert await world.owner.fetchval("select count(*) from limited_listing") == 0


async def test_offers_are_paged_newest_first_and_a_cursor_is_its_readers_own(world: World) -> None:
    provider = await world.build.organisation()
    one, two = [await world.build.organisation(kind="buyer") for _ in range(2)]
    made = []
    for _ in range(5):
        lot_id = await world.build.lot(provider)
        made.append((await world.publish(provider, lot_id, offered_to=named(one, two))).json()["id"])
    found, cursor = [], None
    while True:
        page = (
            await world.as_(one).get("/v1/offers", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))
        ).json()
        found += [row["id"] for row in page["data"]]
        cursor = page["next_cursor"] or cursor
        if not page["has_more"]:
            break
    assert found == made[::-1]
    answer = await world.as_(two).get("/v1/offers", params={"limit": 2, "cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")
    assert (await world.public.get("/v1/offers")).status_code == 401


async def test_the_door_to_the_stock_opens_for_those_who_may_see_the_listing(world: World, db: Database) -> None:
    provider, guest = await world.build.organisation(), await world.build.organisation(kind="buyer")
    stranger = await world.build.organisation(kind="buyer")
    lot_id = await world.build.lot(provider, quantity=70)
    await world.publish(provider, lot_id, offered_to=named(guest))
    asked = "select free from public_availability(array[$1::uuid])"
    for named_orgs, expected in (([guest], 70), ([provider], 70), ([stranger], None), ([], None)):
        async with db.driver() as connection, connection.transaction():
            ids = ",".join(str(scope.org_id) for scope in named_orgs)
            await connection.execute("select set_config('app.org_ids', $1, true)", ids)
            assert await connection.fetchval(asked, lot_id) == expected


async def test_the_database_alone_keeps_a_limited_listing_from_others_and_from_being_forged(
    world: World, db: Database
) -> None:
    provider, guest = await world.build.organisation(), await world.build.organisation(kind="buyer")
    await world.publish(provider, await world.build.lot(provider), offered_to=named(guest))
    row = await world.owner.fetchrow("select * from limited_listing")
    for reader, count in ((guest, 1), (provider, 1), (await world.build.organisation(), 0)):
        async with db.driver() as connection, connection.transaction():
            await connection.execute("select set_config('app.org_ids', $1, true)", str(reader.org_id))
            assert await connection.fetchval("select count(*) from limited_listing") == count
            for verb in ("update limited_listing set price_minor = 1", "delete from limited_listing"):
                touched = await connection.execute(verb) if reader is not provider else "NONE 0"
                assert touched.endswith(" 0"), "Whom it is offered to may read it, and no more."
    async with db.driver() as connection, connection.transaction():
        await connection.execute("select set_config('app.org_ids', $1, true)", str(guest.org_id))
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "insert into limited_listing (org_id, listing_id, audience_ids, provider_id, provider_name, lot_id, registry_code,"
                " project_id, list_kind, project_number, project_kind, project_summary, project_operator, location, regions,"
                " methodology_codes, vintage_from, vintage_to, unit, price_minor, currency, min_quantity, confirmed_as_of,"
                " published_at, version) values ($1, gen_random_uuid(), '{}', $1, '', $1, '', $1, '', '', '', '', '', '', '{}',"
                " '{}', $2, $2, 't', 1, 'JPY', 1, $2, $3, 1)",
                provider.org_id, row["vintage_from"], row["published_at"],
            )  # fmt: skip
