"""A desk with a provider who has an account at Verra, whose projects no list of ours names."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.core.db import Database
from tests.world import Party, World, open_world

BY_JOB = {"Prefer": "respond-async"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass
class Importer:
    """A provider with an account at a registry."""

    world: World
    party: Party
    account: str

    async def send(
        self, content: bytes, media_type: str = "text/csv", *, by_job: bool = False, **params: Any
    ) -> httpx.Response:
        """Send a file, to be staged at once or by a job."""
        where = {"registry_account_id": self.account, "filename": "blocks"} | params
        headers = BY_JOB if by_job else {}
        return await self.party.send("/v1/imports", content, media_type, params=where, headers=headers)

    async def staged(self, content: bytes, media_type: str = "text/csv") -> dict[str, Any]:
        """Stage a file at once; the import, with the first bad rows beside it."""
        answer = await self.send(content, media_type)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def commit(self, import_id: str) -> httpx.Response:
        return await self.party.post(f"/v1/imports/{import_id}/commit", {"rows": "good"})

    async def rows(self, import_id: str, outcome: str) -> list[dict[str, Any]]:
        answer = await self.party.get(f"/v1/imports/{import_id}/rows", params={"outcome": outcome, "limit": 100})
        return list(answer.json()["data"])


@pytest.fixture
async def world(db: Database, worker_db: Database, tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(db, worker_db, tmp_path / "files", registry=None) as made:
        yield made


async def importer_of(world: World, registry: str) -> Importer:
    party = await world.provider()
    wish = {"registry_code": registry, "account_no": "1", "holder_name": "見本の口座"}
    account = await party.post("/v1/registry-accounts", wish)
    assert account.status_code == 201, account.text
    return Importer(world, party, account.json()["id"])


@pytest.fixture
async def verra(world: World) -> Importer:
    return await importer_of(world, "verra")


@pytest.fixture
async def other(world: World) -> Importer:
    """Another provider with an account at the same registry."""
    return await importer_of(world, "verra")


@pytest.fixture(scope="session")
def template(stocked_template: str) -> str:
    """Every test here opens a world of its own."""
    return stocked_template
