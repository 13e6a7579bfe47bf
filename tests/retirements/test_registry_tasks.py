"""How do two people of the provider and one of the desk carry out what no program can?"""

import asyncio
import hashlib
from datetime import timedelta

import pytest
from asyncpg import CheckViolationError
from registry_desk import PDF, RECORD, Desk
from retirement_app import Doors
from retirement_world import World

from app.core.clock import utc_now
from app.core.errors import PreconditionFailed
from app.core.ids import new_id, public_id
from app.core.period import day_in_japan
from app.retirements import flow, queries
from app.retirements.rules import Wish
from integrations.storage.client import Files


async def test_a_registry_for_people_opens_one_task_with_the_words_to_type(desk: Desk) -> None:
    row = await desk.world.row(desk.retirement)
    lot = await desk.world.owner.fetchrow("select * from lot")
    assert desk.task["sheet"] == {
        "reference": row["reference"],
        "beneficiary_name": "株式会社鷗商事",
        "purpose": "カーボン・オフセット",
        "purpose_detail": f"創立三十周年記念式典 {row['reference']}",
        "also_purposes": [],
        "power_kwh": None,
        "heat_mj": None,
        "quantity": 4,
        "unit": "t",
        "serials": [
            {
                "certification_no": lot["certification_no"],
                "prefix": lot["serial_prefix"],
                "text": None,
                "first": "000001",
                "last": "000004",
                "quantity": 4,
                "numbers": 4,
            }
        ],
    }
    assert (row["status"], row["attempts"]) == ("queued", 0)
    asked = {"terms": desk.world.terms, "now": desk.world.now, "request_id": "req_again"}
    await asyncio.gather(
        *(flow.submit(desk.world.db, desk.world.registries, desk.world.buyer, desk.retirement, **asked) for _ in "123")
    )
    assert await desk.world.owner.fetchval("select count(*) from registry_task") == 1
    assert await flow.wake_stuck(desk.world.db, now=utc_now(), request_id="req_sweep") == 0, "People are at work."


async def test_two_people_and_the_operator_make_it_recorded(desk: Desk) -> None:
    await desk.executed()
    assert await desk.world.status(desk.retirement) == "submitted"
    await desk.hand_in()
    await desk.typed()
    answer = await desk.step("operator", "confirm", {})
    assert (answer.status_code, answer.json()["status"]) == (200, "confirmed"), answer.text
    row = await desk.world.row(desk.retirement)
    assert (row["status"], row["evidence_grade"], row["simulated"]) == ("recorded", "provider_notice", False)
    assert (row["registry_transaction"], row["recorded_on"].isoformat()) == tuple(RECORD.values())
    assert await desk.world.ranges(desk.holding) == {"held": 6, "retiring": 0, "retired": 4}
    assert await desk.world.jobs("certificates.issue", desk.retirement) == 1
    assert await desk.world.events(desk.id) == [
        *("opened", "prepared", "checked", "executed"),
        *("notice_added", "notice_typed", "notice_typed", "confirmed"),
    ]
    assert await desk.world.events(desk.retirement) == [
        "requested",
        "signed_off",
        "queued",
        "submitted",
        "recorded",
    ]
    released = await desk.world.owner.fetchval("select released_by from registry_task")
    assert released == desk.doors.callers["operator"].actor_id


async def test_whoever_prepared_cannot_check(desk: Desk) -> None:
    await desk.step("maker", "prepare")
    answer = await desk.step("maker", "check")
    assert (answer.status_code, answer.json()["code"]) == (409, "second_person_needed")
    assert await desk.status() == "prepared"
    with pytest.raises(CheckViolationError, match="two_people"):
        await desk.world.owner.execute("update registry_task set checker_id = maker_id")


async def test_an_api_key_can_neither_prepare_nor_check(desk: Desk) -> None:
    assert (await desk.step("key", "prepare")).json()["code"] == "people_only"
    await desk.step("maker", "prepare")
    answer = await desk.step("key", "check")
    assert (answer.status_code, answer.json()["code"]) == (403, "people_only")
    assert await desk.status() == "prepared"


@pytest.mark.parametrize(
    ("status", "wrong"),
    [
        ("open", ["check", "execute", "confirm"]),
        ("prepared", ["prepare", "execute", "confirm"]),
        ("checked", ["prepare", "check", "confirm"]),
        ("executed", ["prepare", "check", "execute"]),
        ("confirmed", ["prepare", "check", "execute", "confirm"]),
        ("canceled", ["prepare", "check", "execute", "confirm"]),
    ],
)
async def test_a_wrong_step_is_refused_with_the_state_that_was_found(desk: Desk, status, wrong) -> None:
    await desk.world.owner.execute("update registry_task set status = $1", status)
    for step in wrong:
        who = "operator" if step == "confirm" else "checker"
        answer = await desk.step(who, step, {"execute": RECORD, "confirm": {}}.get(step))
        assert (answer.status_code, answer.json()["code"], answer.json()["state"]) == (409, "invalid_state", status)
    assert await desk.status() == status


async def test_a_step_names_the_version_that_was_seen(desk: Desk) -> None:
    answer = await desk.doors.ask("maker", "POST", f"/v1/registry-tasks/{desk.task['id']}/prepare")
    assert answer.status_code == 428
    assert (await desk.step("maker", "prepare", version=9)).status_code == 412
    shown = await desk.doors.ask("maker", "GET", f"/v1/registry-tasks/{desk.task['id']}")
    assert shown.headers["etag"] == f'"v{desk.task["version"]}"'


async def test_two_people_who_check_at_once_check_once(desk: Desk) -> None:
    await desk.step("maker", "prepare")
    version = await desk.world.owner.fetchval("select version from registry_task")
    answers = await asyncio.gather(*(desk.step("checker", "check", version=version) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]


@pytest.mark.parametrize("days", [-400, 2])
async def test_a_day_that_cannot_be_is_refused(desk: Desk, days) -> None:
    await desk.step("maker", "prepare")
    await desk.step("checker", "check")
    day = day_in_japan(utc_now()) + timedelta(days=days)
    answer = await desk.step("maker", "execute", RECORD | {"recorded_on": day.isoformat()})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/recorded_on")
    assert await desk.world.status(desk.retirement) == "queued"


@pytest.mark.parametrize("steps", [0, 1])
async def test_the_buyer_can_take_it_back_until_the_second_person_said_go(desk: Desk, steps) -> None:
    for who, step in [("maker", "prepare")][:steps]:
        await desk.step(who, step)
    answer = await desk.doors.ask("buyer", "POST", f"/v1/retirements/{public_id('ret', desk.retirement)}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "canceled")
    assert await desk.status() == "canceled"
    assert await desk.world.ranges(desk.holding) == {"held": 10, "retiring": 0, "retired": 0}


async def test_what_two_people_released_cannot_be_taken_back(desk: Desk) -> None:
    await desk.step("maker", "prepare")
    await desk.step("checker", "check")
    answer = await desk.doors.ask("buyer", "POST", f"/v1/retirements/{public_id('ret', desk.retirement)}/cancel")
    assert (answer.status_code, answer.json()["state"]) == (409, "checked")
    assert await desk.world.ranges(desk.holding) == {"held": 6, "retiring": 4, "retired": 0}


async def test_what_is_executed_cannot_be_taken_back(desk: Desk) -> None:
    await desk.executed()
    answer = await desk.doors.ask("buyer", "POST", f"/v1/retirements/{public_id('ret', desk.retirement)}/cancel")
    assert (answer.status_code, answer.json()["state"]) == (409, "submitted")
    assert await desk.status() == "executed"


async def test_taking_back_and_releasing_at_once_ends_one_way(desk: Desk) -> None:
    await desk.step("maker", "prepare")
    version = await desk.world.owner.fetchval("select version from registry_task")
    done, canceled = await asyncio.gather(
        desk.step("checker", "check", version=version),
        desk.doors.ask("buyer", "POST", f"/v1/retirements/{public_id('ret', desk.retirement)}/cancel"),
    )
    ended = (done.status_code, canceled.status_code, await desk.status(), await desk.world.status(desk.retirement))
    assert ended in {(200, 409, "checked", "queued"), (412, 200, "canceled", "canceled")}


async def test_without_a_notice_nothing_is_released(desk: Desk) -> None:
    await desk.executed()
    answer = await desk.step("operator", "confirm", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "notice_missing")
    missing = await desk.doors.ask("operator", "GET", f"/v1/admin/registry-tasks/{desk.task['id']}/notice")
    assert missing.status_code == 409
    assert await desk.world.status(desk.retirement) == "submitted"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(PDF, "application/pdf"), (b"\x89PNG\r\n\x1a\n..", "image/png"), (b"\xff\xd8\xff\xe0..", "image/jpeg")],
)
async def test_the_operator_reads_the_notice_that_was_handed_in(desk: Desk, content, media_type) -> None:
    await desk.executed()
    handed = await desk.hand_in(content, media_type)
    assert handed.status_code == 200, handed.text
    read = await desk.doors.ask("operator", "GET", f"/v1/admin/registry-tasks/{desk.task['id']}/notice")
    assert (read.status_code, read.content, read.headers["content-type"]) == (200, content, media_type)
    shown = (await desk.doors.ask("operator", "GET", f"/v1/admin/registry-tasks/{desk.task['id']}")).json()
    assert shown["notice_sha256"] == hashlib.sha256(content).hexdigest()
    assert shown["notice_filename"] == "無効化通知書.pdf"
    waiting = (await desk.doors.ask("operator", "GET", "/v1/admin/registry-tasks?status=executed")).json()
    assert [one["id"] for one in waiting["data"]] == [desk.task["id"]]


async def test_a_notice_is_a_document_of_an_executed_task(desk: Desk) -> None:
    early = await desk.hand_in()
    assert (early.status_code, early.json()["state"]) == (409, "open")
    await desk.executed()
    assert (await desk.hand_in(b"<html>")).json()["code"] == "notice_unreadable"
    assert (await desk.hand_in(PDF, version=1)).status_code == 412
    assert (await desk.hand_in(who="other provider")).status_code == 404


async def test_a_notice_for_a_task_that_has_changed_meanwhile_is_refused(desk: Desk) -> None:
    await desk.executed()
    caller = desk.doors.callers["maker"]
    async with desk.doors.db.transaction(caller) as session:
        seen = await queries.task_of(session, caller, desk.id)
    await desk.hand_in()
    with pytest.raises(PreconditionFailed):
        await flow.hand_in_notice(
            desk.doors.db, desk.files, caller, seen, content=PDF, filename="again.pdf", now=utc_now()
        )


async def test_only_the_operator_releases_and_reads(desk: Desk) -> None:
    await desk.executed()
    await desk.hand_in()
    for who in ("maker", "buyer", "false operator"):
        assert (await desk.step(who, "confirm", {})).status_code == 403
        for path in ("", f"/{desk.task['id']}", f"/{desk.task['id']}/notice"):
            assert (await desk.doors.ask(who, "GET", f"/v1/admin/registry-tasks{path}")).status_code == 403
    assert await desk.status() == "executed"


async def test_another_providers_task_is_not_found(desk: Desk) -> None:
    assert (await desk.doors.ask("other provider", "GET", "/v1/registry-tasks")).json()["data"] == []
    at = f"/v1/registry-tasks/{desk.task['id']}"
    assert (await desk.doors.ask("other provider", "GET", at)).status_code == 404
    assert (await desk.step("other provider", "prepare")).status_code == 404
    assert (await desk.doors.ask("buyer", "GET", at)).status_code == 404
    assert (await desk.doors.ask("maker", "GET", f"/v1/registry-tasks/{public_id('tsk', new_id())}")).status_code == 404


async def test_a_record_that_came_too_late_for_its_fiscal_year_says_so(
    world: World, doors: Doors, files: Files
) -> None:
    late = await Desk(world, doors, files).open(wish=Wish("株式会社鷗商事", "SHK_EMISSION", "", 2001))
    await late.executed()
    await late.hand_in()
    await late.typed()
    await late.step("operator", "confirm", {})
    said = await world.owner.fetchval(
        "select after->>'fiscal_year_claimable' from event where subject_id = $1 and kind = 'retirement.recorded'",
        late.retirement,
    )
    assert (await world.status(late.retirement), said) == ("recorded", "false")
