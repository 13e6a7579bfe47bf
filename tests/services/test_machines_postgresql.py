"""Does the main job run on a PostgreSQL that somebody else keeps, in the oldest version that we support?"""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from app.core import seals
from app.core.db import Database
from integrations.registries.fake.child import FakeRegistryProcess
from tests.conftest import with_database
from tests.world import World, open_world

pytestmark = pytest.mark.services

RETIRE = {
    "beneficiary_name": "株式会社アオバ食品",
    "purpose": "OFFSET",
    "purpose_detail": "第10回全国大会の開催に伴う排出量のオフセット",
}


@pytest.fixture(scope="module", autouse=True)
def given() -> str:
    return os.environ["OFFSETDESK_TEST_DATABASE_URL"]


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[FakeRegistryProcess]:
    with FakeRegistryProcess(tmp_path / "book.jsonl", secret="secret", admin_secret="admin", page_size=50) as child:
        yield child


@pytest.fixture
async def world(
    db: Database, worker_db: Database, tmp_path: Path, registry: FakeRegistryProcess
) -> AsyncIterator[World]:
    async with open_world(db, worker_db, tmp_path / "files", registry=registry) as made:
        yield made


async def test_the_database_is_the_machines_own(database_url: str, given: str, owner: asyncpg.Connection) -> None:
    assert with_database(database_url, "x") == with_database(given, "x")
    assert await owner.fetchval("select current_setting('server_version_num')::int") >= 150_000


async def test_the_main_job_runs_whole(world: World, owner: asyncpg.Connection) -> None:
    provider, buyer = await world.provider(), await world.buyer()
    listings = [await world.listing(provider, 200, price=4_000 + n) for n in range(2)]
    order = await world.paid_order(buyer, *((listing, 60) for listing in listings), retire=RETIRE)
    assert order["status"] == "fulfilled"
    certificates = (await buyer.get("/v1/certificates")).json()["data"]
    assert len(certificates) == 2
    for certificate in certificates:
        pdf = await world.client().get(f"/c/{certificate['number']}.pdf")
        assert pdf.content.startswith(b"%PDF-")
    assert await owner.fetchval("select count(*) from serial_range where status = 'retired'") == 2
    assert await seals.seal(world.worker_db, now=world.now()) > 0
    async with world.worker_db.audit() as session:
        assert await seals.verify_chain(session) == []


async def test_row_security_binds_there_too(world: World, db: Database, owner: asyncpg.Connection) -> None:
    buyer = await world.buyer()
    assert await owner.fetchval("select count(*) from member where org_id = $1", buyer.org_id) == 1
    async with db.driver() as connection:
        assert await connection.fetchval("select current_user") == "offsetdesk_api"
        assert await connection.fetchval("select count(*) from member") == 0
