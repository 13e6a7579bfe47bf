"""Can the operator say, correct and take back what is known of credits, with nothing lost and nobody overwritten?"""

import asyncio
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from app.core.db import API_ROLE, Database
from tests.catalog_feature.quality_world import listed_project
from tests.world import Party, World

SAID = {"source": "RE100 technical criteria", "source_url": "https://example.org/re100", "valid_from": "2026-01-01"}


async def eligible(world: World, project_id: str, use: str = "re100", **query: Any) -> dict[str, Any]:
    shown = (await world.client().get(f"/v1/projects/{project_id}", params=query)).json()
    return next(each for each in shown["eligible"] if each["use"] == use)


def of(project_id: str, answer: str = "no", **more: Any) -> dict[str, Any]:
    return {
        "subject": {"level": "project", "project_id": project_id}, "use": "re100", "answer": answer, **SAID, **more,
    }  # fmt: skip


async def said(party: Party, body: dict[str, Any], kind: str = "eligibility") -> dict[str, Any]:
    answer = await party.post(f"/v1/admin/facts/{kind}", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def refused(party: Party, body: dict[str, Any], kind: str = "eligibility") -> tuple[int, str, list[str]]:
    answer = await party.post(f"/v1/admin/facts/{kind}", body)
    problem = answer.json()
    return answer.status_code, problem["code"], [each["pointer"] for each in problem.get("errors", [])]


async def test_a_fact_is_said_corrected_and_taken_back_and_all_of_it_stays(world, owner: asyncpg.Connection) -> None:
    of_project = (await listed_project(world))["id"]
    assert (await eligible(world, of_project))["answer"] == "conditional"
    first = await said(world.desk, of(of_project, note_ja="自家発電"))
    assert (await eligible(world, of_project)) == {
        "use": "re100", "name_ja": "RE100", "name_en": "RE100", "answer": "no", "because": [first["id"]],
    }  # fmt: skip
    second = await said(
        world.desk, of(of_project, "yes", supersedes_id=first["id"], reason="the registry confirmed it")
    )
    assert (await eligible(world, of_project))["answer"] == "yes"
    withdrawn = await world.desk.post(
        f"/v1/admin/facts/{second['id']}/withdraw", {"reason": "entered for another project"}
    )
    assert withdrawn.status_code == 201, withdrawn.text
    assert (await eligible(world, of_project))["answer"] == "conditional", "What was known before holds again."
    history = (await world.desk.get(f"/v1/admin/facts/{first['id']}/history")).json()["data"]
    assert [(each["answer"], each["withdrawn"], each["reason"]) for each in history] == [
        ("yes", True, "entered for another project"), ("yes", False, "the registry confirmed it"), ("no", False, ""),
    ]  # fmt: skip
    assert [each["supersedes_id"] for each in history] == [second["id"], first["id"], None]
    assert all(each["actor_id"].startswith("key_") and each["actor_kind"] == "key" for each in history)
    assert (await world.client().get(f"/v1/facts/{first['id']}")).json()["note_ja"] == "自家発電"
    events = await owner.fetch("select kind, seq, before, after from event where subject_kind = 'fact' order by seq")
    assert [(row["kind"], row["seq"]) for row in events] == [
        ("fact.entered", 1), ("fact.superseded", 2), ("fact.withdrawn", 3),
    ]  # fmt: skip


async def test_a_shipped_fact_can_be_corrected_and_a_new_release_leaves_that_alone(world) -> None:
    from app.catalog.flow import load_reference

    listed = {"kind": "eligibility", "category": "re_power", "key": "re100"}
    [shipped] = (await world.desk.get("/v1/admin/facts", params=listed)).json()["data"]
    subject = {"level": "category", "registry": "jcredit", "category": "re_power"}
    body = of(
        "", "yes", subject=subject, supersedes_id=shipped["id"], reason="the new criteria", valid_from="2026-01-01"
    )
    mine = await said(world.desk, body)
    of_project = (await listed_project(world))["id"]
    assert (await eligible(world, of_project))["answer"] == "yes"
    await load_reference(world.db, world.now())
    assert (await eligible(world, of_project))["because"] == [mine["id"]]


async def test_of_two_editors_one_is_told_to_look_first(world) -> None:
    of_project = (await listed_project(world))["id"]
    first = await said(world.desk, of(of_project))
    change = [of(of_project, answer, supersedes_id=first["id"], reason="at once") for answer in ("yes", "conditional")]
    both = await asyncio.gather(*(world.desk.post("/v1/admin/facts/eligibility", body) for body in change))
    assert sorted(answer.status_code for answer in both) == [201, 409]
    [lost] = [answer.json() for answer in both if answer.status_code == 409]
    [won] = [answer.json() for answer in both if answer.status_code == 201]
    assert (lost["code"], lost["newest_id"]) == ("fact_superseded", won["id"])
    late = await world.desk.post(f"/v1/admin/facts/{first['id']}/withdraw", {"reason": "late"})
    assert (late.status_code, late.json()["code"]) == (409, "fact_superseded")


async def test_two_new_facts_of_the_same_days_are_one_too_many(world) -> None:
    of_project = (await listed_project(world))["id"]
    both = await asyncio.gather(
        *(world.desk.post("/v1/admin/facts/eligibility", of(of_project, each)) for each in ("yes", "no"))
    )
    assert sorted(answer.status_code for answer in both) == [201, 409]
    first = next(answer.json() for answer in both if answer.status_code == 201)
    assert (await refused(world.desk, of(of_project, valid_to="2026-01-01")))[:2] == (409, "fact_contradicts")
    await said(world.desk, of(of_project, valid_from="2025-01-01", valid_to="2025-12-31"))
    await world.desk.post(f"/v1/admin/facts/{first['id']}/withdraw", {"reason": "wrong"})
    await said(world.desk, of(of_project, "conditional"))
    assert (await eligible(world, of_project, as_of="2025-06-01"))["answer"] == "no"
    assert (await eligible(world, of_project, as_of="2026-06-01"))["answer"] == "conditional"


async def test_versions_that_overlap_contradict_and_others_do_not(world) -> None:
    def label(first: str, last: str, **more: Any) -> dict[str, Any]:
        subject = {
            "level": "methodology",
            "registry": "verra",
            "methodology": "VM0042",
            "version_from": first,
            "version_to": last,
        }
        return {"subject": subject, "label": "ccp", "answer": "yes", "decision": "CCP-Approved", **SAID, **more}

    assert (await refused(world.desk, label("2.1", "2.1", valid_from="2026-09-01"), "labels"))[1] == "fact_contradicts"
    await said(world.desk, label("2.3", "2.9", valid_from="2026-09-01"), "labels")


async def test_every_kind_of_fact_is_shown_with_the_project(world) -> None:
    of_project = (await listed_project(world))["id"]
    on = {"subject": {"level": "project", "project_id": of_project}, **SAID}
    rating = {"agency": "sylvera", "value": "AA", "scale": "AAA to D", "scale_version": "2025", "as_of": "2026-03-01"}
    await said(world.desk, {**on, **rating}, "ratings")
    await said(world.desk, {**on, "sdgs": [13, 7, 13]}, "sdgs")
    await said(world.desk, {**on, "years": 10, "buffer_basis_points": 300, "reversal_note": "報告"}, "permanence")
    await said(world.desk, {**on, "label": "ccb", "answer": "yes", "decision": "CCB Gold"}, "labels")
    shown = (await world.client().get(f"/v1/projects/{of_project}")).json()
    told = {each["kind"]: each for each in shown["facts"] if each["subject"]["level"] == "project"}
    assert told["rating"]["rating"] == rating
    assert told["sdg"]["sdgs"] == [7, 13]
    assert told["permanence"]["permanence"] == {"years": 10, "buffer_basis_points": 300, "reversal_note": "報告"}
    assert [(each["label"], each["answer"]) for each in shown["labels"]] == [("ccb", "yes")]
    assert all(each["entered_by"] == "operator" for each in told.values())
    labelled = (await world.client().get("/v1/projects", params={"label": "ccb"})).json()["data"]
    assert [each["id"] for each in labelled] == [of_project]


async def test_renewable_energy_is_said_of_an_issuance(world, owner: asyncpg.Connection) -> None:
    provider = await world.provider()
    await world.lot(provider, 100)
    certification = await owner.fetchval("select certification_no from issuance")
    subject = {"level": "issuance", "registry": "jcredit", "certification_no": certification}
    body = {"subject": subject, "power_kwh": 201_500, "heat_mj": None, **SAID}
    made = await said(world.desk, body, "renewable-energy")
    assert made["renewable"] == {"power_kwh": 201_500, "heat_mj": None}
    assert made["subject"]["certification_no"] == certification
    wrong = body | {"subject": {"level": "project", "project_id": (await listed_project(world))["id"]}}
    assert await refused(world.desk, wrong, "renewable-energy") == (422, "fact_refused", ["/subject/level"])


REFUSED = [
    ({"answer": "maybe"}, 422, "invalid_fields", ["/answer"]),
    ({"use": "iso"}, 422, "invalid_fields", ["/use"]),
    ({"note": "x"}, 422, "invalid_fields", ["/note"]),
    ({"source": ""}, 422, "invalid_fields", ["/source"]),
    ({"source_url": "javascript:x"}, 422, "fact_refused", ["/source_url"]),
    ({"valid_to": "2025-12-31"}, 422, "fact_refused", ["/valid_to"]),
    ({"reason": "why"}, 422, "fact_refused", ["/reason"]),
    ({"supersedes_id": "fct_x"}, 404, "fact_not_found", []),
    ({"subject": {"level": "project"}}, 422, "fact_refused", ["/subject/project_id"]),
    ({"subject": {"level": "project", "project_id": "prj_x"}}, 422, "fact_refused", ["/subject/project_id"]),
    ({"subject": {"level": "registry", "registry": "nowhere"}}, 422, "fact_refused", ["/subject/registry"]),
    (
        {"subject": {"level": "registry", "registry": "verra", "category": "forest"}},
        422, "fact_refused", ["/subject/category"],
    ),
    (
        {"subject": {"level": "methodology", "registry": "verra", "methodology": "VM0042", "version_from": "two"}},
        422, "fact_refused", ["/subject/version_from", "/subject/version_to"],
    ),
    (
        {"subject": {"level": "issuance", "registry": "jcredit", "certification_no": "JC-0"}},
        422, "fact_refused", ["/subject/certification_no"],
    ),
]  # fmt: skip
"""A change of a good fact; the status and code of its refusal, and the fields that are named."""


async def test_what_makes_no_sense_is_refused_by_its_field(world, owner) -> None:
    before, of_project = await owner.fetchval("select count(*) from fact"), (await listed_project(world))["id"]
    for change, status, code, pointers in REFUSED:
        assert await refused(world.desk, of(of_project) | change) == (status, code, pointers), change
    assert await owner.fetchval("select count(*) from fact") == before


async def test_an_agency_is_named_in_one_way(world) -> None:
    rating = {"agency": "Sylvera Ltd", "value": "AA", "scale": "AAA to D", "scale_version": "1", "as_of": "2026-03-01"}
    body = {"subject": {"level": "project", "project_id": (await listed_project(world))["id"]}, **SAID, **rating}
    assert await refused(world.desk, body, "ratings") == (422, "fact_refused", ["/agency"])


async def test_a_fact_is_not_superseded_by_one_about_something_else(world) -> None:
    of_project = (await listed_project(world))["id"]
    first = await said(world.desk, of(of_project))
    other = of(of_project, supersedes_id=first["id"], reason="why", use="cdp")
    assert (await refused(world.desk, other))[:2] == (409, "fact_of_another")


async def test_only_the_operator_says_what_credits_are_worth(world) -> None:
    of_project = (await listed_project(world))["id"]
    for party in (await world.buyer(), await world.provider()):
        assert (await refused(party, of(of_project)))[:2] == (403, "forbidden")
        assert (await party.get("/v1/admin/facts")).status_code == 403
    assert (await world.client().post("/v1/admin/facts/eligibility", json=of(of_project))).status_code == 401


async def test_listings_are_shown_again_when_a_fact_changes_and_when_it_begins_and_ends(world, owner) -> None:
    provider = await world.provider()
    listing = await world.listing(provider, 100, number="43")
    of_project = (await world.client().get(f"/v1/listings/{listing}")).json()["project"]["id"]
    await said(world.desk, of(of_project, valid_from="2030-01-01", valid_to="2030-12-31"))
    jobs = await owner.fetch(
        "select ids, due from job where name = 'listings.show_again' and done_at is null order by due"
    )
    assert [row["due"].isoformat() for row in jobs[1:]] == ["2029-12-31T15:00:00+00:00", "2030-12-31T15:00:00+00:00"]
    await owner.execute("update project set summary = 'changed' where id = any (select project_id from lot)")
    await world.run_jobs()
    shown = (await world.client().get(f"/v1/listings/{listing}")).json()
    assert shown["project"]["summary"] == "changed"
    done = "select count(*) from job where name = 'listings.show_again' and done_at is not null"
    assert await owner.fetchval(done) == 1


async def test_a_paused_listing_stays_hidden_when_its_project_changes(world) -> None:
    provider = await world.provider()
    listing = await world.listing(provider, 100, number="43")
    of_project = (await world.client().get(f"/v1/listings/{listing}")).json()["project"]["id"]
    paused = await provider.post(f"/v1/listings/{listing}/pause", headers={"If-Match": "*"})
    assert paused.status_code == 200, paused.text
    await said(world.desk, of(of_project))
    await world.run_jobs()
    assert (await world.client().get(f"/v1/listings/{listing}")).status_code == 404


async def test_a_fact_can_neither_be_changed_nor_removed(world, owner: asyncpg.Connection, database_url: str) -> None:
    db = Database(database_url, role=API_ROLE)
    for statement in ("update fact set answer = 'yes'", "delete from fact"):
        async with db.public() as session:
            with pytest.raises(Exception, match="permission denied"):
                await session.execute(text(statement))
            await session.rollback()
    await db.close()
    with pytest.raises(asyncpg.UniqueViolationError):
        await owner.execute(
            "insert into fact select (json_populate_record(f, json_build_object('id', gen_random_uuid(), 'supersedes', f.id,"
            " 'reason', 'x'))).* from fact f, generate_series(1, 2) where f.id = (select id from fact limit 1)"
        )
