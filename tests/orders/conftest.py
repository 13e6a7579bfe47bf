"""One desk for all tests of orders: a world costs seconds, and every test has buyers and listings of its own."""

import secrets
from collections.abc import AsyncIterator

import asyncpg
import pytest

from app.core.db import API_ROLE, WORKER_ROLE, Database
from tests.conftest import copying, with_database
from tests.orders.shop import CAP, Shop
from tests.world import Party, open_world


@pytest.fixture(scope="session")
async def shop(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    """A desk whose registry is worked by people, with three approved providers."""
    name = f"shop_{secrets.token_hex(6)}"
    server = await asyncpg.connect(server_url)
    await server.execute(copying(name, template))
    url = with_database(server_url, name)
    owner, db = await asyncpg.connect(url), Database(url, role=API_ROLE)
    worker_db = Database(url, role=WORKER_ROLE)
    async with open_world(db, worker_db, tmp_path_factory.mktemp("files"), registry=None, unpaid_cap=CAP) as world:
        yield Shop(world, owner, [await world.provider() for _ in range(3)])
    for closing in (db, worker_db, owner):
        await closing.close()
    await server.execute(f'drop database "{name}" with (force)')
    await server.close()


@pytest.fixture(scope="session")
async def stall(shop: Shop) -> tuple[Shop, Party, list[list[str]]]:
    """The shop with a buyer, and four large listings of each provider."""
    listings = [[await shop.listing(1_000_000, provider=n) for _ in range(4)] for n in range(3)]
    return shop, await shop.buyer(), listings
