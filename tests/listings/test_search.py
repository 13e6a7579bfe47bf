"""Does a search find what fits, all of it, once, in order, whatever is written between its pages?"""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.catalog.operations import index_words
from app.core.ids import new_id, public_id, read_public_id
from tests.listings.listing_world import World

REGISTRIES, FAMILIES, MECHANISMS = ("jcredit", "verra"), ("forest", "energy", "agriculture"), ("removal", "reduction")
METHODS, USES, LABELS = ("FO-001", "EN-R-002", "AG-004"), ("offset", "RE100", "SHK"), ("CCP-Approved", "CORSIA")
SORTS = ("-published_at", "price", "-price", "vintage", "-vintage", "-available")
BEGAN = datetime(2026, 5, 1, tzinfo=UTC)


@dataclass
class Row:
    """A listing as the test knows it."""

    id: Any
    price: int
    published: datetime
    year: int
    available: int
    facts: dict[str, list[str]]

    @property
    def public(self) -> str:
        return public_id("lst", self.id)

    def fits(self, query: dict[str, Any]) -> bool:
        compared = {"price_gte": self.price >= query.get("price_gte", 0), "price_lte": self.price <= query.get("price_lte", 10**9),
                    "available_gte": self.available >= query.get("available_gte", 0)}  # fmt: skip
        return all(
            compared[name] if name in compared else str(value) in self.facts[name] for name, value in query.items()
        )

    def place(self, sort: str) -> tuple[Any, Any]:
        keys = {"published_at": self.published, "price": self.price, "vintage": self.year, "available": self.available}
        return keys[sort.removeprefix("-")], self.id


async def market(world: World, dice: random.Random, count: int) -> list[Row]:
    """So many public listings with facts by chance, many of one price."""
    return [await put_up(world, dice, n) for n in range(count)]


async def put_up(world: World, dice: random.Random, n: int, *, price: int | None = None) -> Row:
    facts: dict[str, list[str]] = {
        "registry": [dice.choice(REGISTRIES)], "family": [dice.choice(FAMILIES)], "mechanism": [dice.choice(MECHANISMS)],
        "methodology": sorted(dice.sample(METHODS, dice.randint(1, 2))), "eligible_for": sorted(dice.sample(USES, dice.randint(0, 3))),
        "label": sorted(dice.sample(LABELS, dice.randint(0, 1))), "prefecture": sorted(dice.sample(["01", "20", "47"], dice.randint(0, 2))),
        "kind": ["normal"], "region": ["中部"],
    }  # fmt: skip
    year = dice.randint(2018, 2024)
    facts["fiscal_year"] = [str(year)]
    row = Row(
        new_id(),
        price or dice.randint(1, 8) * 1_000,
        BEGAN + timedelta(seconds=n // 3),
        year,
        dice.randint(1, 900),
        facts,
    )
    await world.build.insert(
        "public_listing", listing_id=row.id, provider_id=new_id(), provider_name="提供者", lot_id=new_id(),
        registry_code=facts["registry"][0], project_id=new_id(), list_kind="x", project_number="1", project_kind="normal",
        project_summary="", project_operator="", location="", regions=facts["region"], methodology_codes=facts["methodology"],
        vintage_from=date(year, 4, 1), vintage_to=date(year + 1, 3, 31), unit="t", price_minor=row.price, currency="JPY",
        min_quantity=1, confirmed_as_of=date(2026, 4, 1), published_at=row.published, version=1, family=facts["family"][0],
        mechanism=facts["mechanism"][0], prefectures=facts["prefecture"], eligible_for=facts["eligible_for"], labels=facts["label"],
        available_seen=row.available,
    )  # fmt: skip
    return row


async def pages(world: World, *, limit: int, between: Any = None, **query: Any) -> list[str]:
    """The ids on every page, in order; `between` is awaited after each page."""
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await world.public.get("/v1/listings", params={**query, "limit": limit, **cursor})
        assert answer.status_code == 200, answer.text
        found += [row["id"] for row in answer.json()["data"]]
        if not answer.json()["has_more"]:
            return found
        cursor = {"cursor": answer.json()["next_cursor"]}
        if between is not None:
            await between()


def expected(rows: list[Row], sort: str, query: dict[str, Any]) -> list[str]:
    fitting = sorted(
        (row for row in rows if row.fits(query)), key=lambda row: row.place(sort), reverse=sort.startswith("-")
    )
    return [row.public for row in fitting]


def some_query(dice: random.Random) -> dict[str, Any]:
    values = {"registry": REGISTRIES, "family": FAMILIES, "mechanism": MECHANISMS, "methodology": METHODS, "eligible_for": USES,
              "label": LABELS, "prefecture": ("01", "20", "47"), "fiscal_year": (2019, 2024), "price_gte": (3_000,), "price_lte": (6_000,),
              "available_gte": (300,)}  # fmt: skip
    return {name: dice.choice(values[name]) for name in dice.sample(list(values), dice.randint(0, 3))}


async def test_every_filter_and_order_finds_what_a_plain_list_would(world: World) -> None:
    dice = random.Random(20261125)
    rows = await market(world, dice, 60)
    for turn in range(60):
        query, sort = some_query(dice), SORTS[turn % len(SORTS)]
        assert await pages(world, limit=dice.randint(3, 25), sort=sort, **query) == expected(rows, sort, query), (
            sort,
            query,
        )


@pytest.mark.parametrize("sort", SORTS)
async def test_listings_that_come_and_go_between_pages_leave_no_gap_and_no_double(world: World, sort: str) -> None:
    dice = random.Random(SORTS.index(sort))
    rows = await market(world, dice, 40)
    gone: set[str] = set()

    async def churn() -> None:
        for _ in range(3):
            await put_up(world, dice, dice.randint(0, 60))
        for row in dice.sample(rows, 2):
            gone.add(row.public)
            await world.owner.execute("delete from public_listing where listing_id = $1", row.id)

    found = await pages(world, limit=4, sort=sort, between=churn)
    assert [name for name, times in Counter(found).items() if times > 1] == []
    stayed = [name for name in expected(rows, sort, {}) if name not in gone]
    assert [name for name in found if name in set(stayed)] == stayed


async def test_a_listing_that_was_given_another_price_is_not_shown_twice(world: World) -> None:
    provider = await world.build.organisation()
    made = [(await world.listed(provider, price=1_000 * n)).json()["id"] for n in range(1, 9)]
    moved = iter([(made[0], 7_500), (made[7], 500), (made[6], 6_500)])

    async def reprice() -> None:
        if (change := next(moved, None)) is not None:
            body = {"price": {"amount": change[1], "currency": "JPY"}}
            answer = await world.as_(provider).patch(f"/v1/listings/{change[0]}", json=body, headers={"If-Match": "*"})
            assert answer.status_code == 200, answer.text

    found = await pages(world, limit=2, sort="price", between=reprice)
    # The first, shown, moves behind: not again. The eighth becomes the cheapest of all: at the top of a new search.
    # The seventh moves, but to a place that is still to come: shown there.
    assert found == made[:7]
    assert (await pages(world, limit=50, sort="price"))[0] == made[7]


@pytest.mark.parametrize(
    ("typed", "found"),
    [("森林", {"forest"}), ("太陽光", {"solar"}), ("ﾎﾞｲﾗｰ", {"boiler"}), ("ボイラー 更新", {"boiler"}), ("省エネ", {"boiler"}),
     ("SOLAR", {"solar"}), ("ｓｏｌａｒ", {"solar"}), ("町", {"forest", "solar", "boiler"}), ("森", {"forest"}), ("森林 太陽光", set()),
     ("林森", set()), ("電力 太陽", {"solar"}), ("%", set()), ("\\", set())],
)  # fmt: skip
async def test_words_are_found_whatever_their_width_and_case(world: World, typed: str, found: set[str]) -> None:
    provider, build = await world.build.organisation(), world.build
    projects = {
        "forest": await build.project(summary="町有林における森林経営活動", codes=("X-1",)),
        "solar": await build.project(summary="太陽光発電による電力の代替 (Solar)", codes=("X-2",)),
        "boiler": await build.project(summary="高効率ボイラーへの更新による省エネルギー", codes=("X-3",)),
    }
    made = {name: (await world.listed(provider, project_id=each)).json()["id"] for name, each in projects.items()}
    async with world.db.public() as session:
        assert await index_words(session, None) == 3
    async with world.db.public() as session:
        assert await index_words(session, None) == 0, "Nothing has changed."
    for sort in ("price", "-published_at"):
        assert set(await pages(world, limit=2, q=typed, sort=sort)) == {made[name] for name in found}


async def test_values_beside_their_prices_follow_the_listing_through_its_life(world: World) -> None:
    provider = await world.build.organisation()

    async def kept() -> list[tuple[str, int]]:
        stored = await world.owner.fetch("select term, price_minor, listing_id from listing_term order by 1, 2, 3")
        shown = await world.owner.fetch(
            "select each, price_minor, listing_id from public_listing, unnest(terms) each order by 1, 2, 3"
        )
        assert [tuple(row) for row in stored] == [tuple(row) for row in shown]
        return [(row["term"], row["price_minor"]) for row in stored]

    listing = (await world.listed(provider, price=4_000)).json()["id"]
    assert ("methodology:FO-001", 4_000) in await kept()
    assert ("fiscal_year:2024", 4_000) in await kept()
    own = world.as_(provider)
    await own.patch(
        f"/v1/listings/{listing}", json={"price": {"amount": 3_900, "currency": "JPY"}}, headers={"If-Match": "*"}
    )
    assert {price for _, price in await kept()} == {3_900}
    for step, left in (("pause", False), ("resume", True), ("withdraw", False)):
        await own.post(f"/v1/listings/{listing}/{step}")
        assert bool(await kept()) is left, step


async def test_facets_count_what_each_further_filter_would_leave(world: World) -> None:
    dice = random.Random(7)
    rows = await market(world, dice, 50)
    for query in ({}, {"family": "forest"}, {"registry": "verra", "price_lte": 5_000}):
        answer = (await world.public.get("/v1/listings", params={**query, "facets": "true", "limit": 1})).json()
        counted = {
            each["filter"]: {value["value"]: value["count"] for value in each["values"]} for each in answer["facets"]
        }
        fitting = [row for row in rows if row.fits(query)]
        for name, values in counted.items():
            assert values == Counter(value for row in fitting for value in row.facts[name]), (query, name)
        assert not any(value["at_least"] for each in answer["facets"] for value in each["values"])
    assert (await world.public.get("/v1/listings")).json()["facets"] is None


async def test_more_than_a_thousand_is_said_to_be_a_thousand_and_more(world: World) -> None:
    row = await put_up(world, random.Random(1), 0)
    every = "select column_name from information_schema.columns where table_name = 'public_listing' and is_generated = 'NEVER'"
    others = [each["column_name"] for each in await world.owner.fetch(every) if each["column_name"] != "listing_id"]
    copied = f"insert into public_listing (listing_id, {', '.join(others)}) select gen_random_uuid(), {', '.join(others)} from public_listing"
    await world.owner.execute(f"{copied}, generate_series(1, $1::int)", 999)
    for extra, shown, at_least in ((0, "1,000", False), (1, "1,000+", True), (1_500, "1,000+", True)):
        await world.owner.execute(f"{copied}, generate_series(1, $1::int) where listing_id = $2", extra, row.id)
        for query in ({}, {"family": row.facts["family"][0]}):
            answer = (await world.public.get("/v1/listings", params={**query, "facets": "true", "limit": 1})).json()
            [registry] = next(each["values"] for each in answer["facets"] if each["filter"] == "registry")
            assert (registry["shown"], registry["at_least"]) == (shown, at_least)


async def test_listings_side_by_side_say_where_they_differ(world: World) -> None:
    provider = await world.build.organisation()
    project = await world.build.project()
    one, two = [
        (await world.listed(provider, price=price, project_id=project)).json()["id"] for price in (1_000, 2_000)
    ]
    answer = await world.public.get("/v1/listings/compare", params={"id": [two, one]})
    assert [row["id"] for row in answer.json()["data"]] == [two, one]
    assert answer.json()["differing"] == ["price.amount", "price_with_tax.amount"]
    alone = await world.public.get("/v1/listings/compare", params={"id": one})
    assert alone.status_code == 422
    missing = await world.public.get("/v1/listings/compare", params={"id": [one, public_id("lst", new_id())]})
    assert (missing.status_code, missing.json()["code"]) == (404, "listing_not_found")
    assert read_public_id("lst", one) is not None
