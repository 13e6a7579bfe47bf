"""Who are the members of a programme project?"""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from app.catalog.errors import MemberNotFound
from app.catalog.models import ProjectMember
from app.catalog.queries.methodologies import prefecture_codes
from app.catalog.queries.projects import project
from app.catalog.rules import prefectures_of
from app.core.db import AsyncSession
from app.core.pages import Page, beyond


class MemberLine(NamedTuple):
    """A member, and the codes of the prefectures that its location names."""

    member: ProjectMember
    prefectures: list[str]


async def members(session: AsyncSession, project_id: UUID | None, page: Page) -> list[MemberLine]:
    """The members of a programme project in the order in which they were entered. Raises ProjectNotFound (404)."""
    found, _ = await project(session, project_id)
    chosen = (
        select(ProjectMember).where(ProjectMember.project_id == found.id).order_by(ProjectMember.n).limit(page.fetch)
    )
    if page.after is not None:
        chosen = chosen.where(beyond([(ProjectMember.n, False)], page.after))
    codes = await prefecture_codes(session)
    return [MemberLine(each, prefectures_of(each.location, codes)) for each in await session.scalars(chosen)]


async def member(session: AsyncSession, member_id: UUID) -> MemberLine:
    """One member. Raises MemberNotFound (404)."""
    found = await session.get(ProjectMember, member_id)
    if found is None:
        raise MemberNotFound("No member of a project has this id.")
    return MemberLine(found, prefectures_of(found.location, await prefecture_codes(session)))
