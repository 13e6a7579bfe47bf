"""How does the operator keep the members of a programme project? Each change leaves what was before in an event."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from app.catalog import queries
from app.catalog.errors import MemberNotFound, MemberRefused, NotAProgramme
from app.catalog.models import Project, ProjectMember
from app.catalog.rules import ProjectKind
from app.core import events
from app.core.db import AsyncSession
from app.core.errors import FieldError
from app.core.scope import Scope


class MemberFacts(NamedTuple):
    """What is known of a member; days are the registry's, and None where it tells none."""

    name: str
    location: str
    joined_on: date | None
    left_on: date | None
    source: str


async def add_member(
    session: AsyncSession, scope: Scope, project_id: UUID | None, facts: MemberFacts, *, member_id: UUID, now: datetime
) -> ProjectMember:
    """Write a member behind those that are there. Raises ProjectNotFound (404), NotAProgramme (409), MemberRefused (422)."""
    _refuse_days(facts)
    project, _ = await queries.project(session, project_id)
    if project.kind != ProjectKind.PROGRAMME:
        raise NotAProgramme("Only a programme project (プログラム型) has members.")
    await session.execute(select(Project.id).where(Project.id == project.id).with_for_update())
    last = await session.scalar(select(func.max(ProjectMember.n)).where(ProjectMember.project_id == project.id))
    entered = {"entered_by": scope.actor_id, "entered_at": now}
    member = ProjectMember(
        id=member_id, project_id=project.id, n=(last or 0) + 1, version=1, **facts._asdict(), **entered
    )
    session.add(member)
    await session.flush()
    await _record(session, "project_member.added", member, before=None, now=now)
    return member


async def locked_member(session: AsyncSession, member_id: UUID) -> ProjectMember:
    """The member, while nobody else can change it. Raises MemberNotFound (404)."""
    member = await session.get(ProjectMember, member_id, with_for_update=True)
    if member is None:
        raise MemberNotFound("No member of a project has this id.")
    return member


async def change_member(
    session: AsyncSession, scope: Scope, member: ProjectMember, facts: MemberFacts, *, now: datetime
) -> None:
    """Say something else of a locked member. Raises MemberRefused (422)."""
    _refuse_days(facts)
    before = _told(member)
    for name, value in facts._asdict().items():
        setattr(member, name, value)
    member.entered_by, member.entered_at, member.version = scope.actor_id, now, member.version + 1
    await session.flush()
    await _record(session, "project_member.changed", member, before=before, now=now)


def _refuse_days(facts: MemberFacts) -> None:
    if facts.joined_on is not None and facts.left_on is not None and facts.left_on < facts.joined_on:
        problem = FieldError("/left_on", "invalid", "The day of leaving comes before the day of joining.")
        raise MemberRefused("A member joins before it leaves.", errors=(problem,))


async def _record(
    session: AsyncSession, kind: str, member: ProjectMember, *, before: dict[str, Any] | None, now: datetime
) -> None:
    scope: Scope = session.info["scope"]
    await events.record(
        session,
        kind,
        org_id=scope.org_id,
        subject_kind="project_member",
        subject_id=member.id,
        before=before,
        after=_told(member),
        now=now,
    )


def _told(member: ProjectMember) -> dict[str, Any]:
    days = {"joined_on": member.joined_on and str(member.joined_on), "left_on": member.left_on and str(member.left_on)}
    return {"n": member.n, "name": member.name, "location": member.location, "source": member.source, **days}
