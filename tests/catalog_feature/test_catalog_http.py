"""What does anybody find in the catalogue, and at what price in statements?"""

from collections import Counter
from dataclasses import replace

import httpx
import pytest

from app.catalog import operations
from app.catalog.flow import load_reference
from app.core.db import Database
from tests.catalog.lists import REAL
from tests.catalog_feature.conftest import LATER, NOW, statements


async def pages(http: httpx.AsyncClient, path: str, **query) -> list[list[dict]]:
    found = []
    while True:
        answer = await http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        found.append(body["data"])
        assert body["has_more"] == (body["next_cursor"] is not None)
        if not body["has_more"]:
            return found
        query["cursor"] = body["next_cursor"]


async def everything(http: httpx.AsyncClient, path: str, **query) -> list[dict]:
    return [row for page in await pages(http, path, limit=100, **query) for row in page]


async def test_every_registry_is_told_with_its_source(db, http) -> None:
    await load_reference(db, NOW)
    told = {row["code"]: row for row in await everything(http, "/v1/registries")}
    assert [*told] == [
        "acr", "art", "car", "cercarbono", "gold_standard", "green_power", "irec", "isometric", "jcredit", "nfc",
        "plan_vivo", "puro", "verra",
    ]  # fmt: skip
    assert told["jcredit"] == {
        "code": "jcredit",
        "name_ja": "J-クレジット登録簿",
        "name_en": "J-Credit Registry",
        "unit": "t",
        "home_url": "https://japancredit.go.jp/",
        "source": "J-クレジット制度ホームページ https://japancredit.go.jp/",
        "units_per_serial": 1,
        "price_per": 1,
        "note_ja": "",
        "note_en": "",
    }
    assert {code for code, row in told.items() if row["unit"] == "kg"} == {"isometric"}
    assert {code for code, row in told.items() if row["unit"] == "kWh"} == {"green_power", "irec", "nfc"}


async def test_every_project_is_listed_once_in_the_order_of_the_lists(db, http) -> None:
    await load_reference(db, NOW)
    found = await pages(http, "/v1/projects", limit=100)
    assert [len(page) for page in found] == [100] * 10 + [75]
    keys = [(row["registry"], row["list_kind"], row["number"]) for page in found for row in page]
    assert keys == sorted(keys, key=lambda key: (key[0], key[1], len(key[2]), key[2]))
    assert set(keys) == {(project.registry_code, project.list_kind, project.number) for project in REAL.projects}
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ({"registry": "jcredit"}, lambda project: True),
        ({"registry": "verra"}, lambda project: False),
        ({"methodology": "EN-S-001"}, lambda project: "EN-S-001" in [use.code for use in project.methodologies]),
        ({"methodology": "EN-S"}, lambda project: False),
        ({"region": "九州・沖縄"}, lambda project: "九州・沖縄" in project.regions),
        ({"kind": "programme"}, lambda project: project.kind == "programme"),
        ({"list_kind": "jver_normal"}, lambda project: project.list_kind == "jver_normal"),
        (
            {"methodology": "FO-001", "region": "北海道", "kind": "normal", "list_kind": "jcredit_normal"},
            lambda project: (
                "FO-001" in [use.code for use in project.methodologies]
                and "北海道" in project.regions
                and project.list_kind == "jcredit_normal"
            ),
        ),
    ],
)
async def test_a_filter_finds_exactly_what_fits(db, http, query, fits) -> None:
    await load_reference(db, NOW)
    found = {(row["list_kind"], row["number"]) for row in await everything(http, "/v1/projects", **query)}
    assert found == {(project.list_kind, project.number) for project in REAL.projects if fits(project)}


async def test_every_methodology_is_told_with_its_number_of_projects(db, http) -> None:
    await load_reference(db, NOW)
    every = await everything(http, "/v1/methodologies")
    told = {row["code"]: row["projects"] for row in every if row["registry"] == "jcredit"}
    applied = Counter(code for project in REAL.projects for code in {use.code for use in project.methodologies})
    assert {code: projects for code, projects in told.items() if projects} == applied
    assert len(applied) == 83
    assert set(told) - set(applied) == {"EN-R-010", "EN-R-011", "EN-S-043", "EN-S-044"}
    assert [(row["registry"], row["code"]) for row in every] == sorted((row["registry"], row["code"]) for row in every)


async def test_a_project_is_shown_with_its_methodologies(db, http) -> None:
    await load_reference(db, NOW)
    [row] = [
        row
        for row in await everything(http, "/v1/projects", list_kind="jcredit_normal", methodology="EN-R-002")
        if row["number"] == "35"
    ]
    shown = (await http.get(f"/v1/projects/{row['id']}")).json()
    told = next(project for project in REAL.projects if (project.list_kind, project.number) == ("jcredit_normal", "35"))
    assert row["methodology_codes"] == ["EN-S-002", "EN-S-006", "EN-R-002"]
    assert [used["code"] for used in shown["methodologies"]] == row["methodology_codes"]
    assert [used["estimated_kg"] for used in shown["methodologies"]] == [use.estimated_kg for use in told.methodologies]
    assert shown["operator_name"] == told.operator_name
    assert shown["ends_on"] == (told.ends_on and told.ends_on.isoformat())
    assert "CC BY 4.0" in shown["source"]
    assert {name: shown[name] for name in shown.keys() & row.keys()} == {
        name: row[name] for name in shown.keys() & row.keys()
    }


@pytest.mark.parametrize("name", ["prj_00000000000000000000000000", "prj_x", "ord_00000000000000000000000000", "35"])
async def test_an_id_that_no_project_has_is_not_found(http, name) -> None:
    answer = await http.get(f"/v1/projects/{name}")
    assert (answer.status_code, answer.json()["code"]) == (404, "project_not_found")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"metodology": "EN-S-001"}, 400),
        ({"offset": "20"}, 400),
        ({"cursor": "made-up"}, 400),
        ({"kind": "forest"}, 422),
        ({"list_kind": "jcredit"}, 422),
        ({"methodology": ""}, 422),
        ({"limit": "101"}, 422),
        ({"prefecture": "48"}, 422),
        ({"prefecture": "長野県"}, 422),
        ({"eligible_for": "RE100"}, 422),
    ],
)
async def test_a_filter_that_is_not_known_is_refused(http, query, status) -> None:
    answer = await http.get("/v1/projects", params=query)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (status, f"?{next(iter(query))}")


async def test_a_cursor_belongs_to_its_filters(db, http) -> None:
    await load_reference(db, NOW)
    cursor = (await http.get("/v1/projects", params={"region": "東北", "limit": 5})).json()["next_cursor"]
    other = await http.get("/v1/projects", params={"region": "関東", "limit": 5, "cursor": cursor})
    assert (other.status_code, other.json()["code"]) == (400, "invalid_cursor")


async def test_a_page_continues_in_place_when_projects_come_in_between(db: Database, http) -> None:
    numbered = [replace(REAL.projects[0], number=str(number)) for number in range(10, 40)]
    async with db.public() as session:
        await operations.load_registries(session)
        await operations.load_projects(session, numbered[::2], source="a list", now=NOW)
    first = (await http.get("/v1/projects", params={"limit": 5})).json()
    async with db.public() as session:
        await operations.load_projects(session, numbered, source="a list", now=LATER)
    rest = await everything(http, "/v1/projects", cursor=first["next_cursor"])
    assert [row["number"] for row in first["data"]] == ["10", "12", "14", "16", "18"]
    assert [row["number"] for row in rest] == [str(number) for number in range(19, 40)]


@pytest.mark.parametrize(
    "path", ["/v1/projects", "/v1/registries", "/v1/methodologies", "/v1/eligibility", "/v1/labels"]
)
async def test_a_page_of_50_takes_as_many_statements_as_a_page_of_1(db, http, path) -> None:
    await load_reference(db, NOW)
    sent = []
    for limit in (1, 50):
        with statements(db) as seen:
            await http.get(path, params={"limit": limit})
        sent.append(len(seen))
    assert sent == [1, 1]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/projects?limit=3",
        "/v1/registries",
        "/v1/methodologies",
        "/v1/methodologies/jcredit/FO-001",
        "/v1/regions",
        "/v1/eligibility",
        "/v1/labels",
        "project",
    ],
)
async def test_caches_may_keep_an_answer_for_a_minute_and_ask_whether_it_changed(db, http, path) -> None:
    await load_reference(db, NOW)
    if path == "project":
        path = "/v1/projects/" + (await http.get("/v1/projects")).json()["data"][0]["id"]
    first = await http.get(path, headers={"Authorization": "Bearer whoever"})
    assert first.headers["cache-control"] == "public, max-age=60"
    again = await http.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_changed_project_has_another_tag(db, http) -> None:
    await load_reference(db, NOW)
    path = "/v1/projects?list_kind=jcredit_normal&limit=1"
    before = await http.get(path)
    async with db.public() as session:
        moved = replace(REAL.projects[0], location="山形県酒田市")
        await operations.load_projects(session, [moved], source="a list", now=LATER)
    after = await http.get(path, headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.json()["data"][0]["location"] == "山形県酒田市"


async def test_the_document_tells_the_catalogue_as_open_to_everybody(http) -> None:
    paths = (await http.get("/openapi.json")).json()["paths"]
    assert {"/v1/registries", "/v1/projects", "/v1/projects/{project_id}", "/v1/methodologies"} <= paths.keys()
    told = paths["/v1/projects"]["get"]
    assert told["security"] == []
    assert {"ETag", "Cache-Control"} <= told["responses"]["200"]["headers"].keys()
    assert {parameter["name"] for parameter in told["parameters"]} == {
        "registry",
        "methodology",
        "region",
        "kind",
        "list_kind",
        "prefecture",
        "family",
        "mechanism",
        "eligible_for",
        "eligible_maybe",
        "label",
        "limit",
        "cursor",
        "If-None-Match",
    }
