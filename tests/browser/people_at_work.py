"""Who works at the registry desk? Two people of a provider with keyboards and no mouse, and what waits for them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from playwright.async_api import Browser, Page, expect

from app.core.ids import new_id
from app.core.scope import DESK_ID
from tests.browser.desks import Desk
from tests.browser.visitors import Visitor, visiting
from tests.flows.people import colleague, listed, sign_in
from tests.world import PASSWORD, Party

TONNES = 5
PATIENCE_S = 60
WATCHES_FOR_A_MOUSE = """
  window.pointers = 0;
  addEventListener("pointerdown", () => { window.pointers += 1; }, true);
"""


@dataclass
class Typist:
    """A person whose every key press is counted."""

    visitor: Visitor
    email: str
    presses: int = 0

    @property
    def page(self) -> Page:
        return self.visitor.page

    async def press(self, *keys: str) -> None:
        for key in keys:
            self.presses += 1
            await self.page.keyboard.press(key)

    async def type(self, text: str) -> None:
        self.presses += len(text)
        await self.page.keyboard.type(text)

    async def signs_in(self, url: str) -> None:
        """From the address to the list, without a mouse."""
        await self.page.goto(url)
        await expect(self.page.locator("#field-email")).to_be_focused()
        await self.visitor.picture("sign-in")
        await self.type(self.email)
        await self.press("Tab")
        await self.type(PASSWORD)
        await self.press("Enter")
        await self.is_in_the_list()

    async def is_in_the_list(self) -> None:
        await expect(self.page.locator(".row:focus")).to_have_count(1)

    async def has_open(self, beneficiary: str) -> None:
        await expect(self.page.locator("#open-one h2")).to_have_text(beneficiary)

    async def hears(self, text: str) -> None:
        """What is said politely, as a reader of the screen says it."""
        await expect(self.page.get_by_role("status")).to_contain_text(text)

    async def copies(self, fields: list[dict[str, Any]]) -> None:
        """Each field by one key, and each is marked as done."""
        for done in range(1, len(fields) + 1):
            await self.press("c")
            await expect(self.page.locator(".sheet-fields .marked")).to_have_count(done)


@asynccontextmanager
async def typist(
    browser: Browser, email: str, pictures: Path | None, *, locale: str = "en-GB"
) -> AsyncIterator[Typist]:
    """Somebody at a window of their own. No pointer was ever pressed in it, and the browser complained of nothing."""
    name = f"desk-{locale}-{email.partition('@')[0][:6]}"
    async with visiting(browser, name, pictures, locale=locale) as visitor:
        await visitor.page.set_viewport_size({"width": 1360, "height": 900})
        await visitor.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await visitor.page.add_init_script(WATCHES_FOR_A_MOUSE)
        yield Typist(visitor, email)
        assert await visitor.page.evaluate("window.pointers") == 0
        said = [line for line in visitor.said if "Failed to load resource" not in line]  # A refusal, which is shown.
        assert said == []


@dataclass
class Shift:
    """A provider with two people, and the tasks that wait for them."""

    desk: Desk
    provider: Party
    maker: str
    checker: str
    tasks: list[dict[str, Any]] = field(default_factory=list)

    async def caller(self) -> httpx.AsyncClient:
        return await sign_in(self.desk.world, self.maker)

    async def all_tasks(self) -> list[dict[str, Any]]:
        answer = await self.provider.get("/v1/registry-tasks", params={"sort": "due_at", "limit": 100})
        return list(answer.json()["data"])


async def open_shift(desk: Desk, requests: int, *, name: str) -> Shift:
    """So many signed-off requests, each of which waits as a task."""
    world = desk.world
    provider, buyer = await world.provider(name), await world.buyer("株式会社アオバ食品")
    listing = await world.listing(provider, 1_000)
    order = await world.order(buyer, (listing, requests * TONNES))
    await desk.bank_file((f"{order['payment']['reference']} アオバ", order["total"]["amount"]))
    [holding] = await _until(lambda: listed(buyer, "/v1/holdings"), 1)
    for n in range(1, requests + 1):
        wish = {
            "holding_id": holding["id"], "quantity": TONNES, "beneficiary_name": f"株式会社アオバ第{n}工場",
            "purpose": "CDP", "purpose_detail": "2026年度の報告", "fiscal_year": None,
        }  # fmt: skip
        drafted = await buyer.post("/v1/retirements", wish)
        assert drafted.status_code == 201, drafted.text
        signed = await buyer.post(f"/v1/retirements/{drafted.json()['id']}/sign-off", {"quantity": TONNES})
        assert signed.status_code == 200, signed.text
    shift = Shift(desk, provider, provider.email, await colleague(world, provider))
    await _until(shift.all_tasks, requests)
    shift.tasks = await shift.all_tasks()
    return shift


async def _until(ask: Any, count: int) -> list[dict[str, Any]]:
    """What the real worker has made, as soon as it is so many."""
    for _ in range(PATIENCE_S * 5):
        found: list[dict[str, Any]] = await ask()
        if len(found) >= count:
            return found
        await asyncio.sleep(0.2)
    raise AssertionError(f"The worker did not make {count} in {PATIENCE_S} s.")


async def add_discrepancy(shift: Shift, theirs: dict[str, Any]) -> None:
    """A date that differs at the registry, as a comparison writes it down."""
    owner = await asyncpg.connect(shift.desk.world.settings.database_url)
    await owner.execute(
        "insert into discrepancy (org_id, id, desk_id, registry_account_id, registry_code, kind, series_key, lo, hi, serials,"
        " subject, lot_id, at_risk, ours, theirs, cause, statement_n, seen_n, status, opened_at)"
        " select org_id, $1, $2, registry_account_id, 'jcredit', 'date_differs', 'series', 1, 6, 'JCT1-1 - JCT1-5', '',"
        " id, false, $3, $4, 'late_record', 1, 1, 'open', now() - interval '3 days' from lot where org_id = $5 limit 1",
        new_id(), DESK_ID, json.dumps({"recorded_on": "2026-11-20"}), json.dumps(theirs), shift.provider.org_id,
    )  # fmt: skip
    await owner.close()


def registry_number(n: int) -> str:
    """What the registry calls a retirement."""
    return f"20261201-{n:04d}"
