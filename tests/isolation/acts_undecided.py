"""A registry retires half of what was asked for: the desk's people are to decide, by evidence that is theirs to read."""

from tests.isolation.story import Player, Story
from tests.isolation.words import DESK


async def act(story: Story, player: Player, listing: str, seller: str) -> None:
    """One retirement that no rule can decide, on the desk's list."""
    wish = story.wish(player, "undecided", seller, DESK)
    wish["purpose_detail"] += " test:206"
    order = await player.party.post("/v1/orders", {"lines": [{"listing_id": listing, "quantity": 4}], "retire": wish})
    await story.paid(player, order.json(), "undecidedpayer")
    [case] = (await story.world.desk.get("/v1/admin/retirements")).json()["data"]
    assert case["status"] == "open"
