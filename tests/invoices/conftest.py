"""One desk for all tests of papers in the database, which says who issues them; every test has parties of its own."""

import secrets
from collections.abc import AsyncIterator

import asyncpg
import pytest

from app.core.db import API_ROLE, WORKER_ROLE, Database
from tests.conftest import copying, with_database
from tests.invoices.counter import Counter, enter_desk
from tests.world import open_world


@pytest.fixture(scope="session")
async def counter(
    server_url: str, stocked_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Counter]:
    """A desk whose registry is worked by people, which has said who issues papers."""
    name = f"papers_{secrets.token_hex(6)}"
    server = await asyncpg.connect(server_url)
    await server.execute(copying(name, stocked_template))
    url = with_database(server_url, name)
    owner, db, worker_db = await asyncpg.connect(url), Database(url, role=API_ROLE), Database(url, role=WORKER_ROLE)
    async with open_world(db, worker_db, tmp_path_factory.mktemp("files"), registry=None) as world:
        await enter_desk(world)
        yield Counter(world, owner)
    for closing in (db, worker_db, owner):
        await closing.close()
    await server.execute(f'drop database "{name}" with (force)')
    await server.close()
