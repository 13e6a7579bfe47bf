"""Where does the demonstration's database come from? A PostgreSQL of our own, or one that is given and empty."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from alembic import command
from alembic.config import Config
from sqlalchemy import func, make_url, select

from app.core.db import WORKER_ROLE, Database, asyncpg_url
from app.demo.errors import DemoFailed
from app.demo.places import ROOT
from app.identity.models import Organisation
from integrations.postgres.embedded import EmbeddedPostgres

DATABASE: Final = "offsetdesk_demo"


@dataclass(frozen=True, slots=True)
class Found:
    """A database to play in, and what to call it."""

    url: str
    described: str
    server_pid: int | None
    """The embedded server's; None for somebody else's."""


@contextmanager
def opened(home: Path, given_url: str) -> Iterator[Found]:
    """The given database, or a new one in the embedded server, which stops with the block.

    Raises DemoFailed when the given one is in use; EmbeddedPostgresError when there can be no embedded one.
    """
    if given_url:
        yield asyncio.run(_given(given_url))
        return
    with EmbeddedPostgres(home) as server:
        version = asyncio.run(_made_anew(server.dsn(), server.pid))
        url = urlunsplit(urlsplit(server.dsn())._replace(path=f"/{DATABASE}"))
        yield Found(url, f"PostgreSQL {version}, embedded", server.pid)


def migrate(url: str) -> None:
    """Bring the database to the newest shape."""
    config = Config(ROOT / "alembic.ini")
    config.attributes["url"] = asyncpg_url(url)
    command.upgrade(config, "head")


async def _made_anew(dsn: str, server_pid: int) -> str:
    """Drop the last demonstration's database and create this one's; the server's version."""
    connection = await asyncpg.connect(dsn)
    try:
        written = await connection.fetchval("select pg_read_file('postmaster.pid')")
        if int(written.split("\n", 1)[0]) != server_pid:
            raise DemoFailed("Another PostgreSQL than the demonstration's own answers there: nothing was dropped.")
        await connection.execute(f'drop database if exists "{DATABASE}" with (force)')
        await connection.execute(f'create database "{DATABASE}"')
        return await _version(connection)
    finally:
        await connection.close()


async def _given(url: str) -> Found:
    """The database that somebody named, after a look that changes nothing."""
    try:
        connection = await asyncpg.connect(
            make_url(asyncpg_url(url)).set(drivername="postgresql").render_as_string(hide_password=False)
        )
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as refused:
        raise DemoFailed(f"The database of OFFSETDESK_DATABASE_URL does not answer: {refused}") from refused
    try:
        tables = await connection.fetchval("select count(*) from pg_tables where schemaname = 'public'")
        ours = await connection.fetchval("select to_regclass('public.organisation') is not null")
        version = await _version(connection)
    finally:
        await connection.close()
    if tables and (not ours or await _has_organisations(url)):
        raise DemoFailed(
            "The database of OFFSETDESK_DATABASE_URL is in use already; the demonstration needs an empty one."
        )
    return Found(url, f"PostgreSQL {version}, of OFFSETDESK_DATABASE_URL", None)


async def _has_organisations(url: str) -> bool:
    """Asked as the auditor: row-level security hides organisations from the tables' owner."""
    db = Database(url, role=WORKER_ROLE, pool_size=1)
    try:
        async with db.audit() as session:
            return bool(await session.scalar(select(func.count()).select_from(Organisation)))
    finally:
        await db.close()


async def _version(connection: asyncpg.Connection) -> str:
    shown: str = await connection.fetchval("show server_version")
    return shown.split(maxsplit=1)[0]
