"""How does a person join an organisation, change roles, and leave?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from app.core import events
from app.core.db import AsyncSession
from app.core.errors import Unauthenticated
from app.core.scope import Scope
from app.identity import rules
from app.identity.errors import EmailTaken, LastOwner, MemberNotFound, RightsNotHeld
from app.identity.models import ApiKey, Member, Role
from app.identity.operations.credentials import end_all_of, tell_rights_changed


@dataclass(frozen=True, slots=True)
class NewMember:
    """A person to be stored. `password_hash` was made outside of any transaction: it is slow on purpose."""

    member_id: UUID
    email: str
    name: str
    role: Role
    password_hash: str


@dataclass(frozen=True, slots=True)
class Grantor:
    """Who gives rights away: a member, or the member who made the key that asks."""

    member_id: UUID
    rights: frozenset[str]
    """What the role or the key holds once the organisation is active: a pending provider prepares its team."""

    def require_held(self, rights: frozenset[str]) -> None:
        """Refuse to give away what one does not have. Raises RightsNotHeld (403) naming the rights."""
        if missing := sorted(rights - self.rights):
            raise RightsNotHeld(f"Your credential does not have: {', '.join(missing)}.", rights=missing)


async def grantor(session: AsyncSession, scope: Scope) -> Grantor:
    """The caller as stored now, locked so that it cannot be disabled meanwhile. Raises Unauthenticated (401)."""
    alive = (Member.org_id == scope.org_id, Member.disabled_at.is_(None))
    if scope.actor_kind == "member":
        asked = select(Member.id, Member.role).where(*alive, Member.id == scope.actor_id)
        found = (await session.execute(asked.with_for_update(read=True))).one_or_none()
        if found is not None:
            return Grantor(found.id, rules.rights_of(scope.org_kind, found.role))
    if scope.actor_kind == "key":
        made_it = and_(Member.org_id == ApiKey.org_id, Member.id == ApiKey.created_by)
        key = (ApiKey.org_id == scope.org_id, ApiKey.id == scope.actor_id, ApiKey.revoked_at.is_(None))
        asked_key = select(ApiKey.created_by, ApiKey.scopes).join(Member, made_it).where(*alive, *key)
        by_key = (await session.execute(asked_key.with_for_update(read=True, of=Member))).one_or_none()
        if by_key is not None:
            return Grantor(by_key.created_by, frozenset(by_key.scopes))
    raise Unauthenticated("Your credential has been revoked.")


async def add_member(session: AsyncSession, new: NewMember, *, org_id: UUID, now: datetime) -> Member:
    """Store a person of the organisation. Raises EmailTaken (409): one address, one member, everywhere.

    Whether the role may be given is asked before (`Grantor.require_held`).
    """
    member: Member | None = await session.scalar(
        insert(Member)
        .values(
            org_id=org_id,
            id=new.member_id,
            email=new.email,
            email_folded=rules.folded_email(new.email),
            name=new.name,
            role=new.role,
            password_hash=new.password_hash,
            created_at=now,
        )
        .on_conflict_do_nothing(constraint="uq_member_email_folded")
        .returning(Member)
    )
    if member is None:
        raise EmailTaken("Somebody has signed up with this e-mail address.")
    await _record(session, "member.added", member, before=None, now=now)
    return member


async def locked_member(session: AsyncSession, scope: Scope, member_id: UUID) -> Member:
    """A member about to be changed, locked together with the active owners. Raises MemberNotFound (404).

    With the owners locked in the order of their ids, two changes cannot each leave the other's owner as the last.
    """
    active_owner = and_(Member.role == Role.OWNER, Member.disabled_at.is_(None))
    locked = await session.scalars(
        select(Member)
        .where(Member.org_id == scope.org_id, or_(Member.id.in_([member_id, scope.actor_id]), active_owner))
        .order_by(Member.id)
        .with_for_update()
    )
    member = next((found for found in locked.all() if found.id == member_id), None)
    if member is None:
        raise MemberNotFound("Your organisation has no such member.")
    return member


async def change_member(
    session: AsyncSession, scope: Scope, member: Member, *, role: Role, disabled: bool, now: datetime
) -> tuple[bytes, ...]:
    """Give a locked member this role, and let them in or not. Returns the hashes whose meaning has changed.

    Disabling ends every session of theirs and every key they made. Raises RightsNotHeld (403), LastOwner (409).
    """
    was_disabled = member.disabled_at is not None
    if (role, disabled) == (member.role, was_disabled):
        return ()
    who = await grantor(session, scope)
    who.require_held(rules.rights_of(scope.org_kind, member.role))
    who.require_held(rules.rights_of(scope.org_kind, role))
    stays_owner = role == Role.OWNER and not disabled
    if member.role == Role.OWNER and not was_disabled and not stays_owner:
        await _require_other_owner(session, member)
    before = _told(member)
    disabled_at = None if not disabled else member.disabled_at or now
    await _write(session, member, role=role, disabled_at=disabled_at)
    leaves = disabled and not was_disabled
    await _record(session, "member.disabled" if leaves else "member.changed", member, before=before, now=now)
    if leaves:
        return await end_all_of(session, member, now=now)
    return await tell_rights_changed(session, member.org_id, member_id=member.id)


async def _require_other_owner(session: AsyncSession, member: Member) -> None:
    others = exists().where(
        Member.org_id == member.org_id,
        Member.id != member.id,
        Member.role == Role.OWNER,
        Member.disabled_at.is_(None),
    )
    if not await session.scalar(select(others)):
        raise LastOwner("This is the last owner. Make somebody else an owner first.")


async def _write(session: AsyncSession, member: Member, *, role: Role, disabled_at: datetime | None) -> None:
    changed = await session.scalar(
        update(Member)
        .where(Member.org_id == member.org_id, Member.id == member.id)
        .values(role=role, disabled_at=disabled_at, version=Member.version + 1)
        .returning(Member)
        .execution_options(populate_existing=True)
    )
    assert changed is member, "a locked row was hidden from its own update"


def _told(member: Member) -> dict[str, Any]:
    """What the audit trail keeps of a person: no name, no address, because it can never be erased."""
    return {"role": str(member.role), "disabled": member.disabled_at is not None}


async def _record(
    session: AsyncSession, kind: str, member: Member, *, before: dict[str, Any] | None, now: datetime
) -> None:
    await events.record(
        session,
        kind,
        org_id=member.org_id,
        subject_kind="member",
        subject_id=member.id,
        before=before,
        after=_told(member),
        now=now,
    )
