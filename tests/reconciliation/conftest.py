"""Which world does a test of statements find?"""

from pathlib import Path

import asyncpg
import pytest

from app.core.db import Database
from tests.inventory_feature.scene import World
from tests.reconciliation.books import Books


@pytest.fixture
async def world(worker_db: Database, owner: asyncpg.Connection) -> World:
    """A provider with an account at a registry, a buyer, the desk."""
    return await World(worker_db, owner).open()


@pytest.fixture
def unconfirmed(world: World, tmp_path: Path) -> Books:
    """The provider's account in both books; that it is the provider's is nobody's word but its own."""
    return Books(world, tmp_path)


@pytest.fixture
async def books(unconfirmed: Books) -> Books:
    """The provider's account, which the operator has confirmed, in both books."""
    await unconfirmed.confirm_account()
    return unconfirmed
