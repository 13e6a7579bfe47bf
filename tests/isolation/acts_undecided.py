"""A registry retires half of what was asked for: the desk's people are to decide, by evidence that is theirs to read."""

from typing import Any

from app.core.clock import utc_now
from app.core.period import day_in_japan
from tests.isolation.story import SEEN, Player, Story
from tests.isolation.words import DESK, PUBLIC
from tests.world import PASSWORD


async def act(story: Story, player: Player, listing: str, seller: str) -> None:
    """Two retirements that no rule can decide: two people of the desk decide one, the other stays on their list."""
    decided = await _undecided(story, player, listing, story.wish(player, "decidedthere", PUBLIC))
    at = f"/v1/admin/retirements/{decided['id']}"
    first, second = await two_of_the_desk(story, "")
    seen = {
        "decision": "recorded", "evidence_sha256": "ab" * 32, "note": story.words.say(DESK, "decisionnote"),
        "registry_transaction": story.words.say(DESK, "decidednumber", PUBLIC),
        "recorded_on": day_in_japan(utc_now()).isoformat(), "evidence_grade": "registry_statement",
    }  # fmt: skip
    await first.post(f"{at}/decisions", json=seen, headers=SEEN)
    await second.post(f"{at}/confirm", json={}, headers=SEEN)
    await story.world.run_jobs()
    await _undecided(story, player, listing, story.wish(player, "undecided", seller, DESK))


async def _undecided(story: Story, player: Player, listing: str, wish: dict[str, Any]) -> dict[str, Any]:
    """An order whose retirement the registry carries out in half; its case."""
    wish["purpose_detail"] += " test:206"
    order = await player.party.post("/v1/orders", {"lines": [{"listing_id": listing, "quantity": 4}], "retire": wish})
    await story.bank((order.json()["payment"]["reference"], order.json()["total"]["amount"]))
    await story.world.run_jobs()
    [case] = (await story.world.desk.get("/v1/admin/retirements", params={"status": "open"})).json()["data"]
    return dict(case)


async def two_of_the_desk(story: Story, suffix: str) -> list[Any]:
    """Two of its people, signed in: a key decides nothing."""
    email, owner = f"{story.words.say(DESK, f'secondemail{suffix}')}@canary.example", story.world.desk.email
    first = await story.sign_in(DESK, owner)
    second = {
        "email": email,
        "name": story.words.say(DESK, f"secondname{suffix}"),
        "role": "admin",
        "password": PASSWORD,
    }
    await first.post("/v1/members", json=second)
    return [first, await story.sign_in(DESK, email)]
