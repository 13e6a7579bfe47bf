"""Which registries and projects are there? Everybody may ask; nobody owns a row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Text, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from app.catalog.errors import ProjectNotFound
from app.catalog.models import Project, ProjectMethodology, Registry, Standing
from app.catalog.queries.quality import family, is_answered, is_in, mechanism, prefectures
from app.catalog.rules import Answer, FactKind, Label, ListKind, ProjectKind, Use
from app.core.db import AsyncSession
from app.core.pages import KeyValue, Page, beyond


@dataclass(frozen=True, slots=True)
class ProjectFilter:
    """Which projects are wanted; None does not narrow. A methodology is a code without its version, exactly."""

    registry: str | None
    methodology: str | None
    region: str | None
    kind: ProjectKind | None
    list_kind: ListKind | None
    prefecture: str | None = None
    """A code of JIS X 0401."""
    family: str | None = None
    mechanism: str | None = None
    eligible_for: Use | None = None
    eligible_maybe: Use | None = None
    """On conditions; `eligible_for` without any."""
    label: Label | None = None

    def named(self) -> Mapping[str, object]:
        """The filters as the caller gave them: a cursor is bound to them."""
        return {name: getattr(self, name) for name in self.__slots__}


class ProjectLine(NamedTuple):
    """A project in a list, with the codes of its methodologies in the list's order, each once, and what they do."""

    project: Project
    methodology_codes: list[str]
    prefectures: list[str]
    family: str
    mechanism: str


async def registries(session: AsyncSession, page: Page) -> Sequence[Registry]:
    """The registries, by code."""
    chosen = select(Registry).order_by(Registry.code).limit(page.fetch)
    if page.after is not None:
        chosen = chosen.where(beyond([(Registry.code, False)], page.after))
    return (await session.scalars(chosen)).all()


async def projects(session: AsyncSession, page: Page, wanted: ProjectFilter, *, on: date) -> list[ProjectLine]:
    """The projects that fit on a day in Japan, as the registries' lists run: by registry, list and number.

    One statement.
    """
    shown = (methodology_codes(), prefectures(), family(), mechanism())
    chosen = select(Project, *shown).where(*_fits(wanted, on)).order_by(*_PLACE).limit(page.fetch)
    if page.after is not None:
        chosen = chosen.where(beyond([(column, False) for column in _PLACE], page.after))
    return [ProjectLine(*row) for row in await session.execute(chosen)]


def project_place(line: ProjectLine) -> tuple[KeyValue, ...]:
    """Where a project stands in the order of `projects`."""
    project = line.project
    return project.registry_code, project.list_kind, len(project.number), project.number, project.id


async def projects_named(session: AsyncSession, ids: Sequence[UUID]) -> list[ProjectLine]:
    """These projects, in no order. One statement."""
    shown = (methodology_codes(), prefectures(), family(), mechanism())
    chosen = select(Project, *shown).where(Project.id.in_(ids))
    return [ProjectLine(*row) for row in await session.execute(chosen)]


async def project(session: AsyncSession, project_id: UUID | None) -> tuple[Project, Sequence[ProjectMethodology]]:
    """A listed project and what it applies. Raises ProjectNotFound (404)."""
    listed = select(Project).where(Project.id == project_id, Project.standing == Standing.LISTED)
    found = None if project_id is None else await session.scalar(listed)
    if found is None:
        raise ProjectNotFound("No project has this id.")
    used = select(ProjectMethodology).where(ProjectMethodology.project_id == found.id).order_by(ProjectMethodology.n)
    return found, (await session.scalars(used)).all()


async def is_listed(session: AsyncSession, project_id: UUID) -> bool:
    """Whether everybody may see the project: it is in a registry's list, or evidence for credits of it was accepted."""
    standing = await session.scalar(select(Project.standing).where(Project.id == project_id))
    return standing == Standing.LISTED


async def knows_projects(session: AsyncSession) -> bool:
    """Whether any project was ever loaded."""
    return (await session.scalar(select(Project.id).limit(1))) is not None


def methodology_codes() -> ColumnElement[list[str]]:
    """The codes of the project in the statement around, each once, in the list's order: for another's SELECT."""
    codes = (
        select(ProjectMethodology.code)
        .where(ProjectMethodology.project_id == Project.id)
        .group_by(ProjectMethodology.code)
        .order_by(func.min(ProjectMethodology.n))
        .correlate(Project)
    )
    return func.array(codes.scalar_subquery(), type_=ARRAY(Text))


# Numbers are text ("12", "KC0003"): by length first, 2 comes before 10.
_PLACE: tuple[InstrumentedAttribute[Any] | ColumnElement[Any], ...] = (
    Project.registry_code,
    Project.list_kind,
    func.length(Project.number),
    Project.number,
    Project.id,
)


def _fits(wanted: ProjectFilter, on: date) -> list[ColumnElement[bool]]:
    applies = select(ProjectMethodology.project_id).where(ProjectMethodology.code == wanted.methodology)
    asked: list[tuple[object, ColumnElement[bool]]] = [
        (wanted.registry, Project.registry_code == wanted.registry),
        (wanted.methodology, Project.id.in_(applies)),
        (wanted.region, Project.regions.contains([wanted.region])),
        (wanted.kind, Project.kind == wanted.kind),
        (wanted.list_kind, Project.list_kind == wanted.list_kind),
        (wanted.prefecture, is_in(wanted.prefecture)),
        (wanted.family, family() == wanted.family),
        (wanted.mechanism, mechanism() == wanted.mechanism),
        (wanted.eligible_for, is_answered(FactKind.ELIGIBILITY, wanted.eligible_for, Answer.YES, on)),
        (wanted.eligible_maybe, is_answered(FactKind.ELIGIBILITY, wanted.eligible_maybe, Answer.CONDITIONAL, on)),
        (wanted.label, is_answered(FactKind.LABEL, wanted.label, Answer.YES, on)),
    ]
    return [Project.standing == Standing.LISTED, *(condition for given, condition in asked if given is not None)]
