"""Who is written on papers, and how? Every customer is invoiced, asks for papers of its own, and two buy on account."""

import secrets
from datetime import timedelta
from typing import Any

from app.clients import terms_of
from app.invoices import flow
from tests.isolation.story import SEEN, Player, Story
from tests.isolation.words import DESK
from tests.world import PASSWORD

REQUEST = "req_papers"
PROFILE: dict[str, Any] = {
    "valid_from": "2020-01-01", "name": "株式会社デスク", "registration_number": "T7000012050002",
    "is_corporation": True, "address": "東京都千代田区", "phone": "03-0000-0001",
    "bank": {"bank": "銀行", "branch": "本店", "account_type": "普通", "account_number": "1234567", "holder": "デスク"},
    "notes": [], "numbered_by": "calendar_year", "fiscal_year_ends_in": 3, "years_kept": 7,
}  # fmt: skip
LATER = timedelta(days=75)
"""After the month's end and after the day on which its invoice is due."""


async def act(story: Story, players: dict[str, Player], listing: str) -> None:
    """Papers for everybody who bought; the two buyers owe, are invoiced by the month, and are reminded."""
    desk, world = story.world.desk, story.world
    await desk.post("/v1/admin/desk-profiles", PROFILE)
    for label in ("provider_a", "provider_b"):
        at = f"/v1/admin/organisations/{players[label].party.id}/invoice-status"
        await desk.client.patch(at, json={"confirmed_on": None, "note": "未登録"}, headers=SEEN)
    customers = ("buyer_a", "buyer_b", "organiser_a")
    for label in customers:
        await _written(story, players[label])
    await flow.catch_up(world.worker_db, now=world.now(), request_id=REQUEST)
    await world.run_jobs()
    for label in customers:
        await _asked_for(story, players[label], listing)
    for label in customers[:2]:
        await _on_account(story, players[label], listing)
    await _given(story, players[customers[1]])
    await _corrected(story, players[customers[0]])
    await flow.remind(world.worker_db, now=world.now() + LATER, request_id=REQUEST)
    await world.run_jobs()


async def _given(story: Story, player: Player) -> None:
    """A person gives a line that names nothing to an invoice on account."""
    desk, say = story.world.desk, story.words.say
    [paper] = (await player.party.get("/v1/papers", params={"kind": "monthly_invoice"})).json()["data"]
    claim = (await player.party.get(f"/v1/papers/{paper['id']}")).json()["claim"]
    await story.bank((say(DESK, "invoicegiven"), 3))
    await story.world.run_jobs()
    waiting = (await desk.get("/v1/admin/bank-lines", params={"status": "for_a_person", "limit": 100})).json()["data"]
    line = next(each for each in waiting if each["amount"]["amount"] == 3)
    decided = {
        "resolution": "apply_to_invoice", "note": say(DESK, "invoicegivennote"), "payment_reference": claim["reference"],
    }  # fmt: skip
    given = await desk.post(f"/v1/admin/bank-lines/{line['id']}/resolve", decided, headers=SEEN)
    assert given.json()["outcome"] == "invoice", given.text
    await story.world.run_jobs()


async def _corrected(story: Story, player: Player) -> None:
    """One of its invoices names it wrongly: a correction is turned down, another issued by the desk's second person."""
    say, world = story.words.say, story.world
    one = await story.sign_in(DESK, world.desk.email)
    colleague = {"email": f"{say(DESK, 'papercolleague')}@canary.example", "name": say(DESK, "papercolleaguename")}
    await one.post("/v1/members", json=colleague | {"role": "admin", "password": PASSWORD}, headers=_keyed())
    other = await story.sign_in(DESK, colleague["email"])
    paper = (await player.party.get("/v1/papers", params={"kind": "invoice"})).json()["data"][0]
    for verb in ("reject", "issue"):
        wish = {
            field: say(player.label, f"corrected{field.replace('_', '')}{verb}")
            for field in ("recipient_name", "recipient_address", "purchase_order", "note")
        }
        at = f"/v1/admin/papers/{paper['id']}/corrections"
        made = await one.post(at, json=wish, headers=_keyed())
        decided = await other.post(f"/v1/admin/paper-corrections/{made.json()['id']}/{verb}", headers=_keyed())
        assert decided.status_code == 200, (made.text, decided.text)
    await world.run_jobs()


def _keyed() -> dict[str, str]:
    return {"Idempotency-Key": secrets.token_hex(8)}


async def _written(story: Story, player: Player) -> None:
    say, label = story.words.say, player.label
    fields = ("name", "department", "address", "phone", "purchase_order")
    profile = {field: say(label, f"billing{field.replace('_', '')}") for field in fields}
    profile["email"] = f"{say(label, 'billingemail')}@canary.example"
    await player.party.client.patch("/v1/billing-profile", json=profile, headers=SEEN)


async def _asked_for(story: Story, player: Player, listing: str) -> None:
    """A quotation, a bill, and a receipt with its copy."""
    party, line = player.party, {"listing_id": listing, "quantity": 1}
    quote = (await party.post("/v1/quotes", {"lines": [line]})).json()
    await party.post(f"/v1/quotes/{quote['id']}/paper")
    order = (await party.post("/v1/orders", {"lines": [line]})).json()
    await party.post(f"/v1/orders/{order['id']}/bill")
    await story.paid(player, order, f"papers{player.label}")
    receipt = (await party.post(f"/v1/orders/{order['id']}/receipt")).json()
    await party.post(f"/v1/papers/{receipt['id']}/copies")
    await story.world.run_jobs()


async def _on_account(story: Story, player: Player, listing: str) -> None:
    """An order that is owed, on the invoice of its month."""
    world, party = story.world, player.party
    line: dict[str, Any] = {
        "limit": {"amount": 1_000_000, "currency": "JPY"}, "closing_day": 31, "months_after": 1, "due_day": 31,
        "on_holiday": "next_business_day", "retire_before_paid": False, "valid_from": "2020-01-01",
        "valid_through": None,
    }  # fmt: skip
    at = f"/v1/admin/organisations/{party.id}/credit-line"
    await world.desk.client.patch(at, json=line, headers=SEEN)
    made = (await party.post("/v1/orders", {"lines": [{"listing_id": listing, "quantity": 1}]})).json()
    await party.post(f"/v1/orders/{made['id']}/on-account")
    await world.run_jobs()
    now = world.now()
    await flow.close_month(
        world.worker_db, party.org_id, terms=terms_of(world.settings), now=now + LATER, request_id=REQUEST
    )
