"""A desk whose limits are small enough to be reached."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.core.db import Database
from tests.world import World, open_world


@pytest.fixture
async def small(db: Database, worker_db: Database, tmp_path: Path) -> AsyncIterator[World]:
    limits = {"rate_public_per_min": 8, "rate_sign_in_per_min": 4, "rate_calls_per_min": 6}
    async with open_world(db, worker_db, tmp_path, registry=None, **limits) as world:
        yield world


@pytest.fixture(scope="session")
def template(stocked_template: str) -> str:
    """Every test here opens a world of its own."""
    return stocked_template
