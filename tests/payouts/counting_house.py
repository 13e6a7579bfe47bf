"""What does a test of payouts find? A desk with two people, a bank and a Stripe, and providers who sell."""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx

from app.core.ids import read_public_id
from app.core.period import day_in_japan
from app.core.scope import DESK_ID, Scope
from app.payouts.rules import is_bank_day
from integrations.stripe.fake.scene import OnboardAccount
from tests.money.till import Till
from tests.world import BASE_URL, PASSWORD, Party

TAX = 1_000
"""Basis points of consumption tax, of the goods and of the commission."""
ACCOUNT = {
    "bank_code": "0005", "bank_name": "ﾐﾂﾋﾞｼUFJ", "branch_code": "001", "branch_name": "ホンテン",
    "account_kind": "ordinary", "account_number": "1234567", "holder": "カ)アオバモリ",
}  # fmt: skip
ORIGINATOR = {
    "code": "1234567890", "name": "ｵﾌｾﾂﾄﾃﾞｽｸ(ｶ", "bank_code": "0001", "bank_name": "ﾐｽﾞﾎ", "branch_code": "100",
    "branch_name": "ﾏﾙﾉｳﾁ", "account_kind": "ordinary", "account_number": "7654321", "line_end": "crlf", "end_mark": "none",
}  # fmt: skip
RETURNS = {"return_url": "https://provider.example/done", "refresh_url": "https://provider.example/again"}
SEEN = {"If-Match": "*"}


@dataclass
class House:
    """One desk. Every test brings providers of its own; what the book holds is compared before and after."""

    till: Till
    maker: httpx.AsyncClient
    checker: httpx.AsyncClient
    """Two people of the desk who have signed in."""

    async def provider(self, method: str = "zengin", *, rate: int | None = 500, **terms: Any) -> Party:
        """A provider with terms, a rate of commission in basis points, and a place to be paid at."""
        party = await self.till.world.provider()
        wish = {
            "provider_id": party.id, "valid_from": self.today().isoformat(), "sale_mode": "agency",
            "risk_bearer": "provider", "payout_method": method, "smallest_payout": 1, "closing_day": 31, **terms,
        }  # fmt: skip
        agreed = await self.maker.post("/v1/admin/provider-terms", json=wish)
        assert agreed.status_code == 201, agreed.text
        if rate is not None:
            await self.rate(party, rate)
        if method == "zengin":
            await self.confirm(await self.name_account(party))
        else:
            await self.connect(party)
        return party

    async def rate(self, party: Party | None, basis_points: int, **more: Any) -> httpx.Response:
        """A rate from today on, of this provider or of all."""
        whose = {} if party is None else {"provider_id": party.id}
        wish = {"basis_points": basis_points, "valid_from": self.today().isoformat(), **whose, **more}
        return await self.maker.post("/v1/admin/commission-rates", json=wish)

    async def person_of(self, party: Party) -> httpx.AsyncClient:
        """The provider's owner, signed in."""
        return await signed_in(self.till, party.email)

    async def name_account(self, party: Party, **changes: Any) -> dict[str, Any]:
        person = await self.person_of(party)
        named = await person.put("/v1/payout-account", json=ACCOUNT | changes, headers=SEEN)
        assert named.status_code == 200, named.text
        return dict(named.json())

    async def confirm(self, account: dict[str, Any]) -> None:
        at = f"/v1/admin/payout-accounts/{account['id']}/confirm"
        done = await self.checker.post(at, json={"note": "登記の電話番号に確認"}, headers=SEEN)
        assert done.status_code == 200, done.text

    async def connect(self, party: Party) -> str:
        """An account at Stripe that may be sent money: its id there."""
        opened = await (await self.person_of(party)).post("/v1/payouts/stripe-account", json=RETURNS)
        assert opened.status_code == 200, opened.text
        account_id = str(opened.json()["account_id"])
        await self.till.do(OnboardAccount(account_id))
        await self.till.settle()
        return account_id

    async def sell(
        self, party: Party, tonnes: int, *, price: int = 1_000, after: timedelta | None = timedelta()
    ) -> str:
        """An order that was paid and fulfilled, and what its provider earned by it; `after`: when it is final."""
        world = self.till.world
        listing = await world.listing(party, tonnes, price=price)
        order = await world.paid_order(await world.buyer(), (listing, tonnes))
        assert order["status"] == "fulfilled", order
        if after != timedelta():  # A bank transfer is final at once; what is not is played here.
            at = None if after is None else world.now() + after
            await self.till.owner.execute(
                "update earning set available_at = $1 where order_id = $2", at, uuid_of(order["id"])
            )
        return str(order["id"])

    def scope(self, *parties: Party) -> Scope:
        """The system, acting for the desk and these parties."""
        return Scope.of_system(DESK_ID, "req_payouts").with_party(*(party.org_id for party in parties))

    async def make(self, party: Party, *, key: str | None = None) -> httpx.Response:
        return await self.move("payouts", "", json={"provider_id": party.id}, key=key)

    async def made(self, party: Party) -> dict[str, Any]:
        """A draft of all that is due."""
        answer = await self.make(party)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def approve(self, payout: dict[str, Any], *, by: httpx.AsyncClient | None = None) -> httpx.Response:
        return await self.move("payouts", f"/{payout['id']}/approve", by=by or self.checker)

    async def approved(self, party: Party) -> dict[str, Any]:
        answer = await self.approve(await self.made(party))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def call_off(self) -> None:
        """Cancel what an earlier test left approved, so that a file has the payouts of one test alone."""
        found = await self.maker.get("/v1/admin/payouts", params={"status": "approved", "limit": 100})
        for payout in found.json()["data"]:
            await self.move("payouts", f"/{payout['id']}/cancel", json={"reason": "another test's"})

    async def move(
        self, what: str, at: str, *, json: Any = None, by: httpx.AsyncClient | None = None, key: str | None = None,
        **headers: str,
    ) -> httpx.Response:  # fmt: skip
        """A step of the desk's, keyed, on whatever version there is."""
        sent = {**SEEN, "Idempotency-Key": key or secrets.token_hex(8), **headers}
        return await (by or self.maker).post(f"/v1/admin/{what}{at}", json=json, headers=sent)

    async def shown(self, payout: dict[str, Any]) -> dict[str, Any]:
        return dict((await self.maker.get(f"/v1/admin/payouts/{payout['id']}")).json())

    async def balance(self, party: Party) -> dict[str, Any]:
        return dict((await party.get("/v1/earnings/balance")).json())

    async def account(self, name: str) -> int:
        """What an account of the book holds; the book closes, and nothing guarded is below zero."""
        kept = await self.till.owner.fetch("select account, balance_minor from account_balance")
        totals = await self.till.balances()
        assert all(row["balance_minor"] == totals.get(row["account"], 0) >= 0 for row in kept), (kept, totals)
        return totals.get(name, 0)

    async def payable(self, party: Party) -> int:
        return await self.account(f"payable:{party.org_id.hex}")

    async def assert_agrees(self, party: Party) -> None:
        """What the book owes a provider is what its entries come to that are in no payout which was let go."""
        open_minor = await self.till.owner.fetchval(
            "select coalesce(sum(net_minor), 0)::bigint from earning e left join payout p on p.id = e.payout_id"
            " where e.org_id = $1 and (p.id is null or p.status = 'draft')",
            party.org_id,
        )
        assert await self.payable(party) == open_minor

    async def line(self, minor: int, text: str = "ソウゴウフリコミ") -> str:
        """The bank books a movement; its line."""
        row = f"{self.today().isoformat()},{minor},{text},,{secrets.token_hex(6)}"
        content = f"booked_on,amount,payer_name,memo,bank_reference\n{row}\n".encode()
        await self.till.world.desk.send(
            "/v1/admin/bank-statements", content, "text/csv", params={"filename": "bank.csv"}
        )
        await self.till.world.run_jobs()
        found = await self.maker.get("/v1/admin/bank-lines", params={"status": "for_a_person", "limit": 100})
        return str(max(each["id"] for each in found.json()["data"] if each["amount"]["amount"] == minor))

    async def set_originator(self) -> None:
        done = await self.maker.put("/v1/admin/payout-originator", json=ORIGINATOR, headers=SEEN)
        assert done.status_code == 200, done.text

    def today(self) -> date:
        return day_in_japan(self.till.world.now())

    def bank_day(self) -> date:
        """The next day on which banks are open."""
        day = self.today()
        while not is_bank_day(day):
            day += timedelta(days=1)
        return day

    async def kinds(self, subject_id: str) -> list[str]:
        """The events of one subject in their order."""
        rows = await self.till.owner.fetch(
            "select kind, seq from event where subject_id = $1 order by seq", uuid_of(subject_id)
        )
        assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
        return [row["kind"] for row in rows]


async def signed_in(till: Till, email: str) -> httpx.AsyncClient:
    """A browser of somebody who has signed in."""
    browser = till.world.client(Origin=BASE_URL)
    answer = await browser.post("/v1/sessions", json={"email": email, "password": PASSWORD})
    assert answer.status_code < 300, answer.text
    return browser


async def open_house(till: Till) -> House:
    """The desk's owner, and a colleague."""
    maker = await signed_in(till, till.world.desk.email)
    email = f"{secrets.token_hex(6)}@desk.test"
    person = {"email": email, "name": "運営 次郎", "role": "admin", "password": PASSWORD}
    made = await maker.post("/v1/members", json=person, headers={"Idempotency-Key": secrets.token_hex(8)})
    assert made.status_code == 201, made.text
    house = House(till, maker, await signed_in(till, email))
    await house.set_originator()
    return house


def uuid_of(written: str) -> UUID:
    """The row that a public id names."""
    found = read_public_id(written[:3], written)
    assert found is not None, written
    return found
