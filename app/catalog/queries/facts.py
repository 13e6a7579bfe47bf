"""Which facts hold, which held before, and what do they say of a project on a day?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select

from app.catalog.errors import FactNotFound
from app.catalog.models import Fact, Issuance, Methodology, Project, ProjectMethodology
from app.catalog.queries.methodologies import known_methodologies, prefecture_codes
from app.catalog.queries.projects import project
from app.catalog.queries.verdicts import holds, is_newest
from app.catalog.rules import (
    Answer,
    Applied,
    Credits,
    FactKind,
    Level,
    Said,
    Use,
    Verdict,
    eligibility,
    prefectures_of,
    verdicts,
    within,
)
from app.core.db import AsyncSession
from app.core.pages import KeyValue, Page, beyond

_MATRIX = (Level.REGISTRY, Level.CATEGORY, Level.METHODOLOGY)


@dataclass(frozen=True, slots=True)
class FactFilter:
    """Which facts are wanted; None does not narrow."""

    kind: FactKind | None
    key: str | None = None
    registry: str | None = None
    category: str | None = None
    methodology: str | None = None
    project_id: UUID | None = None
    answer: Answer | None = None

    def named(self) -> Mapping[str, object]:
        """The filters as the caller gave them: a cursor is bound to them."""
        return {name: str(value) for name in self.__slots__ if (value := getattr(self, name)) is not None}


class FactLine(NamedTuple):
    """A fact, and the certification number of the issuance that it is said of."""

    fact: Fact
    certification_no: str | None


@dataclass(frozen=True, slots=True)
class ProjectSeen:
    """A project with all that is known of it on a day."""

    project: Project
    applied: Sequence[ProjectMethodology]
    known: Mapping[str, Methodology]
    prefectures: Sequence[str]
    facts: Sequence[FactLine]
    eligible: Mapping[Use, Verdict]
    labels: Mapping[str, Verdict]


async def matrix(session: AsyncSession, page: Page, wanted: FactFilter, *, on: date) -> list[FactLine]:
    """What holds on a day of whole registries, categories and methodologies: by use or label, then as entered."""
    return await _page(session, page, _lines().where(Fact.level.in_(_MATRIX), holds(on), *_fits(wanted)))


async def facts(session: AsyncSession, page: Page, wanted: FactFilter) -> list[FactLine]:
    """The newest facts of every level, withdrawn ones too, by use, label or agency, then as entered."""
    return await _page(session, page, _lines().where(is_newest(), *_fits(wanted)))


def fact_place(line: FactLine) -> tuple[KeyValue, ...]:
    """Where a fact stands in the order of `matrix` and `facts`."""
    return line.fact.key, line.fact.id


async def fact(session: AsyncSession, fact_id: UUID | None) -> Fact:
    """A fact, in force or not. Raises FactNotFound (404)."""
    return (await fact_line(session, fact_id)).fact


async def fact_line(session: AsyncSession, fact_id: UUID | None) -> FactLine:
    """A fact, in force or not. Raises FactNotFound (404)."""
    found = (await session.execute(_lines().where(Fact.id == fact_id))).one_or_none()
    if found is None:
        raise FactNotFound("No fact has this id.")
    return FactLine(*found)


async def history(session: AsyncSession, fact_id: UUID | None) -> list[FactLine]:
    """All that was said in a fact's place, the newest first. Raises FactNotFound (404)."""
    root_id = (await fact(session, fact_id)).root_id
    rows = await session.execute(
        _lines().where(Fact.root_id == root_id).order_by(Fact.entered_at.desc(), Fact.id.desc())
    )
    return [FactLine(*row) for row in rows]


async def project_seen(session: AsyncSession, project_id: UUID | None, *, on: date) -> ProjectSeen:
    """A project and what is known of it on a day, in a handful of statements. Raises ProjectNotFound (404)."""
    found, applied = await project(session, project_id)
    known = await known_methodologies(session, found.registry_code, [use.code for use in applied])
    asked = Credits(found.registry_code, found.id, None, tuple(_applied(use, known) for use in applied))
    lines = [line for line in await _spoken_of(session, asked, on) if _is_of(line.fact, asked)]
    said = [_said(line.fact) for line in lines if line.fact.answer is not None]
    codes = await prefecture_codes(session)
    answered = verdicts(said, asked, on)
    return ProjectSeen(
        project=found,
        applied=applied,
        known=known,
        prefectures=prefectures_of(found.location, codes),
        facts=lines,
        eligible=eligibility(said, asked, on),
        labels={key: verdict for (kind, key), verdict in sorted(answered.items()) if kind == FactKind.LABEL},
    )


async def facts_of_methodology(session: AsyncSession, registry: str, code: str, *, on: date) -> list[FactLine]:
    """What holds on a day of a methodology, and of its category."""
    known = await known_methodologies(session, registry, [code])
    asked = Credits(
        registry, UUID(int=0), None, (Applied(code, None, known[code].category if code in known else None),)
    )
    return [line for line in await _spoken_of(session, asked, on) if line.fact.level != Level.REGISTRY]


async def _spoken_of(session: AsyncSession, asked: Credits, on: date) -> list[FactLine]:
    issued = select(Issuance.id).where(Issuance.project_id == asked.project_id)
    of_registry = Fact.registry_code == asked.registry_code
    categories = {use.category for use in asked.applied if use.category}
    spoken = or_(
        and_(Fact.level == Level.REGISTRY, of_registry),
        and_(Fact.level == Level.CATEGORY, of_registry, Fact.category.in_(categories)),
        and_(
            Fact.level == Level.METHODOLOGY, of_registry, Fact.methodology_code.in_({use.code for use in asked.applied})
        ),
        Fact.project_id == asked.project_id,
        Fact.issuance_id.in_(issued),
    )
    rows = await session.execute(_lines().where(holds(on), spoken).order_by(Fact.kind, Fact.key, Fact.id))
    return [FactLine(*row) for row in rows]


def _is_of(fact: Fact, asked: Credits) -> bool:
    """Whether a fact of some versions may be of one that is applied."""
    if fact.version_from is None or fact.version_to is None:
        return True
    applied = (use.version for use in asked.applied if use.code == fact.methodology_code)
    return any(within(version, fact.version_from, fact.version_to) is not False for version in applied)


def _applied(use: ProjectMethodology, known: Mapping[str, Methodology]) -> Applied:
    return Applied(use.code, use.version, known[use.code].category if use.code in known else None)


def _said(fact: Fact) -> Said:
    assert fact.answer is not None, fact.id
    return Said(
        id=fact.id,
        kind=FactKind(fact.kind),
        key=fact.key,
        level=Level(fact.level),
        answer=Answer(fact.answer),
        valid_from=fact.valid_from,
        valid_to=fact.valid_to,
        registry_code=fact.registry_code,
        category=fact.category,
        methodology_code=fact.methodology_code,
        version_from=fact.version_from,
        version_to=fact.version_to,
        project_id=fact.project_id,
        issuance_id=fact.issuance_id,
    )


def _lines() -> Select[Fact, str | None]:
    return select(Fact, Issuance.certification_no).outerjoin(Issuance, Issuance.id == Fact.issuance_id)


async def _page(session: AsyncSession, page: Page, chosen: Select[Fact, str | None]) -> list[FactLine]:
    if page.after is not None:
        chosen = chosen.where(beyond([(Fact.key, False), (Fact.id, False)], page.after))
    return [FactLine(*row) for row in await session.execute(chosen.order_by(Fact.key, Fact.id).limit(page.fetch))]


def _fits(wanted: FactFilter) -> list[ColumnElement[bool]]:
    asked: list[tuple[object, ColumnElement[bool]]] = [
        (wanted.kind, Fact.kind == wanted.kind),
        (wanted.key, Fact.key == wanted.key),
        (wanted.registry, Fact.registry_code == wanted.registry),
        (wanted.category, Fact.category == wanted.category),
        (wanted.methodology, Fact.methodology_code == wanted.methodology),
        (wanted.project_id, Fact.project_id == wanted.project_id),
        (wanted.answer, Fact.answer == wanted.answer),
    ]
    return [condition for given, condition in asked if given is not None]


async def renewable_of_issuance(session: AsyncSession, issuance_id: UUID, *, on: date) -> dict[str, Any] | None:
    """What a whole issuance counts for as renewable energy on a day: power in kWh, heat in MJ, and how much it is.

    None where nobody has told it. Of two who tell it the latest is believed.
    """
    return await session.scalar(
        select(Fact.value)
        .where(Fact.kind == FactKind.RENEWABLE, Fact.issuance_id == issuance_id, holds(on))
        .order_by(Fact.entered_at.desc(), Fact.id.desc())
        .limit(1)
    )


async def places_of_project(session: AsyncSession, project_id: UUID) -> list[str]:
    """The prefectures that a project's place names, by code; empty where it names none or there is no such project."""
    location = await session.scalar(select(Project.location).where(Project.id == project_id))
    return [] if location is None else prefectures_of(location, await prefecture_codes(session))
