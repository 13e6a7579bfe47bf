"""Two buyers are paid back by bank: one names its account itself, one tells the desk, and one file sends both their money."""

import secrets

import httpx

from tests.isolation.acts_payouts import bank_day, line_of
from tests.isolation.story import SEEN, Player, Story
from tests.isolation.words import DESK

BUYERS = ("buyer_a", "buyer_b")


async def act(story: Story, players: dict[str, Player], people: list[httpx.AsyncClient]) -> None:
    """The first file is called off, the second is debited."""
    owner, colleague = people
    for label in BUYERS:
        await _owed(story, owner, colleague, players[label])
    await owner.get("/v1/admin/bank-refunds")
    named = await players["buyer_a"].owner.put("/v1/payout-account", json=_account(story, "buyer_a"), headers=SEEN)
    wish = {"buyer_id": players["buyer_b"].party.id, "account": _account(story, "buyer_b")}
    typed = await owner.post("/v1/admin/payout-accounts", json=wish, headers=_keyed())
    for account in (named.json(), typed.json()):
        note = {"note": "登記の電話番号に確認"}
        await colleague.post(f"/v1/admin/payout-accounts/{account['id']}/confirm", json=note, headers=SEEN)
    await owner.get("/v1/admin/bank-refunds")
    files, on = "/v1/admin/payout-files", {"transfer_on": bank_day()}
    off = await owner.post("/v1/admin/refund-files", json=on, headers=_keyed())
    await owner.post(f"{files}/{off.json()['id']}/void", headers=_keyed())
    made = (await owner.post("/v1/admin/refund-files", json=on, headers=_keyed())).json()
    await colleague.post(f"{files}/{made['id']}/sent", headers=_keyed())
    line = await line_of(story, owner, -made["total"]["amount"], "refundsdebited")
    done = await owner.post(f"{files}/{made['id']}/debited", json={"bank_line_id": line}, headers=_keyed())
    assert (done.json()["status"], done.json()["transfers"]) == ("debited", len(BUYERS)), done.text
    for label in BUYERS:
        await players[label].owner.get("/v1/payout-account")


async def _owed(story: Story, owner: httpx.AsyncClient, colleague: httpx.AsyncClient, player: Player) -> None:
    """Its first order was paid by bank transfer, and so is what comes back of it."""
    orders = (await player.party.get("/v1/orders", params={"status": "fulfilled", "limit": 100})).json()["data"]
    offered = {"amount": 17, "note": story.words.say(DESK, f"bankrefund{player.label}")}
    order = min(each["id"] for each in orders)
    made = (await owner.post(f"/v1/admin/orders/{order}/goodwill", json=offered, headers=_keyed())).json()
    assert made["way"] == "bank", made
    await colleague.post(f"/v1/admin/refunds/{made['id']}/confirm", headers=_keyed())


def _account(story: Story, label: str) -> dict[str, str]:
    return {
        "bank_code": "0005", "bank_name": "ﾐﾂﾋﾞｼUFJ", "branch_code": "001", "branch_name": "ﾎﾝﾃﾝ",
        "account_kind": "ordinary", "account_number": "7654321", "holder": story.words.say(label, "refundholder"),
    }  # fmt: skip


def _keyed() -> dict[str, str]:
    return SEEN | {"Idempotency-Key": secrets.token_hex(8)}
