"""How is the database spoken to? In short transactions that are visible blocks and name their organisations."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import ARRAY, CollectionAggregate, MetaData, Uuid, any_, bindparam, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from app.core.drivers import Drivers
from app.core.scope import Scope

__all__ = ["API_ROLE", "AUDITOR_ROLE", "WORKER_ROLE", "AsyncSession", "Database", "Table", "any_of", "is_retryable"]

API_ROLE: Final = "offsetdesk_api"
WORKER_ROLE: Final = "offsetdesk_worker"
AUDITOR_ROLE: Final = "offsetdesk_auditor"
"""Reads every organisation's rows and writes only seals: for the event chain and the checks of the invariants."""

NAMING = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}
RETRYABLE = frozenset({"40001", "40P01"})


class Table(DeclarativeBase):
    """Base of every table. Names of constraints are fixed, so that refusals and migrations can refer to them."""

    metadata = MetaData(naming_convention=NAMING)


def any_of(ids: Sequence[UUID]) -> CollectionAggregate[Any]:
    """To be compared with an id's column: one parameter however many there are, where IN takes one for each."""
    return any_(bindparam("ids", list(ids), type_=ARRAY(Uuid()), unique=True))


def is_retryable(error: BaseException) -> bool:
    """Whether a step that failed with this may simply be begun again (serialization failure, deadlock)."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in RETRYABLE


class Database:
    """Opens transactions as one role. Leaving the block commits; any error rolls back and is raised.

    `url` is the owner's; every connection becomes `role` when it connects, so that row-level security binds it.
    """

    def __init__(self, url: str, *, role: str, pool_size: int = 10, statement_timeout_ms: int = 15_000) -> None:
        """Prepare an engine. Nothing connects yet."""
        self.url = url
        self.role = role
        server_settings = {
            "role": role,
            "application_name": role,
            "timezone": "UTC",
            "statement_timeout": str(statement_timeout_ms),
            "lock_timeout": "10s",
            "idle_in_transaction_session_timeout": "15s",
            "jit": "off",
        }
        self.engine: AsyncEngine = create_async_engine(
            asyncpg_url(url),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=15,
            hide_parameters=True,
            connect_args={"server_settings": server_settings},
        )
        self._drivers = Drivers(plain_url(url), server_settings=server_settings, size=pool_size)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False, autobegin=True)

    @asynccontextmanager
    async def transaction(self, scope: Scope) -> AsyncIterator[AsyncSession]:
        """One transaction that acts for the organisations the scope names. The only COMMIT of the program."""
        async with self._sessions() as session:
            await session.execute(_SET_ORGANISATIONS, {"orgs": ",".join(map(str, scope.org_ids))})
            session.info["scope"] = scope
            yield session
            await _commit(session)

    @asynccontextmanager
    async def public(self) -> AsyncIterator[AsyncSession]:
        """A transaction for nobody: reference tables and public projections can be read, no organisation's row."""
        async with self._sessions() as session:
            yield session
            await _commit(session)

    def reading(self, reader: Scope | None) -> AbstractAsyncContextManager[AsyncSession]:
        """A transaction for whoever reads what is public: a caller, who may see more, or nobody."""
        return self.public() if reader is None else self.transaction(reader)

    @asynccontextmanager
    async def machinery(self) -> AsyncIterator[AsyncSession]:
        """A transaction on job rows, leases, schedules and seals: the program's own work, no organisation's row."""
        async with self._sessions() as session:
            yield session
            await _commit(session)

    @asynccontextmanager
    async def audit(self) -> AsyncIterator[AsyncSession]:
        """A transaction that may read every row and write only seals. Workers only; never on behalf of a caller."""
        async with self._sessions() as session:
            await session.execute(text(f"set local role {AUDITOR_ROLE}"))
            yield session
            await _commit(session)

    def driver(self) -> AbstractAsyncContextManager[asyncpg.Connection]:
        """The driver's connection in autocommit, for statements that are whole transactions."""
        return self._drivers.lent()

    async def close(self) -> None:
        """Close every connection."""
        await self._drivers.close()
        await self.engine.dispose()


_SET_ORGANISATIONS = text("select set_config('app.org_ids', :orgs, true)")


def asyncpg_url(url: str) -> str:
    """The same database, spoken to by SQLAlchemy on asyncpg. Takes what people write: postgresql:// or postgres://."""
    return make_url(plain_url(url)).set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)


def plain_url(url: str) -> str:
    """The same database as asyncpg itself writes it: postgresql://."""
    scheme, colon, rest = url.partition("://")
    assert scheme.split("+")[0] in ("postgres", "postgresql"), "The database is PostgreSQL."
    return f"postgresql{colon}{rest}"


async def _commit(session: AsyncSession) -> None:
    """COMMIT, even when the caller goes away meanwhile: a cut-off COMMIT would leave the connection in doubt."""
    committing = asyncio.ensure_future(session.commit())
    try:
        await asyncio.shield(committing)
    except asyncio.CancelledError:
        await committing
        raise
