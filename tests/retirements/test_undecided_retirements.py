"""What no rule can decide two people of the desk decide, by evidence, and the registry's late word overtakes them."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from retirement_app import Doors
from retirement_world import NOW, World

from app.core.ids import public_id
from app.retirements import flow, operations, queries
from app.retirements.flow import sending
from app.retirements.operations.sending import request_of
from integrations.registries.base import Recorded, Rejected, Unknown
from integrations.registries.fake.admin import clear_faults
from integrations.registries.fake.messages import FaultName

SHA = "ab" * 32
SEEN = {"If_Match": "*"}
ABSENT = {"decision": "absent", "evidence_sha256": SHA, "note": "The registry's list of today, read by both."}
REJECTED = ABSENT | {"decision": "rejected"}
RECORDED = ABSENT | {
    "decision": "recorded", "registry_transaction": "JC-2026-77", "recorded_on": "2026-11-24",
    "evidence_grade": "registry_statement",
}  # fmt: skip


async def undecided(world: World, *, quantity: int = 4) -> UUID:
    """A retirement whose answer got lost and that no look-up found in time."""
    made = await world.requested(await world.holding(10), quantity)
    world.fault(FaultName.BAD_GATEWAY_HTML)
    world.fault(FaultName.LOOK_UP_INCOMPLETE, times=60)
    await world.run_to_the_end()
    assert await world.status(made) == "manual"
    world.server.admin.ask(clear_faults())
    return made


async def case_of(doors: Doors, made: UUID, **asked: str) -> dict[str, Any]:
    listed = await doors.ask(
        "operator", "GET", "/v1/admin/retirements" + "".join(f"?{k}={v}" for k, v in asked.items())
    )
    assert listed.status_code == 200, listed.text
    (found,) = [one for one in listed.json()["data"] if one["retirement_id"] == public_id("ret", made)]
    return found


async def decide(doors: Doors, case: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    at = f"/v1/admin/retirements/{case['id']}"
    proposed = await doors.ask("operator", "POST", f"{at}/decisions", body, **SEEN)
    assert (proposed.status_code, proposed.json()["status"]) == (200, "proposed"), proposed.text
    confirmed = await doors.ask("second operator", "POST", f"{at}/confirm", {}, **SEEN)
    assert confirmed.status_code == 200, confirmed.text
    return confirmed.json()


async def test_the_list_shows_what_waits_with_the_evidence_of_every_attempt(world: World, doors: Doors) -> None:
    made = await undecided(world)
    case = await case_of(doors, made)
    assert (case["status"], case["decision"], case["buyer_id"]) == ("open", None, public_id("org", world.buyer))
    (sent,) = case["attempts"]
    assert (sent["status"], sent["answer"]["status"], sent["empty_lookups"]) == ("unknown", 502, 0)
    assert sent["sent"]["quantity"] == 4
    assert "look-ups" in case["why"]
    for who in ("buyer", "maker", "false operator"):
        assert (await doors.ask(who, "GET", "/v1/admin/retirements")).status_code == 403


async def test_recorded_by_evidence_asks_for_the_certificate(world: World, doors: Doors) -> None:
    made = await undecided(world)
    decided = await decide(doors, await case_of(doors, made), RECORDED)
    row = await world.row(made)
    assert (row["status"], row["registry_transaction"], row["evidence_grade"]) == (
        "recorded", "JC-2026-77", "registry_statement",
    )  # fmt: skip
    assert row["recorded_on"].isoformat() == "2026-11-24"
    assert decided["status"] == "decided"
    assert decided["confirmed_by"] != decided["proposed_by"]
    assert await world.attempts(made) == ["recorded"]
    assert await world.jobs("certificates.issue", made) == 1
    told = await world.owner.fetch("select kind, org_id, party_ids from event where subject_kind = 'retirement_case'")
    assert [row["kind"].split(".")[1] for row in told] == ["opened", "proposed", "decided"]
    assert all(row["party_ids"] == [] for row in told), "What the desk noted is nobody else's to read."


async def test_absent_by_evidence_is_sent_anew_and_recorded_once(world: World, doors: Doors) -> None:
    made = await undecided(world)
    await decide(doors, await case_of(doors, made), ABSENT)
    await world.run_to_the_end()
    assert await world.status(made) == "recorded"
    assert await world.attempts(made) == ["absent", "recorded"]
    assert (len(await world.book(made)), await world.posts(made)) == (1, 2)


async def test_rejected_by_evidence_returns_the_serials(world: World, doors: Doors) -> None:
    made = await undecided(world)
    await decide(doors, await case_of(doors, made), REJECTED)
    assert await world.status(made) == "rejected"
    held = await world.owner.fetchval("select held from holding where id = $1", (await world.row(made))["holding_id"])
    assert held == 10
    assert await world.book(made) == []


async def test_one_person_alone_decides_nothing_and_no_key_does(world: World, doors: Doors) -> None:
    made = await undecided(world)
    at = f"/v1/admin/retirements/{(await case_of(doors, made))['id']}"
    early = await doors.ask("operator", "POST", f"{at}/confirm", {}, **SEEN)
    assert (early.status_code, early.json()["state"]) == (409, "open")
    by_key = await doors.ask("operator's key", "POST", f"{at}/decisions", ABSENT, **SEEN)
    assert (by_key.status_code, by_key.json()["code"]) == (403, "people_only")
    assert (await doors.ask("operator", "POST", f"{at}/decisions", ABSENT)).status_code == 428
    await doors.ask("operator", "POST", f"{at}/decisions", ABSENT, **SEEN)
    for who, code in (("operator", "second_person_needed"), ("operator's key", "people_only")):
        answer = await doors.ask(who, "POST", f"{at}/confirm", {}, **SEEN)
        assert answer.json()["code"] == code
    assert await world.status(made) == "manual"
    another = await doors.ask("second operator", "POST", f"{at}/decisions", REJECTED, **SEEN)
    assert another.json()["decision"] == "rejected", "A later proposal takes an earlier one's place."
    assert (await doors.ask("second operator", "POST", f"{at}/confirm", {}, **SEEN)).status_code == 409
    assert (await doors.ask("operator", "POST", f"{at}/confirm", {}, **SEEN)).json()["status"] == "decided"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (RECORDED | {"registry_transaction": None}, "/registry_transaction"),
        (RECORDED | {"recorded_on": None}, "/recorded_on"),
        (RECORDED | {"recorded_on": "2999-01-01"}, "/recorded_on"),
        (RECORDED | {"evidence_grade": None}, "/evidence_grade"),
        (ABSENT | {"registry_transaction": "JC-1"}, "/registry_transaction"),
        (REJECTED | {"note": "  "}, "/note"),
        (ABSENT | {"evidence_sha256": "AB" * 32}, "/evidence_sha256"),
    ],
)
async def test_a_decision_without_its_evidence_is_refused_by_field(world: World, doors: Doors, body, pointer) -> None:
    made = await undecided(world)
    at = f"/v1/admin/retirements/{(await case_of(doors, made))['id']}"
    answer = await doors.ask("operator", "POST", f"{at}/decisions", body, **SEEN)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_decision")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_what_the_registry_says_it_recorded_can_be_neither_absent_nor_refused(world: World, doors: Doors) -> None:
    made = await world.requested(await world.holding(10), 4)
    world.fault(FaultName.PARTIAL)
    await world.run_to_the_end()
    case = await case_of(doors, made)
    at = f"/v1/admin/retirements/{case['id']}"
    for body in (ABSENT, REJECTED):
        answer = await doors.ask("operator", "POST", f"{at}/decisions", body, **SEEN)
        assert [error["code"] for error in answer.json()["errors"]] == ["registry_has_it"]
    assert case["attempts"][0]["answer"]["quantity"] == 2


async def test_of_two_who_confirm_at_one_moment_one_does(world: World, doors: Doors) -> None:
    made = await undecided(world)
    at = f"/v1/admin/retirements/{(await case_of(doors, made))['id']}"
    await doors.ask("operator", "POST", f"{at}/decisions", ABSENT, **SEEN)
    answers = await asyncio.gather(
        *(doors.ask("second operator", "POST", f"{at}/confirm", {}, **SEEN) for _ in range(6))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409, 409]
    assert await world.jobs("retirements.submit", made) == 2
    await world.run_to_the_end()
    assert len(await world.book(made)) == 1


@pytest.mark.parametrize("kind", ["recorded", "rejected", "unknown"])
async def test_an_answer_that_arrives_after_all_overtakes_people_when_it_is_definite(
    world: World, doors: Doors, kind: str
) -> None:
    made = await undecided(world)
    case = await case_of(doors, made)
    at = f"/v1/admin/retirements/{case['id']}"
    await doors.ask("operator", "POST", f"{at}/decisions", ABSENT, **SEEN)
    async with world.db.transaction(await sending._parties(world.db, world.buyer, made, "req")) as session:
        attempt = await queries.live_attempt(session, world.buyer, made)
        assert await operations.begin_look_up(session, world.buyer, made) is None, "Nothing is looked up any more."
        sent = operations.Sending(attempt.n, request_of(attempt), again=False)
        answer = {
            "recorded": Recorded("FR-late", NOW.date(), sent.request.blocks, 4, sent.request.beneficiary_name, None),
            "rejected": Rejected("account_closed", "no"),
            "unknown": Unknown("gone", None),
        }[kind]
        await operations.note_answer(
            session, world.buyer, made, sent, answer,
            capabilities=world.simulated.capabilities, terms=world.terms, now=world.now,
        )  # fmt: skip
    assert await world.status(made) == {"unknown": "manual"}.get(kind, kind)
    confirmed = await doors.ask("second operator", "POST", f"{at}/confirm", {}, **SEEN)
    assert confirmed.status_code == (200 if kind == "unknown" else 409)
    if kind != "unknown":
        assert confirmed.json()["state"] == "overtaken"
        assert (await case_of(doors, made, status="overtaken"))["id"] == case["id"]


async def test_what_waited_before_there_was_a_list_comes_onto_it_once(world: World, doors: Doors) -> None:
    made = await undecided(world)
    await world.owner.execute("delete from retirement_case")
    for _ in range(2):
        await flow.wake_stuck(world.db, now=world.now, request_id="req_sweep")
    assert (await case_of(doors, made))["status"] == "open"


async def test_another_case_opens_when_it_comes_to_people_again(world: World, doors: Doors) -> None:
    made = await undecided(world)
    await decide(doors, await case_of(doors, made), ABSENT)
    world.fault(FaultName.PARTIAL)
    await world.run_to_the_end()
    case = await case_of(doors, made)
    assert (case["status"], [each["status"] for each in case["attempts"]]) == ("open", ["absent", "recorded"])
