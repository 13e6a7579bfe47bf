"""Customers pay through Stripe, get money back, and one payment is disputed: what the desk sees of it, and who else."""

import secrets
from typing import Any

import asyncpg

from app.core.ids import read_public_id
from app.payments.flow import sweep_events
from integrations.stripe.fake.admin import Admin, show_book, wish
from integrations.stripe.fake.child import FakeStripeProcess
from integrations.stripe.fake.scene import FailRefund, OpenDispute, PayByCard
from tests.isolation.acts_undecided import two_of_the_desk
from tests.isolation.story import Player, Story
from tests.isolation.words import DESK


async def act(story: Story, players: dict[str, Player], listings: dict[str, str], stripe: FakeStripeProcess) -> None:
    """Two buyers, each with a paid order, a refund, and what waits for the desk's people."""
    people = await two_of_the_desk(story, "money")
    for label, seller in (("buyer_a", "provider_a"), ("buyer_b", "provider_b")):
        buyer = players[label]
        paid = await _paid(story, buyer, listings[seller], stripe, "paid")
        await _given_back(story, buyer, paid, stripe)
        await _goodwill(story, paid, people, label)
        disputed = await _paid(story, buyer, listings[seller], stripe, "disputed")
        await _dispute(story, disputed, stripe, label)
        await _mismatch(story, buyer, listings[seller], stripe)
    for path in ("refunds", "payment-disputes", "payment-attempts"):
        await story.world.desk.get(f"/v1/admin/{path}", params={"limit": 100})


async def _paid(story: Story, buyer: Player, listing: str, stripe: FakeStripeProcess, name: str) -> dict[str, Any]:
    order = await _ordered(buyer, listing)
    begun = await _begun(story, buyer, order, name)
    stripe.admin.ask(wish(PayByCard(intent_of(stripe.admin, begun["id"]), "pm_card_visa")))
    await swept(story)
    await buyer.party.get(f"/v1/orders/{order['id']}/payments")
    shown = (await buyer.party.get(f"/v1/payments/{begun['id']}")).json()
    assert shown["status"] == "paid", shown
    return order


async def _ordered(buyer: Player, listing: str) -> dict[str, Any]:
    return dict((await buyer.party.post("/v1/orders", {"lines": [{"listing_id": listing, "quantity": 4}]})).json())


async def _begun(story: Story, buyer: Player, order: dict[str, Any], name: str) -> dict[str, Any]:
    say = story.words.say
    payer = {
        "name": say(buyer.label, f"{name}payer"),
        "email": f"{say(buyer.label, f'{name}payermail')}@canary.example",
    }
    begun = await buyer.party.post(f"/v1/orders/{order['id']}/payments", {"method": "card", "payer": payer})
    return dict(begun.json())


def intent_of(admin: Admin, attempt_id: str) -> str:
    """The intent at Stripe of a try."""
    intents = admin.ask(show_book()).objects["payment_intent"]
    return str(next(each["id"] for each in intents if each["metadata"].get("offsetdesk_id") == attempt_id))


async def swept(story: Story) -> None:
    """No webhook reaches this desk: what happened at Stripe is asked for."""
    world = story.world
    await sweep_events(world.worker_db, world.clients.stripe, now=world.now(), request_id="req_sweep")
    await world.run_jobs()


async def _given_back(story: Story, buyer: Player, order: dict[str, Any], stripe: FakeStripeProcess) -> None:
    """One unit comes back and Stripe cannot deliver its money: the bank does."""
    say, desk = story.words.say, story.world.desk
    note = {"note": say(DESK, f"refundnote{buyer.label}"), "lines": [{"n": 1, "quantity": 1}]}
    back = (await desk.post(f"/v1/admin/orders/{order['id']}/refunds", note)).json()
    await story.world.run_later()
    refunds = stripe.admin.ask(show_book()).objects["refund"]
    there = next(each["id"] for each in refunds if each["metadata"].get("offsetdesk_id") == back["id"])
    stripe.admin.ask(wish(FailRefund(there)))
    await swept(story)
    await desk.post(f"/v1/admin/refunds/{back['id']}/by-bank")
    await story.bank((say(DESK, f"refunded{buyer.label}"), -back["amount"]["amount"]))
    lines = (await desk.get("/v1/admin/bank-lines", params={"status": "for_a_person", "limit": 100})).json()["data"]
    line = next(each["id"] for each in lines if each["amount"]["amount"] == -back["amount"]["amount"])
    paid = {"bank_line_id": line, "note": say(DESK, f"refundpaid{buyer.label}")}
    await desk.post(f"/v1/admin/refunds/{back['id']}/paid", paid)
    await buyer.party.get(f"/v1/orders/{order['id']}/refunds")


async def _goodwill(story: Story, order: dict[str, Any], people: list[Any], label: str) -> None:
    """One proposal is confirmed, another turned down."""
    first, second = people
    for verb in ("confirm", "reject"):
        offered = {"amount": 10, "note": story.words.say(DESK, f"goodwill{verb}{label}")}
        at = f"/v1/admin/orders/{order['id']}/goodwill"
        made = (await first.post(at, json=offered, headers=_keyed())).json()
        await second.post(f"/v1/admin/refunds/{made['id']}/{verb}", headers=_keyed())


def _keyed() -> dict[str, str]:
    return {"Idempotency-Key": secrets.token_hex(8)}


async def _dispute(story: Story, order: dict[str, Any], stripe: FakeStripeProcess, label: str) -> None:
    desk, say = story.world.desk, story.words.say
    await desk.post(f"/v1/admin/orders/{order['id']}/release", {"note": say(DESK, f"release{label}")})
    charges = stripe.admin.ask(show_book()).objects["charge"]
    charge = next(each["id"] for each in charges if each["metadata"].get("order_id") == order["id"])
    stripe.admin.ask(wish(OpenDispute(charge)))
    await swept(story)
    disputes = (await desk.get("/v1/admin/payment-disputes", params={"limit": 100})).json()["data"]
    dispute = next(each["id"] for each in disputes if each["order_id"] == order["id"])
    shown = {"text": "無効化の記録", "submit": False}  # It goes to the payer's bank, and is shown to nobody here.
    await desk.post(f"/v1/admin/payment-disputes/{dispute}/evidence", shown)


async def _mismatch(story: Story, buyer: Player, listing: str, stripe: FakeStripeProcess) -> None:
    """Money that is not what was asked for: somebody has changed the row meanwhile."""
    order = await _ordered(buyer, listing)
    begun = await _begun(story, buyer, order, "odd")
    owner = await asyncpg.connect(story.world.db.url)
    attempt_id = read_public_id("pat", begun["id"])
    await owner.execute("update payment_attempt set amount_minor = amount_minor + 1 where id = $1", attempt_id)
    await owner.close()
    stripe.admin.ask(wish(PayByCard(intent_of(stripe.admin, begun["id"]), "pm_card_visa")))
    await swept(story)
    await story.world.desk.post(f"/v1/admin/payment-attempts/{begun['id']}/return")
    await story.world.run_later()
