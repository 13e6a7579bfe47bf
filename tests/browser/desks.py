"""Which desk do the storefronts sell for? The real API and a real worker in processes of their own, over one database."""

import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from app.core.db import API_ROLE, WORKER_ROLE, Database
from benchmarks.scenarios.programs import Program
from benchmarks.scenarios.stage import QUICK
from integrations.registries.fake.child import FakeRegistryProcess
from tests.world import Party, World, open_world

BANK_HEADER = "booked_on,amount,payer_name,memo,bank_reference\n"


@dataclass
class Desk:
    """A running desk. What only prepares goes through `world`, in this process; trade goes to `url`."""

    world: World
    url: str

    def caller(self, key: str | None = None, *, origin: str | None = None) -> httpx.AsyncClient:
        """Somebody who asks the real API, with this key and as from this origin."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.AsyncClient(base_url=self.url, headers=headers | ({"Origin": origin} if origin else {}))

    async def post(self, party: Party, path: str, body: Any) -> dict[str, Any]:
        """What the party's POST to the real API made."""
        async with self.caller(party.key) as client:
            answer = await client.post(path, json=body, headers={"Idempotency-Key": secrets.token_hex(8)})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def bank_file(self, *payments: tuple[str, int]) -> None:
        """The operator sends the bank's file with these payers and amounts (JPY)."""
        today = self.world.now().astimezone().date().isoformat()
        rows = "".join(f"{today},{amount},{payer},振込,{secrets.token_hex(6)}\n" for payer, amount in payments)
        headers = {"Content-Type": "text/csv", "Idempotency-Key": secrets.token_hex(8)}
        async with self.caller(self.world.desk.key) as operator:
            answer = await operator.post(
                "/v1/admin/bank-statements", content=(BANK_HEADER + rows).encode(), headers=headers,
                params={"filename": "bank.csv"},
            )  # fmt: skip
        assert answer.status_code == 201, answer.text


@asynccontextmanager
async def running_desk(database_url: str, folder: Path, registry: FakeRegistryProcess | None) -> AsyncIterator[Desk]:
    """A desk that is founded and open, its API and its worker ready. Without a registry people carry retirements out."""
    db, worker_db = Database(database_url, role=API_ROLE), Database(database_url, role=WORKER_ROLE)
    # Its address stands in the certificates, so it is known before the API begins.
    settings = QUICK | {"port": (port := _free_port()), "base_url": f"http://127.0.0.1:{port}"}
    async with open_world(db, worker_db, folder / "files", registry=registry, **settings) as world:
        programs = {
            "app.main": "Uvicorn running on",
            "workers.main": "the worker works",
        }
        started = [Program(module, world.settings, folder / f"{module}.log") for module in programs]
        try:
            for program, ready in zip(started, programs.values(), strict=True):
                await program.says(ready)
            yield Desk(world, world.settings.base_url)
        finally:
            for program in started:
                program.stop()
    await worker_db.close()
    await db.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
