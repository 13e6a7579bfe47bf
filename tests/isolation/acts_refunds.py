"""Two buyers are paid back by bank: one names its account itself, one tells the desk, and one file sends both their money."""

import secrets

import httpx

from tests.isolation.acts_payouts import bank_day, line_of
from tests.isolation.story import SEEN, Player, Story
from tests.isolation.words import DESK

BUYERS = ("buyer_a", "buyer_b")


async def act(story: Story, players: dict[str, Player], people: list[httpx.AsyncClient]) -> None:
    """The first file is called off, the second is debited."""
    (owner, colleague), say = people, story.words.say
    for label in BUYERS:
        await _owed(story, owner, colleague, players[label])
    await owner.get("/v1/admin/bank-refunds")
    named = await players["buyer_a"].owner.put(
        "/v1/payout-account", json=_account(say("buyer_a", "refundholder")), headers=SEEN
    )
    wish = {"buyer_id": players["buyer_b"].party.id, "account": _account(say("buyer_b", "refundholder"))}
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
    await _came_back(story, owner, players["buyer_b"])
    await _strangers(story, owner, colleague)
    for label in BUYERS:
        await players[label].owner.get("/v1/payout-account")


async def _came_back(story: Story, owner: httpx.AsyncClient, player: Player) -> None:
    """The bank gives one of the refunds back."""
    say = story.words.say
    refunds = (await owner.get("/v1/admin/refunds", params={"status": "succeeded", "limit": 100})).json()["data"]
    mine = next(each for each in refunds if each["buyer_id"] == player.party.id and each["amount"]["amount"] == 17)
    back = {
        "bank_line_id": await line_of(story, owner, 17, "refundback"),
        "reason": say(DESK, "refundbackreason"),
    }
    done = await owner.post(f"/v1/admin/refunds/{mine['id']}/returned", json=back, headers=_keyed())
    assert done.json()["status"] == "due", done.text


async def _strangers(story: Story, owner: httpx.AsyncClient, colleague: httpx.AsyncClient) -> None:
    """Money of payers whom nobody knows: of one the account was wrong, and what was sent to the other came back."""
    say, at, files = story.words.say, "/v1/admin/line-returns", "/v1/admin/payout-files"
    named = []
    for minor, name in ((23, "strangera"), (29, "strangerb")):
        line = await line_of(story, owner, minor, name)
        wish = {"resolution": "refund", "note": say(DESK, f"{name}note")}
        await owner.post(f"/v1/admin/bank-lines/{line}/resolve", json=wish, headers=SEEN)
        account = _account(say(DESK, f"{name}holder"))
        made = await owner.post(at, json={"bank_line_id": line, "account": account}, headers=_keyed())
        named.append(made.json()["id"])
    await owner.get(at)
    note = {"note": say(DESK, "strangersdecided")}
    await colleague.post(f"{at}/{named[0]}/refuse", json=note, headers=_keyed())
    await colleague.post(f"{at}/{named[1]}/confirm", json=note, headers=_keyed())
    file = (await owner.post("/v1/admin/refund-files", json={"transfer_on": bank_day()}, headers=_keyed())).json()
    await colleague.post(f"{files}/{file['id']}/sent", headers=_keyed())
    line = await line_of(story, owner, -file["total"]["amount"], "strangersdebited")
    await owner.post(f"{files}/{file['id']}/debited", json={"bank_line_id": line}, headers=_keyed())
    back = {"bank_line_id": await line_of(story, owner, 29, "strangersback"), "reason": say(DESK, "strangersreason")}
    await owner.post(f"{at}/{named[1]}/returned", json=back, headers=_keyed())


async def _owed(story: Story, owner: httpx.AsyncClient, colleague: httpx.AsyncClient, player: Player) -> None:
    """Its first order was paid by bank transfer, and so is what comes back of it."""
    orders = (await player.party.get("/v1/orders", params={"status": "fulfilled", "limit": 100})).json()["data"]
    offered = {"amount": 17, "note": story.words.say(DESK, f"bankrefund{player.label}")}
    order = min(each["id"] for each in orders)
    made = (await owner.post(f"/v1/admin/orders/{order}/goodwill", json=offered, headers=_keyed())).json()
    assert made["way"] == "bank", made
    await colleague.post(f"/v1/admin/refunds/{made['id']}/confirm", headers=_keyed())


def _account(holder: str) -> dict[str, str]:
    return {
        "bank_code": "0005", "bank_name": "ﾐﾂﾋﾞｼUFJ", "branch_code": "001", "branch_name": "ﾎﾝﾃﾝ",
        "account_kind": "ordinary", "account_number": "7654321", "holder": holder,
    }  # fmt: skip


def _keyed() -> dict[str, str]:
    return SEEN | {"Idempotency-Key": secrets.token_hex(8)}
