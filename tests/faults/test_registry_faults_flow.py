"""Whatever a registry does to us: is each retirement in its book exactly once, and does ours say so?"""

from pathlib import Path

import pytest
from retirement_world import World

from integrations.registries.base import (
    Recorded,
    RetirementRequest,
    SerialBlock,
)
from integrations.registries.fake.admin import clear_faults, close_account, leave_to
from integrations.registries.fake.messages import Chance, Code, FaultName
from tests.faults.wrapped import Wrapped, run_through_power_cuts


async def test_a_retirement_is_sent_once_recorded_and_asks_for_its_certificate(world: World) -> None:
    holding = await world.holding(10)
    made = await world.requested(holding, 4)
    await world.run_to_the_end()
    row = await world.row(made)
    (record,) = await world.book(made)
    assert (row["status"], row["registry_transaction"]) == ("recorded", record.transaction_no)
    assert (row["recorded_on"], row["evidence_grade"], row["simulated"]) == (
        record.recorded_on,
        "registry_answer",
        True,
    )
    assert record.purpose_detail == f"創立三十周年記念式典 {row['reference']}"
    assert record.note == row["reference"]
    assert [(block.first, block.last) for block in record.blocks] == [("000001", "000004")]
    assert await world.events(made) == ["requested", "signed_off", "queued", "submitted", "recorded"]
    assert await world.ranges(holding) == {"held": 6, "retiring": 0, "retired": 4}
    assert await world.jobs("certificates.issue", made) == 1
    assert await world.jobs("retirements.look_up", made) == 0


ACTED = [
    (FaultName.ACTS_THEN_TIMES_OUT, {"delay_ms": 20}),
    (FaultName.ACTS_THEN_DROPS, {}),
    (FaultName.ACTS_THEN_BAD_GATEWAY_HTML, {}),
    (FaultName.CUT_JSON, {}),
    (FaultName.SLOW_SUCCESS, {"delay_ms": 20}),
    (FaultName.DUPLICATE_DELIVERY, {}),
    (FaultName.PROCESSING, {"delay_ms": 300}),
    (FaultName.NOT_FOUND_THEN_FOUND, {"delay_ms": 300}),
    (FaultName.LATE_CONFIRMATION, {"delay_ms": 300}),
    (FaultName.CORRECTS_LATER, {"delay_ms": 300}),
    (FaultName.REVERSES_LATER, {"delay_ms": 60_000}),
]


@pytest.mark.parametrize(("name", "details"), ACTED)
async def test_an_unheard_record_is_looked_up_and_never_sent_again(world: World, name, details) -> None:
    holding = await world.holding(10)
    made = await world.requested(holding, 10)
    world.fault(name, **details)
    await world.run_to_the_end(pace_s=0.1)  # Our time flies; the registry's delays are real.
    assert await world.status(made) == "recorded"
    assert (len(await world.book(made)), await world.posts(made)) == (1, 1)
    assert await world.attempts(made) == ["recorded"]
    assert await world.ranges(holding) == {"held": 0, "retiring": 0, "retired": 10}


@pytest.mark.parametrize("name", [FaultName.BAD_GATEWAY_HTML, FaultName.DROPS_BEFORE_ACTING, FaultName.DOWN])
async def test_a_request_that_got_lost_is_proven_absent_and_sent_once_more(world: World, name) -> None:
    made = await world.requested(await world.holding(3), 3)
    world.fault(name)
    began = world.now
    await world.run_to_the_end()
    assert await world.attempts(made) == ["absent", "recorded"]
    assert (len(await world.book(made)), await world.posts(made)) == (1, 2)
    assert world.now - began >= world.terms.absent_after
    assert await world.events(made) == [
        "requested", "signed_off", "queued", "submitted", "unknown", "queued", "submitted", "recorded",
    ]  # fmt: skip
    first, second = await world.owner.fetch(
        "select * from retirement_attempt where retirement_id = $1 order by n", made
    )
    assert first["empty_lookups"] >= 2
    assert (first["first_empty_at"] - first["committed_at"]).total_seconds() >= 60
    assert second["committed_at"] - first["first_empty_at"] >= world.terms.absent_after


@pytest.mark.parametrize(
    ("name", "times"), [(FaultName.LOOK_UP_HTML, 4), (FaultName.LOOK_UP_CUT_JSON, 4), (FaultName.LOOK_UP_INCOMPLETE, 4)]
)
async def test_look_ups_that_fail_prove_nothing_and_are_repeated(world: World, name, times) -> None:
    made = await world.requested(await world.holding(3), 3)
    world.fault(FaultName.ACTS_THEN_DROPS)
    world.fault(name, times=times)
    await world.run_to_the_end()
    assert await world.status(made) == "recorded"
    assert (len(await world.book(made)), await world.posts(made)) == (1, 1)


async def test_look_ups_that_go_on_failing_end_with_a_person(world: World) -> None:
    holding = await world.holding(3)
    made = await world.requested(holding, 3)
    world.fault(FaultName.BAD_GATEWAY_HTML)
    world.fault(FaultName.LOOK_UP_INCOMPLETE, times=10_000)
    await world.run_to_the_end()
    assert (await world.row(made))["refusal"] == "not found in 40 look-ups"
    assert await world.status(made) == "manual"
    assert await world.posts(made) == 1
    assert await world.ranges(holding) == {"held": 0, "retiring": 3, "retired": 0}


async def test_a_registry_that_is_down_for_look_ups_too_is_asked_when_it_is_back(world: World) -> None:
    made = await world.requested(await world.holding(3), 3)
    world.fault(FaultName.DOWN, times=5)
    await world.run_to_the_end()
    assert await world.status(made) == "recorded"
    assert (len(await world.book(made)), await world.posts(made)) == (1, 2)


@pytest.mark.parametrize(
    "code", [Code.TEXT_TOO_LONG, Code.QUANTITY_MISMATCH, Code.UNKNOWN_SERIALS, Code.ACCOUNT_CLOSED]
)
async def test_a_definite_refusal_returns_the_serials(world: World, code) -> None:
    holding = await world.holding(5)
    made = await world.requested(holding, 2)
    world.fault(FaultName.REFUSES, code=code)
    await world.run_to_the_end()
    assert await world.status(made) == "rejected"
    assert (await world.row(made))["refusal"].startswith(f"{code}: ")
    assert (len(await world.book(made)), await world.posts(made)) == (0, 1)
    assert await world.attempts(made) == ["rejected"]
    assert await world.ranges(holding) == {"held": 5, "retiring": 0, "retired": 0}
    assert await world.jobs("certificates.issue", made) == 0


async def test_a_closed_account_is_refused_for_real(world: World) -> None:
    made = await world.requested(await world.holding(5), 2)
    world.server.admin.ask(close_account(f"account-{world.provider}"))
    await world.run_to_the_end()
    assert (await world.row(made))["refusal"].startswith("account_closed: ")


async def test_serials_said_to_be_retired_that_nobody_can_find_end_with_a_person(world: World) -> None:
    holding = await world.holding(5)
    made = await world.requested(holding, 2)
    world.fault(FaultName.REFUSES, code=Code.ALREADY_RETIRED)
    await world.run_to_the_end()
    assert await world.status(made) == "manual"
    assert await world.posts(made) == 1
    assert await world.ranges(holding) == {"held": 3, "retiring": 2, "retired": 0}


async def test_serials_retired_under_another_reference_end_with_a_person(world: World) -> None:
    holding = await world.holding(5)
    made = await world.requested(holding, 2)
    lot = await world.owner.fetchrow("select * from lot where id = $1", holding.lot_id)
    block = SerialBlock(lot["serial_prefix"], "1", "2", 2)
    theirs = RetirementRequest("elsewhere", lot["certification_no"], (block,), 2, "t", "他社", "OTHER", "", "")
    assert isinstance(await world.simulated.retire(theirs, request_id="req"), Recorded)
    await world.run_to_the_end()
    assert await world.status(made) == "manual"
    assert "under another reference, elsewhere" in (await world.row(made))["refusal"]
    assert (await world.book(made), await world.posts(made)) == ([], 1)


async def test_thirty_dropped_answers_are_exactly_thirty_records(world: World) -> None:
    holding = await world.holding(30)
    made = [await world.requested(holding, 1) for _ in range(30)]
    world.fault(FaultName.ACTS_THEN_DROPS, times=30)
    await world.run_to_the_end()
    assert await world.in_book(made) == [(1, 1)] * 30
    assert await world.ranges(holding) == {"held": 0, "retiring": 0, "retired": 30}


async def test_faults_by_lot_leave_every_retirement_in_the_book_once(world: World) -> None:
    holding = await world.holding(20)
    made = [await world.requested(holding, 1) for _ in range(20)]
    lots = {
        FaultName.ACTS_THEN_DROPS: 150,
        FaultName.CUT_JSON: 100,
        FaultName.BAD_GATEWAY_HTML: 150,
        FaultName.DROPS_BEFORE_ACTING: 100,
        FaultName.DUPLICATE_DELIVERY: 100,
        FaultName.DOWN: 50,
        FaultName.LOOK_UP_HTML: 50,
        FaultName.LOOK_UP_INCOMPLETE: 50,
    }
    world.server.admin.ask(leave_to(Chance(seed=11, per_mille=lots)))
    await world.run_to_the_end()
    world.server.admin.ask(clear_faults())
    assert {await world.status(one) for one in made} == {"recorded"}
    sent = [len(await world.attempts(one)) for one in made]
    assert await world.in_book(made) == [(1, times) for times in sent]
    assert max(sent) > 1
    assert await world.ranges(holding) == {"held": 0, "retiring": 0, "retired": 20}


async def test_a_registry_that_cannot_be_reached_is_tried_later_and_heard_once(world: World) -> None:
    made = await world.requested(await world.holding(3), 3)
    world.server.kill()
    try:
        await world.run_due()
        assert await world.status(made) == "queued"
        assert await world.attempts(made) == ["not_sent"]
        assert await world.run_due() == 0, "It waits before it tries again."
    finally:
        world.server.start()
    await world.run_to_the_end()
    assert await world.attempts(made) == ["not_sent", "recorded"]
    assert (len(await world.book(made)), await world.posts(made)) == (1, 1)


async def test_a_repeatable_registry_is_asked_again_in_the_same_attempt(world: World) -> None:
    made = await world.requested(await world.holding(3), 3)
    world.registries = world.with_simulated(Wrapped(world.simulated, dies="after sending", repeatable=True))
    await run_through_power_cuts(world)
    assert await world.attempts(made) == ["recorded"]
    assert (len(await world.book(made)), await world.posts(made)) == (1, 2)


async def test_a_registry_that_cannot_be_asked_leaves_the_unknown_to_a_person(world: World) -> None:
    made = await world.requested(await world.holding(3), 3)
    blind = Wrapped(world.simulated, finds_by_reference=False, finds_by_serial=False)
    world.registries = world.with_simulated(blind)
    world.fault(FaultName.ACTS_THEN_DROPS)
    await world.run_to_the_end()
    assert await world.status(made) == "manual"
    assert await world.posts(made) == 1


async def test_another_name_in_the_registry_is_for_a_person_and_the_serials_stay_locked(world: World) -> None:
    holding = await world.holding(3)
    made = await world.requested(holding, 3)
    world.registries = world.with_simulated(Wrapped(world.simulated, renames=True))
    await world.run_to_the_end()
    row = await world.row(made)
    assert (row["status"], row["recorded_on"]) == ("manual", None)
    assert row["refusal"] == "beneficiary: asked '株式会社鷗商事', recorded '別の会社'"
    assert await world.ranges(holding) == {"held": 0, "retiring": 3, "retired": 0}
    assert await world.jobs("certificates.issue", made) == 0


async def test_a_live_desk_takes_no_record_from_a_simulator(world: World) -> None:
    made = await world.requested(await world.holding(3), 3)
    world.terms = type(world.terms)(**{**_fields(world.terms), "simulated_allowed": False})
    await world.run_to_the_end()
    row = await world.row(made)
    assert (row["status"], row["evidence_grade"]) == ("manual", None)
    assert "simulator" in row["refusal"]


def _fields(terms) -> dict[str, object]:
    return {name: getattr(terms, name) for name in type(terms).__dataclass_fields__}


def test_every_fault_meets_the_flow_here() -> None:
    source = Path(__file__).read_text() + (Path(__file__).parent / "test_picked_serials.py").read_text()
    assert [name.name for name in FaultName if f"FaultName.{name.name}" not in source] == []
