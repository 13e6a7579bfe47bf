"""Are the fake Stripe's webhooks signed as Stripe signs them, repeated until they are accepted, and wrong when asked to be?"""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import stripe

from integrations.stripe.fake import scene
from integrations.stripe.fake.admin import deliver, forward, hold_webhooks, release_webhooks, set_endpoints
from integrations.stripe.fake.child import FakeStripeProcess
from integrations.stripe.fake.messages import Delivery, Endpoint, Tampering
from tests.contracts.stripe.fake_stage import ADMIN_SECRET, SECRET_KEY, FakeStage
from tests.contracts.stripe.judge import object_faults
from tests.contracts.stripe.listener import Heard, Listener

SECRETS = ("whsec_theNewOne", "whsec_theOldOne")


@pytest.fixture
def ear() -> Iterator[Listener]:
    with Listener() as listening:
        yield listening


@pytest.fixture
def heard_stage(tmp_path: Path, ear: Listener) -> Iterator[FakeStage]:
    """A fake whose events go to `ear`."""
    with (
        FakeStripeProcess(
            tmp_path / "book.jsonl",
            secret_key=SECRET_KEY,
            admin_secret=ADMIN_SECRET,
            webhooks=(ear.url, SECRETS),
        ) as running,
        FakeStage(running) as built,
    ):
        yield built


def is_genuine(heard: Heard, secret: str, *, tolerance_s: int = 300) -> bool:
    """Whether Stripe's own library believes it."""
    try:
        stripe.Webhook.construct_event(heard.payload, heard.signature or "", secret, tolerance_s)
    except stripe.SignatureVerificationError:
        return False
    return True


def test_each_event_is_delivered_once_signed_with_each_secret(heard_stage: FakeStage, ear: Listener) -> None:
    intent = heard_stage.paid_by_card(heard_stage.customer())
    heard = ear.wait_for(5)
    assert ear.types == [
        "customer.created", "payment_intent.created", "charge.succeeded", "charge.updated", "payment_intent.succeeded",
    ]  # fmt: skip
    for one in heard:
        assert all(is_genuine(one, secret) for secret in SECRETS)
        assert not is_genuine(one, "whsec_another")
        assert object_faults(one.event) == []
        assert one.signature is not None
        assert one.signature.count("v1=") == 2
    assert heard[4].event["data"]["object"]["id"] == intent.id
    waiting = heard_stage.api.events.list({"delivery_success": False}).data
    assert waiting == []
    listed = heard_stage.api.events.list({"delivery_success": True, "limit": 100}).data
    assert [event.id for event in reversed(listed)] == [one.event["id"] for one in heard]
    assert {event.pending_webhooks for event in listed} == {0}


def test_an_event_says_which_request_caused_it(heard_stage: FakeStage, ear: Listener) -> None:
    reply = heard_stage.post("/v1/customers", {"name": "x"}, key="the-key")
    request = ear.wait_for(1)[0].event["request"]
    assert request == {"id": reply.headers["request-id"], "idempotency_key": "the-key"}


def test_what_is_not_accepted_comes_again_and_is_listed_meanwhile(heard_stage: FakeStage, ear: Listener) -> None:
    ear.statuses += [500, 302]
    heard_stage.customer()
    ear.wait_for(1)
    waiting = heard_stage.api.events.list({"delivery_success": False}).data
    assert [event.pending_webhooks for event in waiting] == [1]
    heard_stage.server.admin.ask(forward(10))
    ear.wait_for(2)
    heard_stage.server.admin.ask(forward(10))
    heard = ear.wait_for(3)
    assert len({one.event["id"] for one in heard}) == 1
    assert len(ear.heard) == 3


def test_undelivered_events_survive_a_kill(heard_stage: FakeStage, ear: Listener) -> None:
    admin = heard_stage.server.admin
    admin.ask(hold_webhooks())
    heard_stage.customer()
    assert ear.heard == []
    heard_stage.server.kill()
    heard_stage.server.start()
    assert ear.wait_for(1)[0].event["type"] == "customer.created"


def test_events_come_twice_late_and_in_any_order_when_the_stage_wants_it(heard_stage: FakeStage, ear: Listener) -> None:
    admin = heard_stage.server.admin
    admin.ask(hold_webhooks())
    heard_stage.paid_by_card(heard_stage.customer())
    names = [event["id"] for event in heard_stage.book.objects["event"]]
    done = admin.ask(deliver(Delivery(tuple(reversed(names)), times=2)))
    assert done.statuses == (200,) * 2 * len(names)
    assert [one.event["id"] for one in ear.heard] == [name for name in reversed(names) for _ in range(2)]
    admin.ask(release_webhooks())
    heard_stage.customer()
    assert ear.wait_for(2 * len(names) + 1)[-1].event["type"] == "customer.created"


def test_webhooks_can_be_wrong_in_every_way(heard_stage: FakeStage, ear: Listener) -> None:
    admin = heard_stage.server.admin
    admin.ask(hold_webhooks())
    heard_stage.card_intent(heard_stage.customer(), 700)
    name = heard_stage.book.objects["event"][-1]["id"]
    wrong: dict[Tampering, Heard] = {}
    for tampering in Tampering:
        admin.ask(deliver(Delivery((name,), tampering=tampering)))
        wrong[tampering] = ear.heard[-1]
    assert wrong[Tampering.UNSIGNED].signature is None
    for tampering in (Tampering.BAD_SIGNATURE, Tampering.OTHER_SECRET, Tampering.OLD_TIMESTAMP):
        assert not is_genuine(wrong[tampering], SECRETS[0]), tampering
    assert is_genuine(wrong[Tampering.OLD_TIMESTAMP], SECRETS[0], tolerance_s=10_000)
    for tampering in (
        Tampering.NOTHING, Tampering.OTHER_ACCOUNT, Tampering.CHANGED_AMOUNT, Tampering.LIVEMODE,
    ):  # fmt: skip
        assert is_genuine(wrong[tampering], SECRETS[0]), tampering
    assert wrong[Tampering.CHANGED_AMOUNT].event["data"]["object"]["amount"] == 701
    assert wrong[Tampering.OTHER_ACCOUNT].event["account"].startswith("acct_")
    assert wrong[Tampering.LIVEMODE].event["livemode"] is True
    assert len(heard_stage.api.events.list({"delivery_success": False}).data) == 1  # The customer's alone.


def test_what_becomes_of_a_connected_account_says_whose_it_is(heard_stage: FakeStage, ear: Listener) -> None:
    name = heard_stage.account()
    heard = ear.wait_for(1)[0]
    assert (heard.event["type"], heard.event["account"]) == ("account.updated", name)
    assert heard_stage.api.events.list().data == []


def test_endpoints_can_be_changed_and_are_remembered(stage: FakeStage, ear: Listener) -> None:
    stage.server.admin.ask(set_endpoints(Endpoint(ear.url, ("whsec_x",), own=True, connected=False)))
    stage.account()
    stage.server.restart()
    stage.customer()
    assert ear.wait_for(1)[0].event["type"] == "customer.created"
    assert is_genuine(ear.heard[0], "whsec_x")


def test_an_event_that_is_not_there_cannot_be_delivered(heard_stage: FakeStage) -> None:
    with pytest.raises(httpx.HTTPStatusError) as caught:
        heard_stage.server.admin.ask(deliver(Delivery(("evt_no",))))
    assert caught.value.response.status_code == 404


def test_an_event_keeps_what_was_true_when_it_happened(heard_stage: FakeStage, ear: Listener) -> None:
    intent = heard_stage.card_intent(heard_stage.customer())
    heard_stage.wish(scene.PayByCard(intent.id, "pm_card_visa"))
    created = next(one for one in ear.wait_for(5) if one.event["type"] == "payment_intent.created")
    assert created.event["data"]["object"]["status"] == "requires_payment_method"
    assert heard_stage.api.events.retrieve(created.event["id"]).data.object.status == "requires_payment_method"
