"""Where do the lives of money happen? At one desk with two people, its bank, its Stripe, and providers of every kind."""

import asyncio
import random
import secrets
from collections.abc import AsyncIterator, Awaitable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import asyncpg
import httpx

from app.core.clock import utc_now
from app.core.ids import public_id
from app.core.period import day_in_japan
from benchmarks.scenarios.lives.bank import ACCOUNT, Bank
from benchmarks.scenarios.lives.postman import Postman
from benchmarks.scenarios.stage import Stage
from benchmarks.scenarios.telling import open_till
from integrations.stripe.fake.admin import forward
from tests.money.till import SECRET_KEY, Till
from tests.payouts.counting_house import House, open_house
from tests.world import Party

AT_ONCE: Final = 6
"""Lives that act at the same time, and jobs that run."""
STOCK: Final = 1_000_000
KINDS: Final = (
    ("zengin", "provider", 1_001), ("zengin", "desk", 333), ("stripe", "provider", 4_500), ("stripe", "desk", 2_999),
)  # fmt: skip
"""How a provider is paid, who bears what is lost for credits at the registry, and its price in yen."""
CLOSING_WEEKDAY: Final = 1
_JOB: Final = "insert into job (id, name, ids, request_id, due) values (gen_random_uuid(), $1, '{}', 'req_lives', now() - interval '1 day')"


@dataclass(frozen=True)
class Seller:
    """A provider with an open listing of one lot."""

    party: Party
    method: str
    listing: str
    lot: str


@dataclass
class Town:
    """One desk with everybody who has to do with its money."""

    stage: Stage
    till: Till
    house: House
    pool: asyncpg.Pool
    """Looks as the owner of the tables."""
    bank: Bank
    postman: Postman
    sellers: list[Seller]
    scarce: Seller
    """Whose lot is frozen while orders for it wait to be allocated."""
    delivered: set[str] = field(default_factory=set)
    """Refunds at Stripe whose end was drawn."""
    returned: int = 0
    """How many transfers of refund files the bank gave back."""
    _turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def all_of(self, acts: Iterable[Awaitable[None]]) -> None:
        """Let them act, a few at a time."""

        async def one(act: Awaitable[None]) -> None:
            async with self._turn:
                await act

        await asyncio.gather(*(one(act) for act in acts))

    async def work(self) -> None:
        """Run every job that is due, several at once, until none is left."""
        world = self.stage.world
        while due := await world.due():
            runner = world.runner()
            for place in range(0, len(due), AT_ONCE):
                await asyncio.gather(*(runner.run(job_id) for job_id in due[place : place + AT_ONCE]))

    async def later(self, by: timedelta) -> None:
        """Time goes on for the workers and for Stripe."""
        self.stage.world.ahead += by
        await self.till.admin.ask(forward(int(by.total_seconds())))

    async def clockwork(self, *names: str) -> None:
        """The schedule starts these jobs, and all that is due runs."""
        for name in names:
            await self.pool.execute(_JOB, name)
            await self.work()

    async def told_by_the_bank(self) -> None:
        """What the bank has booked comes in by its files, and is worked off."""
        for content in self.bank.statements(day_in_japan(utc_now())):
            kind = "application/octet-stream" if content[:1] == b"1" else "text/csv"
            asked = {"filename": f"{secrets.token_hex(4)}.txt"}
            answer = await self.stage.world.desk.send("/v1/admin/bank-statements", content, kind, params=asked)
            assert answer.status_code == 201, answer.text
        await self.work()

    async def line(self, reference: str) -> str:
        """The public id of the line that the bank calls so."""
        found = await self.pool.fetchval("select id from bank_line where bank_reference = $1", reference)
        assert found is not None, reference
        return public_id("bnk", found)

    async def at_stripe(self, path: str) -> dict[str, Any]:
        """What Stripe shows there."""
        answer = await self.postman.line.get(path)
        answer.raise_for_status()
        return dict(answer.json())

    async def asked(self, path: str, body: Any = None, *, by: httpx.AsyncClient | None = None) -> dict[str, Any]:
        """A step of the desk's, by its key or by one of its people; it must be taken."""
        if by is None:
            answer = await self.stage.world.desk.post(path, body, headers={"If-Match": "*"})
        else:
            answer = await by.post(path, json=body, headers={"Idempotency-Key": secrets.token_hex(8), "If-Match": "*"})
        assert answer.status_code < 300, f"{path} {body}: {answer.text}"
        return dict(answer.json())


@asynccontextmanager
async def open_town(stage: Stage, lots: random.Random) -> AsyncIterator[Town]:
    """A town on a stage that has a Stripe. Webhooks are carried by the postman alone."""
    assert stage.stripe is not None
    by_key = {"Authorization": f"Bearer {SECRET_KEY}"}
    async with (
        open_till(stage) as till,
        httpx.AsyncClient(base_url=stage.stripe.base_url, headers=by_key) as line,
        asyncpg.create_pool(stage.world.db.url, min_size=1, max_size=AT_ONCE) as pool,
    ):
        house = await open_house(till)
        listed = await house.maker.put("/v1/admin/bank-accounts", json={"accounts": [ACCOUNT]})
        assert listed.status_code == 200, listed.text
        sellers = [
            await _seller(house, method, price, risk_bearer=bearer, closing_day=None, closing_weekday=CLOSING_WEEKDAY)
            for method, bearer, price in KINDS
        ]
        scarce = await _seller(house, "zengin", 777, closing_day=None, closing_weekday=CLOSING_WEEKDAY)
        yield Town(stage, till, house, pool, Bank(), Postman(till, line, lots), sellers, scarce)


async def _seller(house: House, method: str, price: int, **terms: Any) -> Seller:
    party = await house.provider(method, rate=500, **terms)
    lot = await house.till.world.lot(party, STOCK)
    wish = {"lot_id": lot, "price": {"amount": price, "currency": "JPY"}, "min_quantity": 1}
    answer = await party.post("/v1/listings", wish)
    assert answer.status_code == 201, answer.text
    return Seller(party, method, str(answer.json()["id"]), lot)
