"""What does the adapter say when requests, answers and look-ups get lost on the way?"""

from datetime import date
from pathlib import Path

import httpx
import pytest

from integrations.registries.base import (
    Absent,
    Found,
    LookupFailed,
    Recorded,
    Rejected,
    Unknown,
    differences,
)
from integrations.registries.fake.admin import (
    correct,
    leave_to,
)
from integrations.registries.fake.messages import Chance, Code, Correction, FaultName
from tests.contracts.registries.registry_scene import NAME, Scene, found_within

ACTING_AND_UNHEARD = [
    (FaultName.ACTS_THEN_TIMES_OUT, {"delay_ms": 5000}, None),
    (FaultName.ACTS_THEN_TIMES_OUT, {"delay_ms": 20}, None),
    (FaultName.ACTS_THEN_DROPS, {}, None),
    (FaultName.SLOW_SUCCESS, {"delay_ms": 1500}, None),
    (FaultName.ACTS_THEN_BAD_GATEWAY_HTML, {}, 502),
    (FaultName.CUT_JSON, {}, 201),
]


@pytest.mark.parametrize(("name", "details", "status"), ACTING_AND_UNHEARD)
async def test_an_answer_that_got_lost_is_unknown_and_the_look_up_finds_the_record(
    scene: Scene, name, details, status
) -> None:
    scene.fault(name, **details)
    longer_than_haste = details.get("delay_ms", 0) > 1000
    answer = await (scene.retire_in_haste if longer_than_haste else scene.retire)(scene.request())
    assert isinstance(answer, Unknown)
    assert answer.status == status
    found = await scene.find()
    assert isinstance(found, Found)
    assert differences(scene.request(), found.recorded) == []
    assert (scene.recorded(), scene.posts()) == ([f"ret-{scene.name}"], 1)


@pytest.mark.parametrize(
    ("name", "status"),
    [(FaultName.BAD_GATEWAY_HTML, 502), (FaultName.DROPS_BEFORE_ACTING, None), (FaultName.DOWN, 503)],
)
async def test_a_request_that_got_lost_is_unknown_all_the_same_and_the_look_up_finds_nothing(
    scene: Scene, name, status
) -> None:
    scene.fault(name)
    answer = await scene.retire(scene.request())
    assert isinstance(answer, Unknown)
    assert answer.status == status
    assert await scene.find() == Absent(complete=True)
    assert await scene.find_serials() == Absent(complete=True)
    assert (scene.recorded(), scene.posts()) == ([], 1)


async def test_processing_is_unknown_absent_at_first_and_found_later_with_its_serials_taken_meanwhile(scene) -> None:
    scene.fault(FaultName.PROCESSING, delay_ms=2500)
    assert await scene.retire(scene.request()) == Unknown("status 200 is neither a record nor a refusal", 200)
    assert await scene.find() == Absent(complete=True)
    assert (await scene.retire(scene.request(10, 11))).code == "already_retired"
    found = await found_within(scene, 10)
    assert differences(scene.request(), found.recorded) == []
    assert scene.recorded() == [f"ret-{scene.name}"]


async def test_a_record_can_be_booked_at_once_and_still_not_be_found_for_a_while(scene: Scene) -> None:
    scene.fault(FaultName.NOT_FOUND_THEN_FOUND, delay_ms=2500)
    assert isinstance(await scene.retire(scene.request()), Unknown)
    assert scene.recorded() == [f"ret-{scene.name}"]
    assert await scene.find() == Absent(complete=True)
    assert await scene.find_serials() == Absent(complete=True)
    assert differences(scene.request(), (await found_within(scene, 10)).recorded) == []


async def test_a_confirmation_that_comes_late_is_unknown_until_look_ups_show_the_record(scene: Scene) -> None:
    scene.fault(FaultName.LATE_CONFIRMATION, delay_ms=2500)
    assert await scene.retire(scene.request()) == Unknown("status 200 is neither a record nor a refusal", 200)
    assert scene.recorded() == [f"ret-{scene.name}"]
    assert await scene.find() == Absent(complete=True)
    assert differences(scene.request(), (await found_within(scene, 10)).recorded) == []


async def test_a_registry_that_stopped_halfway_says_so_and_we_see_it(scene: Scene) -> None:
    scene.fault(FaultName.PARTIAL)
    answer = await scene.retire(scene.request(1, 9))
    assert isinstance(answer, Recorded)
    assert (answer.quantity, [block.last for block in answer.blocks]) == (5, ["5"])
    assert [line.split(":")[0] for line in differences(scene.request(1, 9), answer)] == ["quantity", "serials"]
    assert isinstance(await scene.retire(scene.request(6, 9, reference="the rest")), Recorded)


async def test_a_record_is_corrected_or_reversed_afterwards_and_look_ups_say_so(scene: Scene) -> None:
    scene.fault(FaultName.CORRECTS_LATER, delay_ms=1500)
    answer = await scene.retire(scene.request())
    assert isinstance(answer, Recorded)
    found = await scene.find()
    assert isinstance(found, Found)
    assert found.recorded.beneficiary_name == NAME
    while isinstance(found, Found) and found.recorded.beneficiary_name == NAME:
        found = await scene.find()
    assert isinstance(found, Found)
    assert found.recorded.beneficiary_name == f"{NAME} (corrected)"
    scene.server.admin.ask(correct(Correction(answer.transaction_no, recorded_on=date(2026, 4, 1))))
    found = await scene.find()
    assert isinstance(found, Found)
    assert found.recorded.recorded_on == date(2026, 4, 1)
    scene.fault(FaultName.REVERSES_LATER)
    assert isinstance(await scene.retire(scene.request(11, 12, reference="taken-back")), Recorded)
    assert await scene.find("taken-back") == Absent(complete=True)
    assert scene.recorded() == [f"ret-{scene.name}"]
    assert isinstance(await scene.retire(scene.request(11, 12, reference="anew")), Recorded)
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        scene.server.admin.ask(correct(Correction("FR-none", reversed=True)))


async def test_a_request_delivered_twice_is_recorded_and_answered_once(scene: Scene) -> None:
    scene.fault(FaultName.DUPLICATE_DELIVERY)
    assert isinstance(await scene.retire(scene.request()), Recorded)
    assert scene.recorded() == [f"ret-{scene.name}"]


async def test_a_refusal_can_be_asked_for_by_code(scene: Scene) -> None:
    scene.fault(FaultName.REFUSES, code=Code.ACCOUNT_CLOSED)
    assert (await scene.retire(scene.request())).code == "account_closed"
    assert isinstance(await scene.retire(scene.request()), Recorded)


@pytest.mark.parametrize("name", [FaultName.LOOK_UP_HTML, FaultName.LOOK_UP_CUT_JSON, FaultName.DOWN])
async def test_a_look_up_that_fails_is_not_an_absence(scene: Scene, name) -> None:
    scene.fault(name, where=f"ret-{scene.name}")
    assert isinstance(await scene.find(), LookupFailed)
    assert await scene.find() == Absent(complete=True)


async def test_an_incomplete_list_proves_nothing(scene: Scene) -> None:
    scene.fault(FaultName.LOOK_UP_INCOMPLETE)
    assert await scene.find() == Absent(complete=False)


async def test_faults_are_counted_and_meet_only_the_reference_they_were_stated_for(scene: Scene) -> None:
    scene.fault(FaultName.BAD_GATEWAY_HTML, times=2, where=f"ret-{scene.name}")
    assert isinstance(await scene.retire(scene.request(20, 21, reference="another")), Recorded)
    outcomes = [type(await scene.retire(scene.request())) for _ in range(3)]
    assert outcomes == [Unknown, Unknown, Recorded]


async def test_faults_by_lot_are_the_same_for_the_same_seed(scene: Scene) -> None:
    lots = Chance(seed=7, per_mille={FaultName.BAD_GATEWAY_HTML: 300, FaultName.DOWN: 200})
    statuses = []
    for start in (1, 101):
        scene.server.admin.ask(leave_to(lots))
        answers = [await scene.retire(scene.request(start + n, start + n, reference=f"lot-{n}")) for n in range(20)]
        statuses.append([answer.status if isinstance(answer, Unknown) else 201 for answer in answers])
    assert statuses[0] == statuses[1]
    assert set(statuses[0]) == {201, 502, 503}


async def test_refusals_come_by_lot_too(scene: Scene) -> None:
    scene.server.admin.ask(leave_to(Chance(seed=3, per_mille={FaultName.REFUSES: 500}, code=Code.TEXT_TOO_LONG)))
    answers = [await scene.retire(scene.request(n, n, reference=f"lot-{n}")) for n in range(1, 21)]
    assert {type(answer) for answer in answers} == {Recorded, Rejected}
    with pytest.raises(ValueError, match="needs its code"):
        Chance(seed=3, per_mille={FaultName.REFUSES: 500})


def test_every_fault_has_a_test_here() -> None:
    source = Path(__file__).read_text()
    assert [name.name for name in FaultName if f"FaultName.{name.name}" not in source] == []
