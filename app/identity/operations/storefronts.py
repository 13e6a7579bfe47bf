"""How does a storefront begin, change, get its keys, and end; and how does a buyer let its people in through one?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.core import events
from app.core.db import AsyncSession
from app.core.errors import InvalidState
from app.core.scope import DESK_ID, Scope
from app.identity import queries, rules
from app.identity.errors import (
    StorefrontConsentGiven,
    StorefrontConsentNotFound,
    StorefrontKeyNotFound,
    StorefrontKeysFull,
    StorefrontNotFound,
)
from app.identity.models import (
    BuyerSession,
    Storefront,
    StorefrontConsent,
    StorefrontKey,
    StorefrontStatus,
)
from app.identity.operations.credentials import end_buyer_sessions, tell


@dataclass(frozen=True, slots=True)
class StorefrontFacts:
    """What an owner decides about its storefront, checked by the rules."""

    name: str
    origins: list[str]
    provider_ids: list[UUID] | None
    branding: rules.Branding


@dataclass(frozen=True, slots=True)
class NewStorefront:
    """A storefront to be stored."""

    storefront_id: UUID
    facts: StorefrontFacts


@dataclass(frozen=True, slots=True)
class NewStorefrontKey:
    """A publishable key to be stored: its hash, and the part that is shown in lists."""

    key_id: UUID
    hash: bytes
    shown: str


async def create_storefront(session: AsyncSession, scope: Scope, new: NewStorefront, *, now: datetime) -> Storefront:
    """Store an active storefront of the caller's organisation; the transaction names the desk too."""
    made = Storefront(
        org_id=scope.org_id,
        id=new.storefront_id,
        desk_id=DESK_ID,
        status=StorefrontStatus.ACTIVE,
        created_at=now,
        version=1,
        **_columns(new.facts),
    )
    session.add(made)
    await session.flush()
    await _record(session, "storefront.created", made, before=None, now=now)
    await tell(session, [made.id.bytes])
    return made


async def locked_storefront(session: AsyncSession, org_id: UUID, storefront_id: UUID) -> Storefront:
    """A storefront of this organisation that is about to change. Raises StorefrontNotFound (404)."""
    mine = (Storefront.org_id == org_id, Storefront.id == storefront_id)
    found = await session.scalar(select(Storefront).where(*mine).with_for_update())
    if found is None:
        raise StorefrontNotFound("Your organisation has no such storefront.")
    return found


async def storefront_of_desk(session: AsyncSession, scope: Scope, storefront_id: UUID) -> Storefront:
    """Anybody's storefront, for the operator; not locked, for its owner is not named yet. Raises StorefrontNotFound (404)."""
    seen = (Storefront.desk_id == scope.org_id, Storefront.id == storefront_id)
    found = await session.scalar(select(Storefront).where(*seen))
    if found is None:
        raise StorefrontNotFound("There is no such storefront.")
    return found


async def change_storefront(
    session: AsyncSession, found: Storefront, facts: StorefrontFacts, *, now: datetime
) -> tuple[bytes, ...]:
    """Change a locked storefront. Returns what every process forgets. Raises InvalidState (409) when it is closed."""
    if found.status == StorefrontStatus.CLOSED:
        raise InvalidState("The storefront is closed.", state=found.status)
    before = _told(found)
    columns = _columns(facts)
    if all(getattr(found, name) == value for name, value in columns.items()):
        return ()
    for name, value in columns.items():
        setattr(found, name, value)
    return await _written(session, found, "storefront.changed", before, now=now)


async def move_storefront(
    session: AsyncSession, found: Storefront, move: rules.Move, *, note: str | None, now: datetime
) -> tuple[bytes, ...]:
    """Suspend, resume or close a locked storefront. Returns what every process forgets.

    Whatever came through it stops at once: its keys, its buyers' tokens, its origins. Raises InvalidState (409).
    """
    status = rules.moved_status(found.status, move)
    if status is None:
        raise InvalidState(f"The storefront is {found.status}.", state=found.status)
    before = _told(found)
    found.status, found.status_note = StorefrontStatus(status), note
    kind = {"suspend": "storefront.suspended", "resume": "storefront.resumed", "close": "storefront.closed"}[move]
    return await _written(session, found, kind, before, now=now)


async def create_storefront_key(
    session: AsyncSession, storefront: Storefront, new: NewStorefrontKey, *, now: datetime
) -> StorefrontKey:
    """Give a locked storefront another publishable key. Raises StorefrontKeysFull (409), InvalidState (409)."""
    if storefront.status == StorefrontStatus.CLOSED:
        raise InvalidState("The storefront is closed.", state=storefront.status)
    live = select(func.count()).where(
        StorefrontKey.org_id == storefront.org_id,
        StorefrontKey.storefront_id == storefront.id,
        StorefrontKey.revoked_at.is_(None),
    )
    if (await session.scalar(live) or 0) >= rules.KEYS_LIVE_MAX:
        raise StorefrontKeysFull("Revoke one of the two first.")
    key = StorefrontKey(
        org_id=storefront.org_id,
        id=new.key_id,
        storefront_id=storefront.id,
        hash=new.hash,
        shown=new.shown,
        created_at=now,
        revoked_at=None,
    )
    session.add(key)
    await session.flush()
    after = {"shown": key.shown, "revoked": False}
    await _record_of(session, "storefront_key.created", storefront.org_id, ("storefront_key", key.id), after, now=now)
    return key


async def revoke_storefront_key(
    session: AsyncSession, scope: Scope, key_id: UUID, *, now: datetime
) -> tuple[bytes, ...]:
    """End a publishable key at once; the second time does nothing. Raises StorefrontKeyNotFound (404)."""
    mine = (StorefrontKey.org_id == scope.org_id, StorefrontKey.id == key_id)
    key = await session.scalar(select(StorefrontKey).where(*mine).with_for_update())
    if key is None:
        raise StorefrontKeyNotFound("Your organisation has no such publishable key.")
    if key.revoked_at is not None:
        return ()
    key.revoked_at = now
    await session.flush()
    after = {"shown": key.shown, "revoked": True}
    await _record_of(session, "storefront_key.revoked", scope.org_id, ("storefront_key", key.id), after, now=now)
    await tell(session, [key.hash])
    return (key.hash,)


async def give_consent(
    session: AsyncSession, scope: Scope, consent_id: UUID, storefront_id: UUID, *, now: datetime
) -> StorefrontConsent:
    """Let the organisation's people sign in through a storefront.

    Raises StorefrontNotFound (404) when no storefront is open under this id, StorefrontConsentGiven (409).
    """
    offered = await queries.offered_storefront(session, storefront_id)
    given: StorefrontConsent | None = await session.scalar(
        insert(StorefrontConsent)
        .values(
            org_id=scope.org_id,
            id=consent_id,
            storefront_id=storefront_id,
            storefront_owner_id=offered.org_id,
            given_at=now,
        )
        .on_conflict_do_nothing()
        .returning(StorefrontConsent)
    )
    if given is None:
        raise StorefrontConsentGiven("Your organisation has consented to this storefront.")
    after = {"storefront_id": str(storefront_id), "given": True}
    await _record_of(
        session, "storefront_consent.given", scope.org_id, ("storefront_consent", given.id), after, now=now
    )
    return given


async def withdraw_consent(
    session: AsyncSession, scope: Scope, consent_id: UUID, *, now: datetime
) -> tuple[bytes, ...]:
    """Take a consent back: every session through the storefront ends at once. The second time does nothing.

    Returns the hashes that ended. Raises StorefrontConsentNotFound (404).
    """
    mine = (StorefrontConsent.org_id == scope.org_id, StorefrontConsent.id == consent_id)
    given = await session.scalar(select(StorefrontConsent).where(*mine).with_for_update())
    if given is None:
        raise StorefrontConsentNotFound("Your organisation has given no such consent.")
    if given.withdrawn_at is not None:
        return ()
    given.withdrawn_at = now
    await session.flush()
    after = {"storefront_id": str(given.storefront_id), "given": False}
    subject = ("storefront_consent", given.id)
    await _record_of(session, "storefront_consent.withdrawn", scope.org_id, subject, after, now=now)
    through = BuyerSession.storefront_id == given.storefront_id
    return await end_buyer_sessions(session, scope.org_id, through, now=now)


def _columns(facts: StorefrontFacts) -> dict[str, Any]:
    return {
        "name": facts.name,
        "origins": facts.origins,
        "provider_ids": facts.provider_ids,
        "branding": facts.branding,
    }


async def _written(
    session: AsyncSession, found: Storefront, kind: str, before: dict[str, Any], *, now: datetime
) -> tuple[bytes, ...]:
    """Keep a locked storefront's change, say so, and tell every process to look it up again."""
    found.version += 1
    await session.flush()  # A locked row that is hidden from its own update is an error here.
    await _record(session, kind, found, before=before, now=now)
    await tell(session, [found.id.bytes])
    return (found.id.bytes,)


def _told(storefront: Storefront) -> dict[str, Any]:
    providers = storefront.provider_ids
    return {
        "status": str(storefront.status),
        "name": storefront.name,
        "origins": list(storefront.origins),
        "providers": None if providers is None else [str(each) for each in providers],
        "branding": dict(storefront.branding),
        "note": storefront.status_note,
    }


async def _record(
    session: AsyncSession, kind: str, storefront: Storefront, *, before: dict[str, Any] | None, now: datetime
) -> None:
    """The owner's event, which the desk may read."""
    await events.record(
        session,
        kind,
        org_id=storefront.org_id,
        subject_kind="storefront",
        subject_id=storefront.id,
        before=before,
        after=_told(storefront),
        party_ids=(DESK_ID,),
        now=now,
    )


async def _record_of(
    session: AsyncSession, kind: str, org_id: UUID, subject: tuple[str, UUID], after: dict[str, Any], *, now: datetime
) -> None:
    subject_kind, subject_id = subject
    await events.record(
        session, kind, org_id=org_id, subject_kind=subject_kind, subject_id=subject_id, after=after, now=now
    )
