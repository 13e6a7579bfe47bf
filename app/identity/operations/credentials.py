"""How do keys and sessions come into being, and how do they stop at once in every process?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, update

from app.core import events
from app.core.db import AsyncSession
from app.core.errors import Unauthenticated
from app.core.scope import Scope
from app.identity.errors import ApiKeyNotFound, SignInFailed
from app.identity.models import ApiKey, BuyerSession, BuyerToken, LoginSession, Member

REVOKED_CHANNEL: Final = "offsetdesk_revoked"
"""Every process listens: a message is the hex of what has changed its meaning in this transaction: a credential's hash,
or the id of an organisation or a storefront, for all that comes through it."""

SESSION_VALID: Final = timedelta(hours=12)
"""The absolute limit of a session; using it does not make it longer."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key to be stored: never the key itself, only its hash and the part that may be shown."""

    key_id: UUID
    hash: bytes
    shown: str
    name: str
    scopes: frozenset[str]
    expires_at: datetime | None
    storefront_id: UUID | None = None
    """For a key that acts for this storefront's buyers."""


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session to be stored: of its token only the hash."""

    session_id: UUID
    member_id: UUID
    token_hash: bytes


async def create_key(session: AsyncSession, new: NewKey, *, org_id: UUID, created_by: UUID, now: datetime) -> ApiKey:
    """Store a key of the organisation. Whether its rights may be given away is asked before (`require_held`)."""
    key = ApiKey(
        org_id=org_id,
        id=new.key_id,
        hash=new.hash,
        shown=new.shown,
        name=new.name,
        scopes=sorted(new.scopes),
        created_by=created_by,
        created_at=now,
        expires_at=new.expires_at,
        storefront_id=new.storefront_id,
    )
    session.add(key)
    await session.flush()
    await events.record(
        session,
        "api_key.created",
        org_id=org_id,
        subject_kind="api_key",
        subject_id=key.id,
        after={"shown": key.shown, "scopes": key.scopes, "revoked": False},
        now=now,
    )
    return key


async def revoke_key(session: AsyncSession, scope: Scope, key_id: UUID, *, now: datetime) -> tuple[bytes, ...]:
    """End a key for good; the second time does nothing. Returns the hashes that ended. Raises ApiKeyNotFound (404)."""
    wanted = (ApiKey.org_id == scope.org_id, ApiKey.id == key_id)
    if await session.scalar(select(ApiKey.id).where(*wanted).with_for_update()) is None:
        raise ApiKeyNotFound("Your organisation has no such API key.")
    return await _end_keys(session, scope.org_id, ApiKey.id == key_id, now=now)


async def open_session(
    session: AsyncSession, new: NewSession, *, org_id: UUID, now: datetime
) -> tuple[LoginSession, Member]:
    """Begin a session of 12 hours for a member whose password was right. Raises SignInFailed (401) when disabled."""
    # The lock keeps the member from being disabled until this session can be seen, and ended, by who disables.
    member = await session.scalar(
        select(Member)
        .where(Member.org_id == org_id, Member.id == new.member_id, Member.disabled_at.is_(None))
        .with_for_update(read=True)
    )
    if member is None:
        raise SignInFailed("The e-mail address or the password is wrong.")
    opened = LoginSession(
        org_id=org_id,
        id=new.session_id,
        member_id=new.member_id,
        token_hash=new.token_hash,
        created_at=now,
        expires_at=now + SESSION_VALID,
    )
    session.add(opened)
    await session.flush()
    await events.record(
        session,
        "session.opened",
        org_id=org_id,
        subject_kind="session",
        subject_id=new.session_id,
        after={"open": True},
        now=now,
    )
    return opened, member


async def close_session(session: AsyncSession, scope: Scope, token_hash: bytes, *, now: datetime) -> tuple[bytes, ...]:
    """Sign out. Returns the hashes that ended. Raises Unauthenticated (401) when it had ended already."""
    ended = await _end_sessions(session, scope.org_id, LoginSession.token_hash == token_hash, now=now)
    if not ended:
        raise Unauthenticated("This session has ended already.")
    return ended


async def renew_password_hash(session: AsyncSession, scope: Scope, verified: str, renewed: str) -> None:
    """Keep the member's same password under today's settings of the hash, unless it was changed meanwhile.

    Nothing changes for anybody: no event, no version.
    """
    await session.execute(
        update(Member)
        .where(Member.org_id == scope.org_id, Member.id == scope.actor_id, Member.password_hash == verified)
        .values(password_hash=renewed)
    )


async def end_all_of(session: AsyncSession, member: Member, *, now: datetime) -> tuple[bytes, ...]:
    """End every session of a member and every key that the member made, whose secrets they have seen."""
    sessions = await _end_sessions(session, member.org_id, LoginSession.member_id == member.id, now=now)
    keys = await _end_keys(session, member.org_id, ApiKey.created_by == member.id, now=now)
    through = await end_buyer_sessions(session, member.org_id, BuyerSession.member_id == member.id, now=now)
    return sessions + keys + through


async def end_buyer_sessions(
    session: AsyncSession, org_id: UUID, which: ColumnElement[bool], *, now: datetime
) -> tuple[bytes, ...]:
    """End these of a buyer's sessions through storefronts, with every token of theirs. Returns the hashes that ended."""
    ended = await session.scalars(
        update(BuyerSession)
        .where(BuyerSession.org_id == org_id, BuyerSession.ended_at.is_(None), which)
        .values(ended_at=now)
        .returning(BuyerSession.id)
    )
    found = ended.all()
    for session_id in found:
        await _record_end(
            session, "buyer_session.closed", org_id, ("buyer_session", session_id), {"open": False}, now=now
        )
    of_them = (BuyerToken.org_id == org_id, BuyerToken.session_id.in_(found))
    hashes = list(await session.scalars(select(BuyerToken.access_hash).where(*of_them))) if found else []
    await tell(session, hashes)
    return tuple(hashes)


async def tell_rights_changed(session: AsyncSession, org_id: UUID, *, member_id: UUID | None) -> tuple[bytes, ...]:
    """Make every process look credentials up again: a member's sessions, or all of the organisation's (None)."""
    of_whom = [] if member_id is None else [LoginSession.member_id == member_id]
    sessions = await session.scalars(
        select(LoginSession.token_hash).where(
            LoginSession.org_id == org_id, LoginSession.revoked_at.is_(None), *of_whom
        )
    )
    hashes = list(sessions)
    if member_id is None:
        keys = await session.scalars(select(ApiKey.hash).where(ApiKey.org_id == org_id, ApiKey.revoked_at.is_(None)))
        hashes += [*keys, org_id.bytes]
    else:
        hashes += await _buyer_tokens_of(session, org_id, member_id)
    await tell(session, hashes)
    return tuple(hashes)


async def _buyer_tokens_of(session: AsyncSession, org_id: UUID, member_id: UUID) -> list[bytes]:
    theirs = (BuyerSession.org_id == org_id, BuyerSession.member_id == member_id, BuyerSession.ended_at.is_(None))
    of_session = and_(BuyerToken.org_id == BuyerSession.org_id, BuyerToken.session_id == BuyerSession.id)
    return list(await session.scalars(select(BuyerToken.access_hash).join(BuyerSession, of_session).where(*theirs)))


async def _end_keys(
    session: AsyncSession, org_id: UUID, which: ColumnElement[bool], *, now: datetime
) -> tuple[bytes, ...]:
    ended = await session.execute(
        update(ApiKey)
        .where(ApiKey.org_id == org_id, ApiKey.revoked_at.is_(None), which)
        .values(revoked_at=now)
        .returning(ApiKey.id, ApiKey.hash)
    )
    found = [(key_id, key_hash) for key_id, key_hash in ended]
    for key_id, _ in found:
        await _record_end(session, "api_key.revoked", org_id, ("api_key", key_id), {"revoked": True}, now=now)
    await tell(session, [key_hash for _, key_hash in found])
    return tuple(key_hash for _, key_hash in found)


async def _end_sessions(
    session: AsyncSession, org_id: UUID, which: ColumnElement[bool], *, now: datetime
) -> tuple[bytes, ...]:
    ended = await session.execute(
        update(LoginSession)
        .where(LoginSession.org_id == org_id, LoginSession.revoked_at.is_(None), LoginSession.expires_at > now, which)
        .values(revoked_at=now)
        .returning(LoginSession.id, LoginSession.token_hash)
    )
    found = [(session_id, token_hash) for session_id, token_hash in ended]
    for session_id, _ in found:
        await _record_end(session, "session.closed", org_id, ("session", session_id), {"open": False}, now=now)
    await tell(session, [token_hash for _, token_hash in found])
    return tuple(token_hash for _, token_hash in found)


async def _record_end(
    session: AsyncSession, kind: str, org_id: UUID, subject: tuple[str, UUID], after: dict[str, Any], *, now: datetime
) -> None:
    before = {name: not value for name, value in after.items()}
    subject_kind, subject_id = subject
    await events.record(
        session,
        kind,
        org_id=org_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        before=before,
        after=after,
        now=now,
    )


async def tell(session: AsyncSession, changes: Sequence[bytes]) -> None:
    """PostgreSQL delivers it with the COMMIT and never without: nobody forgets a credential that stays."""
    for changed in changes:
        await session.execute(select(func.pg_notify(REVOKED_CHANNEL, changed.hex())))
