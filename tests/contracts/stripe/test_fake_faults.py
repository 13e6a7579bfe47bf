"""Does each fault of the fake Stripe do what its name says, to the caller and behind their back?"""

from collections.abc import Callable

import httpx
import pytest

from integrations.stripe.fake.admin import clear_faults, leave_to
from integrations.stripe.fake.messages import Chance, FaultName, Stage
from tests.contracts.stripe.fake_stage import FakeStage

FORM = {"amount": "500", "currency": "jpy", "payment_method_types[0]": "card"}
ACTS = {
    FaultName.ACTS_THEN_DROPS: None, FaultName.ACTS_THEN_TIMES_OUT: None, FaultName.ACTS_THEN_HTML: 502,
    FaultName.ACTS_THEN_FAILS: 500, FaultName.ACTS_THEN_KEEPS_FAILURE: 500, FaultName.CUT_JSON: 200, FaultName.SLOW: 200,
}  # fmt: skip
DOES_NOT_ACT = {
    FaultName.DROPS_BEFORE_ACTING: None, FaultName.FAILS: 500, FaultName.KEEPS_FAILURE: 500, FaultName.HTML: 502,
    FaultName.DOWN: 503, FaultName.TOO_MANY: 429, FaultName.CONFLICT: 409,
}  # fmt: skip
KEEPS = {FaultName.ACTS_THEN_KEEPS_FAILURE, FaultName.KEEPS_FAILURE}


def status_of(call: Callable[[], httpx.Response]) -> int | None:
    """What was answered; None for nothing at all."""
    try:
        return call().status_code
    except httpx.TransportError:
        return None


def intents_of(stage: FakeStage) -> int:
    return len(stage.book.objects["payment_intent"])


def test_every_fault_is_tried_here() -> None:
    assert ACTS.keys() | DOES_NOT_ACT.keys() == set(FaultName)


@pytest.mark.parametrize("name", list(FaultName))
def test_a_write_acts_or_not_and_its_key_tells_afterwards(stage: FakeStage, name: FaultName) -> None:
    made = intents_of(stage)
    stage.fault(name, delay_ms=50)
    expected = (ACTS | DOES_NOT_ACT)[name]
    key = f"fault-{name}"
    assert status_of(lambda: stage.post("/v1/payment_intents", FORM, key=key)) == expected
    assert intents_of(stage) == made + (name in ACTS)
    again = stage.post("/v1/payment_intents", FORM, key=key)
    assert again.status_code == (500 if name in KEEPS else 200)
    assert ("idempotent-replayed" in again.headers) == (name in ACTS or name in KEEPS)
    assert intents_of(stage) == made + (name is not FaultName.KEEPS_FAILURE)


@pytest.mark.parametrize("name", list(FaultName))
def test_a_question_goes_wrong_once_and_then_is_answered(stage: FakeStage, name: FaultName) -> None:
    stage.fault(name, at=Stage.READ, delay_ms=50)
    assert status_of(lambda: stage.post("/v1/customers", {})) == 200
    assert status_of(lambda: stage.raw.get("/v1/balance")) == (ACTS | DOES_NOT_ACT)[name]
    assert status_of(lambda: stage.raw.get("/v1/balance")) == 200


def test_a_cut_answer_is_no_json(stage: FakeStage) -> None:
    stage.fault(FaultName.CUT_JSON)
    with pytest.raises(ValueError, match=r".+"):
        stage.post("/v1/customers", {"name": "x"}).json()


def test_a_fault_waits_for_its_place_and_comes_as_often_as_asked(stage: FakeStage) -> None:
    stage.fault(FaultName.DOWN, where="/v1/refunds", times=2)
    assert stage.post("/v1/customers").status_code == 200
    assert [stage.post("/v1/refunds").status_code for _ in range(3)] == [503, 503, 400]


def test_lots_are_the_same_on_every_run_and_depend_on_the_request(stage: FakeStage) -> None:
    chance = Chance(seed=7, per_mille={FaultName.FAILS: 300, FaultName.TOO_MANY: 200})

    def drawn() -> list[int]:
        return [stage.post("/v1/refunds", key=f"lot-{n}").status_code for n in range(60)]

    runs = []
    for _ in range(2):
        stage.server.admin.ask(leave_to(chance))
        runs.append(drawn())
        stage.server.admin.ask(clear_faults())
    assert runs[0] == runs[1]
    assert {400, 429, 500} == set(runs[0])


def test_the_admin_has_a_secret_of_its_own(stage: FakeStage) -> None:
    assert stage.raw.get("/admin/book").status_code == 401
    assert stage.raw.get("/v1/balance", headers={"Authorization": "Bearer admin"}).status_code == 401
