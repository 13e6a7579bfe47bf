"""Who has agreed to a retirement, what was the office asked first, and by when has it to be done?"""

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from registry_desk import Desk
from retirement_app import Doors
from retirement_world import World
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.core.ids import public_id


async def test_without_mandate_or_consent_nobody_prepares(world: World, doors: Doors, files: Any) -> None:
    desk = await Desk(world, doors, files).open()
    await world.owner.execute("delete from holder_consent")
    refused = await desk.step("maker", "prepare")
    assert (refused.status_code, refused.json()["code"]) == (409, "consent_missing")
    consent = await doors.ask("maker", "POST", f"/v1/registry-tasks/{desk.task['id']}/consent")
    assert (consent.status_code, consent.json()["text_version"]) == (200, "consent-2026-11")
    again = await doors.ask("checker", "POST", f"/v1/registry-tasks/{desk.task['id']}/consent")
    assert again.json() == consent.json()
    await world.owner.execute("delete from retirement_mandate")
    refused = await desk.step("maker", "prepare")
    assert (refused.status_code, refused.json()["code"]) == (409, "mandate_missing")
    path = f"/v1/retirements/{public_id('ret', desk.retirement)}/mandate"
    assert (await doors.ask("trader", "POST", path)).status_code == 403
    mandate = await doors.ask("buyer", "POST", path)
    assert mandate.json()["given_by"] == public_id("mem", doors.callers["buyer"].actor_id)
    assert "委任" in mandate.json()["text_ja"]
    assert (await desk.step("maker", "prepare")).status_code == 200
    shown = (await doors.ask("maker", "GET", f"/v1/registry-tasks/{desk.task['id']}/evidence")).json()
    assert (shown["mandate"], shown["consent"]) == (mandate.json(), consent.json())


async def test_consent_for_an_account_holds_for_all_of_its_tasks(world: World, doors: Doors, files: Any) -> None:
    await world.owner.execute("delete from holder_consent")
    account = public_id("acc", world.account)
    given = await doors.ask("maker", "POST", f"/v1/registry-accounts/{account}/consent")
    assert given.status_code == 200
    assert (await doors.ask("other provider", "POST", f"/v1/registry-accounts/{account}/consent")).status_code == 404
    desk = await Desk(world, doors, files).open()
    assert (await desk.step("maker", "prepare")).status_code == 200


async def test_signing_off_is_the_mandate_and_it_is_never_edited(world: World, doors: Doors) -> None:
    holding = await world.holding(10)
    retirement = await world.requested(holding, 4)
    shown = (await doors.ask("buyer", "GET", f"/v1/retirements/{public_id('ret', retirement)}")).json()
    assert shown["mandate"]["text_version"] == "mandate-2026-11"
    for table in ("retirement_mandate", "holder_consent", "notice_reading", "registry_rule"):
        column = "org_id" if table != "registry_rule" else "key"
        for change in (f"delete from {table}", f"update {table} set {column} = {column}"):
            with pytest.raises(DBAPIError, match="permission denied"):
                async with world.db.transaction(world.trade()) as session:
                    await session.execute(text(change))


async def test_the_pre_check_is_a_spreadsheet_and_its_answer_is_noted(desk: Desk) -> None:
    await desk.world.owner.execute(
        "update registry_task set sheet = jsonb_set(sheet, '{purpose_detail}', to_jsonb('=1+1'::text))"
    )
    early = await desk.step("maker", "pre-check-answer", {"answer": "問題ありません"})
    assert (early.status_code, early.json()["code"]) == (409, "precheck_not_requested")
    asked = await desk.doors.ask("maker", "POST", "/v1/registry-tasks/pre-check", {"task_ids": [desk.task["id"]]})
    assert (asked.status_code, asked.content[:2]) == (200, b"PK"), asked.text
    book = openpyxl.load_workbook(io.BytesIO(asked.content))
    assert book.sheetnames == ["無効化事前確認(シリアル番号)"]
    note, headings, row = book.worksheets[0].iter_rows(max_row=3)
    assert "公表されていない" in str(note[0].value)
    told = {heading.value: cell for heading, cell in zip(headings, row, strict=True)}
    assert (told["目的詳細"].value, told["目的詳細"].data_type) == ("=1+1", "s"), "A text, never a formula."
    assert str(told["開始シリアル番号"].value).endswith("000001")
    assert (told["数量"].value, told["数量"].data_type) == (4, "n")
    noted = (await desk.step("checker", "pre-check-answer", {"answer": "問題ありません"})).json()["precheck"]
    assert noted["requested_by"] == public_id("mem", desk.doors.callers["maker"].actor_id)
    assert noted["answered_by"] == public_id("mem", desk.doors.callers["checker"].actor_id)
    assert noted["answer"] == "問題ありません"
    foreign = await desk.doors.ask(
        "other provider", "POST", "/v1/registry-tasks/pre-check", {"task_ids": [desk.task["id"]]}
    )
    assert foreign.status_code == 404
    await desk.executed()
    late = await desk.doors.ask("maker", "POST", "/v1/registry-tasks/pre-check", {"task_ids": [desk.task["id"]]})
    assert (late.status_code, late.json()["state"]) == (409, "executed")


async def test_a_task_knows_by_when_it_has_to_be_done(desk: Desk) -> None:
    due = await desk.world.owner.fetchval("select due_at from registry_task")
    assert desk.world.now <= due <= desk.world.now + timedelta(days=22)
    assert desk.task["due_at"].startswith(due.strftime("%Y-%m-%dT%H"))
