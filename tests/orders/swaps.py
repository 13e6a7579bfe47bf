"""What do tests of substitution do: an order that a frozen lot leaves short, and what is proposed instead."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from app.core.ids import read_public_id
from app.ledger.queries import trial_balance
from tests.orders.shop import Shop
from tests.world import BASE_URL, PASSWORD, Party, World


@dataclass
class Short:
    """A paid order of which the second line cannot be carved: 4 t of `good`, 5 t of `bad` at 4,500 yen each."""

    shop: Shop
    buyer: Party
    order: dict[str, Any]
    good: str
    bad: str

    @property
    def at(self) -> str:
        return f"/v1/orders/{self.order['id']}"

    async def propose(self, *lines: tuple[int, str, int], by: httpx.AsyncClient | None = None) -> httpx.Response:
        """The desk proposes (line, listing, quantity), to be answered within a week."""
        world, wish = self.shop.world, proposal(self.shop.world, *lines)
        at = f"/v1/admin{self.at[3:]}/substitutions"
        if by is None:
            return await world.desk.post(at, wish)
        return await by.post(at, json=wish, headers={"Idempotency-Key": secrets.token_hex(8)})

    async def proposed(self, *lines: tuple[int, str, int], by: httpx.AsyncClient | None = None) -> dict[str, Any]:
        answer = await self.propose(*lines, by=by)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def answer(self, verb: str, made: dict[str, Any]) -> httpx.Response:
        """The buyer takes it, or does not."""
        return await self.buyer.post(f"{self.at}/substitution/{verb}", {"substitution_id": made["id"]})

    async def refund(self, *lines: tuple[int, int]) -> httpx.Response:
        """The desk gives units of lines back, or all of it."""
        wish = {"note": "お客様のご要望"} | (
            {"lines": [{"n": n, "quantity": quantity} for n, quantity in lines]} if lines else {}
        )
        return await self.shop.world.desk.post(f"/v1/admin{self.at[3:]}/refunds", wish)

    async def shown(self) -> dict[str, Any]:
        return dict((await self.buyer.get(self.at)).json())

    async def kinds(self) -> list[str]:
        """What has happened since it was short."""
        return [kind.removeprefix("order.") for kind in await self.shop.kinds(self.order["id"])][3:]

    async def posted(self, reason: str) -> list[tuple[str, str, int]]:
        """Where money of this order's buyer went for a reason: kinds of accounts and yen."""
        rows = await self.shop.owner.fetch(
            "select split_part(source, ':', 1), split_part(target, ':', 1), amount_minor from posting where reason = $1"
            " and (counterparty_id = $2 or subject_id in (select id from refund where order_id = $3)) order by id",
            reason, self.buyer.org_id, self.id,
        )  # fmt: skip
        return [tuple(row) for row in rows]

    @property
    def id(self) -> UUID:
        found = read_public_id("ord", self.order["id"])
        assert found is not None
        return found


def proposal(world: World, *lines: tuple[int, str, int]) -> dict[str, Any]:
    """What the desk writes to propose (line, listing, quantity), to be answered within a week."""
    return {
        "lines": [{"line": n, "listing_id": listing, "quantity": quantity} for n, listing, quantity in lines],
        "note": "登録簿の照会が長引くため",
        "expires_at": (world.now() + timedelta(days=7)).isoformat(),
    }


async def frozen(world: World, provider: Party, listing: str) -> None:
    """The operator stops the lot behind a provider's listing."""
    lot = (await provider.get(f"/v1/provider/listings/{listing}")).json()["lot_id"]
    answer = await world.desk.post(f"/v1/admin/lots/{lot}/freeze", {"note": "照会中"})
    assert answer.status_code == 200, answer.text


async def short(shop: Shop, **more: Any) -> Short:
    """The order is paid by bank transfer; the lot of its second line was frozen before."""
    buyer, good, bad = await shop.buyer(), await shop.listing(10), await shop.listing(10, provider=1)
    order = await shop.world.order(buyer, (good, 4), (bad, 5), **more)
    await shop.freeze(bad)
    await shop.pay(order)
    assert await shop.status(buyer, order) == "short"
    return Short(shop, buyer, order, good, bad)


async def signed_in(world: World) -> httpx.AsyncClient:
    """A person of the desk."""
    client = world.client(Origin=BASE_URL)
    answer = await client.post("/v1/sessions", json={"email": world.desk.email, "password": PASSWORD})
    assert answer.status_code in (200, 201), answer.text
    return client


async def balances(shop: Shop) -> dict[str, int]:
    """The book's accounts; they add up to zero, which is asserted here."""
    async with shop.world.worker_db.audit() as session:
        totals = await trial_balance(session)
    assert sum(each.balance_minor for each in totals) == 0, totals
    return {each.account: each.balance_minor for each in totals}
