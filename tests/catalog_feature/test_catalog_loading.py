"""Does the shipped project list get into the catalogue whole, once, and ready to be renewed?"""

import time
from dataclasses import replace
from datetime import date

import asyncpg
import pytest

from app.catalog import operations
from app.catalog.errors import IssuanceDiffers
from app.catalog.flow import load_reference
from app.catalog.models import Issuance
from app.catalog.operations import Loaded
from app.core.db import Database
from tests.catalog.lists import REAL
from tests.catalog_feature.conftest import LATER, NOW, statements

EVERYTHING = """
    select 'p', to_jsonb(p) from project p union all select 'm', to_jsonb(m) from project_methodology m
    union all select 'r', to_jsonb(r) from registry r union all select 'y', to_jsonb(y) from methodology y
    union all select 'o', to_jsonb(o) from region o union all select 'c', to_jsonb(c) from prefecture c
    union all select 'f', to_jsonb(f) from fact f order by 1, 2
"""


async def everything(owner: asyncpg.Connection) -> list[tuple[str, str]]:
    return [tuple(row) for row in await owner.fetch(EVERYTHING)]


async def loaded(db: Database, projects, *, source: str = "a list", now=NOW) -> Loaded:
    async with db.public() as session:
        await operations.load_registries(session)
        return await operations.load_projects(session, projects, source=source, now=now)


async def test_the_shipped_list_loads_whole_and_quickly(db: Database, owner: asyncpg.Connection) -> None:
    began = time.perf_counter()
    with statements(db) as sent:
        report = await load_reference(db, NOW)
    seconds = time.perf_counter() - began
    assert (report.rows, report.used, report.refused, len(report.projects)) == (1_177, 1_177, 0, 1_075)
    assert await owner.fetchval("select count(*) from project") == 1_075
    assert await owner.fetchval("select count(*) from project_methodology") == 1_177
    assert await owner.fetchval("select sum(estimated_kg) from project_methodology") == 54_345_114_600
    assert (
        await owner.fetchval("select count(*) from project where source like '%japancredit.go.jp%CC BY 4.0%'") == 1_075
    )
    assert len(sent) <= 18
    assert seconds < 5, seconds  # About one on a quiet machine, reading the file included.


async def test_a_stored_project_says_what_the_list_says(db: Database, owner: asyncpg.Connection) -> None:
    await load_reference(db, NOW)
    for told in REAL.projects:
        key = (told.registry_code, told.list_kind, told.number)
        stored = await owner.fetchrow(
            "select * from project where (registry_code, list_kind, number) = ($1, $2, $3)", *key
        )
        used = await owner.fetch(
            "select code, version, text, summary, estimated_kg from project_methodology where project_id = $1 order by n",
            stored["id"],
        )
        assert (stored["kind"], stored["operator_name"], stored["credit_taker"], stored["summary"]) == (
            told.kind,
            told.operator_name,
            told.credit_taker,
            told.summary,
        )
        assert (stored["location"], tuple(stored["regions"]), stored["applied_on"], stored["ends_on"]) == (
            told.location,
            told.regions,
            told.applied_on,
            told.ends_on,
        )
        assert (stored["committee"], stored["ends_text"]) == (str(told.committee), told.ends_text or "")
        assert [tuple(row) for row in used] == [
            (use.code, use.version, use.text, use.summary, use.estimated_kg) for use in told.methodologies
        ]


async def test_a_second_load_changes_nothing(db: Database, owner: asyncpg.Connection) -> None:
    await load_reference(db, NOW)
    first = await everything(owner)
    await load_reference(db, LATER)
    assert len(first) == 13 + 1_075 + 1_177 + 229 + 9 + 47 + 250
    assert await everything(owner) == first


async def test_a_changed_fact_updates_its_project_alone(db: Database, owner: asyncpg.Connection) -> None:
    one, two, *_ = REAL.projects
    assert await loaded(db, [one, two]) == Loaded(new=2, changed=0, unchanged=0)
    ids = await owner.fetch("select number, id from project order by number")
    moved = replace(one, location="山形県酒田市", credit_taker="庄内ミート株式会社")
    assert await loaded(db, [moved, two], now=LATER) == Loaded(new=0, changed=1, unchanged=1)
    assert await owner.fetch("select number, id from project order by number") == ids
    assert [tuple(row) for row in await owner.fetch("select location, loaded_at from project order by number")] == [
        ("山形県酒田市", LATER),
        (two.location, NOW),
    ]


async def test_a_fact_that_became_unknown_is_a_change(db: Database, owner: asyncpg.Connection) -> None:
    one = REAL.projects[0]
    await loaded(db, [one])
    assert (await loaded(db, [replace(one, ends_on=None, ends_text="未定")])).changed == 1
    assert await owner.fetchval("select ends_on is null and ends_text = '未定' from project")


async def test_a_methodology_can_be_added_and_reworded(db: Database, owner: asyncpg.Connection) -> None:
    one = REAL.projects[0]
    [use] = one.methodologies
    await loaded(db, [one])
    reworded, added = replace(use, version="2.0"), replace(use, code="FO-001", text="FO-001")
    assert await loaded(db, [replace(one, methodologies=(reworded, added))]) == Loaded(0, 1, 0)
    stored = await owner.fetch("select n, code, version from project_methodology order by n")
    assert [tuple(row) for row in stored] == [(1, "EN-S-001", "2.0"), (2, "FO-001", "1.0")]


async def test_a_methodology_no_longer_applied_is_forgotten_by_who_may_delete(
    database_url: str, owner: asyncpg.Connection
) -> None:
    three = next(project for project in REAL.projects if len(project.methodologies) == 3)
    db = Database(database_url, role=await owner.fetchval("select current_user"))
    try:
        await loaded(db, [three, REAL.projects[0]])
        assert await loaded(db, [replace(three, methodologies=three.methodologies[:1])]) == Loaded(0, 1, 0)
    finally:
        await db.close()
    assert await owner.fetchval("select count(*) from project_methodology") == 2


async def test_a_project_that_the_list_no_longer_names_stays(db: Database, owner: asyncpg.Connection) -> None:
    await loaded(db, REAL.projects[:3])
    assert await loaded(db, REAL.projects[:2]) == Loaded(0, 0, 2)
    assert await owner.fetchval("select count(*) from project") == 3


async def test_an_empty_list_loads_nothing(db: Database) -> None:
    assert await loaded(db, []) == Loaded(0, 0, 0)


async def confirmed(db: Database, project_id, **other) -> Issuance:
    facts = {
        "registry_code": "jcredit",
        "certification_no": "J-0001",
        "vintage_from": date(2024, 4, 1),
        "vintage_to": date(2025, 3, 31),
        "unit": "t",
    }
    async with db.public() as session:
        return await operations.confirm_issuance(session, **facts | {"project_id": project_id, "now": NOW} | other)


async def test_an_issuance_is_confirmed_once(db: Database, owner: asyncpg.Connection) -> None:
    await loaded(db, REAL.projects[:1])
    project_id = await owner.fetchval("select id from project")
    first = await confirmed(db, project_id)
    again = await confirmed(db, project_id, now=LATER)
    assert (again.id, again.confirmed_at) == (first.id, NOW)
    assert await owner.fetchval("select count(*) from issuance") == 1


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"vintage_from": date(2024, 5, 1)}, "vintage_from"),
        ({"vintage_to": date(2025, 4, 30)}, "vintage_to"),
        ({"unit": "kWh"}, "unit"),
        ({}, "project_id"),
    ],
)
async def test_an_issuance_with_other_facts_is_refused(db, owner, other, field) -> None:
    await loaded(db, REAL.projects[:2])
    one, two = [row["id"] for row in await owner.fetch("select id from project order by number")]
    await confirmed(db, one)
    with pytest.raises(IssuanceDiffers) as refusal:
        await confirmed(db, two if field == "project_id" else one, **other)
    assert refusal.value.facts == {"fields": [field]}
    assert await owner.fetchval(
        "select (project_id, vintage_from, vintage_to, unit) = ($1, $2, $3, 't') from issuance",
        one,
        date(2024, 4, 1),
        date(2025, 3, 31),
    )


async def test_the_same_number_of_another_registry_is_another_issuance(db, owner) -> None:
    await loaded(db, REAL.projects[:1])
    project_id = await owner.fetchval("select id from project")
    await owner.execute(
        "insert into registry values ('other', '他', 'Other', 't', 'https://registry.example/', 'test')"
    )
    one, other = await confirmed(db, project_id), await confirmed(db, project_id, registry_code="other", unit="kWh")
    assert one.id != other.id
