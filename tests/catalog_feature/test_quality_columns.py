"""Do the columns that a projection keeps say what the rules say? The database is asked, and so is the pure rule."""

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import ColumnElement, func, select

from app.catalog.flow import load_reference
from app.catalog.models import Issuance, Project
from app.catalog.operations import load_places
from app.catalog.queries import quality_columns
from app.catalog.queries.verdicts import verdicts as verdicts_in_sql
from app.catalog.rules import Answer, FactKind, Level, Said, Verdict, prefectures_of, verdicts
from app.core.db import Database
from tests.catalog.shipped import CODES, PREFECTURES, REGIONS
from tests.catalog_feature.conftest import NOW
from tests.catalog_feature.quality_world import (
    DAY,
    applied,
    asked,
    fact,
    founded,
    issuance,
    methodology,
    project,
    random_world,
    said,
)

KINDS = (FactKind.ELIGIBILITY, FactKind.LABEL)


def answered(kind: FactKind, block: Any) -> ColumnElement[Any]:
    """Every key with its answer and the facts behind it, as the database says."""
    tables = [] if block is None else [Issuance.__table__]
    found = verdicts_in_sql(kind, on=DAY, issuance_id=block, correlated=tables)
    shown = func.jsonb_build_array(found.c.key, found.c.answer, func.to_jsonb(found.c.because))
    return select(func.jsonb_agg(shown)).correlate(Project, *tables).scalar_subquery()


async def compared(db: Database, seed: int, *, known_to_the_rule: Callable[[Said], bool]) -> list[Answer]:
    """What was found about the projects and issuances of a world of chance, where rule and database agree."""
    projects, uses, issued, facts = random_world(random.Random(seed))
    known, found = [each for each in said(facts) if known_to_the_rule(each)], []
    async with db.public() as session:
        await founded(session)
        for rows in (projects, uses, issued, facts):
            session.add_all(rows)
            await session.flush()
        for block in (None, Issuance.id):
            told = [answered(kind, block).label(kind) for kind in KINDS]
            chosen = select(Project.id, Issuance.id, *told).join_from(Project, Issuance)
            for project_id, issuance_id, *rows in await session.execute(chosen):
                of = next(each for each in projects if each.id == project_id)
                expected = verdicts(known, asked(of, uses, issuance_id if block is not None else None), DAY)
                assert spoken(rows) == {about: verdict_in_json(each) for about, each in expected.items()}, seed
                found += [verdict.answer for verdict in expected.values()]
        await session.rollback()
    return found


def spoken(told: list[list[Any] | None]) -> dict[tuple[FactKind, str], tuple[str, list[str]]]:
    every = [(kind, row) for kind, rows in zip(KINDS, told, strict=True) for row in rows or ()]
    return {(kind, key): (answer, because) for kind, (key, answer, because) in every}


def verdict_in_json(verdict: Verdict) -> tuple[str, list[str]]:
    return verdict.answer.value, [str(each) for each in verdict.because]


async def test_the_database_answers_as_the_rule_does(db: Database) -> None:
    every = [await compared(db, seed, known_to_the_rule=lambda _: True) for seed in range(60)]
    answers = Counter(answer for each in every for answer in each)
    assert all(answers[answer] > 100 for answer in Answer), answers


@pytest.mark.parametrize("level", [*Level])
async def test_a_level_that_the_rule_did_not_know_would_be_seen(db: Database, level: Level) -> None:
    async def all_compared() -> None:
        for seed in range(20):
            await compared(db, seed, known_to_the_rule=lambda fact: fact.level != level)

    with pytest.raises(AssertionError):
        await all_compared()


async def test_the_columns_of_a_project_of_the_real_list(db: Database) -> None:
    await load_reference(db, NOW)
    async with db.public() as session:
        wanted = (Project.list_kind == "jcredit_normal", Project.number == "43")
        columns = quality_columns(DAY)
        row = (
            await session.execute(select(*(each.label(name) for name, each in columns.items())).where(*wanted))
        ).one()
    assert list(columns) == [
        "family", "mechanism", "prefectures", "eligible_for", "eligible_maybe", "labels", "sdgs", "ratings", "search_text",
    ]  # fmt: skip
    assert (row.family, row.mechanism) == ("energy_saving", "reduction")
    assert row.eligible_for == ["offset", "shk"]
    assert row.eligible_maybe == ["energy_act", "gx_ets", "keidanren"]
    assert (row.labels, row.sdgs, row.ratings) == ([], [], [])
    for word in ("照明設備", "Lighting", "EN-S-006", "愛知県", "Aichi", "中部", "Chubu", "J-Credit Registry"):
        assert word in row.search_text, word
    assert "  " not in row.search_text


async def test_goals_and_ratings_are_the_narrowest_and_the_newest(db: Database) -> None:
    of = project("1")
    block = issuance(of)
    goals = fact(FactKind.SDG, Level.PROJECT, "", project_id=of.id, value={"sdgs": [13, 8, 15]})
    ratings = [
        fact(
            FactKind.RATING,
            Level.PROJECT,
            agency,
            project_id=of.id,
            value={"value": value, "scale": scale, "as_of": day},
        )
        for agency, value, scale, day in (
            ("sylvera", "BBB", "AAA-D", "2025-01-01"),
            ("sylvera", "AA", "AAA-D", "2026-01-01"),
            ("calyx", "B+", "A+-E", "2025-06-01"),
        )
    ]
    of_block = {"value": {"value": "A", "scale": "AAA-D", "as_of": "2024-01-01"}, "issuance_id": block.id}
    async with db.public() as session:
        await founded(session)
        for rows in ([of], [block], [goals, *ratings], [fact(FactKind.RATING, Level.ISSUANCE, "sylvera", **of_block)]):
            session.add_all(rows)
            await session.flush()
        columns = [quality_columns(DAY, issued)[name] for issued in (None, block.id) for name in ("sdgs", "ratings")]
        sdgs, rated, sdgs_of_block, rated_block = (await session.execute(select(*columns).select_from(Project))).one()
    calyx = {"agency": "calyx", "value": "B+", "scale": "A+-E", "as_of": "2025-06-01"}
    assert sdgs == sdgs_of_block == [8, 13, 15]
    assert rated == [calyx, {"agency": "sylvera", "value": "AA", "scale": "AAA-D", "as_of": "2026-01-01"}]
    assert rated_block == [calyx, {"agency": "sylvera", "value": "A", "scale": "AAA-D", "as_of": "2024-01-01"}]


async def test_methodologies_that_differ_make_a_project_mixed(db: Database) -> None:
    several, unnamed, none = project("1"), project("2"), project("3")
    async with db.public() as session:
        await founded(session)
        session.add_all([several, unnamed, none])
        session.add(methodology("D-1", family="forest", mechanism="removal"))
        await session.flush()
        session.add_all([applied(several, 1, "A-1"), applied(several, 2, "D-1"), applied(unnamed, 1, "C-1")])
        await session.flush()
        columns = quality_columns(DAY)
        chosen = select(Project.number, columns["family"], columns["mechanism"]).order_by(Project.number)
        rows = [tuple(row) for row in await session.execute(chosen)]
    assert rows == [("1", "mixed", "mixed"), ("2", "unknown", "unknown"), ("3", "unknown", "unknown")]


async def test_prefectures_in_the_database_are_those_of_the_rule(db: Database) -> None:
    chance, names = random.Random(7), [*CODES, "東京都府中市", "全国", "関東", "山口", "京都", "東", "都府", "府中"]
    locations = ["".join(chance.choices([*names, "、", " ", "市"], k=chance.randrange(6))) for _ in range(500)]
    async with db.public() as session:
        await founded(session)
        await load_places(session, REGIONS, PREFECTURES)
        session.add_all([project(str(n), location=location) for n, location in enumerate(locations)])
        await session.flush()
        rows = (await session.execute(select(Project.location, quality_columns(DAY)["prefectures"]))).all()
    assert len(rows) == 500
    assert [(location, prefectures_of(location, CODES)) for location, _ in rows] == [tuple(row) for row in rows]
