"""A day of the J-Credit desk: twenty requests, two people of a provider, an operator, twenty certificates."""

import io
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest

from app.core.db import Database
from app.core.period import day_in_japan
from tests.flows.people import facts_of, listed, notice_facts, sign_in
from tests.flows.test_peoples_registry import colleague, step
from tests.shared.registry_notices import PICTURE, notice_lines, notice_pdf
from tests.world import Party, World, open_world

REQUESTS = 20
BY_PDF, BY_TOTAL = 12, 4
"""The first notices have text, the others are pictures; the last tasks are carried out by total quantity."""
TONNES = 5


@pytest.fixture
async def desk_of_people(db: Database, worker_db: Database, tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(db, worker_db, tmp_path / "files", registry=None) as made:
        yield made


@dataclass
class Day:
    """Who is at work, and what there is to do."""

    world: World
    provider: Party
    buyers: list[Party]
    maker: httpx.AsyncClient
    checker: httpx.AsyncClient
    holdings: dict[str, dict[str, Any]]
    today: date
    tasks: list[dict[str, Any]] = field(default_factory=list)

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
    maker, checker = await sign_in(world, provider.email), await sign_in(world, await colleague(world, provider))
    holdings = {}
    for buyer in buyers:
        await world.paid_order(buyer, (listing, 100))
        [holding] = await listed(buyer, "/v1/holdings")
        [block] = (await buyer.get(f"/v1/holdings/{holding['id']}")).json()["serials"]
        holdings[buyer.id] = {"id": holding["id"], "end": (block["serial_prefix"], int(block["last"]))}
    return Day(world, provider, buyers, maker, checker, holdings, day_in_japan(world.now()))


async def requested(day: Day) -> None:
    """Twenty requests, of which those that mix scopes, name no legal form, or offset where they come from are refused."""
    wish = {"purpose": "CDP", "purpose_detail": "2026年度の報告", "fiscal_year": None, "quantity": TONNES}
    for n in range(REQUESTS):
        buyer = day.buyers[n % 2]
        asked = wish | {"holding_id": day.holdings[buyer.id]["id"], "beneficiary_name": f"株式会社アオバ第{n}工場"}
        if n < 3:
            wrong = [
                ({"also_purposes": ["SBT", "OFFSET"]}, ("/also_purposes/1", "mixed_scopes")),
                ({"beneficiary_name": "アオバ第1工場"}, ("/beneficiary_name", "legal_form_missing")),
                ({"offset_place": "39"}, ("/offset_place", "not_asked")),
            ][n]
            refused = await buyer.post("/v1/retirements", asked | wrong[0])
            assert refused.status_code == 422, refused.text
            assert [(each["pointer"], each["code"]) for each in refused.json()["errors"]] == [wrong[1]]
        drafted = await buyer.post("/v1/retirements", asked | {"also_purposes": ["SBT"] if n % 3 else []})
        assert drafted.status_code == 201, drafted.text
        signed = await buyer.post(f"/v1/retirements/{drafted.json()['id']}/sign-off", {"quantity": TONNES})
        assert signed.status_code == 200, signed.text
    await day.world.run_jobs()
    owners = {each["id"]: buyer.id for buyer in day.buyers for each in await listed(buyer, "/v1/retirements")}
    day.tasks = [
        task | {"buyer": owners[task["retirement_id"]]} for task in await listed(day.provider, "/v1/registry-tasks")
    ]
    assert len(day.tasks) == REQUESTS
    dues = [task["due_at"] for task in day.tasks]
    assert dues == sorted(dues), "What is due first stands first."


async def prechecked(day: Day) -> None:
    """The modes are chosen, one sheet goes to the office, and its answer is noted."""
    for n in range(REQUESTS - BY_TOTAL, REQUESTS):
        assert (await step(day.maker, day.tasks[n]["id"], "mode", {"mode": "total"})).status_code == 200
    asked = await day.maker.post("/v1/registry-tasks/pre-check", json={"task_ids": [each["id"] for each in day.tasks]})
    assert asked.status_code == 200, asked.text
    book = openpyxl.load_workbook(io.BytesIO(asked.content), read_only=True)
    counted = {sheet.title: sum(1 for _ in sheet.iter_rows(min_row=3)) for sheet in book.worksheets}
    assert counted == {"無効化事前確認(総量)": BY_TOTAL, "無効化事前確認(シリアル番号)": REQUESTS - BY_TOTAL}
    for task in day.tasks:
        noted = await step(day.checker, task["id"], "pre-check-answer", {"answer": "問題ありません"})
        assert noted.json()["precheck"]["answer"] == "問題ありません"


async def carried_out(day: Day) -> None:
    """One person prepares, another checks and nobody does both; then it is done at the registry."""
    for n, task in enumerate(day.tasks):
        shown = (await day.maker.get(f"/v1/registry-tasks/{task['id']}")).json()
        copied = {each["key"]: each["copy"] for each in shown["fields"]}
        assert copied["beneficiary_name"] == task["sheet"]["beneficiary_name"]
        assert ("serials" in copied) == (n < REQUESTS - BY_TOTAL)
        maker, checker = (day.maker, day.checker) if n % 2 else (day.checker, day.maker)
        assert (await step(maker, task["id"], "prepare")).status_code == 200
        assert (await step(maker, task["id"], "check")).json()["code"] == "second_person_needed"
        assert (await step(checker, task["id"], "check")).status_code == 200
        record = {"registry_transaction": day.transaction(n), "recorded_on": day.today.isoformat()}
        assert (await step(maker, task["id"], "execute", record)).status_code == 200


async def noticed(day: Day) -> None:
    """Twelve notices are read by a program, eight are typed twice; two typing errors are caught by their fields."""
    caught = []
    for n, task in enumerate(day.tasks):
        handed = await _hand_in(day, n)
        if n < BY_PDF:
            assert handed["notice_state"] == "agreed", handed
            continue
        assert handed["notice_state"] == "to_type"
        wrong = {BY_PDF + 1: {"transaction_no": "20261201-0031"}, BY_PDF + 3: {"quantity": TONNES + 1}}.get(n, {})
        first = await step(day.maker, task["id"], "notice-facts", day.said(n, **wrong))
        assert (first.json()["notice_state"], first.json()["differences"]) == ("typed_once", [])
        second = (await step(day.checker, task["id"], "notice-facts", day.said(n))).json()
        if wrong:
            caught.append([each["field"] for each in second["differences"]])
            assert second["notice_state"] == "typed_differently"
            early = await step(day.world.desk.client, task["id"], "confirm", {}, at="/v1/admin")
            assert early.json()["code"] == "notice_not_agreed"
            second = (await step(day.maker, task["id"], "notice-facts", day.said(n))).json()
        assert (second["notice_state"], second["differences"]) == ("agreed", [])
    assert caught == [["transaction_no"], ["quantity"]]


async def _hand_in(day: Day, n: int) -> dict[str, Any]:
    said = day.said(n)
    content = PICTURE
    if n < BY_PDF:
        lines = notice_lines(
            transaction_no=said["transaction_no"], recorded_on=day.today, quantity=str(said["quantity"]),
            serials=[f"{each['first']} ～ {each['last']}" for each in said["serials"]],
            beneficiary=said["beneficiary_name"], purpose=said["purpose"],
        )  # fmt: skip
        content = notice_pdf(lines)
    path = f"/v1/registry-tasks/{day.tasks[n]['id']}"
    seen = await day.maker.get(path)
    handed = await day.maker.post(
        f"{path}/notice",
        params={"filename": f"無効化通知書-{n}"},
        content=content,
        headers={
            "Content-Type": "application/pdf" if n < BY_PDF else "image/png",
            "If-Match": seen.headers["ETag"],
        },
    )
    assert handed.status_code == 200, handed.text
    return dict(handed.json())


async def certified(day: Day) -> None:
    """The operator releases; twenty certificates say what the registry recorded, in the serials that it picked."""
    for n, task in enumerate(day.tasks):
        proof = (await day.world.desk.get(f"/v1/admin/registry-tasks/{task['id']}/evidence")).json()
        assert (proof["mandate"]["text_version"], proof["consent"]["text_version"]) == (
            *("mandate-2026-11", "consent-2026-11"),
        )
        assert [each["kind"] for each in proof["readings"]][-1:] == ["read" if n < BY_PDF else "typed"]
        confirmed = await step(day.world.desk.client, task["id"], "confirm", {}, at="/v1/admin")
        assert (confirmed.status_code, confirmed.json()["status"]) == (200, "confirmed"), confirmed.text
    await day.world.run_jobs()
    by_retirement = {}
    for buyer in day.buyers:
        for each in await listed(buyer, "/v1/certificates"):
            assert (each["evidence_grade"], each["simulated"]) == ("provider_notice", False)
            by_retirement[each["retirement_id"]] = await facts_of(day.world, each["number"])
    assert len(by_retirement) == REQUESTS
    for n, task in enumerate(day.tasks):
        facts, said = by_retirement[task["retirement_id"]], day.said(n)
        assert (facts["beneficiary_name"], facts["registry_transaction"]) == (
            *(said["beneficiary_name"], said["transaction_no"]),
        )
        [line] = facts["lines"]
        spans = [(span["first"], span["last"]) for span in line["serials"]]
        assert spans == [(each["first"], each["last"]) for each in said["serials"]]


async def reconciled(day: Day) -> None:
    """The leader's: the registry's statement comes in and agrees. Until then the desk's own books must."""
    serials = Counter(
        number
        for n in range(REQUESTS)
        for each in day.said(n)["serials"]
        for number in range(_number(each["first"]), _number(each["last"]) + 1)
    )
    assert (len(serials), max(serials.values())) == (REQUESTS * TONNES, 1), "No serial was retired twice."
    for buyer in day.buyers:
        [holding] = await listed(buyer, "/v1/holdings")
        assert (holding["held"], holding["retiring"], holding["retired"]) == (50, 0, 50)


def _number(serial: str) -> int:
    return int(serial.rpartition("-")[2])


async def test_a_day_of_the_jcredit_desk(desk_of_people: World) -> None:
    day = await opened(desk_of_people)
    await requested(day)
    await prechecked(day)
    await carried_out(day)
    await noticed(day)
    await certified(day)
    await reconciled(day)
