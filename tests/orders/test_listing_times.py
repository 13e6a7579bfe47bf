"""Does a listing open and close at its time, once, however late the job and whatever was changed meanwhile?"""

from datetime import timedelta

from app.core.scope import DESK_ID
from app.listings import flow as listings
from tests.orders.shop import Shop, lines_of, uuid_of, yen

HOUR = timedelta(hours=1)


def at(shop: Shop, ahead: timedelta) -> str:
    return (shop.world.now() + ahead).isoformat()


async def is_shown(shop: Shop, listing: str) -> bool:
    return bool((await shop.world.client().get(f"/v1/listings/{listing}")).status_code == 200)


async def test_a_listing_for_later_opens_by_itself_at_its_time_and_closes_at_its_end(shop: Shop) -> None:
    buyer = await shop.buyer()
    listing = await shop.offer(price=700, starts_at=at(shop, HOUR), ends_at=at(shop, 3 * HOUR))
    own = await shop.own(listing)
    assert (own["status"], own["published_at"], own["price_version"]) == ("scheduled", own["starts_at"], 0)
    async with shop.later(HOUR / 2):
        assert not await is_shown(shop, listing)
        refused = await buyer.post("/v1/orders", lines_of((listing, 1)))
        assert refused.json()["code"] == "listing_gone"
    async with shop.later(HOUR + timedelta(seconds=1)):
        assert await is_shown(shop, listing)
        assert (await shop.own(listing))["status"] == "open"
        assert (await buyer.post("/v1/orders", lines_of((listing, 1)))).status_code == 201
    prices = (await shop.providers[0].get(f"/v1/provider/listings/{listing}/prices")).json()["data"]
    assert [(row["version"], row["price"]) for row in prices] == [(1, yen(700))]
    async with shop.later(3 * HOUR + timedelta(seconds=1)):
        assert not await is_shown(shop, listing)
        own = await shop.own(listing)
        assert (own["status"], own["closed_reason"]) == ("withdrawn", "ended")
    assert await shop.kinds(listing) == ["listing.scheduled", "listing.published", "listing.withdrawn"]
    assert await shop.stock(listing) == (499, 1, 0)


async def test_a_job_so_late_that_the_end_has_passed_opens_nothing(shop: Shop) -> None:
    listing = await shop.offer(starts_at=at(shop, HOUR), ends_at=at(shop, 2 * HOUR))
    async with shop.later(3 * HOUR):
        assert not await is_shown(shop, listing)
    assert (await shop.own(listing))["closed_reason"] == "ended"
    assert await shop.kinds(listing) == ["listing.scheduled", "listing.withdrawn"]


async def test_jobs_that_come_early_or_twice_or_after_a_change_do_what_the_row_says(shop: Shop) -> None:
    listing = await shop.offer(starts_at=at(shop, HOUR))
    org_id, row_id = shop.providers[0].org_id, uuid_of(listing)
    named = {"org_id": org_id, "listing_id": row_id, "request_id": "req_times"}
    await listings.open_scheduled(shop.world.worker_db, **named, now=shop.world.now())
    assert (await shop.own(listing))["status"] == "scheduled"
    moved = await shop.change(listing, starts_at=at(shop, 3 * HOUR), price=yen(650))
    assert moved.status_code == 200, moved.text
    async with shop.later(2 * HOUR):
        assert (await shop.own(listing))["status"] == "scheduled", "The job of the first time finds another one."
    async with shop.later(3 * HOUR + timedelta(seconds=1)):
        assert (await shop.own(listing))["status"] == "open"
    for _ in range(2):
        await listings.open_scheduled(shop.world.worker_db, **named, now=shop.world.now() + 4 * HOUR)
        await listings.close_ended(shop.world.worker_db, **named, now=shop.world.now() + 4 * HOUR)
    assert (await shop.own(listing))["status"] == "open"
    refused = await shop.change(listing, starts_at=at(shop, HOUR))
    assert (refused.status_code, refused.json()["code"]) == (409, "invalid_state")
    prices = (await shop.providers[0].get(f"/v1/provider/listings/{listing}/prices")).json()["data"]
    assert [row["price"] for row in prices] == [yen(650)], "What was never asked is no price of the past."
    assert await shop.kinds(listing) == ["listing.scheduled", "listing.changed", "listing.published"]


async def test_an_end_that_is_put_off_is_not_kept_by_the_first_job(shop: Shop) -> None:
    listing = await shop.offer(ends_at=at(shop, HOUR))
    assert (await shop.change(listing, ends_at=at(shop, 5 * HOUR))).status_code == 200
    async with shop.later(2 * HOUR):
        assert (await shop.own(listing))["status"] == "open"
    assert (await shop.change(listing, clear=["ends_at"])).json()["ends_at"] is None
    async with shop.later(6 * HOUR):
        assert (await shop.own(listing))["status"] == "open"


async def test_a_scheduled_listing_opens_at_once_when_its_start_is_cleared(shop: Shop) -> None:
    listing = await shop.offer(starts_at=at(shop, HOUR))
    opened = await shop.change(listing, clear=["starts_at"])
    assert (opened.status_code, opened.json()["status"]) == (200, "open")
    assert await is_shown(shop, listing)
    again = await shop.providers[0].post(
        "/v1/listings", {"lot_id": opened.json()["lot_id"], "price": yen(1), "min_quantity": 1}
    )
    assert (again.status_code, again.json()["code"]) == (409, "listing_exists")


async def test_a_lot_that_is_frozen_when_the_time_comes_leaves_its_listing_to_a_person(shop: Shop) -> None:
    listing = await shop.offer(starts_at=at(shop, HOUR))
    await shop.freeze(listing)
    async with shop.later(2 * HOUR):
        assert (await shop.own(listing))["status"] == "paused"
        assert not await is_shown(shop, listing)
    why = "select after->>'reason' from event where subject_id = $1 order by seq desc limit 1"
    assert "frozen" in await shop.owner.fetchval(why, uuid_of(listing))


async def test_a_paused_listing_ends_in_time_and_is_not_resumed_after_it(shop: Shop) -> None:
    listing = await shop.offer(ends_at=at(shop, HOUR))
    await shop.close(listing, "pause")
    async with shop.later(2 * HOUR):
        own = await shop.own(listing)
        assert (own["status"], own["closed_reason"]) == ("withdrawn", "ended")
    refused = await shop.providers[0].post(f"/v1/listings/{listing}/resume")
    assert (refused.status_code, refused.json()["state"]) == (409, "withdrawn")


async def test_a_scheduled_listing_can_be_withdrawn_and_its_job_finds_nothing_to_do(shop: Shop) -> None:
    listing = await shop.offer(starts_at=at(shop, HOUR))
    assert (await shop.providers[0].post(f"/v1/listings/{listing}/withdraw")).json()["closed_reason"] == "by_provider"
    async with shop.later(2 * HOUR):
        assert (await shop.own(listing))["status"] == "withdrawn"
    assert await shop.kinds(listing) == ["listing.scheduled", "listing.withdrawn"]


async def test_the_trail_names_the_worker_that_opened_and_the_person_who_priced(shop: Shop) -> None:
    listing = await shop.offer(starts_at=at(shop, HOUR))
    async with shop.later(2 * HOUR):
        rows = await shop.owner.fetch(
            "select kind, actor_kind, org_id from event where subject_id = $1 order by seq", uuid_of(listing)
        )
    assert [(row["kind"], row["actor_kind"]) for row in rows] == [
        ("listing.scheduled", "key"),
        ("listing.published", "system"),
    ]
    assert {row["org_id"] for row in rows} == {shop.providers[0].org_id} != {DESK_ID}
    [price] = (await shop.providers[0].get(f"/v1/provider/listings/{listing}/prices")).json()["data"]
    assert price["set_by"].startswith("key_")
