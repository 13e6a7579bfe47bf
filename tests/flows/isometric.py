"""An account at Isometric for whole stories: the desk's worker works it, and its batches are a provider's stock in kilograms."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Final

import httpx

from app.core.db import Database
from integrations.registries.fake.child import FakeRegistryProcess
from integrations.registries.isometric.fake import scene
from integrations.registries.isometric.fake.messages import Issued, View
from integrations.registries.isometric.fake.office import OWN_ID
from tests.flows.people import confirmed
from tests.world import Party, World, open_world

SUPPLIER: Final = "spl_0000000000000001"
PROJECT: Final = "prj_0000000000000001"
ISSUANCE: Final = "iss_0000000000000001"
PREFIX: Final = "ISO-1-BSTORE-GBR-F5X7-2024-"
FIRST: Final = 78_177
HEADER: Final = (
    "id,issuance_id,project_id,serial_number,size.credits,size.credit_kgs,status,country_of_issue,retired_at"
)


@asynccontextmanager
async def isometric_world(
    db: Database, worker_db: Database, folder: Path, server: FakeRegistryProcess, *, timeout_s: int
) -> AsyncIterator[World]:
    """A desk whose worker works an account at Isometric; all other registries are worked by people."""
    async with open_world(
        db, worker_db, folder, registry=None, isometric_url=server.base_url, isometric_client_secret=server.secret,
        isometric_access_token=scene.access_token_of(server.secret), isometric_organisation_id=OWN_ID,
        isometric_supplier_id=SUPPLIER, isometric_beneficiary_domain="beneficiaries.desk.example",
        registry_timeout_s=timeout_s,
    ) as world:  # fmt: skip
        yield world


async def issued_lot(world: World, server: FakeRegistryProcess, provider: Party, kilograms: int) -> str:
    """One batch in the account, as a confirmed lot: imported from the registry's own columns."""
    server.admin.ask(scene.issue(Issued(PREFIX, FIRST, kilograms, SUPPLIER, PROJECT, ISSUANCE, date(2024, 5, 1))))
    staged = await stage(provider, kilograms)
    return await confirmed(world, provider, staged)


async def stage(provider: Party, kilograms: int) -> httpx.Response:
    """Hand in a file of one batch, in the columns of the registry's own list."""
    tonnes = f"{kilograms // 1000}.{kilograms % 1000:03d}"
    row = f"crb_{secrets.token_hex(8)},{ISSUANCE},{PROJECT},{PREFIX}{FIRST}-{FIRST + kilograms - 1},{tonnes},{kilograms},active,GBR,"
    wish = {"registry_code": "isometric", "account_no": OWN_ID, "holder_name": "口座名義 株式会社"}
    account = await provider.post("/v1/registry-accounts", wish)
    assert account.status_code == 201, account.text
    consented = await provider.post(f"/v1/registry-accounts/{account.json()['id']}/consent")
    assert consented.status_code == 200, consented.text
    asked = {"registry_account_id": account.json()["id"], "filename": "batches.csv"}
    return await provider.send("/v1/imports", f"{HEADER}\r\n{row}\r\n".encode(), "text/csv", params=asked)


def book_of(server: FakeRegistryProcess) -> View:
    """The registry's own book."""
    return server.admin.ask(scene.show_book())
