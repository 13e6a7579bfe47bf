"""Are tiers, steps, floors, terms and prices of the past told as they were set, and to nobody more than they are for?"""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from app.core.ids import public_id, read_public_id
from tests.listings.listing_world import World

FLOOR = 7_654_321


def yen(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "JPY"}


def tiers(*steps: tuple[int, int]) -> list[dict[str, Any]]:
    return [{"quantity": quantity, "price": yen(price)} for quantity, price in steps]


def wrong(answer: httpx.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


async def test_tiers_and_steps_are_shown_to_everybody_and_changed_as_a_whole(world: World) -> None:
    provider = await world.build.organisation()
    lot_id = await world.build.lot(provider)
    steps = tiers((100, 9_000), (500, 8_000))
    made = await world.publish(provider, lot_id, price=10_000, minimum=10, tiers=steps, quantity_step=5)
    assert made.status_code == 201, made.text
    listing = made.json()["id"]
    shown = (await world.public.get(f"/v1/listings/{listing}")).json()
    assert (shown["tiers"], shown["quantity_step"], shown["price_version"]) == (steps, 5, 1)
    assert made.json()["tiers"] == steps
    other = tiers((50, 9_500))
    assert (await world.change(provider, listing, tiers=other)).json()["tiers"] == other
    shown = (await world.public.get(f"/v1/listings/{listing}")).json()
    assert (shown["tiers"], shown["price"], shown["price_version"], shown["version"]) == (other, yen(10_000), 2, 2)
    assert (await world.change(provider, listing, tiers=[])).json()["tiers"] == []


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({"tiers": tiers((10, 9_000))}, [("/tiers/0/quantity", "not_rising")]),
        ({"tiers": tiers((20, 9_000), (20, 8_000))}, [("/tiers/1/quantity", "not_rising")]),
        ({"tiers": tiers((20, 10_000))}, [("/tiers/0/price/amount", "not_falling")]),
        ({"tiers": tiers((20, 9_000)), "floor": yen(9_001)}, [("/tiers/0/price/amount", "below_floor")]),
        ({"floor": yen(10_001)}, [("/price/amount", "below_floor")]),
        ({"quantity_step": 3}, [("/min_quantity", "not_a_step")]),
        ({"ends_at": "2020-01-01T00:00:00Z"}, [("/ends_at", "too_early")]),
        ({"offered_to": {"kind": "organisations"}}, [("/offered_to/organisation_ids", "required")]),
        (
            {"offered_to": {"kind": "organisations", "organisation_ids": ["x"]}},
            [("/offered_to/organisation_ids/0", "invalid")],
        ),
        ({"offered_to": {"kind": "storefront"}}, [("/offered_to/storefront_id", "invalid")]),
        (
            {"offered_to": {"kind": "public", "storefront_id": "sfr_1"}},
            [("/offered_to/storefront_id", "contradiction")],
        ),
    ],
)
async def test_terms_that_cannot_be_are_pointed_at_and_nothing_is_written(world: World, terms, expected) -> None:
    provider = await world.build.organisation()
    lot_id = await world.build.lot(provider)
    assert wrong(await world.publish(provider, lot_id, price=10_000, minimum=10, **terms)) == expected
    assert await world.owner.fetchval("select count(*) from listing") == 0
    listing = (await world.publish(provider, lot_id, price=10_000, minimum=10)).json()["id"]
    assert wrong(await world.change(provider, listing, **terms)) == expected
    assert await world.owner.fetchval("select version from listing") == 1


@pytest.mark.parametrize(
    "body",
    [
        {"tiers": tiers(*((n, 100 - n) for n in range(2, 13)))},
        {"tiers": tiers((1, 5))},
        {"quantity_step": 0},
        {"starts_at": "2030-01-01T00:00:00"},
        {"floor": {"amount": 1, "currency": "USD"}},
        {"terms": {"ja": "x" * 5_001}},
        {"offered_to": {"kind": "friends"}},
    ],
)
async def test_what_is_no_listing_at_all_is_refused_by_its_form(world: World, body) -> None:
    provider = await world.build.organisation()
    answer = await world.publish(provider, await world.build.lot(provider), **body)
    assert answer.status_code == 422, answer.text


async def test_a_floor_guards_every_later_price_and_is_told_to_its_provider_alone(world: World) -> None:
    provider, other = await world.build.organisation(), await world.build.organisation(kind="buyer")
    lot_id = await world.build.lot(provider)
    made = await world.publish(provider, lot_id, price=FLOOR + 100, floor=yen(FLOOR))
    listing, own = made.json()["id"], made.json()
    assert own["floor"] == yen(FLOOR)
    assert wrong(await world.change(provider, listing, price=yen(FLOOR - 1))) == [("/price/amount", "below_floor")]
    low = tiers((10, FLOOR - 5))
    assert wrong(await world.change(provider, listing, tiers=low)) == [("/tiers/0/price/amount", "below_floor")]
    assert (await world.change(provider, listing, price=yen(FLOOR))).status_code == 200
    assert (await world.change(provider, listing, price=yen(FLOOR + 100))).status_code == 200
    paths = ("", f"/{listing}", f"/{listing}/prices", f"/{listing}/terms")
    answers = [await client.get(f"/v1/listings{path}") for client in (world.public, world.as_(other)) for path in paths]
    assert {answer.status_code for answer in answers} == {200}
    # The one price that equalled it stays in the history: take it out, and no answer knows the number.
    texts = [answer.text.replace(f'"price":{{"amount":{FLOOR},"currency":"JPY"}}', "") for answer in answers]
    assert not [text for text in texts if str(FLOOR) in text or "floor" in text]
    kept = await world.owner.fetch(
        "select t.table_name from information_schema.columns t where column_name like '%floor%' and table_schema = 'public'"
    )
    assert [row["table_name"] for row in kept] == ["listing"], "No projection and no history has a place for it."
    cleared = await world.change(provider, listing, price=yen(1), clear=["floor"])
    assert (cleared.status_code, cleared.json()["floor"], cleared.json()["price"]) == (200, None, yen(1))


async def test_a_field_is_given_or_cleared_not_both(world: World) -> None:
    provider = await world.build.organisation()
    listing = (await world.listed(provider)).json()["id"]
    answer = await world.change(provider, listing, clear=["terms", "floor"], floor=yen(1))
    assert wrong(answer) == [("/clear/1", "contradiction")]


async def test_each_wording_of_the_terms_is_a_version_that_stays(world: World) -> None:
    provider = await world.build.organisation()
    lot_id = await world.build.lot(provider)
    made = await world.publish(provider, lot_id, terms={"ja": " 返品不可 ", "en": "No returns"})
    listing = made.json()["id"]
    assert made.json()["terms"] == {"version": 1, "ja": "返品不可", "en": "No returns"}
    same = await world.change(provider, listing, terms={"ja": "返品不可", "en": "No returns"})
    assert (same.json()["terms"]["version"], same.json()["version"]) == (1, 1)
    for n, words in enumerate(({"ja": "改訂"}, {"en": "Revised"}), start=2):
        assert (await world.change(provider, listing, terms=words)).json()["terms"]["version"] == n
    told = (await world.public.get(f"/v1/listings/{listing}/terms")).json()
    assert told == {"version": 3, "ja": "", "en": "Revised"}
    assert (await world.public.get(f"/v1/listings/{listing}")).json()["terms_version"] == 3
    assert (await world.change(provider, listing, clear=["terms"])).json()["terms"] is None
    rows = await world.owner.fetch("select version, text_ja, text_en from listing_terms order by version")
    assert [tuple(row) for row in rows] == [
        (1, "返品不可", "No returns"), (2, "改訂", ""), (3, "", "Revised"), (4, "", ""),
    ]  # fmt: skip


async def test_every_price_that_was_asked_stays_with_its_moment_and_who_set_it(world: World) -> None:
    provider = await world.build.organisation()
    before = datetime.now(UTC)
    listing = (await world.listed(provider, price=100, minimum=2)).json()["id"]
    await world.change(provider, listing, price=yen(90))
    await world.change(provider, listing, min_quantity=3)
    await world.change(provider, listing, tiers=tiers((10, 80)))
    own = (await world.as_(provider).get(f"/v1/provider/listings/{listing}/prices")).json()["data"]
    assert [(row["version"], row["price"]["amount"], row["tiers"], row["offered_to"]) for row in own] == [
        (3, 90, tiers((10, 80)), "public"),
        (2, 90, [], "public"),
        (1, 100, [], "public"),
    ]
    moments = [datetime.fromisoformat(row["from_at"]) for row in own]
    assert moments == sorted(moments, reverse=True)
    assert before <= moments[-1] <= moments[0] <= datetime.now(UTC)
    assert {row["set_by"] for row in own} == {public_id("key", provider.actor_id)}
    first = (await world.public.get(f"/v1/listings/{listing}/prices", params={"limit": 2})).json()
    second = await world.public.get(
        f"/v1/listings/{listing}/prices", params={"limit": 2, "cursor": first["next_cursor"]}
    )
    public = [*first["data"], *second.json()["data"]]
    assert public == [
        {name: row[name] for name in ("version", "from_at", "price_per", "price", "tiers")} for row in own
    ]
    stranger = await world.build.organisation()
    hidden = await world.as_(stranger).get(f"/v1/provider/listings/{listing}/prices")
    assert (hidden.status_code, hidden.json()["code"]) == (404, "listing_not_found")


async def test_what_was_asked_while_a_listing_was_not_for_everybody_stays_private(world: World) -> None:
    provider, guest = await world.build.organisation(), await world.build.organisation(kind="buyer")
    named = {"kind": "organisations", "organisation_ids": [public_id("org", guest.org_id)]}
    listing = (await world.listed(provider, price=100)).json()["id"]
    await world.change(provider, listing, offered_to=named, price=yen(71))
    await world.change(provider, listing, price=yen(72))
    assert (await world.public.get(f"/v1/listings/{listing}/prices")).status_code == 404
    await world.change(provider, listing, offered_to={"kind": "public"}, price=yen(110))
    public = (await world.public.get(f"/v1/listings/{listing}/prices")).json()["data"]
    assert [(row["version"], row["price"]["amount"]) for row in public] == [(4, 110), (1, 100)]
    rows = await world.owner.fetch(
        "select price_minor from public_price where listing_id = $1", read_public_id("lst", listing)
    )
    assert sorted(row["price_minor"] for row in rows) == [100, 110]


async def test_a_time_that_is_over_hides_a_listing_though_no_job_has_run(world: World) -> None:
    provider = await world.build.organisation()
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    made = await world.publish(provider, await world.build.lot(provider), ends_at=soon)
    listing = made.json()["id"]
    assert (await world.public.get(f"/v1/listings/{listing}")).json()["ends_at"] == made.json()["ends_at"]
    await world.owner.execute("update public_listing set ends_at = now()")
    assert (await world.public.get("/v1/listings")).json()["data"] == []
    for path in ("", "/terms", "/prices"):
        assert (await world.public.get(f"/v1/listings/{listing}{path}")).status_code == 404
