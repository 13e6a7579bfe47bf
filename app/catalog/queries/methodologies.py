"""Which methodologies, regions and prefectures are there?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, Subquery, and_, func, select, union
from sqlalchemy.orm import aliased

from app.catalog.errors import MethodologyNotFound
from app.catalog.models import Methodology, Prefecture, Project, ProjectMethodology, Region
from app.catalog.rules import Family, Mechanism
from app.core.db import AsyncSession
from app.core.pages import Page, beyond


@dataclass(frozen=True, slots=True)
class MethodologyFilter:
    """Which methodologies are wanted; None does not narrow."""

    registry: str | None
    family: Family | None
    mechanism: Mechanism | None

    def named(self) -> Mapping[str, object]:
        """The filters as the caller gave them: a cursor is bound to them."""
        return {name: getattr(self, name) for name in self.__slots__}


class MethodologyLine(NamedTuple):
    """A methodology's code at its registry, what is known of it, and how many projects apply it in any version."""

    registry_code: str
    code: str
    known: Methodology | None
    projects: int


class AppliedVersion(NamedTuple):
    """A version that projects apply (None: the list names none), and how many do."""

    version: str | None
    projects: int


class RegionLine(NamedTuple):
    """A region with its prefectures, by code."""

    region: Region
    prefectures: list[Prefecture]


async def methodologies(session: AsyncSession, page: Page, wanted: MethodologyFilter) -> list[MethodologyLine]:
    """The methodologies that the desk knows or any project applies, by registry and code, each once. One statement."""
    every, counted, known = _every(), _counted(), aliased(Methodology)
    chosen = (
        select(every.c.registry_code, every.c.code, known, func.coalesce(counted.c.projects, 0))
        .select_from(every)
        .outerjoin(known, _is(known, every))
        .outerjoin(counted, and_(counted.c.registry_code == every.c.registry_code, counted.c.code == every.c.code))
        .order_by(every.c.registry_code, every.c.code)
        .limit(page.fetch)
    )
    asked = (
        (wanted.registry, every.c.registry_code == wanted.registry),
        (wanted.family, known.family == wanted.family),
        (wanted.mechanism, known.mechanism == wanted.mechanism),
    )
    chosen = chosen.where(*(condition for given, condition in asked if given is not None))
    if page.after is not None:
        chosen = chosen.where(beyond([(every.c.registry_code, False), (every.c.code, False)], page.after))
    return [MethodologyLine(*row) for row in await session.execute(chosen)]


async def methodology(session: AsyncSession, registry: str, code: str) -> tuple[MethodologyLine, list[AppliedVersion]]:
    """One methodology, and in which versions projects apply it. Raises MethodologyNotFound (404)."""
    known = await session.get(Methodology, (registry, code, ""))
    used = (
        select(ProjectMethodology.version, func.count(ProjectMethodology.project_id.distinct()))
        .join(Project, Project.id == ProjectMethodology.project_id)
        .where(Project.registry_code == registry, ProjectMethodology.code == code)
        .group_by(ProjectMethodology.version)
        .order_by(func.length(ProjectMethodology.version), ProjectMethodology.version)
    )
    versions = [AppliedVersion(*row) for row in await session.execute(used)]
    if known is None and not versions:
        raise MethodologyNotFound("No methodology of this registry has this code.")
    counted = _counted()
    of_code = select(counted.c.projects).where(counted.c.registry_code == registry, counted.c.code == code)
    return MethodologyLine(registry, code, known, await session.scalar(of_code) or 0), versions


async def known_methodologies(session: AsyncSession, registry: str, codes: Sequence[str]) -> dict[str, Methodology]:
    """What is known of these codes of a registry, whatever the version."""
    chosen = select(Methodology).where(
        Methodology.registry_code == registry, Methodology.code.in_(codes), Methodology.version == ""
    )
    return {each.code: each for each in await session.scalars(chosen)}


async def regions(session: AsyncSession, page: Page) -> list[RegionLine]:
    """The regions from north to south, each with its prefectures. Two statements."""
    chosen = select(Region).order_by(Region.n).limit(page.fetch)
    if page.after is not None:
        chosen = chosen.where(beyond([(Region.n, False)], page.after))
    found = (await session.scalars(chosen)).all()
    within: dict[str, list[Prefecture]] = {region.code: [] for region in found}
    inside = select(Prefecture).where(Prefecture.region_code.in_([*within])).order_by(Prefecture.code)
    for prefecture in await session.scalars(inside):
        within[prefecture.region_code].append(prefecture)
    return [RegionLine(region, within[region.code]) for region in found]


async def prefecture_codes(session: AsyncSession) -> dict[str, str]:
    """Each prefecture's code by its name."""
    return {each.name_ja: each.code for each in await session.scalars(select(Prefecture))}


def _every() -> Subquery:
    known = select(Methodology.registry_code, Methodology.code)
    applied = select(Project.registry_code, ProjectMethodology.code).join(
        Project, Project.id == ProjectMethodology.project_id
    )
    return union(known, applied).subquery("every")


def _counted() -> Subquery:
    return (
        select(
            Project.registry_code,
            ProjectMethodology.code,
            func.count(ProjectMethodology.project_id.distinct()).label("projects"),
        )
        .join(Project, Project.id == ProjectMethodology.project_id)
        .group_by(Project.registry_code, ProjectMethodology.code)
        .subquery("counted")
    )


def _is(known: type[Methodology], every: Subquery) -> ColumnElement[bool]:
    return and_(known.registry_code == every.c.registry_code, known.code == every.c.code, known.version == "")
