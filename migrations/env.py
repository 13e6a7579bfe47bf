"""How is the database brought to the newest shape? One migration after another, under an advisory lock."""

import asyncio

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from app import tables
from app.settings import read_database_url

ADVISORY_LOCK = 0x0FF5E7DE5C
"""Two migrations at once would trip over each other: the second waits."""


def _url() -> str:
    given: str | None = context.config.attributes.get("url")
    return given or tables.asyncpg_url(read_database_url())


def _upgrade(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=tables.metadata,
        compare_type=True,
        compare_server_default=False,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def _online() -> None:
    engine = create_async_engine(_url(), poolclass=NullPool)
    async with engine.connect() as holder:
        await holder.execute(text("select pg_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
        async with engine.connect() as connection:
            await connection.run_sync(_upgrade)
        await holder.execute(text("select pg_advisory_unlock(:key)"), {"key": ADVISORY_LOCK})
    await engine.dispose()


asyncio.run(_online())
