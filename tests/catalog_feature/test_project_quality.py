"""What does anybody learn of the quality of a project's credits, and by what can projects be found?"""

from collections import Counter

import pytest

from app.catalog.flow import load_reference
from app.catalog.rules import FactKind, prefectures_of
from tests.catalog.lists import REAL
from tests.catalog.shipped import CODES, METHODOLOGIES, answers, credits_of
from tests.catalog_feature.conftest import NOW
from tests.catalog_feature.test_catalog_http import everything

FAMILIES = {each.code: each.family.value for each in METHODOLOGIES if each.registry_code == "jcredit"}


@pytest.fixture
async def loaded(db) -> None:
    await load_reference(db, NOW)


async def found(http, **query) -> set[tuple[str, str]]:
    return {(row["list_kind"], row["number"]) for row in await everything(http, "/v1/projects", **query)}


def expected(fits) -> set[tuple[str, str]]:
    return {(project.list_kind, project.number) for project in REAL.projects if fits(project)}


def answered(project, use: str) -> str | None:
    uses = [(use.code, use.version) for use in project.methodologies]
    return answers(FactKind.ELIGIBILITY, credits_of(*uses)).get(use)


async def test_every_prefecture_finds_the_projects_whose_location_names_it(loaded, http) -> None:
    for code in CODES.values():
        wanted = expected(lambda project, code=code: code in prefectures_of(project.location, CODES))
        assert await found(http, prefecture=code) == wanted, code
        assert wanted, code


async def test_prefectures_and_family_are_shown_in_the_list(loaded, http) -> None:
    told = {(row["list_kind"], row["number"]): row for row in await everything(http, "/v1/projects")}
    for project in REAL.projects:
        row = told[project.list_kind, project.number]
        assert row["prefectures"] == prefectures_of(project.location, CODES)
        families = {FAMILIES[use.code] for use in project.methodologies}
        assert row["family"] == (families.pop() if len(families) == 1 else "mixed")
    assert Counter(row["mechanism"] for row in told.values())["removal"] == len(
        expected(lambda project: {use.code for use in project.methodologies} <= {"FO-001", "FO-003"})
    )


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ({"eligible_for": "shk"}, lambda project: answered(project, "shk") == "yes"),
        ({"eligible_for": "re100"}, lambda project: False),
        ({"eligible_maybe": "re100"}, lambda project: answered(project, "re100") == "conditional"),
        (
            {"eligible_maybe": "keidanren", "prefecture": "20", "family": "forest"},
            lambda project: (
                answered(project, "keidanren") == "conditional"
                and "20" in prefectures_of(project.location, CODES)
                and all(use.code.startswith("FO") for use in project.methodologies)
            ),
        ),
        ({"label": "ccp"}, lambda project: False),
        ({"mechanism": "removal", "kind": "programme"}, lambda project: (
            project.kind == "programme" and all(use.code.startswith("FO") for use in project.methodologies)
        )),
    ],
)  # fmt: skip
async def test_projects_are_found_by_what_they_count_for(loaded, http, query, fits) -> None:
    assert await found(http, **query) == expected(fits)


async def test_a_project_tells_what_it_counts_for_and_who_says_so(loaded, http) -> None:
    row = (await everything(http, "/v1/projects", methodology="FO-001", prefecture="01"))[0]
    shown = (await http.get(f"/v1/projects/{row['id']}?as_of=2026-10-01")).json()
    eligible = {each["use"]: each for each in shown["eligible"]}
    assert [*eligible] == ["shk", "energy_act", "cdp", "sbt", "re100", "keidanren", "gx_ets", "corsia", "offset"]
    assert (eligible["shk"]["answer"], eligible["re100"]["answer"]) == ("yes", "no")
    assert (eligible["keidanren"]["answer"], eligible["corsia"]["answer"]) == ("conditional", "unknown")
    facts = {each["id"]: each for each in shown["facts"]}
    assert {each for use in eligible.values() for each in use["because"]} <= facts.keys()
    [because] = eligible["keidanren"]["because"]
    told = facts[because]
    assert told["subject"]["category"] == "forest"
    assert told["entered_by"] == "shipped"
    assert "FM" in told["note_en"]
    assert told["source_url"] == "https://japancredit.go.jp/about/number/"
    assert (await http.get(f"/v1/facts/{because}")).json() == told
    assert (shown["family"], shown["mechanism"], shown["prefectures"]) == ("forest", "removal", ["01"])
    assert shown["methodologies"][0]["name_ja"] == "森林経営活動"
    earlier = (await http.get(f"/v1/projects/{row['id']}?as_of=2022-10-31")).json()
    assert {each["use"]: each["answer"] for each in earlier["eligible"]}["keidanren"] == "no"
    assert earlier["as_of"] == "2022-10-31"


async def test_the_matrix_is_read_by_use_category_and_day(loaded, http) -> None:
    every = await everything(http, "/v1/eligibility", as_of="2026-10-01")
    assert len(every) == 84, "All but what a later page replaced."
    assert [row["key"] for row in every] == sorted(row["key"] for row in every)
    forest = await everything(http, "/v1/eligibility", category="forest", use="keidanren", as_of="2022-10-31")
    assert [row["answer"] for row in forest] == ["no"]
    solar = await everything(http, "/v1/eligibility", category="re_power", registry="jcredit", as_of="2026-10-01")
    assert {row["key"]: row["answer"] for row in solar} == {
        "shk": "yes", "offset": "yes", "energy_act": "no", "cdp": "conditional", "sbt": "conditional",
        "re100": "conditional", "keidanren": "conditional",
    }  # fmt: skip
    assert await everything(http, "/v1/eligibility", as_of="2020-01-01") == []
    refused = await http.get("/v1/eligibility", params={"use": "iso"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "?use")


async def test_labels_are_told_version_by_version(loaded, http) -> None:
    told = await everything(http, "/v1/labels", methodology="VM0042", as_of="2026-11-01")
    ranges = {(row["subject"]["version_from"], row["subject"]["version_to"]): row["answer"] for row in told}
    assert ranges == {("2.0", "2.1"): "no", ("2.2", "2.2"): "yes"}
    assert {row["decision"]["decision"] for row in told} == {"Withdrawn", "CCP-Approved"}
    assert all(row["source_date"] == "2026-08-04" for row in told)
    assert len(await everything(http, "/v1/labels", answer="yes", as_of="2026-11-01")) == 47


async def test_a_methodology_is_shown_with_its_versions_and_facts(loaded, http) -> None:
    shown = (await http.get("/v1/methodologies/jcredit/FO-001")).json()
    assert shown["methodology"]["name_en_source"] == "Offset Desk's own translation"
    assert {each["version"]: each["projects"] for each in shown["versions"]}["4.0"] == 35
    assert {fact["subject"]["level"] for fact in shown["facts"]} == {"category"}
    [kept] = [fact["permanence"] for fact in shown["facts"] if fact["kind"] == "permanence"]
    assert (kept["years"], kept["buffer_basis_points"]) == (10, None), "How much is kept, no source that we read says."
    verra = (await http.get("/v1/methodologies/verra/VM0042")).json()
    assert (verra["methodology"]["projects"], len(verra["facts"])) == (0, 2)
    unnamed = (await http.get("/v1/methodologies/jcredit/001")).json()["methodology"]
    assert (unnamed["name_ja"], unnamed["family"], unnamed["projects"]) == ("", "unknown", 216)
    for path in ("jcredit/VM0042", "nowhere/FO-001"):
        missing = await http.get(f"/v1/methodologies/{path}")
        assert (missing.status_code, missing.json()["code"]) == (404, "methodology_not_found")


async def test_the_regions_hold_all_47_prefectures(loaded, http) -> None:
    told = await everything(http, "/v1/regions")
    assert [row["code"] for row in told][0::8] == ["hokkaido", "nationwide"]
    inside = [each["code"] for row in told for each in row["prefectures"]]
    assert sorted(inside) == [f"{n:02d}" for n in range(1, 48)]


async def test_methodologies_are_found_by_registry_family_and_mechanism(loaded, http) -> None:
    removal = await everything(http, "/v1/methodologies", mechanism="removal", registry="jcredit")
    assert [row["code"] for row in removal] == ["FO-001", "FO-003"]
    assert {row["registry"] for row in await everything(http, "/v1/methodologies", family="carbon_removal")} >= {
        "isometric",
        "puro",
    }


@pytest.mark.parametrize("path", ["/v1/facts/fct_x", "/v1/facts/prj_00000000000000000000000000"])
async def test_a_fact_that_is_not_there_is_not_found(http, path) -> None:
    answer = await http.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "fact_not_found")
