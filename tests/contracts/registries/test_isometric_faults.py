"""Which of Isometric's faults leave what, and is each found out?"""

from pathlib import Path

import pytest

from integrations.http import Timeouts
from integrations.registries.base import (
    Absent,
    Found,
    LookupFailed,
    NotSent,
    Rejected,
    Unknown,
    differences,
)
from integrations.registries.isometric.fake.messages import FaultName, Stage
from integrations.registries.isometric.fake.office import OWN_ID
from integrations.registries.lines import ReadingFailed, StatementPage
from tests.contracts.registries.isometric_acts import book, retire
from tests.contracts.registries.stages import HASTY, IsometricStage

ACTING_AND_UNHEARD = [
    (FaultName.ACTS_THEN_TIMES_OUT, 5000, None),
    (FaultName.SLOW, 1500, None),
    (FaultName.ACTS_THEN_DROPS, 0, None),
    (FaultName.ACTS_THEN_HTML, 0, 502),
    (FaultName.ACTS_THEN_FAILS, 0, 500),
    (FaultName.CUT_JSON, 0, 200),
]
NOT_ACTING = [
    (FaultName.HTML, 502),
    (FaultName.DOWN, 503),
    (FaultName.TOO_MANY, 429),
    (FaultName.REFUSES_OTHERWISE, 409),
    (FaultName.DROPS_BEFORE_ACTING, None),
]


@pytest.mark.parametrize(("name", "delay_ms", "status"), ACTING_AND_UNHEARD)
async def test_an_answer_that_got_lost_is_unknown_and_found(stage: IsometricStage, name, delay_ms, status) -> None:
    await retire(stage, 901, 901, reference=f"before-{stage.name}")  # The beneficiary is there.
    stage.fault(name, Stage.RETIRE, delay_ms=delay_ms)
    request = stage.request(1, 10, "r")
    registry = stage.elsewhere(stage.server.base_url, HASTY) if delay_ms else stage.registry
    answer = await registry.retire(request, request_id="r")
    assert isinstance(answer, Unknown), answer
    assert answer.status == status
    found = await stage.registry.find(request.reference, request_id="r")
    assert isinstance(found, Found)
    assert differences(request, found.recorded) == []
    assert (len(stage.made()), book(stage).posts[request.reference]) == (2, 1)
    if delay_ms:
        await registry.aclose()


@pytest.mark.parametrize(("name", "status"), NOT_ACTING)
async def test_an_undocumented_answer_is_unknown_and_absent(stage: IsometricStage, name, status) -> None:
    stage.fault(name, Stage.RETIRE)
    request, answer = await retire(stage, 1, 10)
    assert isinstance(answer, Unknown), answer
    assert answer.status == status
    assert await stage.registry.find(request.reference, request_id="r") == Absent(complete=True)
    assert await stage.registry.find_by_serial(request.blocks[0], request_id="r") == Absent(complete=True)


async def test_the_documented_refusal_says_what_was_wrong(stage: IsometricStage) -> None:
    stage.fault(FaultName.REFUSES, Stage.RETIRE)
    _, answer = await retire(stage, 1, 10)
    assert answer == Rejected("invalid_request", "body: Value error, refused because the scene asks for it")


@pytest.mark.parametrize("name", [FaultName.DOWN, FaultName.CUT_JSON, FaultName.MISCOUNTS])
async def test_a_retirement_whose_serials_cannot_be_read_is_unknown_until_they_can(stage, name) -> None:
    stage.fault(name, Stage.RETIREMENT_BATCHES, times=2)
    request, answer = await retire(stage, 1, 10)
    assert isinstance(answer, Unknown)
    assert answer.why.startswith("retired, but ")
    assert isinstance(await stage.registry.find(request.reference, request_id="r"), LookupFailed)
    assert isinstance(await stage.registry.find(request.reference, request_id="r"), Found)


@pytest.mark.parametrize("name", [FaultName.CIRCLES, FaultName.DOWN, FaultName.CUT_JSON])
async def test_batches_that_cannot_be_read_leave_the_retirement_unsent(stage: IsometricStage, name) -> None:
    stage.fault(name, Stage.BATCHES, times=1000 if name is FaultName.CIRCLES else 2)
    _, answer = await retire(stage, 1, 10)
    assert isinstance(answer, NotSent)
    assert answer.why.startswith("the batches could not be read: ")
    block = stage.request(1, 10, "r").blocks[0]
    assert isinstance(await stage.registry.find_by_serial(block, request_id="r"), LookupFailed)
    assert book(stage).posts.get(f"r-{stage.name}", 0) == 0


async def test_what_to_ask_for_must_be_known_in_time_for_the_jobs_lease(stage: IsometricStage) -> None:
    """Each list is quick enough, and both together are not."""
    for slow_one in (Stage.BATCHES, Stage.BENEFICIARIES):
        stage.fault(FaultName.SLOW, slow_one, delay_ms=700)
    slow = Timeouts(connect_s=5, read_s=5, write_s=5, pool_s=5, total_s=1)
    registry = stage.elsewhere(stage.server.base_url, slow)
    answer = await registry.retire(stage.request(1, 10, "r"), request_id="r")
    assert answer == NotSent("what to ask for was not known after 1 s")
    await registry.aclose()


async def test_a_list_in_circles_ends_incomplete_and_a_strange_cursor_reads_nothing(stage: IsometricStage) -> None:
    stage.fault(FaultName.CIRCLES, Stage.RETIREMENTS, times=1000)
    assert await stage.registry.find("r", request_id="r") == LookupFailed("a list that goes round in circles")
    cursor = None
    stage.fault(FaultName.CIRCLES, Stage.BATCHES, times=1000)
    for _ in range(1000):
        page = await stage.registry.holdings(OWN_ID, cursor=cursor, request_id="r")
        assert isinstance(page, StatementPage)
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert (page.next_cursor, page.complete) == (None, False)
    assert isinstance(await stage.registry.holdings(OWN_ID, cursor="{}", request_id="r"), ReadingFailed)


async def test_a_killed_registry_knows_afterwards_what_it_knew(stage: IsometricStage) -> None:
    request, answer = await retire(stage, 1, 10)
    before = book(stage)
    stage.server.kill()
    _, meanwhile = await retire(stage, 11, 20)
    assert isinstance(meanwhile, NotSent)
    stage.server.restart()
    assert book(stage) == before
    found = await stage.registry.find(request.reference, request_id="r")
    assert found.recorded.transaction_no == answer.transaction_no


def test_every_fault_has_a_test() -> None:
    source = Path(__file__).read_text() + (Path(__file__).parent / "test_isometric_beneficiaries.py").read_text()
    assert [name.name for name in FaultName if f"FaultName.{name.name}" not in source] == []
    assert [name.name for name in Stage if f"Stage.{name.name}" not in source] == []
