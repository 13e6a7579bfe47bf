"""What does a test of orders find? One desk for all of them with three providers, and hands for what callers do."""

import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from app.core.ids import public_id, read_public_id
from tests.world import Party, World

AFTER_THE_DEADLINE = timedelta(days=8)
HEADER = "booked_on,amount,payer_name,memo,bank_reference"
CAP = 1_000
"""Tonnes that a buyer of this shop may have reserved without having paid."""


@dataclass
class Shop:
    """One desk. Every test brings its own buyers and listings, so that none sees another's."""

    world: World
    owner: asyncpg.Connection
    providers: list[Party]

    async def buyer(self) -> Party:
        return await self.world.buyer()

    async def listing(self, quantity: int = 500, *, provider: int = 0, **more: Any) -> str:
        """An open listing of a new lot of one of the three providers."""
        return await self.world.listing(self.providers[provider], quantity, **more)

    async def offer(self, quantity: int = 500, *, provider: int = 0, price: int = 4_500, **terms: Any) -> str:
        """A new lot of one of the three providers, offered on these terms; open or scheduled."""
        party = self.providers[provider]
        wish = {"lot_id": await self.world.lot(party, quantity), "price": yen(price), "min_quantity": 1, **terms}
        answer = await party.post("/v1/listings", wish)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def own(self, listing_id: str, *, provider: int = 0) -> dict[str, Any]:
        """A listing as its provider sees it."""
        return dict((await self.providers[provider].get(f"/v1/provider/listings/{listing_id}")).json())

    async def change(self, listing_id: str, *, provider: int = 0, **terms: Any) -> httpx.Response:
        """A provider puts its listing on other terms."""
        client = self.providers[provider].client
        return await client.patch(f"/v1/listings/{listing_id}", json=terms, headers={"If-Match": "*"})

    @asynccontextmanager
    async def later(self, ahead: timedelta) -> AsyncIterator[None]:
        """The worker's clock is ahead, and every job that is due by then has run."""
        self.world.ahead = ahead
        try:
            await self.world.run_jobs()
            yield
        finally:
            self.world.ahead = timedelta()

    async def stock(self, listing_id: str) -> tuple[int, int, int]:
        """What is free, reserved and sold of the lot behind a listing."""
        row = await self.owner.fetchrow(
            "select s.free, s.reserved, s.sold from lot_stock s join listing l on l.lot_id = s.lot_id where l.id = $1",
            uuid_of(listing_id),
        )
        return tuple(row)

    async def lot_of(self, listing_id: str) -> str:
        """The lot behind a listing, as its provider names it."""
        for provider in self.providers:
            answer = await provider.get(f"/v1/provider/listings/{listing_id}")
            if answer.status_code == 200:
                return str(answer.json()["lot_id"])
        raise AssertionError(listing_id)

    async def freeze(self, listing_id: str) -> None:
        """The operator stops the lot behind a listing."""
        answer = await self.world.desk.post(
            f"/v1/admin/lots/{await self.lot_of(listing_id)}/freeze", {"note": "照会中"}
        )
        assert answer.status_code == 200, answer.text

    async def close(self, listing_id: str, verb: str) -> None:
        """A provider pauses or withdraws its listing."""
        for provider in self.providers:
            seen = await provider.get(f"/v1/provider/listings/{listing_id}")
            if seen.status_code == 200:
                headers = {"If-Match": seen.headers["ETag"]}
                answer = await provider.client.post(f"/v1/listings/{listing_id}/{verb}", headers=headers)
                assert answer.status_code == 200, answer.text

    async def reprice(self, listing_id: str, price: int) -> None:
        """A provider gives its listing another price."""
        for provider in self.providers:
            seen = await provider.get(f"/v1/provider/listings/{listing_id}")
            if seen.status_code == 200:
                headers = {"If-Match": seen.headers["ETag"]}
                wish = {"price": {"amount": price, "currency": "JPY"}}
                answer = await provider.client.patch(f"/v1/listings/{listing_id}", json=wish, headers=headers)
                assert answer.status_code == 200, answer.text

    async def status(self, buyer: Party, order: dict[str, Any]) -> str:
        """How far an order is, as its buyer sees it."""
        return str((await buyer.get(f"/v1/orders/{order['id']}")).json()["status"])

    async def bring(self, *rows: tuple[str, int]) -> dict[str, Any]:
        """A statement with these payers and amounts comes in; nothing is judged yet."""
        return await self.bring_file(self.statement(*rows))

    def statement(self, *rows: tuple[str, int]) -> bytes:
        """The bank's file with these payers and amounts."""
        today = self.world.now().date().isoformat()
        return "\n".join(
            [HEADER, *(f"{today},{minor},{payer},,{secrets.token_hex(6)}" for payer, minor in rows)]
        ).encode()

    async def bring_file(self, content: bytes) -> dict[str, Any]:
        answer = await self.world.desk.send(
            "/v1/admin/bank-statements", content, "text/csv", params={"filename": "bank.csv"}
        )
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def pay(self, order: dict[str, Any], minor: int | None = None) -> dict[str, Any]:
        """Money comes in for an order, all of it unless said otherwise, and is judged; the line."""
        amount = order["total"]["amount"] if minor is None else minor
        await self.bring((f"{order['payment']['reference']} アオバ", amount))
        await self.world.run_jobs()
        return await self.newest_line()

    async def newest_line(self) -> dict[str, Any]:
        """The bank line that came last, as the operator sees it."""
        line_id = await self.owner.fetchval("select id from bank_line order by id desc limit 1")
        return dict((await self.world.desk.get(f"/v1/admin/bank-lines/{public('bnk', line_id)}")).json())

    async def resolve(self, line: dict[str, Any], kind: str, reference: str | None = None) -> httpx.Response:
        """The operator decides about a line that waits."""
        wish = {"resolution": kind, "note": "電話で確認"}
        return await self.world.desk.post(
            f"/v1/admin/bank-lines/{line['id']}/resolve",
            wish | ({"payment_reference": reference} if reference else {}),
            headers={"If-Match": f'"v{line["version"]}"'},
        )

    @asynccontextmanager
    async def after_the_deadline(self) -> AsyncIterator[None]:
        """The worker's clock stands after every deadline."""
        self.world.ahead = AFTER_THE_DEADLINE
        try:
            yield
        finally:
            self.world.ahead = timedelta()

    async def expire_all(self) -> None:
        """Every order that waits for money expires."""
        async with self.after_the_deadline():
            await self.world.run_jobs()

    async def held_for(self, buyer: Party) -> int:
        """What of a buyer's money is held for orders, and belongs to no provider yet."""
        return int(
            await self.owner.fetchval(
                "select coalesce(sum(case when target = 'held:orders' then amount_minor else -amount_minor end), 0)"
                " from posting p where 'held:orders' in (source, target) and (counterparty_id = $1 or subject_id in"
                " (select id from orders where org_id = $1))",
                buyer.org_id,
            )
        )

    async def kinds(self, subject_id: str) -> list[str]:
        """The events of one subject in their order, whose numbers have no gap."""
        rows = await self.owner.fetch(
            "select kind, seq from event where subject_id = $1 order by seq", uuid_of(subject_id)
        )
        assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
        return [row["kind"] for row in rows]


def yen(amount: int) -> dict[str, Any]:
    """Money as callers write it."""
    return {"amount": amount, "currency": "JPY"}


def tiers(*steps: tuple[int, int]) -> list[dict[str, Any]]:
    """From each quantity on, this price."""
    return [{"quantity": quantity, "price": yen(price)} for quantity, price in steps]


def lines_of(*lines: tuple[str, int]) -> dict[str, Any]:
    """The body of a quote or an order of these listings."""
    return {"lines": [{"listing_id": listing, "quantity": quantity} for listing, quantity in lines]}


def without_reasons(quoted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A quote's lines as an order of them shows them."""
    return [{name: value for name, value in line.items() if name != "why"} for line in quoted]


def pointers(answer: httpx.Response) -> list[tuple[str, str]]:
    """What a refusal points at, and the code of each."""
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


def uuid_of(written: str) -> UUID:
    """The row that a public id names."""
    found = read_public_id(written[:3], written)
    assert found is not None, written
    return found


def public(prefix: str, row_id: UUID) -> str:
    """A row's name on the wire."""
    return public_id(prefix, row_id)


def as_json(answer: httpx.Response) -> Any:
    """The body, so that 1 and 1.0 and a repeated key are told apart."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(dict(pairs)) == len(pairs), pairs
        return dict(pairs)

    return json.loads(answer.content, object_pairs_hook=unique, parse_float=str)
