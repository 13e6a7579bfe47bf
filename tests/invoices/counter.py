"""What do the tests of papers in the database do: parties with numbers, orders that are paid, papers that are read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from unicodedata import normalize
from uuid import UUID

import asyncpg
import httpx

from app.clients import terms_of
from app.core.ids import read_public_id
from app.core.period import day_in_japan
from app.invoices import flow
from integrations.documents.pdf_text import pdf_text
from tests.world import Party, World

NUMBER = "T7000012050002"
SELLERS_NUMBER = "T9000020016926"
OTHERS_NUMBER = "T6010401020516"
PROFILE: dict[str, Any] = {
    "valid_from": "2026-01-01",
    "name": "株式会社オフセットデスク",
    "registration_number": NUMBER,
    "is_corporation": True,
    "address": "〒100-0005 東京都千代田区丸の内1-2-3",
    "phone": "03-0000-0001",
    "bank": {
        "bank": "みずほ銀行（0001）",
        "branch": "丸の内中央支店（004）",
        "account_type": "普通",
        "account_number": "1234567",
        "holder": "カ）オフセツトデスク",
    },
    "notes": ["振込手数料は貴社にてご負担ください。"],
    "numbered_by": "calendar_year",
    "fiscal_year_ends_in": 3,
    "years_kept": 7,
}
BILLING = {
    "name": "森鷗外記念音楽祭実行委員会",
    "department": "経理部",
    "address": "〒699-5605 島根県津和野町",
    "phone": "0856-00-0002",
    "purchase_order": "PO-2026-0088",
    "email": "keiri@music.example",
}
TERMS: dict[str, Any] = {
    "limit": {"amount": 1_000_000, "currency": "JPY"},
    "closing_day": 31,
    "months_after": 1,
    "due_day": 31,
    "on_holiday": "next_business_day",
    "retire_before_paid": False,
    "valid_from": "2026-01-01",
    "valid_through": None,
}
SEEN = {"If-Match": "*"}
REQUEST = "req_papers"


async def enter_desk(world: World) -> None:
    """The operator says who issues papers."""
    entered = await world.desk.post("/v1/admin/desk-profiles", PROFILE)
    assert entered.status_code == 201, entered.text


@dataclass
class Counter:
    """One desk with its papers."""

    world: World
    owner: asyncpg.Connection

    async def seller(self, number: str | None, *, confirmed: bool = True) -> Party:
        """A provider, with a registration number that the operator has confirmed, or without one."""
        more = {} if number is None else {"corporate_number": number[1:], "invoice_number": number}
        party = await self.world.sign_up("provider", **more)
        await self.world.desk.post(f"/v1/admin/organisations/{party.id}/approve", {})
        if number is not None and confirmed:
            at = f"/v1/admin/organisations/{party.id}/invoice-status"
            wish = {"confirmed_on": "2026-04-01", "note": "登録通知書を確認"}
            answer = await self.world.desk.client.patch(at, json=wish, headers=SEEN)
            assert answer.status_code == 200, answer.text
            assert answer.json()["invoiced_for"]
        return party

    async def buyer(self, **billing: str) -> Party:
        """A buyer that has said how it is written on papers."""
        party = await self.world.buyer()
        answer = await party.client.patch("/v1/billing-profile", json=BILLING | billing, headers={"If-Match": '"v0"'})
        assert answer.status_code == 200, answer.text
        return party

    async def fulfilled(self, buyer: Party, *lines: tuple[str, int]) -> dict[str, Any]:
        """An order that is paid and fulfilled, and invoiced."""
        order = await self.world.paid_order(buyer, *lines)
        assert order["status"] == "fulfilled"
        await self.invoice(buyer, order)
        return order

    async def invoice(self, buyer: Party, order: dict[str, Any]) -> None:
        """The job that follows fulfilment runs, and what it asks for."""
        await flow.issue_for_order(
            self.world.worker_db, buyer.org_id, uuid_of(order["id"]),
            terms=terms_of(self.world.settings), now=self.world.now(), request_id=REQUEST,
        )  # fmt: skip
        await self.world.run_jobs()

    @asynccontextmanager
    async def silence(self) -> AsyncIterator[None]:
        """The operator has not said yet who issues papers."""
        begin = "update desk_profile set valid_from = valid_from + $1::integer"
        await self.owner.execute(begin, 36_500)
        try:
            yield
        finally:
            await self.owner.execute(begin, -36_500)

    async def papers(self, party: Party, **filters: Any) -> list[dict[str, Any]]:
        """The papers of a party, newest first."""
        answer = await party.get("/v1/papers", params=filters)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["data"])

    async def text(self, party: Party, paper: dict[str, Any]) -> str:
        """What can be read on a paper's PDF, without white space."""
        answer = await party.get(f"/v1/papers/{paper['id']}/pdf")
        assert answer.status_code == 200, answer.text
        text = await pdf_text(answer.content)
        assert text is not None
        return plain_text(text)

    async def credit(self, buyer: Party, **terms: Any) -> None:
        """The operator lets a buyer owe."""
        at = f"/v1/admin/organisations/{buyer.id}/credit-line"
        answer = await self.world.desk.client.patch(at, json=TERMS | terms, headers=SEEN)
        assert answer.status_code == 200, answer.text

    async def on_account(self, buyer: Party, *lines: tuple[str, int]) -> dict[str, Any]:
        """An order that is owed instead of paid, and fulfilled by the jobs."""
        made = await self.world.order(buyer, *lines)
        owed = await self.owe(buyer, made)
        assert owed.status_code == 201, owed.text
        await self.world.run_jobs()
        shown = (await buyer.get(f"/v1/orders/{made['id']}")).json()
        assert shown["status"] == "fulfilled"
        return dict(shown)

    async def owe(self, buyer: Party, order: dict[str, Any]) -> httpx.Response:
        """A buyer asks to owe an order."""
        return await buyer.post(f"/v1/orders/{order['id']}/on-account")

    async def transfer(self, *payments: tuple[str, int]) -> None:
        """Money comes to the bank today, whatever the worker's clock says, and every job that follows has run."""
        ahead, self.world.ahead = self.world.ahead, timedelta()
        await self.world.pay(*payments)
        self.world.ahead = ahead
        await self.world.run_jobs()

    async def next_month(self) -> None:
        """The worker's clock goes past the end of this month in Japan, and every period that ended is closed."""
        today = day_in_japan(self.world.now() - self.world.ahead)
        first = date(today.year + today.month // 12, today.month % 12 + 1, 1)
        self.world.ahead = timedelta(days=(first - today).days + 1)
        await flow.close_months(self.world.worker_db, now=self.world.now(), request_id=REQUEST)
        await self.world.run_jobs()

    async def balance(self, account: str) -> int:
        """What an account of the book holds, by its postings."""
        asked = (
            "select coalesce(sum(case when target = $1 then amount_minor else -amount_minor end), 0)"
            " from posting where $1 in (source, target)"
        )
        return int(await self.owner.fetchval(asked, account))


def plain_text(text: str) -> str:
    """Without white space and places to break, each character as it is typed: two f are one glyph on paper."""
    return "".join(normalize("NFKC", text).replace("\u200b", "").split())


def uuid_of(written: str) -> UUID:
    """The row that a public id names."""
    found = read_public_id(written[:3], written)
    assert found is not None, written
    return found
