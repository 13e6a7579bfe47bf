"""Customers save searches, and are told of what fits: the notices and the searches are theirs alone."""

from app.listings.flow import match_searches
from tests.isolation.story import SEEN, Player, Story


async def act(story: Story, players: dict[str, Player]) -> None:
    """Every customer saves two searches, changes one, and reads one of its notices; another search is given up."""
    customers = [player for label, player in players.items() if not label.startswith("provider")]
    for player in customers:
        say, party = story.words.say, player.party
        saved = await party.post(
            "/v1/saved-searches", _named(say(player.label, "savedname"), say(player.label, "savedq"))
        )
        renamed = {"name": say(player.label, "othersavedname")}
        await party.client.patch(f"/v1/saved-searches/{saved.json()['id']}", json=renamed, headers=SEEN)
        await party.post("/v1/saved-searches", _named(say(player.label, "matchedname")))
        gone = await party.post("/v1/saved-searches", _named(say(player.label, "gonename")))
        await party.client.delete(f"/v1/saved-searches/{gone.json()['id']}", headers=SEEN)
    for price in (1_001, 1_000):  # Each is news to whoever is served by a lower price than the one before.
        await _reprice(players["provider_a"], price)
        await match_searches(story.world.worker_db, now=story.world.now(), request_id="req_of_the_match")
    for player in customers:
        notice = (await player.party.get("/v1/notices")).json()["data"][0]  # Of two batches: the other stays unread.
        await player.party.post(f"/v1/notices/{notice['id']}/read")
        await player.party.get("/v1/saved-searches")


def _named(name: str, q: str | None = None) -> dict[str, object]:
    return {"name": name, "filter": {"price_lte": 1_000} | ({"q": q} if q else {})}


async def _reprice(player: Player, price: int) -> None:
    """Another price for the provider's open listing."""
    [listing] = (await player.party.get("/v1/provider/listings", params={"status": "open"})).json()["data"]
    change = {"price": {"amount": price, "currency": "JPY"}}
    await player.party.client.patch(f"/v1/listings/{listing['id']}", json=change, headers=SEEN)
