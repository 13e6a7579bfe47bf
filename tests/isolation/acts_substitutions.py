"""Orders of two buyers that a frozen lot leaves short: one takes what is proposed instead, one does not, one has not answered."""

from datetime import timedelta
from typing import Any

from app.core.clock import utc_now
from tests.isolation.story import Player, Story
from tests.isolation.words import DESK

STORIES = (("buyer_a", "provider_a", "accept"), ("buyer_b", "provider_b", "reject"), ("buyer_b", "provider_b", ""))


async def act(story: Story, players: dict[str, Player]) -> None:
    """Each buyer stays with the provider that it knows."""
    for n, (label, seller, verb) in enumerate(STORIES):
        buyer, order = players[label].party, await _short(story, players[label], players[seller], "abc"[n])
        made = await _proposed(story, order, await _offer(story, players[seller]), label, "abc"[n])
        await buyer.get(f"/v1/orders/{order}/substitutions")
        if verb:
            await buyer.post(f"/v1/orders/{order}/substitution/{verb}", {"substitution_id": made["id"]})
        await story.world.desk.get(f"/v1/admin/orders/{order}/substitutions")
        await story.world.run_jobs()
        await buyer.get(f"/v1/orders/{order}")


async def _short(story: Story, player: Player, seller: Player, suffix: str) -> str:
    """An order that was paid, and whose lot the desk had frozen before."""
    listing = await _offer(story, seller)
    order = (await player.party.post("/v1/orders", {"lines": [{"listing_id": listing, "quantity": 4}]})).json()
    lot = (await seller.party.get(f"/v1/provider/listings/{listing}")).json()["lot_id"]
    note = {"note": story.words.say(DESK, f"shortfreeze{suffix}")}
    await story.world.desk.post(f"/v1/admin/lots/{lot}/freeze", note)
    await story.paid(player, order, f"shortpayer{suffix}")
    return str(order["id"])


async def _proposed(story: Story, order: str, listing: str, label: str, suffix: str) -> dict[str, Any]:
    """Cheaper credits, and why: the buyer reads it."""
    wish = {
        "lines": [{"line": 1, "listing_id": listing, "quantity": 4}],
        "note": story.words.say(DESK, f"substitutionnote{suffix}", label),
        "expires_at": (utc_now() + timedelta(days=30)).isoformat(),
    }
    return dict((await story.world.desk.post(f"/v1/admin/orders/{order}/substitutions", wish)).json())


async def _offer(story: Story, seller: Player) -> str:
    wish = {
        "lot_id": await story.world.lot(seller.party, 60),
        "price": {"amount": 1_000, "currency": "JPY"},
        "min_quantity": 1,
    }
    return str((await seller.party.post("/v1/listings", wish)).json()["id"])
