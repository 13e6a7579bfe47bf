"""Who belongs to an organisation, and with which keys do its machines come?"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import case, select

from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.core.scope import Scope
from app.identity.errors import MemberNotFound, OrganisationNotFound
from app.identity.models import ApiKey, Member, Organisation, OrganisationStatus, Role


async def own_organisation(session: AsyncSession, scope: Scope) -> Organisation:
    """The caller's organisation."""
    found = await session.scalar(select(Organisation).where(Organisation.org_id == scope.org_id))
    if found is None:
        raise OrganisationNotFound("There is no such organisation.")
    return found


class Contact(NamedTuple):
    """Whom somebody else may write to about an organisation's business."""

    name: str
    email: str


async def contact_of(session: AsyncSession, scope: Scope) -> Contact:
    """The caller's organisation's name, and the address of whoever asks; a machine's is its first owner's."""
    name = await name_of(session, scope.org_id)
    asking = case((Member.id == scope.actor_id, 0), (Member.role == Role.OWNER, 1), else_=2)
    email = await session.scalars(
        select(Member.email)
        .where(Member.org_id == scope.org_id, Member.disabled_at.is_(None))
        .order_by(asking, Member.id)
        .limit(1)
    )
    return Contact(name, email.one())


async def name_of(session: AsyncSession, org_id: UUID) -> str:
    """The name of an organisation that the transaction names."""
    return (await session.scalars(select(Organisation.name).where(Organisation.org_id == org_id))).one()


async def organisations_of_desk(
    session: AsyncSession, scope: Scope, page: Page, *, status: OrganisationStatus | None
) -> Sequence[Organisation]:
    """Every organisation but the desk itself, for the operator: in the order in which they signed up."""
    asked = select(Organisation).where(Organisation.desk_id == scope.org_id, Organisation.org_id != scope.org_id)
    if status is not None:
        asked = asked.where(Organisation.status == status)
    if page.after is not None:
        asked = asked.where(beyond([(Organisation.org_id, False)], page.after))
    return (await session.scalars(asked.order_by(Organisation.org_id).limit(page.fetch))).all()


async def members_of(session: AsyncSession, scope: Scope, page: Page) -> Sequence[Member]:
    """The caller's organisation's members, the disabled ones too, in the order in which they came."""
    asked = select(Member).where(Member.org_id == scope.org_id)
    if page.after is not None:
        asked = asked.where(beyond([(Member.id, False)], page.after))
    return (await session.scalars(asked.order_by(Member.id).limit(page.fetch))).all()


async def member_of(session: AsyncSession, scope: Scope, member_id: UUID) -> Member:
    """One member of the caller's organisation. Raises MemberNotFound (404)."""
    found = await session.scalar(select(Member).where(Member.org_id == scope.org_id, Member.id == member_id))
    if found is None:
        raise MemberNotFound("Your organisation has no such member.")
    return found


async def api_keys_of(session: AsyncSession, scope: Scope, page: Page) -> Sequence[ApiKey]:
    """The caller's organisation's keys, the revoked ones too, in the order in which they were made."""
    asked = select(ApiKey).where(ApiKey.org_id == scope.org_id)
    if page.after is not None:
        asked = asked.where(beyond([(ApiKey.id, False)], page.after))
    return (await session.scalars(asked.order_by(ApiKey.id).limit(page.fetch))).all()
