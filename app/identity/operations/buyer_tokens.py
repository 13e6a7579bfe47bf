"""How does a buyer's person sign in through a storefront, stay signed in for a while, and stop at once?

One password begins a family: a bearer token of 15 minutes and a refresh token that is good for one successor pair. A
refresh token that comes a second time was copied, and nobody can tell which of the two is the thief: the family ends.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.core import events
from app.core.db import AsyncSession
from app.core.scope import Scope
from app.identity import rules
from app.identity.errors import ConsentRequired, RefreshFailed, SignInFailed
from app.identity.models import BuyerSession, BuyerToken, Member, Organisation, StorefrontConsent
from app.identity.operations.credentials import end_buyer_sessions


@dataclass(frozen=True, slots=True)
class NewTokens:
    """A pair to be stored: of each token only the hash."""

    token_id: UUID
    access_hash: bytes
    refresh_hash: bytes


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who signed in with a right password, and through which storefront."""

    session_id: UUID
    member_id: UUID
    storefront_id: UUID
    storefront_owner_id: UUID


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The family, and its next pair."""

    family: BuyerSession
    pair: BuyerToken


@dataclass(frozen=True, slots=True)
class Reused:
    """A refresh token came a second time: the family has ended, with the tokens of these hashes."""

    ended: tuple[bytes, ...]


async def open_buyer_session(
    session: AsyncSession, scope: Scope, new: SignIn, tokens: NewTokens, *, now: datetime
) -> tuple[BuyerSession, BuyerToken, Member]:
    """Begin a family of tokens for a member whose password was right.

    Raises SignInFailed (401) when the member was disabled meanwhile, ConsentRequired (403) for an organisation that the
    storefront did not open and that has not consented.
    """
    # The locks keep member and consent as they are until this session can be seen, and ended, by who changes them.
    asked = select(Member).where(
        Member.org_id == scope.org_id, Member.id == new.member_id, Member.disabled_at.is_(None)
    )
    member = await session.scalar(asked.with_for_update(read=True))
    if member is None:
        raise SignInFailed("The e-mail address or the password is wrong.")
    if not await _belongs(session, scope, new.storefront_id):
        raise ConsentRequired("Your organisation has neither come through this storefront nor consented to it.")
    opened = BuyerSession(
        org_id=scope.org_id,
        id=new.session_id,
        member_id=new.member_id,
        storefront_id=new.storefront_id,
        storefront_owner_id=new.storefront_owner_id,
        created_at=now,
        expires_at=now + rules.TOKENS_VALID_UP_TO,
        ended_at=None,
    )
    session.add(opened)
    await session.flush()
    pair = await _add_pair(session, opened, tokens, now=now)
    await _record(session, "buyer_session.opened", opened, now=now)
    return opened, pair, member


async def refresh_tokens(
    session: AsyncSession, scope: Scope, refresh_hash: bytes, tokens: NewTokens, *, now: datetime
) -> Refreshed | Reused:
    """The next pair of the family, for a refresh token that comes for the first time.

    After one that comes again the transaction must be kept, and RefreshFailed be told. Raises RefreshFailed (401) for a family that has ended, or of another storefront.
    """
    mine = (BuyerToken.org_id == scope.org_id, BuyerToken.refresh_hash == refresh_hash)
    used = await session.scalar(select(BuyerToken).where(*mine).with_for_update())
    assert used is not None, "The token was found a moment ago, and none is removed."
    its = (BuyerSession.org_id == scope.org_id, BuyerSession.id == used.session_id)
    family = await session.scalar(select(BuyerSession).where(*its).with_for_update())
    assert family is not None, "A token has a session."
    if family.ended_at is not None or family.expires_at <= now or family.storefront_id != scope.storefront_id:
        raise refused_refresh()
    if used.refreshed_at is not None:
        await _record(session, "buyer_session.refresh_reused", family, now=now)
        return Reused(await end_buyer_sessions(session, scope.org_id, BuyerSession.id == family.id, now=now))
    used.refreshed_at = now
    await session.flush()
    pair = await _add_pair(session, family, tokens, now=now)
    await _record(session, "buyer_session.refreshed", family, now=now)
    return Refreshed(family, pair)


async def close_buyer_session(
    session: AsyncSession, scope: Scope, access_hash: bytes, *, now: datetime
) -> tuple[bytes, ...]:
    """Sign out: the family of this token ends. Returns the hashes that ended; none when it had ended already."""
    mine = (BuyerToken.org_id == scope.org_id, BuyerToken.access_hash == access_hash)
    session_id = await session.scalar(select(BuyerToken.session_id).where(*mine))
    return await end_buyer_sessions(session, scope.org_id, BuyerSession.id == session_id, now=now)


def refused_refresh() -> RefreshFailed:
    """One refusal for all causes: who tries a token learns nothing of why it is not good."""
    return RefreshFailed("Sign in again.")


async def _belongs(session: AsyncSession, scope: Scope, storefront_id: UUID) -> bool:
    opened = select(Organisation.storefront_id).where(Organisation.org_id == scope.org_id)
    if await session.scalar(opened) == storefront_id:
        return True
    consent = select(StorefrontConsent.id).where(
        StorefrontConsent.org_id == scope.org_id,
        StorefrontConsent.storefront_id == storefront_id,
        StorefrontConsent.withdrawn_at.is_(None),
    )
    return await session.scalar(consent.with_for_update(read=True)) is not None


async def _add_pair(session: AsyncSession, family: BuyerSession, tokens: NewTokens, *, now: datetime) -> BuyerToken:
    pair = BuyerToken(
        org_id=family.org_id,
        id=tokens.token_id,
        session_id=family.id,
        access_hash=tokens.access_hash,
        refresh_hash=tokens.refresh_hash,
        created_at=now,
        expires_at=min(now + rules.TOKEN_VALID, family.expires_at),
        refreshed_at=None,
    )
    session.add(pair)
    await session.flush()
    return pair


async def _record(session: AsyncSession, kind: str, family: BuyerSession, *, now: datetime) -> None:
    await events.record(
        session,
        kind,
        org_id=family.org_id,
        subject_kind="buyer_session",
        subject_id=family.id,
        after={"open": True, "storefront_id": str(family.storefront_id)},
        now=now,
    )
