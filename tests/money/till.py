"""What does a test of money find? A desk with an account at a Stripe of its own, whose webhooks come in over HTTP."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import uvicorn

from app.ledger.queries import trial_balance
from integrations.stripe.fake.admin import AsyncAdmin, deliver, show_book, state_fault, wish
from integrations.stripe.fake.child import FakeStripeProcess
from integrations.stripe.fake.messages import Delivery, Fault, FaultName, Tampering, View
from integrations.stripe.fake.scene import Wish
from tests.lifespan import Application
from tests.world import Party, World

SECRET_KEY = "sk_test_theDesksOwnKey"
PUBLISHABLE_KEY = "pk_test_theDesksOwnKey"
ADMIN_SECRET = "admin"
WEBHOOK_SECRETS = ("whsec_theNewSecretOfTheEndpoint", "whsec_theOldSecretOfTheEndpoint")
CONNECT_SECRETS = ("whsec_ofConnectedAccounts",)
PAGES = {"success_url": "https://shop.example/thanks", "cancel_url": "https://shop.example/back"}


@dataclass
class Till:
    """One desk and its Stripe. Webhooks are held back by the fake: `tell` brings what has happened since."""

    world: World
    stripe: FakeStripeProcess
    admin: AsyncAdmin
    owner: asyncpg.Connection
    told: set[str]

    async def buyer(self) -> Party:
        return await self.world.buyer()

    async def order(self, buyer: Party, quantity: int = 10, *, price: int = 3_000, **more: Any) -> dict[str, Any]:
        """An order of a new listing of a new provider, waiting for its money."""
        provider = await self.world.provider()
        listing = await self.world.listing(provider, 1_000, price=price)
        return await self.world.order(buyer, (listing, quantity), **more)

    async def begin(
        self, buyer: Party, order: dict[str, Any], method: str, *, key: str | None = None, **more: Any
    ) -> httpx.Response:
        """The buyer asks to pay in this way."""
        wanted = {"method": method, **(PAGES if method == "checkout" else {}), **more}
        return await buyer.post(f"/v1/orders/{order['id']}/payments", wanted, key=key)

    async def begun(self, buyer: Party, order: dict[str, Any], method: str, **more: Any) -> dict[str, Any]:
        answer = await self.begin(buyer, order, method, **more)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def do(self, wanted: Wish) -> dict[str, Any]:
        """Somebody at the other side does something."""
        done = await self.admin.ask(wish(wanted))
        return dict(done)

    async def fault(self, name: FaultName, *, times: int = 1, where: str | None = None) -> None:
        await self.admin.ask(state_fault(Fault(name, where=where, times=times)))

    async def book(self) -> View:
        return await self.admin.ask(show_book())

    async def untold(self) -> list[str]:
        """The events that the desk was not told of yet, the oldest first."""
        events = (await self.book()).objects.get("event", [])
        return [event["id"] for event in events if event["id"] not in self.told]

    async def tell(
        self, events: Sequence[str] | None = None, *, times: int = 1, tampering: Tampering = Tampering.NOTHING
    ) -> list[int | None]:
        """The desk is told of these events, or of all that are new; what it answered to each."""
        wanted = tuple(await self.untold() if events is None else events)
        delivered = await self.admin.ask(deliver(Delivery(wanted, times=times, tampering=tampering)))
        self.told.update(wanted)
        return list(delivered.statuses)

    async def settle(self) -> None:
        """All events are told, and every job is done, until nothing is left to tell."""
        while True:
            await self.world.run_jobs()
            if not await self.untold():
                return
            await self.tell()

    async def intent_of(self, attempt_id: str) -> str:
        """The intent at Stripe of a try."""
        intents = (await self.book()).objects.get("payment_intent", [])
        return str(next(each["id"] for each in intents if each["metadata"].get("offsetdesk_id") == attempt_id))

    async def shown(self, buyer: Party, order: dict[str, Any]) -> dict[str, Any]:
        """The order as its buyer sees it."""
        return dict((await buyer.get(f"/v1/orders/{order['id']}")).json())

    async def attempt(self, buyer: Party, attempt: dict[str, Any]) -> dict[str, Any]:
        """A try as its buyer sees it."""
        return dict((await buyer.get(f"/v1/payments/{attempt['id']}")).json())

    async def balances(self) -> dict[str, int]:
        """The book's accounts; they add up to zero, which is asserted here."""
        async with self.world.worker_db.audit() as session:
            totals = await trial_balance(session)
        assert sum(each.balance_minor for each in totals) == 0, totals
        return {each.account: each.balance_minor for each in totals}

    async def postings(self, reason: str) -> list[int]:
        """The amounts that were posted for a reason."""
        rows = await self.owner.fetch("select amount_minor from posting where reason = $1 order by id", reason)
        return [row["amount_minor"] for row in rows]

    @asynccontextmanager
    async def later(self, ahead: timedelta) -> AsyncIterator[None]:
        """The worker's clock is ahead."""
        self.world.ahead = ahead
        try:
            yield
        finally:
            self.world.ahead = timedelta()


@asynccontextmanager
async def served(app: Application) -> AsyncIterator[str]:
    """The application behind a real port, in this loop: its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, lifespan="off", log_level="error", access_log=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        while not server.started:
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running
