"""Two people of a provider carry out twenty retirements with their keyboards alone; what is refused is told at its place."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Route, expect

from tests.browser.desks import Desk
from tests.browser.people_at_work import Shift, Typist, open_shift, registry_number, typist

pytestmark = pytest.mark.browser
TASKS = 20
NUMBER_KEYS = len("20261201-0001")


async def test_two_people_work_twenty_tasks_by_keyboard_from_the_sign_in_to_the_end(
    people: Desk, browser: Browser, pictures: Path | None
) -> None:
    shift = await open_shift(people, TASKS, name="一般社団法人 みどりの森")
    fields = len(shift.tasks[0]["fields"])
    assert fields >= 6
    async with (
        typist(browser, shift.maker, pictures) as maker,
        typist(browser, shift.checker, pictures, locale="ja-JP") as checker,
    ):
        await maker.signs_in(f"{people.url}/desk")
        await checker.signs_in(f"{people.url}/desk")
        await maker.visitor.picture("list")
        per_task = [
            await _works_through(maker, shift, "Nothing after this waits for you."),
            await _works_through(checker, shift, "あなたが進められるものはありません。"),
        ]
        assert {each["status"] for each in await shift.all_tasks()} == {"checked"}
        per_task.append(await _executes(maker, shift))
    done = await shift.all_tasks()
    assert {each["status"] for each in done} == {"executed"}
    assert [each["registry_transaction"] for each in done] == [registry_number(n) for n in range(TASKS)]
    assert len({each["maker_id"] for each in done} | {each["checker_id"] for each in done}) == 2
    assert per_task == [fields + 1, fields + 1, NUMBER_KEYS + 1], "One key a field, one for the step; no key more."
    assert sum(per_task) <= 2 * 9 + NUMBER_KEYS + 1, "Of the longest sheet that J-Credit's screen has."


async def _works_through(who: Typist, shift: Shift, told_at_the_end: str) -> float:
    """Copy or compare each sheet and take the step; how many keys that took for each task."""
    await who.press("Enter")
    before = who.presses
    for n, task in enumerate(shift.tasks):
        await who.has_open(task["sheet"]["beneficiary_name"])
        await who.copies(task["fields"])
        if n == 0:
            await who.visitor.picture("copied")
            assert await who.page.evaluate("navigator.clipboard.readText()") == task["fields"][-1]["copy"]
        await who.press("Enter")
    await who.hears(told_at_the_end)
    await who.is_in_the_list()
    return (who.presses - before) / len(shift.tasks)


async def _executes(who: Typist, shift: Shift) -> float:
    """Note each task's number at the registry. The first one's day is wrong at first, and is refused at its field."""
    await who.press("s", "Home", "ArrowDown", "ArrowDown", "ArrowDown")  # Checked ones alone.
    await expect(who.page.locator("#state")).to_have_value("checked")
    await who.hears(f"Page 1 is shown: {TASKS}.")
    await expect(who.page.locator(".row").first).to_contain_text("Checked")
    await who.press("Escape", "Enter")
    await _is_refused_an_impossible_day(who, shift)
    before = who.presses
    for n, task in enumerate(shift.tasks):
        await who.has_open(task["sheet"]["beneficiary_name"])
        await expect(who.page.locator("#field-registry_transaction")).to_be_focused()
        await who.type(registry_number(n))
        await who.press("Enter")
    await who.hears("Nothing after this waits for you.")
    return (who.presses - before) / len(shift.tasks)


async def _is_refused_an_impossible_day(who: Typist, shift: Shift) -> None:
    await who.has_open(shift.tasks[0]["sheet"]["beneficiary_name"])
    day = who.page.locator("#field-recorded_on")
    today = await day.input_value()
    await who.press("x", "Tab")
    await who.type("2020/4/1")
    await who.press("Enter")
    await expect(who.page.locator("#problem-recorded_on")).to_have_text(
        "A day between the buyer's sign-off and today, in Japan."
    )
    await expect(day).to_be_focused()
    assert await day.get_attribute("aria-invalid") == "true"
    assert await who.page.locator("#field-registry_transaction").input_value() == "x", "What was typed stays."
    assert (await shift.all_tasks())[0]["status"] == "checked"
    await who.visitor.picture("refused")
    await who.press("Control+a")
    await who.type(today)
    await who.press("Shift+Tab")  # What stands there is selected, and typed over.


async def test_what_cannot_be_done_says_why_and_a_step_in_haste_is_held_back(
    people: Desk, browser: Browser, pictures: Path | None
) -> None:
    shift = await open_shift(people, 2, name="森林組合あかね")
    first, second = (each["sheet"]["beneficiary_name"] for each in shift.tasks)
    async with typist(browser, shift.maker, pictures) as maker:
        await maker.signs_in(f"{people.url}/desk")
        await maker.press("Enter")
        await maker.has_open(first)
        await maker.press("Enter")
        problem = maker.page.locator("#step-problem")
        await expect(problem).to_contain_text("fields are not copied. Press Enter once more")
        assert (await shift.all_tasks())[0]["status"] == "open", "A second Enter in haste does nothing."
        await maker.press("Enter")
        await maker.has_open(second)
        await maker.press("k")
        await maker.has_open(first)
        await expect(maker.page.locator("#open-one .why")).to_have_text(
            "You prepared this task. Somebody else checks it."
        )
        await maker.press("Enter")
        await maker.hears("You prepared this task. Somebody else checks it.")
        await maker.visitor.picture("why")
        await maker.press("j")
        await maker.has_open(second)
        await _is_changed_by_somebody_else(shift)
        await maker.press("Enter")
        await expect(problem).to_be_visible()
        await maker.press("Enter")
        await expect(problem).to_contain_text("Somebody changed it first.")
        await maker.press("?")
        await expect(maker.page.get_by_role("dialog")).to_contain_text("Copy the next field")
        await maker.visitor.picture("keys")
        await maker.press("Escape", "Escape")
        await maker.is_in_the_list()
        await maker.press("/")
        await maker.type("no such name")
        await expect(maker.page.locator("#no-rows")).to_be_visible()


async def _is_changed_by_somebody_else(shift: Shift) -> None:
    caller = await shift.caller()
    path = f"/v1/registry-tasks/{shift.tasks[1]['id']}"
    seen = await caller.get(path)
    changed = await caller.post(f"{path}/mode", json={"mode": "total"}, headers={"If-Match": seen.headers["ETag"]})
    assert changed.status_code == 200, changed.text


async def test_who_begins_with_a_task_has_it_and_a_colleague_is_told(
    people: Desk, browser: Browser, pictures: Path | None
) -> None:
    shift = await open_shift(people, 2, name="合同会社ひだまり")
    first, second = (each["sheet"]["beneficiary_name"] for each in shift.tasks)
    async with (
        typist(browser, shift.maker, None) as maker,
        typist(browser, shift.checker, pictures, locale="ja-JP") as other,
    ):
        await maker.signs_in(f"{people.url}/desk")
        await maker.press("Enter")
        await maker.has_open(first)
        await other.signs_in(f"{people.url}/desk")
        await other.press("Enter")
        await other.has_open(first)
        await maker.press("c", "c", "c")  # Quicker than the desk answers: none of them is lost.
        await expect(maker.page.locator(".sheet-fields .marked")).to_have_count(3)
        await expect(maker.page.locator(".row").first).to_contain_text("At work: you")
        await other.press("c")
        await expect(other.page.locator("#open-one .why")).to_have_text("ほかの担当者が作業中です。")
        await expect(other.page.locator(".sheet-fields .marked")).to_have_count(0)
        await expect(other.page.locator(".row").first).to_contain_text("作業中")
        await expect(other.page.locator("#open-one")).not_to_contain_text("総量指定に変える")
        await other.visitor.picture("claimed")
        await other.press("Escape", "j", "Enter")
        await other.has_open(second)
        await other.copies(shift.tasks[1]["fields"])
        await other.press("Enter")
        await other.hears("入力済みにしました。")
    assert [each["status"] for each in await shift.all_tasks()] == ["open", "prepared"]


async def test_a_page_holds_no_more_rows_than_it_shows_and_turns_at_its_end(people: Desk, browser: Browser) -> None:
    shift = await open_shift(people, 5, name="有限会社こもれび")
    async with typist(browser, shift.maker, None) as maker:
        await maker.page.route("**/v1/registry-tasks?*", _two_a_page)
        await maker.signs_in(f"{people.url}/desk")
        shown = [await _names(maker)]
        for _ in range(2):
            await maker.press("j", "j")
            await maker.hears(f"Page {len(shown) + 1} is shown")
            shown.append(await _names(maker))
        assert [name for page in shown for name in page] == [each["sheet"]["beneficiary_name"] for each in shift.tasks]
        assert [len(page) for page in shown] == [2, 2, 1]
        await maker.press("[")
        await maker.hears("Page 2 is shown")
        assert await _names(maker) == shown[1]


async def _names(who: Typist) -> list[str]:
    return await who.page.locator(".row b").all_inner_texts()


async def _two_a_page(route: Route) -> None:
    await route.continue_(url=route.request.url.replace("limit=50", "limit=2"))


async def test_who_may_only_read_is_told_so_and_who_signs_out_leaves_nothing(people: Desk, browser: Browser) -> None:
    shift = await open_shift(people, 1, name="一般社団法人 さざなみ")
    member = {
        "email": "reader@sazanami.example",
        "name": "閲覧 三郎",
        "role": "viewer",
        "password": "correct horse battery staple",
    }
    assert (await shift.provider.post("/v1/members", member)).status_code == 201
    async with typist(browser, member["email"], None) as reader:
        await reader.signs_in(f"{people.url}/desk")
        await reader.press("Enter")
        await reader.has_open(shift.tasks[0]["sheet"]["beneficiary_name"])
        await reader.press("Enter")
        await reader.hears("Your role may only read.")
        kept = await reader.page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")
        assert "od_" not in kept
        assert "token" not in kept
        await reader.press("Escape")
        await reader.page.locator("#sign-out").focus()
        await reader.press("Enter")
        await expect(reader.page.locator("#field-email")).to_be_focused()
        await reader.hears("Signed out.")
        assert shift.tasks[0]["sheet"]["beneficiary_name"] not in await reader.page.content()
        await reader.type(member["email"])
        await reader.press("Tab")
        await reader.type("not the password")
        await reader.press("Enter")
        await expect(reader.page.locator("#problem")).to_be_visible()
