"""A task at a desk of people, and whoever works on it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from retirement_app import Doors
from retirement_world import World

from app.core.clock import utc_now
from app.core.period import day_in_japan
from app.inventory.models import Holding
from app.retirements.rules import Wish
from integrations.storage.client import Files

PDF = b"%PDF-1.7 \xe7\x84\xa1\xe5\x8a\xb9\xe5\x8c\x96\xe9\x80\x9a\xe7\x9f\xa5\xe6\x9b\xb8"


class Desk:
    """One task, and whoever works on it."""

    def __init__(self, world: World, doors: Doors, files: Files) -> None:
        self.world, self.doors, self.files = world, doors, files

    async def open(self, *, wish: Wish | None = None) -> "Desk":
        self.world.now = utc_now() - timedelta(hours=1)
        self.holding: Holding = await self.world.holding(10, registry="jcredit")
        given = {} if wish is None else {"wish": wish}
        self.retirement: UUID = await self.world.requested(self.holding, 4, **given)
        assert await self.world.run_due() == 1
        listed = (await self.doors.ask("maker", "GET", "/v1/registry-tasks?status=open")).json()
        self.task: dict[str, Any] = listed["data"][0]
        self.id: UUID = await self.world.owner.fetchval("select id from registry_task")
        return self

    async def step(self, who: str, step: str, body: Any = None, *, version: int | None = None) -> httpx.Response:
        """Say that something was done, having seen the task as it is now."""
        if version is None:
            version = await self.world.owner.fetchval("select version from registry_task")
        at = "/v1/admin" if step in {"confirm", "return-notice"} else "/v1"
        path = f"{at}/registry-tasks/{self.task['id']}/{step}"
        return await self.doors.ask(who, "POST", path, body, If_Match=f'"v{version}"')

    async def executed(self) -> "Desk":
        for who, step, body in (("maker", "prepare", None), ("checker", "check", None), ("maker", "execute", RECORD)):
            answer = await self.step(who, step, body)
            assert answer.status_code == 200, answer.text
        return self

    async def hand_in(
        self, content: bytes = PDF, media_type: str = "application/pdf", *, who: str = "maker", version: int = 0
    ) -> httpx.Response:
        version = version or await self.world.owner.fetchval("select version from registry_task")
        path = f"/v1/registry-tasks/{self.task['id']}/notice?filename=無効化通知書.pdf"
        return await self.doors.ask(who, "POST", path, content, If_Match=f'"v{version}"', Content_Type=media_type)

    def facts(self, **changed: Any) -> dict[str, Any]:
        """What a notice says that agrees with the sheet."""
        sheet, [serial] = self.task["sheet"], self.task["sheet"]["serials"]
        return {
            "transaction_no": RECORD["registry_transaction"],
            "recorded_on": RECORD["recorded_on"],
            "quantity": sheet["quantity"],
            "serials": [{"first": serial["prefix"] + serial["first"], "last": serial["prefix"] + serial["last"]}],
            "beneficiary_name": sheet["beneficiary_name"],
            "purpose": sheet["purpose"],
        } | changed

    async def typed(self, **changed: Any) -> httpx.Response:
        """Both people type the notice; the second one's answer."""
        for who in ("maker", "checker"):
            answer = await self.step(who, "notice-facts", self.facts(**changed))
            assert answer.status_code == 200, answer.text
        return answer

    async def status(self) -> str:
        found: str = await self.world.owner.fetchval("select status from registry_task")
        return found


RECORD = {"registry_transaction": "20261124-0001", "recorded_on": day_in_japan(utc_now()).isoformat()}
