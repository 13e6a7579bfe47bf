"""What a registry answers is worked on with the keyboard alone: a difference by two people, a notice typed twice."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from app.core.period import day_in_japan
from tests.browser.desks import Desk
from tests.browser.people_at_work import Shift, Typist, add_discrepancy, open_shift, registry_number, typist
from tests.flows.people import sign_in, step

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror='window.pointers = 99'>"


async def test_a_discrepancy_is_taken_answered_and_decided_by_a_second_person(
    people: Desk, browser: Browser, pictures: Path | None
) -> None:
    shift = await open_shift(people, 1, name="里山クレジット株式会社")
    await add_discrepancy(shift, {"recorded_on": "2026-11-21", "note": HOSTILE})
    async with (
        typist(browser, shift.maker, pictures) as one,
        typist(browser, shift.checker, pictures, locale="ja-JP") as other,
    ):
        await one.signs_in(f"{people.url}/desk")
        await one.press("2")
        await one.hears("Page 1 is shown: 1.")
        row = one.page.locator(".row")
        await expect(row).to_contain_text("3 days · Owner nobody · The registry recorded it late")
        await one.press("Enter")
        await expect(one.page.locator("#open-one")).to_contain_text(HOSTILE)
        assert await one.page.locator("#open-one img").count() == 0
        await one.press("Enter")
        await expect(row).to_contain_text("Owner you")
        await expect(one.page.locator("#field-action")).to_be_focused()
        await one.press("ArrowDown", "Tab")
        await one.type("Seen on the registry's site.")
        await one.visitor.picture("resolve")
        await one.press("Enter")
        await expect(one.page.locator("#open-one .why")).to_have_text("You proposed this. Somebody else decides it.")
        await other.signs_in(f"{people.url}/desk")
        await other.press("2")
        await other.hears("1ページ目を表示しました。0件。")
        await other.press("s", "ArrowDown")
        await expect(other.page.locator(".row")).to_have_count(1)
        await other.press("Escape", "Enter")
        await expect(other.page.locator("#field-agreed")).to_be_focused()
        await other.press("Tab")
        await other.type("ok")
        await other.visitor.picture("decide")
        await other.press("Enter")
        await other.hears("判断を記録しました。")
    found = (await shift.provider.get("/v1/discrepancies")).json()["data"]
    assert [(each["status"], each["action"]) for each in found] == [("resolved", "take_registrys_word")]


async def test_a_notice_is_handed_in_and_typed_by_two_people_who_mistype(
    people: Desk, browser: Browser, tmp_path: Path
) -> None:
    shift = await open_shift(people, 1, name="株式会社ひだまり")
    await _is_executed(shift)
    notice = tmp_path / "notice.png"
    notice.write_bytes(b"\x89PNG\r\n\x1a\n" + b"no text can be read of a picture")
    sheet = shift.tasks[0]["sheet"]
    async with typist(browser, shift.maker, None) as maker, typist(browser, shift.checker, None) as checker:
        maker.page.on("filechooser", lambda chooser: chooser.set_files(notice))
        await maker.signs_in(f"{people.url}/desk")
        await maker.press("Enter")
        await maker.has_open(sheet["beneficiary_name"])
        await maker.press("Enter")
        await expect(maker.page.locator("#field-file")).to_have_value(re.compile(r"notice\.png"))
        await maker.press("Enter")
        await maker.hears("The notice is handed in.")
        await _types_notice(maker, shift, "20261201-7777")
        await maker.hears("What you typed is taken.")
        await checker.signs_in(f"{people.url}/desk")
        await _types_notice(checker, shift, registry_number(0))
        await expect(checker.page.locator("#problem-transaction_no")).to_contain_text(
            "Two people typed this differently."
        )
        assert "7777" not in await checker.page.locator("#open-one").inner_text(), "Nobody is told what to type."
        await _types_notice(maker, shift, registry_number(0))
        await maker.hears("What you typed is taken.")
    [task] = await shift.all_tasks()
    proof = (await shift.provider.get(f"/v1/registry-tasks/{task['id']}/evidence")).json()
    assert (task["notice_state"], proof["readings"][-1]["differences"]) == ("agreed", [])


async def _types_notice(who: Typist, shift: Shift, number: str) -> None:
    """Open the task, and type what the notice says, field after field."""
    await who.is_in_the_list()
    await who.press("Enter")
    await expect(who.page.locator("#field-transaction_no")).to_be_focused()
    sheet = shift.tasks[0]["sheet"]
    day = (await shift.all_tasks())[0]["recorded_on"]
    spans = "\n".join(f"{each['prefix']}{each['first']} - {each['prefix']}{each['last']}" for each in sheet["serials"])
    values: list[Any] = [
        *(number, day, sheet["quantity"], spans, sheet["beneficiary_name"], sheet["purpose"]),
    ]
    for place, value in enumerate(values):
        await who.type(str(value))
        if place < len(values) - 1:
            await who.press("Tab")
    await who.press("Enter")


async def _is_executed(shift: Shift) -> None:
    world = shift.desk.world
    maker, checker = await sign_in(world, shift.maker), await sign_in(world, shift.checker)
    task = shift.tasks[0]["id"]
    today = day_in_japan(world.now()).isoformat()
    record = {"registry_transaction": registry_number(0), "recorded_on": today}
    for who, verb, body in ((maker, "prepare", None), (checker, "check", None), (maker, "execute", record)):
        assert (await step(who, task, verb, body)).status_code == 200
