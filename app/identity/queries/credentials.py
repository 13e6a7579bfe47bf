"""Who is this credential? Asked of the database's narrow functions, before any organisation is known."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from app.identity import rules


@dataclass(frozen=True, slots=True)
class Through:
    """The storefront that a credential came through."""

    storefront_id: UUID
    org_id: UUID
    org_status: str
    status: str
    origins: frozenset[str]
    providers: frozenset[UUID] | None


@dataclass(frozen=True, slots=True)
class Credential:
    """What a live key, session or token stands for, before its organisation's status is weighed."""

    org_id: UUID
    org_kind: str
    org_status: str
    actor_id: UUID
    actor_kind: str
    """`key`, `member` or `storefront`."""
    rights: frozenset[str]
    expires_at: datetime | None
    through: Through | None = None


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


@dataclass(frozen=True, slots=True)
class Refreshing:
    """Whose refresh token it is, before anybody looked whether it is still good."""

    org_id: UUID
    org_kind: str
    org_status: str
    session_id: UUID
    member_id: UUID
    role: str
    disabled: bool


async def key_with(driver: asyncpg.Connection, key_hash: bytes) -> Credential | None:
    """The key that is not revoked with this hash. Runs for nobody: the database's narrow function looks."""
    row = await driver.fetchrow("select * from find_api_key($1)", key_hash)
    if row is None:
        return None
    rights = frozenset(row["scopes"])
    through = None if row["storefront_id"] is None else _through(row, row["org_id"], row["org_status"])
    return Credential(
        row["org_id"], row["org_kind"], row["org_status"], row["key_id"], "key", rights, row["expires_at"], through
    )


async def session_with(driver: asyncpg.Connection, token_hash: bytes) -> Credential | None:
    """The session that is not revoked, of a member who is not disabled, with this hash."""
    row = await driver.fetchrow("select * from find_login_session($1)", token_hash)
    if row is None:
        return None
    kind = row["org_kind"]
    rights = rules.rights_of(kind, row["role"])
    return Credential(row["org_id"], kind, row["org_status"], row["member_id"], "member", rights, row["expires_at"])


async def publishable_key_with(driver: asyncpg.Connection, key_hash: bytes) -> Credential | None:
    """The publishable key that is not revoked with this hash. It has no rights: what it opens asks for none."""
    row = await driver.fetchrow("select * from find_storefront_key($1)", key_hash)
    if row is None:
        return None
    org_id, status = row["org_id"], row["org_status"]
    through = _through(row, org_id, status)
    return Credential(org_id, row["org_kind"], status, row["key_id"], "storefront", frozenset(), None, through)


async def buyer_token_with(driver: asyncpg.Connection, token_hash: bytes) -> Credential | None:
    """The token of a session through a storefront that has not ended, of a member who is not disabled."""
    row = await driver.fetchrow("select * from find_buyer_token($1)", token_hash)
    if row is None:
        return None
    kind = row["org_kind"]
    rights = rules.through_rights(rules.rights_of(kind, row["role"]))
    through = _through(row, row["storefront_org_id"], row["storefront_org_status"])
    return Credential(
        row["org_id"], kind, row["org_status"], row["member_id"], "member", rights, row["expires_at"], through
    )


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


async def refreshing_with(driver: asyncpg.Connection, token_hash: bytes) -> Refreshing | None:
    """The refresh token with this hash, also one that was used or has ended."""
    row = await driver.fetchrow("select * from find_refresh_token($1)", token_hash)
    if row is None:
        return None
    return Refreshing(
        row["org_id"],
        row["org_kind"],
        row["org_status"],
        row["session_id"],
        row["member_id"],
        row["role"],
        row["disabled"],
    )


async def buyer_opened_by(driver: asyncpg.Connection, storefront_id: UUID, org_id: UUID) -> tuple[str, str] | None:
    """Kind and status of a buyer that this storefront opened; None for everybody else."""
    row = await driver.fetchrow("select * from find_storefront_buyer($1, $2)", storefront_id, org_id)
    return None if row is None else (row["org_kind"], row["org_status"])


async def is_storefront_origin(driver: asyncpg.Connection, origin: str) -> bool:
    """Whether an active storefront has this origin."""
    return bool(await driver.fetchval("select is_storefront_origin($1)", origin))


def _through(row: asyncpg.Record, org_id: UUID, org_status: str) -> Through:
    providers = row["provider_ids"]
    return Through(
        storefront_id=row["storefront_id"],
        org_id=org_id,
        org_status=org_status,
        status=row["storefront_status"],
        origins=frozenset(row["origins"]),
        providers=None if providers is None else frozenset(providers),
    )
