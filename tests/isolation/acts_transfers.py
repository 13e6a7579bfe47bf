"""A provider is paid through Stripe and gives some of it back; Stripe pays the desk, and tells it of both by its webhooks."""

import secrets
from datetime import timedelta
from typing import Any

import httpx
import msgspec

from app.core.clock import utc_now
from app.core.period import day_in_japan
from integrations.stripe.fake.admin import show_book, wish
from integrations.stripe.fake.child import FakeStripeProcess
from integrations.stripe.fake.scene import MakePayout, OnboardAccount, PayByCard, PayoutPaid, Wish
from integrations.stripe.fake.signature import signature_header
from tests.isolation.acts_money import intent_of, swept
from tests.isolation.acts_payouts import earn, line_of
from tests.isolation.story import SEEN, Player, Story
from tests.isolation.words import DESK

WEBHOOK_SECRETS = {"": "whsec_isolation", "-connect": "whsec_isolation_connected"}
RETURNS = {"return_url": "https://provider.example/done", "refresh_url": "https://provider.example/again"}
KEPT_MINOR = 100


async def act(
    story: Story, players: dict[str, Player], listing: str, stripe: FakeStripeProcess, people: list[httpx.AsyncClient]
) -> None:
    """Both providers have an account at Stripe; the first is paid there."""
    owner, colleague = people
    for label in ("provider_a", "provider_b"):
        opened = await players[label].owner.post("/v1/payouts/stripe-account", json=RETURNS)
        _done(stripe, OnboardAccount(opened.json()["account_id"]))
    await _told_by_webhooks(story, stripe, "-connect")  # What happens to others' accounts no sweep finds.
    await _change_terms(story, owner, colleague, players["provider_a"])
    await _funded(story, players["buyer_a"], listing, stripe)
    await earn(story, players["provider_a"], nth=1)
    made = await owner.post("/v1/admin/payouts", json={"provider_id": players["provider_a"].party.id}, headers=_keyed())
    at = f"/v1/admin/payouts/{made.json()['id']}"
    await colleague.post(f"{at}/approve", headers=_keyed())
    await story.world.run_later()
    assert (await owner.get(at)).json()["status"] == "paid"
    back = {"amount": 1, "note": story.words.say(DESK, "reversalnote", "provider_a")}
    await owner.post(f"{at}/reverse", json=back, headers=_keyed())
    await story.world.run_later()
    await _arrived(story, owner, stripe)
    await _told_by_webhooks(story, stripe, "")
    for label in ("provider_a", "provider_b"):
        await players[label].owner.get("/v1/payouts/stripe-account")


async def _change_terms(story: Story, owner: httpx.AsyncClient, colleague: httpx.AsyncClient, player: Player) -> None:
    """From now on by Stripe; a rate ends tomorrow, and an account is refused."""
    today, whose = day_in_japan(utc_now()).isoformat(), {"provider_id": player.party.id}
    terms = {
        **whose, "valid_from": today, "sale_mode": "agency", "risk_bearer": "provider", "payout_method": "stripe",
        "smallest_payout": 1, "closing_day": 31,
    }  # fmt: skip
    await owner.post("/v1/admin/provider-terms", json=terms)
    rate = {**whose, "basis_points": 700, "valid_from": today, "registry_code": "jcredit"}
    made = await owner.post("/v1/admin/commission-rates", json=rate)
    ended = {"valid_until": (day_in_japan(utc_now()) + timedelta(days=1)).isoformat()}
    await owner.post(f"/v1/admin/commission-rates/{made.json()['id']}/end", json=ended, headers=SEEN)
    account = {
        "bank_code": "0009", "bank_name": "ﾐﾂｲ", "branch_code": "002", "branch_name": "ｼﾃﾝ", "account_kind": "ordinary",
        "account_number": "7654321", "holder": story.words.say(player.label, "refusedholder"),
    }  # fmt: skip
    named = (await player.owner.put("/v1/payout-account", json=account, headers=SEEN)).json()
    note = {"note": story.words.say(DESK, "accountrefused")}
    await colleague.post(f"/v1/admin/payout-accounts/{named['id']}/refuse", json=note, headers=SEEN)


async def _funded(story: Story, buyer: Player, listing: str, stripe: FakeStripeProcess) -> None:
    """A card whose money is at once in the desk's balance at Stripe."""
    order = (await buyer.party.post("/v1/orders", {"lines": [{"listing_id": listing, "quantity": 40}]})).json()
    begun = (await buyer.party.post(f"/v1/orders/{order['id']}/payments", {"method": "card"})).json()
    _done(stripe, PayByCard(intent_of(stripe.admin, begun["id"]), "pm_card_bypassPending"))
    await swept(story)


async def _arrived(story: Story, owner: httpx.AsyncClient, stripe: FakeStripeProcess) -> None:
    """A payout of Stripe's to the desk, until it is on its account at the bank."""
    sent = _done(stripe, MakePayout(KEPT_MINOR))
    _done(stripe, PayoutPaid(sent["id"]))
    await swept(story)
    found = (await owner.get("/v1/admin/stripe-payouts", params={"limit": 100})).json()["data"]
    row = next(each for each in found if each["payout_id"] == sent["id"])
    line = await line_of(story, owner, KEPT_MINOR, "stripearrived")
    at = f"/v1/admin/stripe-payouts/{row['id']}/arrived"
    await owner.post(at, json={"bank_line_id": line}, headers=_keyed())


async def _told_by_webhooks(story: Story, stripe: FakeStripeProcess, which: str) -> None:
    """Stripe tells, signed, what has happened: at the desk's own account, or at those of providers."""
    machine = story.listen(DESK, story.world.client())
    for event in stripe.admin.ask(show_book()).objects["event"]:
        if ("account" in event) == bool(which):
            body = msgspec.json.encode(event)
            signed = signature_header(body, [WEBHOOK_SECRETS[which]], at=int(utc_now().timestamp()))
            headers = {"Stripe-Signature": signed, "Content-Type": "application/json"}
            await machine.post(f"/webhooks/stripe{which}", content=body, headers=headers)
    await story.world.run_jobs()


def _done(stripe: FakeStripeProcess, wanted: Wish) -> dict[str, Any]:
    """Somebody at the other side does something."""
    return dict(stripe.admin.ask(wish(wanted)))


def _keyed() -> dict[str, str]:
    return SEEN | {"Idempotency-Key": secrets.token_hex(8)}
