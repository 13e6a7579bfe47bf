"""The desk lists its accounts and loads virtual ones; buyers are given theirs, and one is recognised by what its bank writes."""

import secrets

from tests.isolation.story import SEEN, Player, Story
from tests.isolation.words import DESK

ACCOUNT = {
    "bank_code": "0001", "branch_code": "110", "account_kind": "ordinary", "account_number": "1234567", "followed_by": "statements",
    "years": "japanese", "inquiry_numbers": "of_the_movement", "virtual_accounts": "payer_code",
}  # fmt: skip


async def act(story: Story, players: dict[str, Player]) -> None:
    """Each buyer looks at an order that it can still pay; a person gives one of them money that named no order."""
    desk, say = story.world.desk, story.words.say
    await desk.client.put("/v1/admin/bank-accounts", json={"accounts": [ACCOUNT]}, headers=SEEN)
    pool = {"first": "9010000001", "last": "9010000009"}
    keyed = {"Idempotency-Key": secrets.token_hex(8)}
    loaded = await desk.client.post("/v1/admin/virtual-accounts", json=pool, headers=keyed)
    assert loaded.json()["added"] == 9, loaded.text
    await _named(story, players)
    shown = {}
    for label in ("buyer_a", "buyer_b"):
        party = players[label].party
        unpaid = (await party.get("/v1/orders", params={"status": "awaiting_payment"})).json()["data"]
        shown[label] = (await party.get(f"/v1/orders/{unpaid[0]['id']}")).json()["payment"]
        assert shown[label]["virtual_account"]["branch_code"] == "901", shown[label]
    await story.bank((say(DESK, "recognised"), 999))
    await story.world.run_jobs()
    waiting = (await desk.get("/v1/admin/bank-lines", params={"status": "for_a_person", "limit": 100})).json()["data"]
    line = next(each for each in waiting if each["amount"]["amount"] == 999)
    decided = {"resolution": "apply_to_order", "note": say(DESK, "recognisednote")}
    decided["payment_reference"] = shown["buyer_a"]["reference"]
    await desk.post(f"/v1/admin/bank-lines/{line['id']}/resolve", decided, headers=SEEN)
    await story.world.run_jobs()


async def _named(story: Story, players: dict[str, Player]) -> None:
    """Each customer says under which names it pays, and takes one of them back."""
    for label in ("buyer_a", "buyer_b", "organiser_a"):
        party, say = players[label].party, story.words.say
        await party.post("/v1/payer-names", {"name": say(label, "paysunder")})
        await party.post("/v1/payer-names", {"name": say(label, "alsounder")})
        other = await party.post("/v1/payer-names", {"name": say(label, "paidunder")})
        await party.client.delete(f"/v1/payer-names/{other.json()['id']}")
        await party.get("/v1/payer-names")
