"""Where does a scenario play? The real API and real workers in processes of their own, over one database and registry.

What only prepares goes through the application in this process (tests/world.py), where it is quick.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import asyncpg

from app.core.clock import utc_now
from app.core.db import API_ROLE, WORKER_ROLE, Database
from app.core.ids import new_id, public_id
from app.core.security import KEY_RANDOM_BYTES, credential_hash, make_api_key
from benchmarks import invariants
from benchmarks.scenarios.gate import Gate
from benchmarks.scenarios.line import Reply, post
from benchmarks.scenarios.programs import Program
from benchmarks.scenarios.rabbit import PrivateRabbit
from integrations.registries.fake.admin import clear_faults, show_book, state_fault
from integrations.registries.fake.child import FakeRegistryProcess
from integrations.registries.fake.messages import BookView, Fault
from integrations.stripe.fake.child import FakeStripeProcess
from tests.money.till import (
    ADMIN_SECRET,
    CONNECT_SECRETS,
    PUBLISHABLE_KEY,
    SECRET_KEY,
    WEBHOOK_SECRETS,
)
from tests.world import Party, World, open_world
from workers.broker import QUEUE

QUICK: Final[Mapping[str, Any]] = {
    "registry_timeout_s": 2,
    "stripe_timeout_s": 2,
    "registry_settles_within_s": 1,
    "absent_after_s": 2,
    "lease_s": 7,
    "sweep_interval_s": 1,
    "poll_ms": 50,
    "unpaid_cap": 1_000_000,
    "port": 0,
}
"""Everything that the desk waits for is short, so that a death is made good within seconds."""
_ACCOUNT_AT_STRIPE: Final[Mapping[str, Any]] = {
    "stripe_secret_key": SECRET_KEY,
    "stripe_publishable_key": PUBLISHABLE_KEY,
    "stripe_webhook_secrets": WEBHOOK_SECRETS[0],
    "stripe_connect_webhook_secrets": CONNECT_SECRETS[0],
}
RETIRE: Final = {"beneficiary_name": "株式会社アオバ食品", "purpose": "OFFSET", "purpose_detail": "全国大会の排出量"}
_BUYER_RIGHTS: Final = ["read", "orders:write", "retirements:write", "retirements:sign_off"]
_MOVING: Final = "select count(*) from retirement where status in ('signed_off', 'queued', 'submitted', 'unknown')"


@dataclass
class Stage:
    """One desk to torment. `owner` sees every row, past every policy."""

    world: World
    owner: asyncpg.Connection
    gate: Gate
    registry: FakeRegistryProcess
    folder: Path
    rabbit: PrivateRabbit | None
    """Through which the workers are woken; None: each holds its wake-ups in its own memory."""
    facts: dict[str, int] = field(default_factory=dict)
    """What a scenario did and counted, for the report."""
    stripe: FakeStripeProcess | None = None
    """The desk's account at Stripe, where a scenario asked for one, and the gate in the line to it."""
    stripe_gate: Gate | None = None
    _api: Program | None = None
    _port: int = 0
    _starting: asyncio.Lock = field(default_factory=asyncio.Lock)
    _workers: list[Program] = field(default_factory=list)
    _deadlocks_before: int = 0

    async def api(self) -> int:
        """The port of the real API, in a process of its own; started when it is first asked for."""
        async with self._starting:
            if self._api is None:
                self._api = Program("app.main", self.world.settings, self.folder / f"api-{new_id()}.log")
                said = await self._api.says("Uvicorn running on")
                url = next(word for word in said.split() if word.startswith("http://"))
                self._port = int(url.rsplit(":", 1)[1])
        return self._port

    async def post(self, buyer: Party, path: str, body: object, key: str) -> Reply:
        """One POST to the real API. Raises LineBroken when no whole answer comes."""
        return await post(
            await self.api(), path, {"Authorization": f"Bearer {buyer.key}", "Idempotency-Key": key}, body
        )

    async def stop_api(self) -> None:
        """Stop it, as SIGTERM does; its connections tell the database their numbers when they end."""
        if self._api is not None:
            await asyncio.to_thread(self._api.stop)
        self._api = None

    async def kill_api(self) -> None:
        """kill -9: whoever waits for an answer gets none."""
        if self._api is not None:
            await asyncio.to_thread(self._api.kill)
        self._api = None

    def worker(self) -> Program:
        """A real worker, begun; `says("the worker works")` waits until it is ready."""
        made = Program("workers.main", self.world.settings, self.folder / f"worker-{new_id()}.log")
        self._workers.append(made)
        return made

    @asynccontextmanager
    async def looking(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection as the owner for a moment, where several look at once."""
        connection = await asyncpg.connect(self.world.db.url)
        try:
            yield connection
        finally:
            await connection.close()

    async def buyers(self, count: int) -> list[Party]:
        """So many buyers with keys. Written by the owner: signing up hashes a password, 40 of which take ten seconds."""
        made = []
        for _ in range(count):
            org_id, member_id, now = new_id(), new_id(), utc_now()
            key = make_api_key("test", random=secrets.token_bytes(KEY_RANDOM_BYTES)).text
            await self.owner.execute(
                "insert into organisation (org_id, kind, name, status, created_at)"
                " values ($1, 'buyer', '株式会社 買い手', 'active', $2)", org_id, now,
            )  # fmt: skip
            await self.owner.execute(
                "insert into event (org_id, id, kind, subject_kind, subject_id, seq, actor_kind, actor_id, after,"
                " request_id, at) values ($1, $2, 'organisation.signed_up', 'organisation', $1, 1, 'system', $1,"
                """ '{"status": "active"}', 'req_torture', $3)""", org_id, new_id(), now,
            )  # fmt: skip
            await self.owner.execute(
                "insert into member (org_id, id, email, email_folded, name, role, password_hash, created_at)"
                " values ($1, $2, $3, $3, '買い手', 'owner', '', $4)",
                org_id, member_id, f"{member_id}@example.test", now,
            )  # fmt: skip
            await self.owner.execute(
                "insert into api_key (org_id, id, hash, shown, name, scopes, created_by, created_at)"
                " values ($1, $2, $3, 'shown', 'torture', $4, $5, $6)",
                org_id, new_id(), credential_hash(key), _BUYER_RIGHTS, member_id, now,
            )  # fmt: skip
            made.append(Party(public_id("org", org_id), org_id, key, self.world.client(key), ""))
        return made

    async def holding(self, buyer: Party, quantity: int) -> str:
        """So many tonnes, bought from a provider of their own and paid for; the holding's id."""
        listing = await self.world.listing(await self.world.provider(), quantity)
        order = await self.world.paid_order(buyer, (listing, quantity))
        assert order["status"] == "fulfilled", order
        rows = (await buyer.get("/v1/holdings", params={"limit": 100})).json()["data"]
        return next(str(row["id"]) for row in rows if row["order_id"] == order["id"])

    async def drafts(self, buyer: Party, holding: str, count: int) -> list[dict[str, Any]]:
        """So many retirements of one tonne each, not signed off yet."""
        wish = {"holding_id": holding, "quantity": 1, **RETIRE}
        answers = [await buyer.post("/v1/retirements", wish) for _ in range(count)]
        assert {answer.status_code for answer in answers} <= {201}, answers[0].text
        return [dict(answer.json()) for answer in answers]

    async def sign_off(self, buyer: Party, draft: dict[str, Any]) -> None:
        """Send a draft on its way."""
        answer = await buyer.post(f"/v1/retirements/{draft['id']}/sign-off", {"quantity": 1})
        assert answer.status_code == 200, answer.text

    async def fault(self, fault: Fault) -> None:
        """Let the registry's next requests go wrong."""
        async with self.world.admin() as admin:
            await admin.ask(state_fault(fault))

    async def book(self) -> BookView:
        """The registry's whole book."""
        async with self.world.admin() as admin:
            return await admin.ask(show_book())

    async def quiet(self, *, within_s: float) -> list[str]:
        """Wait until no due job is left and no retirement moves; what still does when the time is over."""
        deadline = time.monotonic() + within_s
        while True:
            left = await invariants.CHECKS["I9"](self.owner)
            moving = await self.owner.fetchval(_MOVING)
            if not left and not moving:
                return []
            if time.monotonic() > deadline:
                return [*left, f"I7 {moving} retirements still move after {within_s} s"]
            await asyncio.sleep(0.2)

    async def breaches(self) -> list[str]:
        """Every breach of an invariant. Ask in quiet only."""
        book = (await self.book()).retirements
        return await invariants.breaches(self.owner, book) + await invariants.chain_breaches(self.world.worker_db)

    async def deadlocks(self) -> list[str]:
        """Whether transactions of this database deadlocked since the last question; stops the API to make sure."""
        await self.stop_api()
        await self.world.db.close()
        await self.world.worker_db.close()
        asked = "select deadlocks from pg_stat_database where datname = current_database()"
        await asyncio.sleep(0.1)  # Backends count when they end, which takes them a moment.
        counted = int(await self.owner.fetchval(asked))
        new, self._deadlocks_before = counted - self._deadlocks_before, counted
        return [f"{new} deadlocks"] if new else []

    async def lose_wakeups(self) -> None:
        """Throw away what lies in RabbitMQ's queue; what a worker held in its memory died with it."""
        if self.rabbit is not None and self.rabbit.runs:
            await asyncio.to_thread(self.rabbit.forget, QUEUE)

    async def calm(self) -> None:
        """End every program and fault, for the next scenario."""
        await self.stop_api()
        for program in self._workers:
            await asyncio.to_thread(program.kill)
        self._workers.clear()
        await self.lose_wakeups()
        async with self.world.admin() as admin:
            await admin.ask(clear_faults())


@asynccontextmanager
async def open_stage(
    database_url: str, folder: Path, *, rabbit: PrivateRabbit | None, with_stripe: bool = False
) -> AsyncIterator[Stage]:
    """A founded desk on a migrated, empty database, with a registry of its own behind a gate, and perhaps a Stripe.

    Its workers are woken through `rabbit`, which must be running, or in their own memory.
    """
    folder.mkdir(parents=True, exist_ok=True)
    db, worker_db = Database(database_url, role=API_ROLE), Database(database_url, role=WORKER_ROLE)
    owner = await asyncpg.connect(database_url)
    with FakeRegistryProcess(
        folder / "book.jsonl", secret="registry secret", admin_secret="admin secret", page_size=500
    ) as registry:
        async with AsyncExitStack() as opened:
            gate = await opened.enter_async_context(Gate(registry.base_url))
            changes = dict(QUICK) | {
                "registries": f"jcredit={gate.url}",
                "broker_url": "" if rabbit is None else rabbit.url,
            }
            stripe, stripe_gate = None, None
            if with_stripe:
                stripe = opened.enter_context(
                    FakeStripeProcess(
                        folder / "stripe.jsonl", secret_key=SECRET_KEY, admin_secret=ADMIN_SECRET, webhooks=None
                    )
                )
                stripe_gate = await opened.enter_async_context(Gate(stripe.base_url))
                changes |= {**_ACCOUNT_AT_STRIPE, "stripe_url": stripe_gate.url}
            world = await opened.enter_async_context(
                open_world(db, worker_db, folder / "files", registry=registry, **changes)
            )
            stage = Stage(world, owner, gate, registry, folder, rabbit, stripe=stripe, stripe_gate=stripe_gate)
            yield stage
            await stage.calm()
    await owner.close()
    await db.close()
    await worker_db.close()
