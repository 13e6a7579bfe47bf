"""Does the lead outlive the death of its connection, whatever moment it dies in?"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import asyncpg

from app.core.db import WORKER_ROLE, Database
from workers.lead import Lead

CUT = (
    "select count(pg_terminate_backend(pid)) from pg_stat_activity"
    " where application_name = 'offsetdesk_lead' and datname = current_database()"
)


@asynccontextmanager
async def half_closed_line(database_url: str) -> AsyncIterator[str]:
    """The database behind a line that brings every byte, and never tells that the server has hung up."""
    there = urlsplit(database_url)
    busy: set[asyncio.Task[None]] = set()
    lines: list[asyncio.StreamWriter] = []

    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = parse_qs(there.query).get("host", [""])[0]
        if host:
            port = parse_qs(there.query).get("port", [there.port or 5432])[0]
            up, down = await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        else:
            up, down = await asyncio.open_connection(there.hostname, there.port or 5432)
        lines.extend((writer, down))
        busy.update({asyncio.create_task(_carried(reader, down)), asyncio.create_task(_carried(up, writer))})

    server = await asyncio.start_server(answered, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    user = there.netloc.rpartition("@")[0]
    yield f"postgresql://{user}@127.0.0.1:{port}{there.path}?sslmode=disable"
    server.close()
    for task in busy:
        task.cancel()
    await asyncio.gather(*busy, return_exceptions=True)
    for line in lines:
        line.close()
    await asyncio.gather(*(line.wait_closed() for line in lines), return_exceptions=True)
    await server.wait_closed()


async def _carried(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while part := await reader.read(65_536):
        writer.write(part)
        await writer.drain()


async def test_a_server_that_ends_the_connection_just_before_the_next_question_costs_one_turn(
    database_url: str, owner: asyncpg.Connection
) -> None:
    async with half_closed_line(database_url) as url:
        db = Database(url, role=WORKER_ROLE)
        lead = Lead(db)
        assert await lead.held()
        assert await owner.fetchval(CUT) == 1
        await asyncio.sleep(0.3)  # The farewell is here; the end of the line is not, and never will be.
        assert not await lead.held()
        assert await lead.held()
        await lead.close()
        await db.close()
