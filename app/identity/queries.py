"""Who is this credential, and who belongs to an organisation?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
from sqlalchemy import select

from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.core.scope import Scope
from app.identity import rules
from app.identity.errors import MemberNotFound, OrganisationNotFound
from app.identity.models import ApiKey, Member, Organisation, OrganisationStatus


@dataclass(frozen=True, slots=True)
class Credential:
    """What a live key or session stands for, before its organisation's status is weighed."""

    org_id: UUID
    org_kind: str
    org_status: str
    actor_id: UUID
    actor_kind: str
    """`key` or `member`."""
    rights: frozenset[str]
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Login:
    """A member found by e-mail address, before the password was checked."""

    org_id: UUID
    org_kind: str
    org_status: str
    member_id: UUID
    role: str
    password_hash: str
    disabled: bool


async def key_with(driver: asyncpg.Connection, key_hash: bytes) -> Credential | None:
    """The key that is not revoked with this hash. Runs for nobody: the database's narrow function looks."""
    row = await driver.fetchrow("select * from find_api_key($1)", key_hash)
    if row is None:
        return None
    rights = frozenset(row["scopes"])
    return Credential(
        row["org_id"], row["org_kind"], row["org_status"], row["key_id"], "key", rights, row["expires_at"]
    )


async def session_with(driver: asyncpg.Connection, token_hash: bytes) -> Credential | None:
    """The session that is not revoked, of a member who is not disabled, with this hash."""
    row = await driver.fetchrow("select * from find_login_session($1)", token_hash)
    if row is None:
        return None
    kind = row["org_kind"]
    rights = rules.rights_of(kind, row["role"])
    return Credential(row["org_id"], kind, row["org_status"], row["member_id"], "member", rights, row["expires_at"])


async def login_of(driver: asyncpg.Connection, email: str) -> Login | None:
    """The member with this e-mail address."""
    row = await driver.fetchrow("select * from find_login($1)", rules.folded_email(email))
    if row is None:
        return None
    return Login(
        row["org_id"],
        row["org_kind"],
        row["org_status"],
        row["member_id"],
        row["role"],
        row["password_hash"],
        row["disabled"],
    )


async def own_organisation(session: AsyncSession, scope: Scope) -> Organisation:
    """The caller's organisation."""
    found = await session.scalar(select(Organisation).where(Organisation.org_id == scope.org_id))
    if found is None:
        raise OrganisationNotFound("There is no such organisation.")
    return found


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
