"""Which world does a test of payments find? A desk's own member, the test's database, and a folder for files."""

from pathlib import Path

import asyncpg
import pytest

from app.core.db import Database
from app.core.ids import new_id
from app.core.scope import DESK_ID, Scope
from integrations.storage.live import ObjectFiles
from tests.payments.payments_scene import World


@pytest.fixture
def world(db: Database, owner: asyncpg.Connection, tmp_path: Path) -> World:
    """The database as an API process has it, and a folder for files."""
    member = new_id()
    desk = Scope(DESK_ID, member, "member", frozenset({"read", "admin"}), "req_payments", "operator")
    return World(db, owner, ObjectFiles(f"file://{tmp_path}"), desk)
