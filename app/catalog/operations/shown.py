"""Whose listings must be shown again when something that is known of projects changes?"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from app.catalog.models import Fact, Issuance, Methodology, Project, ProjectMethodology
from app.catalog.rules import Level
from app.core import outbox
from app.core.db import AsyncSession
from app.core.period import JAPAN


async def show_again(session: AsyncSession, facts: Sequence[Fact], *, now: datetime) -> None:
    """Ask for the listings of the projects that these facts are said of: now, and when a fact begins or ends to hold."""
    for fact in facts:
        found = (await session.scalars(select(Project.id).where(_spoken_of(fact)))).all()
        ask_for(session, found, {now, *_turning_points(fact, now)})


async def show_changed_again(session: AsyncSession, facts: Sequence[Fact], *, now: datetime) -> None:
    """The same after a load: also for projects and methodologies that were written at this moment. One statement."""
    renewed = select(ProjectMethodology.project_id).join(
        Methodology, and_(Methodology.code == ProjectMethodology.code, Methodology.loaded_at == now)
    )
    changed = [Project.loaded_at == now, Project.id.in_(renewed), *{_spoken_of(fact) for fact in facts}]
    ask_for(session, (await session.scalars(select(Project.id).where(or_(*changed)))).all(), {now})


def ask_for(session: AsyncSession, project_ids: Iterable[UUID], moments: Iterable[datetime]) -> None:
    """One job for each project and moment."""
    due_at = sorted(moments)
    for project_id in project_ids:
        for due in due_at:
            outbox.enqueue(session, "listings.show_again", project_id=project_id, due=due)


def _spoken_of(fact: Fact) -> ColumnElement[bool]:
    of_registry = Project.registry_code == fact.registry_code
    used = ProjectMethodology.project_id == Project.id
    match Level(fact.level):
        case Level.ISSUANCE:
            return Project.id == select(Issuance.project_id).where(Issuance.id == fact.issuance_id).scalar_subquery()
        case Level.PROJECT:
            return Project.id == fact.project_id
        case Level.METHODOLOGY:
            applies = select(ProjectMethodology.n).where(used, ProjectMethodology.code == fact.methodology_code)
            return and_(of_registry, applies.exists())
        case Level.CATEGORY:
            same = and_(
                Methodology.registry_code == fact.registry_code,
                Methodology.code == ProjectMethodology.code,
                Methodology.category == fact.category,
            )
            return and_(of_registry, select(ProjectMethodology.n).join(Methodology, same).where(used).exists())
        case Level.REGISTRY:
            return of_registry


def _turning_points(fact: Fact, now: datetime) -> list[datetime]:
    """When the fact will begin and cease to hold, in as far as that is to come: midnights in Japan."""
    days = [
        fact.valid_from,
        *([] if fact.valid_to is None or fact.valid_to == date.max else [fact.valid_to + timedelta(days=1)]),
    ]
    moments = [datetime.combine(day, time_of_day(), JAPAN) for day in days]
    return [moment for moment in moments if moment > now]
