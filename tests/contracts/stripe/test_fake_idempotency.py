"""Does an idempotency key do what Stripe documents? docs.stripe.com/api/idempotent_requests."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe

from integrations.stripe.fake.admin import drop_keys, forward
from integrations.stripe.fake.messages import FaultName
from tests.contracts.stripe.fake_stage import DAY_S, FakeStage

FORM = {"amount": "500", "currency": "jpy", "payment_method_types[0]": "card"}


def intents_of(stage: FakeStage) -> int:
    return len(stage.book.objects["payment_intent"])


def test_the_same_under_the_same_key_is_answered_with_the_same_bytes(stage: FakeStage) -> None:
    first = stage.post("/v1/payment_intents", FORM, key="same")
    made = intents_of(stage)
    again = stage.post("/v1/payment_intents", dict(reversed(FORM.items())), key="same")
    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert intents_of(stage) == made


def test_other_parameters_or_another_address_under_the_same_key_are_an_error(stage: FakeStage) -> None:
    stage.post("/v1/payment_intents", FORM, key="other")
    made = intents_of(stage)
    for path, form in (("/v1/payment_intents", FORM | {"amount": "501"}), ("/v1/customers", {})):
        reply = stage.post(path, form, key="other")
        assert (reply.status_code, reply.json()["error"]["type"]) == (400, "idempotency_error")
    with pytest.raises(stripe.IdempotencyError):
        stage.api.payment_intents.create({"amount": 502, "currency": "jpy"}, {"idempotency_key": "other"})
    assert intents_of(stage) == made


def test_a_refusal_is_remembered_but_a_mistake_in_the_parameters_is_not(stage: FakeStage) -> None:
    mistaken = stage.post("/v1/payment_intents", FORM | {"colour": "red"}, key="mistaken")
    assert mistaken.json()["error"]["code"] == "parameter_unknown"
    assert stage.post("/v1/payment_intents", FORM, key="mistaken").status_code == 200
    refused = stage.post("/v1/payment_intents", FORM | {"customer": "cus_no"}, key="refused")
    again = stage.post("/v1/payment_intents", FORM | {"customer": "cus_no"}, key="refused")
    assert (again.status_code, again.headers["idempotent-replayed"]) == (400, "true")
    assert again.content == refused.content


def test_a_declined_card_is_declined_again_without_a_second_attempt(stage: FakeStage) -> None:
    form = FORM | {"confirm": "true", "payment_method": "pm_card_chargeDeclined"}
    first = stage.post("/v1/payment_intents", form, key="declined")
    charges = len(stage.book.objects["charge"])
    again = stage.post("/v1/payment_intents", form, key="declined")
    assert (first.status_code, again.content) == (402, first.content)
    assert len(stage.book.objects["charge"]) == charges


def test_a_key_in_use_is_a_conflict(stage: FakeStage) -> None:
    stage.fault(FaultName.SLOW, delay_ms=1500)
    with ThreadPoolExecutor(2) as both:
        sent = [both.submit(stage.post, "/v1/payment_intents", FORM, key="busy") for _ in range(2)]
    first, turned_away = sorted((reply.result() for reply in sent), key=lambda reply: reply.status_code)
    assert (first.status_code, turned_away.status_code) == (200, 409)
    assert turned_away.json()["error"]["code"] == "idempotency_key_in_use"
    assert turned_away.headers["stripe-should-retry"] == "true"
    replayed = stage.post("/v1/payment_intents", FORM, key="busy")
    assert replayed.content == first.content
    assert replayed.headers["idempotent-replayed"] == "true"


def test_a_failure_is_replayed_when_it_was_kept(stage: FakeStage) -> None:
    made = intents_of(stage)
    stage.fault(FaultName.ACTS_THEN_KEEPS_FAILURE)
    assert stage.post("/v1/payment_intents", FORM, key="kept-500").status_code == 500
    again = stage.post("/v1/payment_intents", FORM, key="kept-500")
    assert (again.status_code, again.headers["idempotent-replayed"]) == (500, "true")
    assert again.headers["stripe-should-retry"] == "false"
    assert intents_of(stage) == made + 1
    stage.fault(FaultName.KEEPS_FAILURE)
    assert stage.post("/v1/payment_intents", FORM, key="kept-nothing").status_code == 500
    assert stage.post("/v1/payment_intents", FORM, key="kept-nothing").status_code == 500
    assert intents_of(stage) == made + 1


def test_keys_belong_to_one_account(stage: FakeStage) -> None:
    account = stage.account()
    ours = stage.post("/v1/customers", {"name": "x"}, key="shared")
    hers = stage.post("/v1/customers", {"name": "y"}, key="shared", **{"stripe-account": account})
    assert (ours.status_code, hers.status_code) == (200, 200)
    assert ours.json()["id"] != hers.json()["id"]


def test_a_key_is_forgotten_after_a_day(own_stage: FakeStage) -> None:
    first = own_stage.post("/v1/payment_intents", FORM, key="old").json()["id"]
    own_stage.server.admin.ask(forward(DAY_S - 60))
    assert own_stage.post("/v1/payment_intents", FORM, key="old").json()["id"] == first
    own_stage.server.admin.ask(forward(61))
    second = own_stage.post("/v1/payment_intents", FORM, key="old").json()["id"]
    assert second != first
    assert own_stage.post("/v1/payment_intents", FORM, key="old").json()["id"] == second


def test_all_keys_can_be_forgotten_while_no_time_passes(own_stage: FakeStage) -> None:
    first = own_stage.post("/v1/payment_intents", FORM, key="young").json()
    own_stage.server.admin.ask(drop_keys())
    second = own_stage.post("/v1/payment_intents", FORM, key="young").json()
    assert second["id"] != first["id"]
    assert second["created"] - first["created"] < DAY_S
    assert own_stage.post("/v1/payment_intents", FORM, key="young").json()["id"] == second["id"]


def test_a_question_has_no_key(stage: FakeStage) -> None:
    path = "/v1/balance"
    for _ in range(2):
        reply = stage.raw.get(path, headers={"Idempotency-Key": "asked"})
        assert "idempotent-replayed" not in reply.headers


def test_a_hundred_keys_sent_by_many_at_once_make_a_hundred_intents(stage: FakeStage) -> None:
    made = intents_of(stage)
    keys = [f"race-{n % 100}" for n in range(400)]
    with ThreadPoolExecutor(16) as many:
        replies = list(many.map(lambda key: (key, stage.post("/v1/payment_intents", FORM, key=key)), keys))
    assert {reply.status_code for _, reply in replies} <= {200, 409}
    told = {(key, reply.content) for key, reply in replies if reply.status_code == 200}
    assert len(told) == 100
    assert intents_of(stage) == made + 100
