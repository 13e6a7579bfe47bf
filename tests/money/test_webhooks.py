"""Does what Stripe tells us end in one state, however it comes, and is nothing taken that Stripe did not send?"""

import asyncio
from itertools import permutations
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest

from app.payments.flow import sweep_events
from integrations.stripe.fake.messages import Tampering
from integrations.stripe.fake.scene import PayByCard
from integrations.stripe.fake.signature import signature_header
from tests.money.till import WEBHOOK_SECRETS, Till, served

ORDERS = list(permutations(range(5)))


async def test_five_events_in_each_of_their_orders_end_alike_and_twice_is_once(till: Till) -> None:
    buyer, provider = await till.buyer(), await till.world.provider()
    listing = await till.world.listing(provider, 10_000, price=1_000)
    lives = []
    for _ in ORDERS:
        order = await till.world.order(buyer, (listing, 1))
        begun = await till.begun(buyer, order, "card")
        lives.append((order, begun))
    intents = {each["metadata"]["offsetdesk_id"]: each["id"] for each in (await till.book()).objects["payment_intent"]}
    for _, begun in lives:
        await till.do(PayByCard(intents[begun["id"]], "pm_card_visa"))
    events = await events_by_intent(till)
    ends = set()
    for order_of_events, (order, begun) in zip(ORDERS, lives, strict=True):
        mine = events[intents[begun["id"]]]
        assert len(mine) >= 3, mine
        five = [*mine, *mine][:5]  # As many as there are, filled up by the first ones once more.
        assert set(await till.tell([five[place] for place in order_of_events], times=2)) == {200}
        await till.world.run_jobs()
        paid = await till.attempt(buyer, begun)
        shown = await till.shown(buyer, order)
        ends.add((paid["status"], paid["received"]["amount"], shown["status"], shown["payment"]["status"]))
    assert ends == {("paid", 1_100, "fulfilled", "paid")}
    posted = await till.owner.fetch(
        "select count(*) n from posting where reason = 'stripe_charge' and counterparty_id = $1 group by subject_id",
        buyer.org_id,
    )
    assert [row["n"] for row in posted] == [1] * len(ORDERS)


async def events_by_intent(till: Till) -> dict[str, list[str]]:
    """The events that the desk was not told of, by the intent that they are about."""
    found: dict[str, list[str]] = {}
    for event in (await till.book()).objects["event"]:
        about = event["data"]["object"]
        intent = about["id"] if about["object"] == "payment_intent" else about.get("payment_intent")
        if intent and event["id"] not in till.told:
            found.setdefault(intent, []).append(event["id"])
    return found


@pytest.mark.parametrize(
    ("tampering", "reason"),
    [
        (Tampering.UNSIGNED, "no_signature"),
        (Tampering.BAD_SIGNATURE, "bad_signature"),
        (Tampering.OTHER_SECRET, "bad_signature"),
        (Tampering.OLD_TIMESTAMP, "too_old"),
        (Tampering.OTHER_ACCOUNT, "other_account"),
        (Tampering.LIVEMODE, "other_livemode"),
    ],
)
async def test_what_stripe_did_not_send_to_us_just_now_is_refused_by_name(
    till: Till, tampering: Tampering, reason: str
) -> None:
    buyer = await till.buyer()
    order = await till.order(buyer)
    begun = await till.begun(buyer, order, "card")
    await till.do(PayByCard(await till.intent_of(begun["id"]), "pm_card_visa"))
    rows = await till.owner.fetchval("select count(*) from stripe_event")
    events = await till.untold()
    assert set(await till.tell(events, tampering=tampering)) == {400}, reason
    assert await till.owner.fetchval("select count(*) from stripe_event") == rows
    await till.world.run_jobs()
    assert (await till.shown(buyer, order))["status"] == "awaiting_payment"
    till.told.difference_update(events)
    await till.settle()
    assert (await till.shown(buyer, order))["status"] == "fulfilled"


async def test_an_amount_changed_in_an_event_changes_nothing_for_the_object_is_asked_for(till: Till) -> None:
    buyer = await till.buyer()
    order = await till.order(buyer)
    begun = await till.begun(buyer, order, "card")
    await till.do(PayByCard(await till.intent_of(begun["id"]), "pm_card_visa"))
    assert set(await till.tell(await till.untold(), tampering=Tampering.CHANGED_AMOUNT)) == {200}
    await till.world.run_jobs()
    assert (await till.attempt(buyer, begun))["received"] == order["total"]
    assert (await till.shown(buyer, order))["status"] == "fulfilled"


async def test_the_old_secret_still_signs_while_it_is_being_changed(till: Till) -> None:
    payload, at = await a_signed_event(till)
    for secrets in (WEBHOOK_SECRETS[:1], WEBHOOK_SECRETS[1:], WEBHOOK_SECRETS):
        answer = await sent(till, payload, signature_header(payload, secrets, at=at))
        assert answer.status_code == 200, answer.text
    assert answer.json() == {"received": True, "new": False}


async def test_each_refusal_has_its_name(till: Till) -> None:
    payload, at = await a_signed_event(till)
    ours = WEBHOOK_SECRETS[:1]
    told = {
        "no_signature": None,
        "malformed_signature": "v1=abc",
        "bad_signature": signature_header(payload + b" ", ours, at=at),
        "too_old": signature_header(payload, ours, at=at - 400),
        "from_the_future": signature_header(payload, ours, at=at + 400),
    }
    for reason, signature in told.items():
        answer = await sent(till, payload, signature)
        assert (answer.status_code, answer.json()["reason"]) == (400, reason)
    for reason, other in {"not_json": b"{", "not_an_event": b"{}"}.items():
        answer = await sent(till, other, signature_header(other, ours, at=at))
        assert (answer.status_code, answer.json()["reason"]) == (400, reason)


async def a_signed_event(till: Till) -> tuple[bytes, int]:
    """The bytes of an event of this Stripe's, and the time at which to sign them."""
    buyer = await till.buyer()
    await till.begun(buyer, await till.order(buyer), "card")
    event = (await till.book()).objects["event"][-1]
    return msgspec.json.encode(event), int(till.world.now().timestamp())


async def sent(till: Till, payload: bytes, signature: str | None) -> httpx.Response:
    """What the desk answers to these bytes with this signature."""
    headers = {"Content-Type": "application/json"} | ({} if signature is None else {"Stripe-Signature": signature})
    return await till.world.client().post("/webhooks/stripe", content=payload, headers=headers)


async def test_events_that_no_webhook_brought_are_swept_in(till: Till) -> None:
    buyer = await till.buyer()
    order = await till.order(buyer)
    begun = await till.begun(buyer, order, "card")
    await till.do(PayByCard(await till.intent_of(begun["id"]), "pm_card_visa"))
    missed = await till.untold()
    world = till.world
    new = await sweep_events(world.worker_db, world.clients.stripe, now=world.now(), request_id="req_sweep")
    assert new >= len(missed)
    again = await sweep_events(world.worker_db, world.clients.stripe, now=world.now(), request_id="req_sweep")
    assert again == 0
    await world.run_jobs()
    assert (await till.shown(buyer, order))["status"] == "fulfilled"
    till.told.update(missed)


async def test_an_unknown_kind_of_event_is_taken_and_said_to_be_ignored(till: Till) -> None:
    await till.settle()
    rows = await till.owner.fetch("select distinct status, outcome from stripe_event where object_kind = 'customer'")
    assert {tuple(row) for row in rows} == {("ignored", "not_ours")}
    stuck = await till.owner.fetchval("select count(*) from stripe_event where status = 'received'")
    assert stuck == 0


async def test_a_long_body_and_no_body_are_refused(till: Till) -> None:
    nobody = till.world.client()
    refused = {b"": (422, "invalid_fields"), b"{}": (400, "webhook_refused"), b"x" * 600_000: (400, "webhook_refused")}
    for body, expected in refused.items():
        answer = await nobody.post("/webhooks/stripe", content=body, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == expected


async def test_a_sender_that_hangs_up_in_the_middle_of_an_event_leaves_nothing(till: Till) -> None:
    rows = await till.owner.fetchval("select count(*) from stripe_event")
    async with served(till.world.app) as address:
        there = urlsplit(address)
        _, line = await asyncio.open_connection(there.hostname, there.port)
        head = "POST /webhooks/stripe HTTP/1.1\r\nHost: desk.example\r\nContent-Type: application/json\r\n"
        line.write(f'{head}Content-Length: 1000\r\n\r\n{{"id": "evt_'.encode())
        await line.drain()
        await asyncio.sleep(0.1)  # The desk is to be waiting for more when the end comes.
        line.close()
        await line.wait_closed()
        await until_counted(address, 'method="POST",route="/webhooks/stripe",status="499"')
    assert await till.owner.fetchval("select count(*) from stripe_event") == rows


async def until_counted(address: str, what: str) -> None:
    """Wait until the desk has counted such an answer; fails after some seconds."""
    async with httpx.AsyncClient(base_url=address) as client:
        for _ in range(200):
            if what in (shown := await client.get("/metrics")).text:
                return
            await asyncio.sleep(0.01)
    raise AssertionError(shown.text)
