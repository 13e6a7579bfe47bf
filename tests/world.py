"""Which world do whole stories happen in? The real application over HTTP, the workers' own runner, a registry's process.

Everything goes through the doors that callers use. Only the worker's clock is the test's own: it can be put forward.
"""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from app.catalog.flow import load_reference
from app.clients import Clients, open_clients, terms_of
from app.core.db import Database
from app.core.http.drain import Drain
from app.core.ids import new_id, public_id, read_public_id
from app.core.leases import wake_due
from app.core.metrics import Metrics
from app.core.scope import DESK_ID, Scope
from app.core.security import KEY_RANDOM_BYTES, SALT_BYTES, credential_hash, hash_password, make_api_key
from app.identity import operations as identity
from app.identity.models import Role
from app.main import create_app
from app.settings import Settings
from integrations.registries.fake.admin import AsyncAdmin, issue
from integrations.registries.fake.child import FakeRegistryProcess
from integrations.registries.fake.messages import IssuedBlock
from tests.lifespan import Application, started
from workers.jobs import build_table
from workers.runner import Edge, Runner

BASE_URL = "https://desk.example"
PASSWORD = "correct horse battery staple"
LEASE = timedelta(seconds=60)


@dataclass
class Party:
    """An organisation with a client that carries its key."""

    id: str
    org_id: UUID
    key: str
    client: httpx.AsyncClient
    email: str

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.client.get(path, **options)

    async def post(self, path: str, body: Any = None, *, key: str | None = None, **options: Any) -> httpx.Response:
        headers = {"Idempotency-Key": key or secrets.token_hex(8), **options.pop("headers", {})}
        return await self.client.post(path, json=body, headers=headers, **options)

    async def send(self, path: str, content: bytes, media_type: str, **options: Any) -> httpx.Response:
        headers = {"Content-Type": media_type, "Idempotency-Key": secrets.token_hex(8), **options.pop("headers", {})}
        return await self.client.post(path, content=content, headers=headers, **options)


@dataclass
class World:
    """One desk with its application, its worker, and its registry."""

    settings: Settings
    db: Database
    worker_db: Database
    clients: Clients
    app: Application
    registry: FakeRegistryProcess | None
    _open: list[httpx.AsyncClient]
    desk: Party = field(init=False)
    ahead: timedelta = timedelta()
    """How far the worker's clock is put forward."""
    blocks: int = 0

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def client(self, key: str | None = None, **headers: str) -> httpx.AsyncClient:
        """A caller with this key, or nobody."""
        given = {"Authorization": f"Bearer {key}", **headers} if key else headers
        made = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=BASE_URL, headers=given)
        self._open.append(made)
        return made

    async def sign_up(self, kind: str, name: str = "", **more: Any) -> Party:
        """A new organisation, with the owner's first key."""
        email = f"{secrets.token_hex(6)}@example.test"
        wish = {
            "kind": kind,
            "name": name or f"株式会社{kind}-{secrets.token_hex(3)}",
            "member": {"email": email, "name": "担当 太郎", "password": PASSWORD},
            **({"provider_kind": "creation_and_use"} if kind == "provider" else {}),
            **more,
        }
        answer = await self.client().post("/v1/organisations", json=wish)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        org_id = read_public_id("org", made["organisation"]["id"])
        assert org_id is not None
        return Party(made["organisation"]["id"], org_id, made["secret"], self.client(made["secret"]), email)

    async def buyer(self, name: str = "") -> Party:
        return await self.sign_up("buyer", name)

    async def provider(self, name: str = "") -> Party:
        """A provider whom the operator has approved."""
        party = await self.sign_up("provider", name)
        approved = await self.desk.post(f"/v1/admin/organisations/{party.id}/approve", {})
        assert approved.status_code == 200, approved.text
        return party

    async def account(self, provider: Party) -> str:
        """A new account of the provider at the J-Credit registry."""
        wish = {
            "registry_code": "jcredit",
            "account_no": f"A-{secrets.token_hex(4)}",
            "holder_name": "口座名義 株式会社",
        }
        answer = await provider.post("/v1/registry-accounts", wish)
        assert answer.status_code == 201, answer.text
        account_id = str(answer.json()["id"])
        consented = await provider.post(f"/v1/registry-accounts/{account_id}/consent")
        assert consented.status_code == 200, consented.text
        return account_id

    async def lot(self, provider: Party, quantity: int, *, number: str = "1", first: int | None = None) -> str:
        """A confirmed lot, imported from a file and confirmed by evidence, and known to the registry."""
        self.blocks += 1
        start = first if first is not None else self.blocks * 10_000_000 + 1
        certification = f"JC-{self.blocks:06d}-{secrets.token_hex(3)}"
        prefix = f"JCT{self.blocks}-"
        lines = (
            "registry,project_list,project_number,certification_no,serial_prefix,serial_first,serial_last,quantity,unit,"
            "vintage_from,vintage_to,note\n"
            f"jcredit,jcredit_normal,{number},{certification},{prefix},{start},{start + quantity - 1},{quantity},t,"
            "2024-04-01,2025-03-31,\n"
        )
        staged = await provider.send(
            "/v1/imports", lines.encode(), "text/csv",
            params={"registry_account_id": await self.account(provider), "filename": "holdings.csv"},
        )  # fmt: skip
        assert staged.status_code == 201, staged.text
        import_id = staged.json()["import"]["id"] if "import" in staged.json() else staged.json()["id"]
        committed = await provider.post(f"/v1/imports/{import_id}/commit", {"rows": "all"})
        assert committed.status_code == 200, committed.text
        rows = (await provider.get(f"/v1/imports/{import_id}/rows", params={"outcome": "good"})).json()["data"]
        lot_id = str(rows[0]["lot_id"])
        shown = await provider.send(
            f"/v1/lots/{lot_id}/evidence", b"%PDF-1.7\n1 0 obj\nendobj\ntrailer\n%%EOF\n", "application/pdf",
            params={"as_of": "2026-11-01", "filename": "statement.pdf"},
        )  # fmt: skip
        assert shown.status_code == 201, shown.text
        accepted = await self.desk.post(f"/v1/admin/evidence/{shown.json()['id']}/accept", {"note": "残高一覧と一致"})
        assert accepted.status_code == 200, accepted.text
        if self.registry is not None:
            block = IssuedBlock("provider", certification, prefix, str(start), str(start + quantity - 1))
            async with self.admin() as admin:
                await admin.ask(issue(block))
        return lot_id

    async def listing(self, provider: Party, quantity: int, *, price: int = 4500, minimum: int = 1, **more: Any) -> str:
        """An open listing of a new lot, at so many yen a tonne."""
        lot_id = await self.lot(provider, quantity, **more)
        wish = {"lot_id": lot_id, "price": {"amount": price, "currency": "JPY"}, "min_quantity": minimum}
        answer = await provider.post("/v1/listings", wish)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def order(
        self, buyer: Party, *lines: tuple[str, int], retire: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """An order that waits for its money."""
        wish = {"lines": [{"listing_id": listing, "quantity": quantity} for listing, quantity in lines]}
        answer = await buyer.post("/v1/orders", wish | ({"retire": retire} if retire else {}))
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def pay(self, *payments: tuple[str, int]) -> None:
        """The bank's statement comes in with these payers and amounts."""
        today = self.now().astimezone().date().isoformat()
        rows = "".join(f"{today},{amount},{payer},振込,{secrets.token_hex(6)}\n" for payer, amount in payments)
        content = ("booked_on,amount,payer_name,memo,bank_reference\n" + rows).encode()
        answer = await self.desk.send("/v1/admin/bank-statements", content, "text/csv", params={"filename": "bank.csv"})
        assert answer.status_code == 201, answer.text

    async def paid_order(self, buyer: Party, *lines: tuple[str, int], **more: Any) -> dict[str, Any]:
        """An order that was paid in full and worked off by the jobs."""
        order = await self.order(buyer, *lines, **more)
        await self.pay((f"{order['payment']['reference']} アオバ", order["total"]["amount"]))
        await self.run_jobs()
        return dict((await buyer.get(f"/v1/orders/{order['id']}")).json())

    async def run_jobs(self, *, rounds: int = 50) -> int:
        """Run every due job until none is left; how many were run."""
        ran = 0
        for _ in range(rounds):
            due = await self.due()
            if not due:
                return ran
            for job_id in due:
                await self.runner().run(job_id)
                ran += 1
        return ran

    async def run_later(self) -> None:
        """Run what is due within half a minute: what somebody else would have done at once."""
        self.ahead += timedelta(seconds=30)
        try:
            await self.run_jobs()
        finally:
            self.ahead -= timedelta(seconds=30)

    async def due(self) -> list[UUID]:
        """Wake the jobs that are due now, oldest first."""
        async with self.worker_db.machinery() as session:
            return await wake_due(session, now=self.now(), limit=500, rewake_after=timedelta())

    def runner(self) -> Runner:
        """A worker's runner over the real table of jobs."""
        table = build_table(self.worker_db, self.clients, terms_of(self.settings))
        edge = Edge(self.now, lambda below: below // 2)
        return Runner(
            self.worker_db, table, lease=LEASE, attempts_max=25, edge=edge, outcomes=lambda _name, _outcome: None
        )

    @asynccontextmanager
    async def admin(self) -> AsyncIterator[AsyncAdmin]:
        """The registry's back door: its book and its faults."""
        assert self.registry is not None
        admin = AsyncAdmin(self.registry.base_url, secret=self.registry.admin_secret)
        try:
            yield admin
        finally:
            await admin.aclose()


@asynccontextmanager
async def open_world(
    db: Database, worker_db: Database, folder: Path, *, registry: FakeRegistryProcess | None, **changes: Any
) -> AsyncIterator[World]:
    """A desk that is founded, with the real catalogue, its application started."""
    settings = Settings(
        database_url=db.url,
        secret="a secret of at least thirty-two characters",
        files_url=f"file://{folder}",
        **{
            "mode": "test",
            "base_url": BASE_URL,
            "registries": f"jcredit={registry.base_url}" if registry else "",
            "registry_secret": registry.secret if registry else "",
            "registry_timeout_s": 2,
            "registry_settles_within_s": 1,
            "absent_after_s": 2,
            "shared_answers_ms": 0,
            "rate_public_per_min": 0,
            "rate_sign_in_per_min": 0,
            "rate_calls_per_min": 0,
            **changes,
        },
    )
    async with open_clients(settings) as clients:
        app = create_app(settings, db, clients, drain=Drain(), metrics=Metrics())
        world = World(settings, db, worker_db, clients, app, registry, [])
        async with started(app):
            if not await _is_stocked(db):
                await load_reference(db, world.now())
            world.desk = await _found_desk(world)
            yield world
        for client in world._open:
            await client.aclose()


async def _is_stocked(db: Database) -> bool:
    async with db.public() as session:
        return bool(await session.scalar(text("select exists (select from project)")))


async def _found_desk(world: World) -> Party:
    key = make_api_key("test", random=secrets.token_bytes(KEY_RANDOM_BYTES))
    email = f"{secrets.token_hex(6)}@desk.test"
    owner = identity.NewMember(
        member_id=new_id(), email=email, name="運営 花子", role=Role.OWNER,
        password_hash=hash_password(PASSWORD, salt=secrets.token_bytes(SALT_BYTES)),
    )  # fmt: skip
    async with world.db.transaction(Scope.of_system(DESK_ID, "req_founding")) as session:
        organisation, member = await identity.found_desk(
            session, name="オフセットデスク株式会社", owner=owner, now=world.now()
        )
        made = identity.NewKey(
            key_id=new_id(), hash=credential_hash(key.text), shown=key.key_id, name="first", expires_at=None,
            scopes=frozenset({"read", "admin"}),
        )  # fmt: skip
        await identity.create_key(session, made, org_id=DESK_ID, created_by=member.id, now=world.now())
    return Party(public_id("org", organisation.org_id), DESK_ID, key.text, world.client(key.text), email)
