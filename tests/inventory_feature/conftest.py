"""Which world does a test of stock find?"""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from app.core.db import API_ROLE, Database
from tests.inventory_feature.doors import Doors, opened
from tests.inventory_feature.scene import World


@pytest.fixture
async def world(db: Database, owner: asyncpg.Connection) -> World:
    """A provider with an account at a registry, a buyer, the desk."""
    return await World(db, owner).open()


@pytest.fixture
async def wide_db(database_url: str) -> AsyncIterator[Database]:
    """As many connections as a race needs."""
    database = Database(database_url, role=API_ROLE, pool_size=40)
    yield database
    await database.close()


@pytest.fixture
async def doors(world: World, tmp_path: Path) -> AsyncIterator[Doors]:
    """The inventory's routes, with a caller for each organisation."""
    async with opened(world, tmp_path) as found:
        yield found
