"""A day of the J-Credit desk: twenty requests, two people of a provider, an operator, twenty certificates."""

import io
from dataclasses import replace
from datetime import date
from typing import Any, cast

import openpyxl

from tests.flows.closing import Retired, answered
from tests.flows.jcredit_day import BY_PDF, BY_TOTAL, REQUESTS, TONNES, Day, opened
from tests.flows.people import facts_of, listed, step
from tests.shared.registry_notices import PICTURE, notice_lines, notice_pdf
from tests.world import World

MISTYPED = 7
"""The request whose beneficiary the registry's statement comes to show otherwise."""


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
    """In the evening the registry's statement shows all twenty as we do, and the day's book adds up."""
    retired = [_shown(day, n) for n in range(REQUESTS)]
    found = await day.account.compared(retired, day.today)
    assert (found["found"], found["opened"], found["whole"]) == ({}, 0, True)
    shown = {
        (each.first, each.last): (each.beneficiary_name, day.today.isoformat(), each.transaction_no) for each in retired
    }
    assert await day.account.retired_lines() == shown
    assert sum(last - first + 1 for first, last in shown) == REQUESTS * TONNES, "No serial was retired twice."
    report = await day.account.report(day.today)
    [book] = report["book"]
    assert (book["imported"], book["unsold"], book["held"], book["retiring"], book["retired"]) == (
        1_000,
        800,
        100,
        0,
        100,
    )
    assert (report["open_differences"], report["differing_units"]) == (0, 0)
    for buyer in day.buyers:
        [holding] = await listed(buyer, "/v1/holdings")
        assert (holding["held"], holding["retiring"], holding["retired"]) == (50, 0, 50)
    assert await _listing_compared_as_of(day) == day.today.isoformat()
    assert await _compared_pages(day, day.today) == set(), "A list of the very day may have been made in the morning."


async def found_mistyped(day: Day) -> None:
    """The next day's statement shows the same, until one name in it is another: two people let that stand."""
    tomorrow = await day.next_morning()
    retired = [_shown(day, n) for n in range(REQUESTS)]
    assert (await day.account.compared(retired, tomorrow))["found"] == {}
    everyone = {task["retirement_id"] for task in day.tasks}
    assert await _compared_pages(day, tomorrow) == everyone
    typed = replace(retired[MISTYPED], beneficiary_name="株式会社アオパ第7工場")
    planted = [typed if n == MISTYPED else each for n, each in enumerate(retired)]
    found = await day.account.compared(planted, tomorrow)
    assert (found["found"], found["opened"]) == ({"beneficiary_differs": {"differences": 1, "units": TONNES}}, 1)
    difference = await day.account.open_difference()
    assert (difference["kind"], difference["cause"], difference["quantity"]) == (
        *("beneficiary_differs", "typed_wrong", TONNES),
    )
    assert (difference["provider_id"], difference["owner_id"]) == (day.provider.id, None)
    assert difference["actions"] == ["recheck", "take_registrys_word"]
    assert difference["retirement_id"] == day.tasks[MISTYPED]["retirement_id"]
    assert difference["theirs"]["beneficiary_name"] == typed.beneficiary_name
    assert await _compared_pages(day, tomorrow) == everyone - {difference["retirement_id"]}
    assert (await day.account.report(tomorrow))["differing_units"] == TONNES
    taken = await answered(day.maker, difference["id"], "take", {})
    assert taken["owner_id"] is not None
    word = {"action": "take_registrys_word", "note": "登録簿の入力誤り"}
    assert (await answered(day.maker, difference["id"], "resolve", word))["status"] == "proposed"
    decided = await answered(day.checker, difference["id"], "decide", {"agreed": True, "note": "証憑を確認"})
    assert (decided["status"], decided["proposed_by"]) == ("resolved", taken["owner_id"])
    assert decided["resolved_by"] != decided["proposed_by"]
    assert (await day.account.report(tomorrow))["open_differences"] == 0


def _shown(day: Day, n: int) -> Retired:
    """The n-th retirement as the registry's statement has it."""
    said = day.said(n)
    [span] = said["serials"]
    return Retired(
        _number(span["first"]), _number(span["last"]), day.today, said["beneficiary_name"],
        day.tasks[n]["sheet"]["purpose_detail"], said["transaction_no"],
    )  # fmt: skip


async def _listing_compared_as_of(day: Day) -> str | None:
    shown = await day.world.client().get(f"/v1/listings/{day.listing}")
    return cast("str | None", shown.json()["compared_as_of"])


async def _compared_pages(day: Day, as_of: date) -> set[str]:
    """The retirements whose certificates' pages say that the registry showed the same as of this day."""
    said = {}
    for buyer in day.buyers:
        for each in await listed(buyer, "/v1/certificates"):
            page = (await day.world.client().get(f"/c/{each['number']}", params={"lang": "en"})).text
            assert "Compared with the registry" in page
            said[each["retirement_id"]] = "Not yet compared" not in page and f"{as_of.day} {as_of:%B %Y}" in page
    return {retirement for retirement, compared in said.items() if compared}


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
    await found_mistyped(day)
