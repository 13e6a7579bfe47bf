"""Are events taken once they are genuine, and listed until then? And in which ways is a delivery not genuine?"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from integrations.stripe import shapes
from integrations.stripe.client import EventPage
from integrations.stripe.fake.admin import deliver, hold_webhooks
from integrations.stripe.fake.child import FakeStripeProcess
from integrations.stripe.fake.messages import Delivery, Tampering
from integrations.stripe.webhook import TOLERANCE_S, Refusal, Whose, read_event
from tests.contracts.stripe.fake_stage import ADMIN_SECRET, SECRET_KEY, FakeStage
from tests.contracts.stripe.listener import Listener
from tests.contracts.stripe.scripted import client_of

SECRETS = ("whsec_theNewOne", "whsec_theOldOne")


@pytest.fixture
def ear() -> Iterator[Listener]:
    with Listener() as listening:
        yield listening


async def test_events_are_taken_once_they_are_genuine_and_listed_until_then(tmp_path: Path, ear: Listener) -> None:
    with (
        FakeStripeProcess(
            tmp_path / "book.jsonl", secret_key=SECRET_KEY, admin_secret=ADMIN_SECRET, webhooks=(ear.url, SECRETS)
        ) as running,
        FakeStage(running) as stage,
    ):
        running.admin.ask(hold_webhooks())
        since = datetime.now(UTC) - timedelta(minutes=1)
        intent = stage.paid_by_card(stage.customer())
        async with client_of(running.base_url, key=SECRET_KEY) as client:
            waiting = await client.undelivered(since=since, before=None)
            assert isinstance(waiting, EventPage), waiting
            succeeded = waiting.events[0]
            assert (succeeded.type, succeeded.object_id) == ("payment_intent.succeeded", intent.id)
            older = await client.undelivered(since=since, before=waiting.events[1].id)
            assert isinstance(older, EventPage), older
            assert older.events == waiting.events[2:]
            verdicts = {how: await _received(running, ear, succeeded, how) for how in Tampering}
            assert await client.undelivered(since=since, before=None) != waiting
    assert verdicts == {
        Tampering.NOTHING: succeeded,
        Tampering.CHANGED_AMOUNT: succeeded,
        Tampering.UNSIGNED: Refusal.NO_SIGNATURE,
        Tampering.BAD_SIGNATURE: Refusal.BAD_SIGNATURE,
        Tampering.OTHER_SECRET: Refusal.BAD_SIGNATURE,
        Tampering.OLD_TIMESTAMP: Refusal.TOO_OLD,
        Tampering.OTHER_ACCOUNT: Refusal.OTHER_ACCOUNT,
        Tampering.LIVEMODE: Refusal.OTHER_LIVEMODE,
    }


async def _received(
    running: FakeStripeProcess, ear: Listener, event: shapes.Event, how: Tampering
) -> shapes.Event | Refusal:
    """What we say to a delivery that is wrong in a way."""
    before = len(ear.heard)
    running.admin.ask(deliver(Delivery((event.id,), tampering=how)))
    one = ear.wait_for(before + 1)[-1]
    return read_event(
        one.payload,
        one.signature,
        secrets=SECRETS[:1],
        now=datetime.now(UTC),
        tolerance_s=TOLERANCE_S,
        livemode=False,
        whose=Whose.OURS,
    )
