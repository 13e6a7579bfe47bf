"""When is a registry's notice agreed, and whose serials win?"""

from typing import Any

import asyncpg
import pytest
from registry_desk import PDF, RECORD, Desk

from app.core.clock import utc_now
from app.core.ids import new_id
from app.core.period import day_in_japan
from tests.shared.registry_notices import notice_lines, notice_pdf


async def handed_in(desk: Desk) -> Desk:
    """A task that is executed, whose notice no program can read."""
    await desk.executed()
    answer = await desk.hand_in()
    assert answer.json()["notice_state"] == "to_type", answer.text
    return desk


def pdf_of(desk: Desk, **changed: Any) -> bytes:
    sheet, [serial] = desk.task["sheet"], desk.task["sheet"]["serials"]
    told = {
        "transaction_no": RECORD["registry_transaction"], "recorded_on": day_in_japan(utc_now()),
        "quantity": str(sheet["quantity"]), "beneficiary": sheet["beneficiary_name"], "purpose": sheet["purpose"],
        "serials": [f"{serial['prefix']}{serial['first']} ～ {serial['prefix']}{serial['last']}"],
    }  # fmt: skip
    return notice_pdf(notice_lines(**(told | changed)))


async def state(desk: Desk) -> str:
    found: str = await desk.world.owner.fetchval("select notice_state from registry_task")
    return found


async def test_a_notice_with_text_is_compared_at_once_and_can_be_released(desk: Desk) -> None:
    await desk.executed()
    handed = await desk.hand_in(pdf_of(desk))
    assert (handed.status_code, handed.json()["notice_state"]) == (200, "agreed"), handed.text
    nothing_to_type = await desk.step("maker", "notice-facts", desk.facts())
    assert (nothing_to_type.status_code, nothing_to_type.json()["state"]) == (409, "agreed")
    assert (await desk.hand_in(pdf_of(desk))).status_code == 409
    assert (await desk.step("operator", "confirm", {})).status_code == 200
    assert await desk.world.status(desk.retirement) == "recorded"


async def test_a_notice_that_says_something_else_is_the_operators_with_both_versions(desk: Desk) -> None:
    await desk.executed()
    handed = await desk.hand_in(pdf_of(desk, beneficiary="株式会社鴎商店", quantity="5"))
    assert handed.json()["notice_state"] == "differs"
    refused = await desk.step("operator", "confirm", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "notice_not_agreed")
    with pytest.raises(asyncpg.CheckViolationError, match="released_when_agreed"):
        await desk.world.owner.execute("update registry_task set status = 'confirmed'")
    path = f"/v1/admin/registry-tasks/{desk.task['id']}/evidence"
    [reading] = (await desk.doors.ask("operator", "GET", path)).json()["readings"]
    assert reading["kind"] == "read"
    assert reading["differences"] == [
        {"field": "quantity", "wanted": "4", "found": "5"},
        {"field": "beneficiary_name", "wanted": "株式会社鷗商事", "found": "株式会社鴎商店"},
    ]
    assert (await desk.step("maker", "notice-facts", desk.facts())).status_code == 409
    returned = await desk.step("operator", "return-notice", {"note": "別の通知書です"})
    assert (returned.status_code, returned.json()["notice_state"]) == (200, "to_type")
    assert (await desk.hand_in(pdf_of(desk))).json()["notice_state"] == "agreed"


async def test_two_people_type_what_no_program_can_read(desk: Desk) -> None:
    await handed_in(desk)
    first = await desk.step("maker", "notice-facts", desk.facts(quantity=5))
    assert (first.json()["notice_state"], first.json()["differences"]) == ("typed_once", [])
    assert (await desk.step("operator", "confirm", {})).json()["notice_state"] == "typed_once"
    second = (await desk.step("checker", "notice-facts", desk.facts())).json()
    assert second["notice_state"] == "typed_differently"
    assert second["differences"] == [{"field": "quantity", "wanted": "5", "found": "4"}]
    mine = await desk.step("checker", "notice-facts", desk.facts())
    assert mine.json()["notice_state"] == "typed_differently", "The same person twice is one person."
    corrected = (await desk.step("maker", "notice-facts", desk.facts())).json()
    assert (corrected["notice_state"], corrected["differences"]) == ("agreed", [])
    kept = await desk.world.owner.fetch("select typed_by, facts->>'quantity' as n from notice_reading order by id")
    assert [row["n"] for row in kept] == ["5", "4", "4", "4"], "Nothing that was typed is edited."
    assert (await desk.step("operator", "confirm", {})).status_code == 200


async def test_one_person_alone_or_a_key_makes_no_agreement(desk: Desk) -> None:
    await handed_in(desk)
    assert (await desk.step("key", "notice-facts", desk.facts())).json()["code"] == "people_only"
    for _ in range(3):
        await desk.step("maker", "notice-facts", desk.facts())
    assert await state(desk) == "typed_once"
    assert (await desk.step("operator", "confirm", {})).json()["code"] == "notice_not_agreed"


async def test_what_two_people_typed_alike_must_also_be_what_was_asked_for(desk: Desk) -> None:
    await handed_in(desk)
    answer = (await desk.typed(beneficiary_name="株式会社鴎商店")).json()
    assert answer["notice_state"] == "differs"
    assert [each["field"] for each in answer["differences"]] == ["beneficiary_name"]


async def test_a_number_that_was_noted_wrongly_at_the_registry_is_corrected_and_the_notice_read_anew(
    desk: Desk,
) -> None:
    await handed_in(desk)
    assert (await desk.step("maker", "correct-record", RECORD)).json()["state"] == "to_type"
    wrong = (await desk.typed(transaction_no="20261124-0009")).json()
    assert [each["field"] for each in wrong["differences"]] == ["transaction_no"]
    right = RECORD | {"registry_transaction": "20261124-0009"}
    assert (await desk.step("key", "correct-record", right)).json()["code"] == "people_only"
    never = await desk.step("maker", "correct-record", right | {"recorded_on": "2020-01-01"})
    assert (never.status_code, never.json()["errors"][0]["pointer"]) == (422, "/recorded_on")
    corrected = await desk.step("maker", "correct-record", right)
    assert (corrected.status_code, corrected.json()["notice_state"]) == (200, "to_type")
    assert (await desk.typed(transaction_no="20261124-0009")).json()["notice_state"] == "agreed"
    kept = await desk.world.owner.fetchval(
        "select before->>'registry_transaction' from event where kind = $1", "task.record_corrected"
    )
    assert kept == RECORD["registry_transaction"]


async def test_a_new_notice_is_typed_anew(desk: Desk) -> None:
    await handed_in(desk)
    await desk.step("maker", "notice-facts", desk.facts())
    await desk.hand_in(PDF + b" again")
    assert (await desk.step("checker", "notice-facts", desk.facts())).json()["notice_state"] == "typed_once"


async def test_who_types_second_is_not_told_what_the_first_one_typed(desk: Desk) -> None:
    await handed_in(desk)
    path = f"/v1/registry-tasks/{desk.task['id']}/evidence"
    await desk.step("maker", "notice-facts", desk.facts())
    assert (await desk.doors.ask("checker", "GET", path)).json()["readings"] == []
    await desk.step("checker", "notice-facts", desk.facts())
    readings = (await desk.doors.ask("checker", "GET", path)).json()["readings"]
    assert [each["kind"] for each in readings] == ["typed", "typed"]
    assert (await desk.doors.ask("other provider", "GET", path)).status_code == 404
    assert (await desk.doors.ask("maker", "GET", path.replace("/v1/", "/v1/admin/"))).status_code == 403


async def mode(desk: Desk, chosen: str, who: str = "maker") -> Any:
    return await desk.step(who, "mode", {"mode": chosen})


async def test_the_mode_is_chosen_by_a_person_before_anybody_types(desk: Desk) -> None:
    assert desk.task["mode"] == "serial"
    chosen = (await mode(desk, "total")).json()
    assert [field["copy"] for field in chosen["fields"] if field["key"] == "mode"] == ["クレジット総量指定方式"]
    assert "serials" not in [field["key"] for field in chosen["fields"]]
    assert (await mode(desk, "serial", who="key")).json()["code"] == "people_only"
    await desk.step("maker", "prepare")
    late = await mode(desk, "serial")
    assert (late.status_code, late.json()["state"]) == (409, "prepared")


async def _by_total(desk: Desk) -> None:
    assert (await mode(desk, "total")).status_code == 200
    await handed_in(desk)


async def ranges_of(desk: Desk) -> list[tuple[str, int, int]]:
    rows = await desk.world.owner.fetch("select status, lo, hi from serial_range order by lo")
    return [(row["status"], row["lo"], row["hi"]) for row in rows]


def picked(desk: Desk, first: int, last: int) -> list[dict[str, str]]:
    prefix = desk.task["sheet"]["serials"][0]["prefix"]
    return [{"first": f"{prefix}{first:06d}", "last": f"{prefix}{last:06d}"}]


async def test_by_total_quantity_the_registrys_serials_win(desk: Desk) -> None:
    await _by_total(desk)
    assert await ranges_of(desk) == [("retiring", 1, 5), ("held", 5, 11)]
    answer = await desk.typed(serials=picked(desk, 6, 9))
    assert answer.json()["notice_state"] == "agreed", answer.text
    assert await desk.world.ranges(desk.holding) == {"held": 6, "retiring": 4, "retired": 0}
    taken = [(lo, hi) for status, lo, hi in await ranges_of(desk) if status == "retiring"]
    assert (min(lo for lo, _ in taken), max(hi for _, hi in taken)) == (6, 10)
    assert (await desk.step("operator", "confirm", {})).status_code == 200
    assert await desk.world.ranges(desk.holding) == {"held": 6, "retiring": 0, "retired": 4}


async def test_serials_of_another_buyer_in_the_same_lot_change_places(desk: Desk) -> None:
    await _by_total(desk)
    owner = desk.world.owner
    other = new_id()
    await owner.execute(
        "insert into holding (org_id, id, provider_id, lot_id, order_id, line_n, quantity, held, retiring, retired, unit,"
        " created_at) select $1, $2, provider_id, lot_id, $2, 1, 6, 6, 0, 0, unit, created_at from holding",
        desk.world.other_buyer,
        other,
    )
    await owner.execute("update holding set quantity = 4, held = 0 where org_id = $1", desk.world.buyer)
    await owner.execute(
        "update serial_range set org_id = $1, holding_id = $2 where status = 'held'", desk.world.other_buyer, other
    )
    answer = await desk.typed(serials=picked(desk, 6, 9))
    assert answer.json()["notice_state"] == "agreed", answer.text
    rows = await owner.fetch("select org_id, sum(hi - lo)::int as n from serial_range group by org_id")
    assert {row["org_id"]: row["n"] for row in rows} == {desk.world.buyer: 4, desk.world.other_buyer: 6}


@pytest.mark.parametrize(("first", "last", "why"), [(9, 12, "outside_of_the_lot"), (6, 9, "taken")])
async def test_serials_that_cannot_be_had_are_the_operators_and_nothing_is_half_done(
    desk: Desk, first, last, why
) -> None:
    await _by_total(desk)
    if why == "taken":
        await desk.world.requested(desk.holding, 3)
        why = "taken_by_another_retirement"
    before = await ranges_of(desk)
    answer = (await desk.typed(serials=picked(desk, first, last))).json()
    assert answer["notice_state"] == "differs"
    [difference] = answer["differences"]
    assert difference["field"] == "serials"
    assert why in difference["found"]
    assert await ranges_of(desk) == before
    assert (await desk.step("operator", "confirm", {})).json()["code"] == "notice_not_agreed"


async def test_by_serial_other_serials_are_a_difference(desk: Desk) -> None:
    await handed_in(desk)
    answer = (await desk.typed(serials=picked(desk, 6, 9))).json()
    assert (answer["notice_state"], [each["field"] for each in answer["differences"]]) == ("differs", ["serials"])
    assert await ranges_of(desk) == [("retiring", 1, 5), ("held", 5, 11)]
