"""Projects, issuances and facts as a test makes them up, and the same as the pure rules take them."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from app.catalog.models import Fact, Issuance, Methodology, Project, ProjectMethodology, Registry
from app.catalog.rules import Answer, Applied, Credits, FactKind, Level, Said
from app.core.db import AsyncSession
from app.core.ids import new_id
from app.core.scope import SYSTEM_ACTOR_ID
from tests.catalog_feature.conftest import NOW
from tests.world import World

DAY = date(2026, 6, 1)
REGISTRIES = ("one", "two")
CODES = {"A-1": "solar", "A-2": "solar", "B-1": "trees", "C-1": None}
"""Codes of methodologies and their category; `C-1` is not in the registry of methodologies."""
VERSIONS = (None, "1.0", "1", "1.1", "2.0", "2.0.5", "2.10", "draft", "1.00")
RANGES = ((None, None), ("1.0", "1.0"), ("1.0", "2.0"), ("1", "1.9"), ("2.1", "3"), ("2.0.1", "2.9.9"))


def project(number: str, *, registry: str = "one", location: str = "長野県松本市", **more) -> Project:
    told = {
        "id": new_id(), "registry_code": registry, "list_kind": "jcredit_normal", "number": number, "kind": "normal",
        "operator_name": "森林組合", "credit_taker": None, "summary": "間伐", "location": location, "regions": ["中部"],
        "applied_on": None, "committee": None, "ends_on": None, "ends_text": "", "source": "a test", "loaded_at": NOW,
    }  # fmt: skip
    return Project(**{**told, **more})


def applied(of: Project, n: int, code: str, version: str | None = None) -> ProjectMethodology:
    return ProjectMethodology(
        project_id=of.id, n=n, code=code, version=version, text=code, summary="", estimated_kg=None
    )


def methodology(code: str, *, registry: str = "one", category: str = "", **more) -> Methodology:
    told = {
        "registry_code": registry, "code": code, "version": "", "name_ja": "", "name_en": "", "name_en_source": "",
        "family": "other", "category": category, "mechanism": "unknown", "abolished_on": None, "source": "a test",
        "loaded_at": NOW,
    }  # fmt: skip
    return Methodology(**{**told, **more})


def issuance(of: Project) -> Issuance:
    issued = {"vintage_from": date(2024, 4, 1), "vintage_to": date(2025, 3, 31), "unit": "t", "confirmed_at": NOW}
    made = new_id()
    return Issuance(id=made, registry_code=of.registry_code, certification_no=str(made), project_id=of.id, **issued)


def fact(kind: FactKind, level: Level, key: str, answer: Answer | None = None, **more) -> Fact:
    made = new_id()
    told = {
        "id": made, "root_id": made, "supersedes": None, "kind": kind, "level": level, "key": key, "answer": answer,
        "value": {}, "note_ja": "", "note_en": "", "source": "a test", "source_url": "", "source_date": None,
        "valid_from": date(2026, 1, 1), "valid_to": None, "entered_by": SYSTEM_ACTOR_ID, "entered_kind": "system",
        "entered_at": NOW, "withdrawn": False, "reason": "",
    }  # fmt: skip
    return Fact(**{**told, **more})


def superseded(by: Fact, **more) -> Fact:
    """The row that supersedes this one."""
    told = {column.name: getattr(by, column.name) for column in Fact.__table__.columns}
    return Fact(**{**told, "id": new_id(), "supersedes": by.id, "reason": "a better reading", **more})


async def founded(session: AsyncSession) -> None:
    """Two registries, and what is known of their methodologies."""
    for code in REGISTRIES:
        session.add(Registry(code=code, name_ja=code, name_en=code, unit="t", home_url="", source="a test"))
    await session.flush()
    session.add_all(
        methodology(code, registry=registry, category=category)
        for registry in REGISTRIES
        for code, category in CODES.items()
        if category is not None
    )
    await session.flush()


def random_world(chance: random.Random) -> tuple[list[Project], list[ProjectMethodology], list[Issuance], list[Fact]]:
    """Anything that can be: few words, so that facts meet, contradict and supersede each other."""
    projects = [project(str(number), registry=chance.choice(REGISTRIES)) for number in range(12)]
    uses = [
        applied(of, n, chance.choice([*CODES]), chance.choice(VERSIONS))
        for of in projects
        for n in range(1, chance.choice((0, 1, 1, 2, 3)) + 1)
    ]
    issued = [issuance(of) for of in projects]
    facts = [_random_fact(chance, projects, issued) for _ in range(chance.choice((5, 30, 60)))]
    later = [
        superseded(each, withdrawn=chance.random() < 0.5, answer=chance.choice([*Answer]))
        for each in facts
        if chance.random() < 0.2
    ]
    return projects, uses, issued, [*facts, *later]


def _random_fact(chance: random.Random, projects: Sequence[Project], issued: Sequence[Issuance]) -> Fact:
    level, registry = chance.choice([*Level]), chance.choice(REGISTRIES)
    first, last = chance.choice(RANGES)
    subject: dict[str, object] = {
        Level.REGISTRY: {"registry_code": registry},
        Level.CATEGORY: {"registry_code": registry, "category": chance.choice(("solar", "trees"))},
        Level.METHODOLOGY: {
            "registry_code": registry, "methodology_code": chance.choice([*CODES]), "version_from": first,
            "version_to": last,
        },
        Level.PROJECT: {"project_id": chance.choice(projects).id},
        Level.ISSUANCE: {"issuance_id": chance.choice(issued).id},
    }[level]  # fmt: skip
    begins = DAY + timedelta(days=chance.choice((-400, -1, 0, 1)))
    ends = chance.choice((None, None, None, begins, begins + timedelta(days=1), begins + timedelta(days=400)))
    kind, keys = chance.choice(((FactKind.ELIGIBILITY, ("shk", "re100")), (FactKind.LABEL, ("ccp", "corsia"))))
    days = {"valid_from": begins, "valid_to": ends}
    return fact(kind, level, chance.choice(keys), chance.choice([*Answer]), **subject, **days)


def said(facts: Sequence[Fact]) -> list[Said]:
    """The facts as the rules take them: the newest of each chain, unless it was withdrawn."""
    gone = {each.supersedes for each in facts}
    return [
        Said(
            each.id, FactKind(each.kind), each.key, Level(each.level), Answer(each.answer), each.valid_from, each.valid_to,
            each.registry_code, each.category, each.methodology_code, each.version_from, each.version_to, each.project_id,
            each.issuance_id,
        )
        for each in facts
        if each.id not in gone and not each.withdrawn and each.answer is not None
    ]  # fmt: skip


def asked(of: Project, uses: Sequence[ProjectMethodology], issuance_id: UUID | None) -> Credits:
    own = tuple(Applied(use.code, use.version, CODES[use.code]) for use in uses if use.project_id == of.id)
    return Credits(of.registry_code, of.id, issuance_id, own)


async def listed_project(world: World, **query: Any) -> dict[str, Any]:
    wanted = {"methodology": "EN-R-002", "kind": "programme", **query}
    return (await world.client().get("/v1/projects", params=wanted)).json()["data"][0]
