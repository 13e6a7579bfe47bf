"""What do providers and buyers do with listings that are not for everybody, and with those for later?"""

from datetime import timedelta
from typing import Any

from app.core.clock import utc_now
from tests.isolation.story import Player, Story
from tests.isolation.words import PUBLIC

GUESTS = ("buyer_a", "organiser_a")


async def act(story: Story, players: dict[str, Player]) -> None:
    """Each provider has a listing for later; one offers two things to two customers, of whom one orders."""
    for label in ("provider_a", "provider_b"):
        starts_at = (utc_now() + timedelta(days=300)).isoformat()
        words = {"ja": story.words.say(label, "laterterms")}
        await _offer(story, players[label], starts_at=starts_at, terms=words)
    guests = {"kind": "organisations", "organisation_ids": [players[label].party.id for label in GUESTS]}
    await _offer(story, players["provider_a"], offered_to=guests)
    listing = await _offer(
        story,
        players["provider_a"],
        offered_to=guests,
        terms={"en": story.words.say("provider_a", "limitedterms", *GUESTS)},
        tiers=[{"quantity": 5, "price": {"amount": 900, "currency": "JPY"}}],
        floor={"amount": 800, "currency": "JPY"},
    )
    for label in GUESTS:
        guest = players[label].party
        for path in ("/v1/offers", f"/v1/listings/{listing}", f"/v1/listings/{listing}/terms"):
            await guest.get(path)
    line = {"listing_id": listing, "quantity": 6}
    await players["buyer_a"].party.post("/v1/quotes", {"lines": [line]})
    order = (await players["buyer_a"].party.post("/v1/orders", {"lines": [line]})).json()
    await players["buyer_a"].party.get(f"/v1/orders/{order['id']}/terms")
    [shown] = [each for each in await _own(players["provider_b"]) if each["status"] == "open"]
    agreed = {"terms": {"ja": story.words.say("provider_b", "publicterms", PUBLIC)}}
    path = f"/v1/listings/{shown['id']}"
    await players["provider_b"].party.client.patch(path, json=agreed, headers={"If-Match": "*"})
    await players["buyer_b"].party.post("/v1/orders", {"lines": [{"listing_id": shown["id"], "quantity": 1}]})


async def _offer(story: Story, player: Player, **terms: Any) -> str:
    """A listing of a new lot, on these terms."""
    wish = {"lot_id": await story.world.lot(player.party, 60), "price": {"amount": 1000, "currency": "JPY"}}
    return str((await player.party.post("/v1/listings", wish | {"min_quantity": 1} | terms)).json()["id"])


async def _own(player: Player) -> list[dict[str, Any]]:
    return list((await player.party.get("/v1/provider/listings")).json()["data"])
