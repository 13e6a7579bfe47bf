"""Who is at work on a day of the J-Credit desk, and what does each registry task's notice say?"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import httpx

from app.core.period import day_in_japan
from tests.flows.closing import Account
from tests.flows.people import colleague, listed, notice_facts, sign_in
from tests.world import Party, World

REQUESTS = 20
BY_PDF, BY_TOTAL = 12, 4
"""The first notices have text, the others are pictures; the last tasks are carried out by total quantity."""
TONNES = 5


@dataclass
class Day:
    """Who is at work, and what there is to do."""

    world: World
    provider: Party
    buyers: list[Party]
    emails: list[str]
    maker: httpx.AsyncClient
    checker: httpx.AsyncClient
    listing: str
    account: Account
    holdings: dict[str, dict[str, Any]]
    today: date
    tasks: list[dict[str, Any]] = field(default_factory=list)

    async def next_morning(self) -> date:
        """The desk's clock goes on by a day, and both people sign in again."""
        moved = await self.world.desk.post("/v1/test/clock", {"advance": "P1D"})
        assert moved.status_code == 200, moved.text
        self.world.ahead += timedelta(days=1)
        self.maker, self.checker = [await sign_in(self.world, email) for email in self.emails]
        return day_in_japan(self.world.now())

    def transaction(self, n: int) -> str:
        return f"20261201-{n:04d}"

    def said(self, n: int, **changed: Any) -> dict[str, Any]:
        """What the notice of the n-th task says."""
        told = notice_facts(self.tasks[n]["sheet"])
        if n >= REQUESTS - BY_TOTAL:
            told["serials"] = self.picked(n)
        return told | {"transaction_no": self.transaction(n), "recorded_on": self.today.isoformat()} | changed

    def picked(self, n: int) -> list[dict[str, str]]:
        """By total quantity the registry takes serials that another request was going to get: the last of the holding."""
        buyer_id = self.tasks[n]["buyer"]
        prefix, last = self.holdings[buyer_id]["end"]
        offset = sum(1 for other in range(REQUESTS - BY_TOTAL, n) if self.tasks[other]["buyer"] == buyer_id)
        end = last - offset * TONNES
        return [{"first": f"{prefix}{end - TONNES + 1}", "last": f"{prefix}{end}"}]


async def opened(world: World) -> Day:
    """A provider with two people, two buyers who hold credits of one lot, and consent on record."""
    provider = await world.provider("一般社団法人 みどりの森")
    buyers = [await world.buyer("株式会社アオバ食品"), await world.buyer("カモメ運輸株式会社")]
    listing = await world.listing(provider, 1_000)
    emails = [provider.email, await colleague(world, provider)]
    maker, checker = [await sign_in(world, email) for email in emails]
    holdings = {}
    for buyer in buyers:
        await world.paid_order(buyer, (listing, 100))
        [holding] = await listed(buyer, "/v1/holdings")
        [block] = (await buyer.get(f"/v1/holdings/{holding['id']}")).json()["serials"]
        holdings[buyer.id] = {"id": holding["id"], "end": (block["serial_prefix"], int(block["last"]))}
    [lot] = await listed(provider, "/v1/lots")
    account = Account(
        world, provider, lot["registry_account_id"], lot["serial_prefix"], int(lot["serial_first"]), int(lot["serial_last"]),
    )  # fmt: skip
    return Day(world, provider, buyers, emails, maker, checker, listing, account, holdings, day_in_japan(world.now()))
