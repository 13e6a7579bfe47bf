"""May a provider change, pause, resume and withdraw what it offers, and does the public see exactly that?"""

from uuid import UUID

import pytest

from app.core.ids import new_id, public_id
from app.listings import operations
from tests.listings.listing_world import AS_OF, NOW, World, is_shown_truly


async def test_a_confirmed_lot_is_offered_to_everybody(world: World) -> None:
    provider = await world.build.organisation(name="みどり商会株式会社")
    project_id = await world.build.project(codes=("EN-S-001", "FO-001"), regions=("北海道", "東北"))
    lot_id = await world.build.lot(provider, project_id=project_id, quantity=500)
    made = await world.publish(provider, lot_id, price=12_345, minimum=10)
    assert made.status_code == 201
    own = made.json()
    assert own == {
        "id": own["id"],
        "lot_id": public_id("lot", lot_id),
        "status": "open",
        "unit": "t",
        "available": 500,
        "stock": "in_stock",
        "low_stock_at": 0,
        "min_quantity": 10,
        "quantity_step": 1,
        "price_per": 1,
        "price": {"amount": 12_345, "currency": "JPY"},
        "tax_basis_points": 1_000,
        "price_with_tax": {"amount": 13_579, "currency": "JPY"},
        "tiers": [],
        "price_version": 1,
        "floor": None,
        "offered_to": {"kind": "public", "organisation_ids": None, "storefront_id": None},
        "terms": None,
        "starts_at": None,
        "ends_at": None,
        "published_at": own["published_at"],
        "closed_at": None,
        "closed_reason": None,
        "version": 1,
    }
    assert (made.headers["etag"], made.headers["location"]) == ('"v1"', f"/v1/provider/listings/{own['id']}")
    assert (await world.as_(provider).get(made.headers["location"])).json() == own
    [shown] = (await world.public.get("/v1/listings")).json()["data"]
    assert shown == {
        "id": own["id"],
        "provider": {"id": public_id("org", provider.org_id), "name": "みどり商会株式会社"},
        "project": {
            "id": public_id("prj", project_id),
            "registry": "jcredit",
            "list_kind": "jcredit_normal",
            "number": "1",
            "kind": "normal",
            "operator_name": "中標津町",
            "summary": "町有林における森林経営活動",
            "location": "北海道標津郡中標津町",
            "regions": ["北海道", "東北"],
            "methodology_codes": ["EN-S-001", "FO-001"],
        },
        "quality": {
            "family": "unknown",
            "mechanism": "unknown",
            "fiscal_year": 2024,
            "prefectures": [],
            "eligible_for": [],
            "eligible_maybe": [],
            "labels": [],
            "sdgs": [],
            "ratings": [],
        },
        "energy": None,
        "vintage": {"from": "2024-04-01", "to": "2025-03-31"},
        "unit": "t",
        "available": 500,
        "stock": "in_stock",
        "min_quantity": 10,
        "quantity_step": 1,
        "price_per": 1,
        "price": {"amount": 12_345, "currency": "JPY"},
        "tax_basis_points": 1_000,
        "price_with_tax": {"amount": 13_579, "currency": "JPY"},
        "tiers": [],
        "price_version": 1,
        "terms_version": 0,
        "confirmed_as_of": AS_OF.isoformat(),
        "compared_as_of": None,
        "published_at": own["published_at"],
        "ends_at": None,
        "version": 1,
    }
    assert (await world.public.get(f"/v1/listings/{own['id']}")).json() == shown
    assert await is_shown_truly(world, own["id"])


async def test_every_change_is_shown_and_recorded_once(world: World) -> None:
    provider = await world.build.organisation()
    mine = world.as_(provider)
    made = await world.listed(provider)
    path, listing = f"/v1/listings/{made.json()['id']}", made.json()["id"]
    assert await is_shown_truly(world, listing)
    changed = await mine.patch(path, json={"price": {"amount": 9_999, "currency": "JPY"}}, headers={"If-Match": '"v1"'})
    assert (changed.status_code, changed.json()["price"]["amount"], changed.headers["etag"]) == (200, 9_999, '"v2"')
    assert await is_shown_truly(world, listing)
    paused = await mine.post(f"{path}/pause")
    assert (paused.status_code, paused.json()["status"], paused.headers["etag"]) == (200, "paused", '"v3"')
    assert await is_shown_truly(world, listing) is None
    await mine.patch(path, json={"min_quantity": 7}, headers={"If-Match": paused.headers["etag"]})
    assert await is_shown_truly(world, listing) is None
    resumed = await mine.post(f"{path}/resume")
    assert (resumed.json()["status"], resumed.json()["min_quantity"], resumed.json()["version"]) == ("open", 7, 5)
    assert resumed.json()["published_at"] == made.json()["published_at"]
    assert await is_shown_truly(world, listing)
    withdrawn = await mine.post(f"{path}/withdraw")
    assert (withdrawn.json()["status"], withdrawn.json()["version"]) == ("withdrawn", 6)
    assert withdrawn.json()["closed_at"] is not None
    assert await is_shown_truly(world, listing) is None
    assert await world.events(listing) == [
        (1, "listing.published"),
        (2, "listing.changed"),
        (3, "listing.paused"),
        (4, "listing.changed"),
        (5, "listing.resumed"),
        (6, "listing.withdrawn"),
    ]


async def test_an_event_tells_before_and_after_and_who(world: World) -> None:
    provider = await world.build.organisation()
    made = await world.listed(provider, price=500, minimum=1)
    change = {"price": {"amount": 600, "currency": "JPY"}, "min_quantity": 5}
    await world.as_(provider).patch(f"/v1/listings/{made.json()['id']}", json=change, headers={"If-Match": "*"})
    row = await world.owner.fetchrow(
        "select org_id, actor_id, actor_kind, before->>'price_minor', after->>'price_minor',"
        " before->>'min_quantity', after->>'min_quantity', request_id from event where kind = 'listing.changed'"
    )
    assert tuple(row) == (provider.org_id, provider.actor_id, "member", "500", "600", "1", "5", "req_of_the_test")


async def test_a_change_to_what_is_there_already_changes_nothing(world: World) -> None:
    provider = await world.build.organisation()
    made = await world.listed(provider, price=500)
    path = f"/v1/listings/{made.json()['id']}"
    for body in ({}, {"price": {"amount": 500, "currency": "JPY"}}):
        same = await world.as_(provider).patch(path, json=body, headers={"If-Match": '"v1"'})
        assert (same.status_code, same.json()) == (200, made.json())
    assert len(await world.events(made.json()["id"])) == 1


async def test_a_change_says_which_version_it_saw(world: World) -> None:
    provider = await world.build.organisation()
    path = f"/v1/listings/{(await world.listed(provider)).json()['id']}"
    body = {"price": {"amount": 1, "currency": "JPY"}}
    blind = await world.as_(provider).patch(path, json=body)
    assert (blind.status_code, blind.json()["code"]) == (428, "if_match_required")
    first = await world.as_(provider).patch(path, json=body, headers={"If-Match": '"v1"'})
    assert first.status_code == 200
    stale = await world.as_(provider).patch(path, json={"min_quantity": 2}, headers={"If-Match": '"v1"'})
    assert (stale.status_code, stale.json()["code"], stale.headers["etag"]) == (412, "stale_version", '"v2"')
    seen = await world.owner.fetchrow("select price_minor, min_quantity, version from listing")
    assert tuple(seen) == (1, 1, 2)


@pytest.mark.parametrize(
    ("steps", "wrong", "state"),
    [
        ((), "resume", "open"),
        (("pause",), "pause", "paused"),
        (("withdraw",), "pause", "withdrawn"),
        (("withdraw",), "resume", "withdrawn"),
        (("withdraw",), "withdraw", "withdrawn"),
        (("withdraw",), "", "withdrawn"),
    ],
)
async def test_a_wrong_step_names_the_state_it_found(world: World, steps, wrong, state) -> None:
    provider = await world.build.organisation()
    mine, path = world.as_(provider), f"/v1/listings/{(await world.listed(provider)).json()['id']}"
    for step in steps:
        assert (await mine.post(f"{path}/{step}")).status_code == 200
    if wrong:
        answer = await mine.post(f"{path}/{wrong}")
    else:
        answer = await mine.patch(path, json={"min_quantity": 3}, headers={"If-Match": "*"})
    assert (answer.status_code, answer.json()["code"], answer.json()["state"]) == (409, "invalid_state", state)


async def test_a_listing_of_a_frozen_lot_is_not_resumed(world: World) -> None:
    provider = await world.build.organisation()
    mine, path = world.as_(provider), f"/v1/listings/{(await world.listed(provider)).json()['id']}"
    await mine.post(f"{path}/pause")
    await world.owner.execute("update lot set status = 'frozen'")
    answer = await mine.post(f"{path}/resume")
    assert (answer.status_code, answer.json()["state"]) == (409, "frozen")
    assert (await world.public.get("/v1/listings")).json()["data"] == []


async def close_for_lot(world: World, provider_id: UUID, lot_id: UUID) -> bool:
    scope = (await world.build.organisation(kind="buyer")).with_party(provider_id)
    async with world.db.transaction(scope) as session:
        return await operations.close_for_lot(session, provider_id, lot_id, "sold_out", NOW)


@pytest.mark.parametrize("paused", [False, True])
async def test_a_lot_with_nothing_left_closes_its_listing(world: World, paused: bool) -> None:
    provider = await world.build.organisation()
    lot_id, other = await world.build.lot(provider), await world.build.lot(provider)
    listing = (await world.publish(provider, lot_id)).json()["id"]
    stays = (await world.publish(provider, other)).json()["id"]
    if paused:
        await world.as_(provider).post(f"/v1/listings/{listing}/pause")
    assert await close_for_lot(world, provider.org_id, lot_id)
    assert not await close_for_lot(world, provider.org_id, lot_id)
    assert (await world.as_(provider).get(f"/v1/provider/listings/{listing}")).json()["status"] == "withdrawn"
    assert [row["id"] for row in (await world.public.get("/v1/listings")).json()["data"]] == [stays]
    reason = "select after->>'reason' from event where kind = 'listing.withdrawn' and org_id = $1"
    assert await world.owner.fetchval(reason, provider.org_id) == "sold_out"


async def test_a_lot_that_was_never_listed_closes_nothing(world: World) -> None:
    provider = await world.build.organisation()
    assert not await close_for_lot(world, provider.org_id, new_id())
