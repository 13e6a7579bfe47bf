"""A world of listings for each test."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from app.core.db import Database
from tests.listings.listing_world import World


@pytest.fixture
async def world(db: Database, owner: asyncpg.Connection) -> AsyncIterator[World]:
    """The routes of listings over a fresh database."""
    made = World(db, owner)
    yield made
    await made.close()
