"""Does somebody else's double of Stripe understand what our client asks, and our client what the double tells?

localstripe serves a part, of an older version of Stripe's API: what it serves and what not is listed here and held
exactly, so that a newer localstripe, or a client of ours that asks for something else, shows itself. That it makes a
thing twice under one key, and knows no pages to pay on and no connected accounts, is why it cannot stand in for our fake.
"""

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from integrations.http import Timeouts
from integrations.stripe import shapes
from integrations.stripe.client import Stripe
from integrations.stripe.webhook import TOLERANCE_S, Refusal, Whose, read_event
from tests.contracts.stripe.recorder import Recorder
from tests.stripe_double import wishes
from tests.stripe_double.localstripes import Localstripe

pytestmark = pytest.mark.browser

KEY = "sk_test_offsetdesk"
SECRET = "whsec_offsetdesk"
PATIENT = Timeouts(connect_s=5, read_s=10, write_s=10, pool_s=5, total_s=15)
DELIVERED_S = 20
SILENT_S = 2
"""It tells of an event a second after it."""

SERVED = {
    "make_customer": "Customer",
    "find_customer": "Customer",
    "balance_transaction": "BalanceTransaction",
    "make_refund": "Refund",
    "refund": "Refund",
    "find_refund": "Refund",
}
"""What it serves, and as what our client reads it."""

KNOWS_NO_SUCH_PARAMETER = {
    "make_intent": "Refused",
    "find_intent": "LookupFailed",
    "balance_lines": "LookupFailed",
    "undelivered": "LookupFailed",
}
"""What it answers with 400: ways to pay, transfer groups, pages backwards, and events by their delivery."""

TOLD_IN_ANOTHER_SHAPE = {"intent": "LookupFailed", "cancel_intent": "Unknown", "charge": "LookupFailed"}
"""What it answers with 200, without fields that Stripe's document requires: our client believes none of it."""

NOT_THERE = {
    "make_session": "Unknown",
    "session": "LookupFailed",
    "find_session": "LookupFailed",
    "expire_session": "Unknown",
    "make_account": "Unknown",
    "account": "LookupFailed",
    "find_account": "LookupFailed",
    "make_account_link": "Unknown",
    "make_transfer": "Unknown",
    "transfer": "LookupFailed",
    "find_transfer": "LookupFailed",
    "make_reversal": "Unknown",
    "find_reversal": "LookupFailed",
    "payout": "LookupFailed",
    "dispute": "LookupFailed",
    "submit_evidence": "Unknown",
}
"""What it answers with 404, and not in Stripe's words: our client takes nothing of it for a refusal or an absence."""

EVENTS = {"customer.created", "payment_intent.succeeded"}
"""All that it tells of a payment by card, and of its refund."""


@pytest.fixture
def double(tmp_path: Path) -> Iterator[Localstripe]:
    with Localstripe(tmp_path / "localstripe.log", secret_key=KEY) as running:
        yield running


@asynccontextmanager
async def client_of(url: str) -> AsyncIterator[Stripe]:
    """Our client as the program makes it; its import takes a second, so it is imported where it is made."""
    from integrations.stripe.live import StripeLive

    stripe = StripeLive(url, secret_key=KEY, timeouts=PATIENT, request_id=lambda: "req")
    yield stripe
    await stripe.aclose()


class Calls:
    """Each call that was made, by name: the kind of its answer, and the last status on the wire."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self.found: dict[str, tuple[str, int | None]] = {}

    async def one(self, call: Callable[..., Awaitable[object]], *told: object, **named: object) -> object:
        answer = await call(*told, **named)
        self.found[call.__name__] = (type(answer).__name__, self._recorder.exchanges[-1].status)
        return answer


async def ask_of_payments(stripe: Stripe, double: Localstripe, calls: Calls) -> None:
    customer = await calls.one(stripe.make_customer, wishes.CUSTOMER, key=wishes.key())
    assert isinstance(customer, shapes.Customer), customer
    await calls.one(stripe.find_customer, wishes.CUSTOMER.reference, email=wishes.CUSTOMER.email)
    await calls.one(stripe.make_intent, wishes.intent(customer.id), key=wishes.key())
    await calls.one(stripe.cancel_intent, double.unpaid(), key=wishes.key())
    paid = double.paid(customer_id=customer.id, reference="i1")
    await calls.one(stripe.intent, paid.intent_id)
    await calls.one(stripe.find_intent, "i1", customer_id=customer.id)
    await calls.one(stripe.charge, paid.charge_id)
    await calls.one(stripe.balance_transaction, paid.line_id)
    await calls.one(stripe.balance_lines, after=None, limit=10)
    refund = await calls.one(stripe.make_refund, wishes.refund(paid.intent_id), key=wishes.key())
    assert isinstance(refund, shapes.Refund), refund
    assert await calls.one(stripe.refund, refund.id) == refund
    assert await calls.one(stripe.find_refund, "r1", intent_id=paid.intent_id) == refund
    await calls.one(stripe.make_session, wishes.session(customer.id), key=wishes.key())
    await calls.one(stripe.session, "cs_test_1")
    await calls.one(stripe.find_session, "s1", customer_id=customer.id)
    await calls.one(stripe.expire_session, "cs_test_1", key=wishes.key())


async def ask_of_providers(stripe: Stripe, calls: Calls) -> None:
    await calls.one(stripe.make_account, wishes.ACCOUNT, key=wishes.key())
    await calls.one(stripe.account, "acct_1")
    await calls.one(stripe.find_account, "a1")
    await calls.one(stripe.make_account_link, "acct_1", **wishes.LINKS, key=wishes.key())
    await calls.one(stripe.make_transfer, wishes.TRANSFER, key=wishes.key())
    await calls.one(stripe.transfer, "tr_1")
    await calls.one(stripe.find_transfer, "t1", destination="acct_1")
    await calls.one(stripe.make_reversal, wishes.REVERSAL, key=wishes.key())
    await calls.one(stripe.find_reversal, "v1", transfer_id="tr_1")
    await calls.one(stripe.payout, "po_1")
    await calls.one(stripe.dispute, "dp_1")
    await calls.one(stripe.submit_evidence, wishes.EVIDENCE, key=wishes.key())
    await calls.one(stripe.undelivered, since=datetime.now(UTC) - timedelta(hours=1), before=None)


async def test_each_call_of_the_port_is_served_or_is_not_as_listed(double: Localstripe) -> None:
    with Recorder(double.url) as recorder:
        calls = Calls(recorder)
        async with client_of(recorder.url) as stripe:
            await ask_of_payments(stripe, double, calls)
            await ask_of_providers(stripe, calls)
        for status, listed in (
            (200, SERVED | TOLD_IN_ANOTHER_SHAPE),
            (400, KNOWS_NO_SUCH_PARAMETER),
            (404, NOT_THERE),
        ):
            assert {name: kind for name, (kind, told) in calls.found.items() if told == status} == listed
        port = {name for name, _ in inspect.getmembers(Stripe, inspect.iscoroutinefunction)} - {"aclose"}
        assert calls.found.keys() == port, "A call of the port was left out."
        verdict = recorder.verdict()
        assert verdict.requests >= len(port)
        assert verdict.asked == (), "A request of ours is not what Stripe's document allows."
        assert verdict.told, "It would be a double of the version that we speak."


async def test_it_makes_a_thing_twice_under_one_key(double: Localstripe) -> None:
    async with client_of(double.url) as stripe:
        key = wishes.key()
        made = [await stripe.make_customer(wishes.CUSTOMER, key=key) for _ in range(2)]
        assert all(isinstance(one, shapes.Customer) for one in made)
        assert made[0] != made[1]


async def test_its_signed_events_are_genuine_to_us_and_with_another_secret_are_not(double: Localstripe) -> None:
    heard: dict[str, tuple[bytes, str]] = {}

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
        body = await reader.readexactly(int(headers["content-length"]))
        event = read_ours(body, headers["stripe-signature"], SECRET)
        assert isinstance(event, shapes.Event), event
        heard[event.type] = (body, headers["stripe-signature"])
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(hear, "127.0.0.1", 0) as ears, client_of(double.url) as stripe:
        double.tell(f"http://127.0.0.1:{ears.sockets[0].getsockname()[1]}/hook", SECRET)
        customer = await stripe.make_customer(wishes.CUSTOMER, key=wishes.key())
        assert isinstance(customer, shapes.Customer)
        paid = double.paid(customer_id=customer.id, reference="i1")
        assert isinstance(await stripe.make_refund(wishes.refund(paid.intent_id), key=wishes.key()), shapes.Refund)
        async with asyncio.timeout(DELIVERED_S):
            while not heard.keys() >= EVENTS:
                await asyncio.sleep(0.1)
            await asyncio.sleep(SILENT_S)
    assert heard.keys() == EVENTS
    for body, signature in heard.values():
        assert read_ours(body, signature, "whsec_other") == Refusal.BAD_SIGNATURE
        assert read_ours(body + b" ", signature, SECRET) == Refusal.BAD_SIGNATURE


def read_ours(body: bytes, signature: str, secret: str) -> shapes.Event | Refusal:
    return read_event(
        body,
        signature,
        secrets=[secret],
        now=datetime.now(UTC),
        tolerance_s=TOLERANCE_S,
        livemode=False,
        whose=Whose.OURS,
    )
