"""What do they do in test mode? Pay by the test bank, have things decided at once, move the desk's clock."""

from datetime import timedelta
from typing import Any

from tests.isolation.story import Player, Story
from tests.isolation.words import PUBLIC


async def act(story: Story, players: dict[str, Player]) -> None:
    """One provider and one buyer use every door of test mode; registries are worked by people meanwhile."""
    seller, buyer = players["provider_a"], players["buyer_a"]
    await _decide(story, seller)
    await _buy_and_finish(story, seller, buyer)
    at = f"/v1/test/organisations/{seller.party.id}/status"
    await seller.party.post(at, {"status": "active"})
    await story.world.desk.post("/v1/test/clock", {"advance": "PT1S"})
    story.world.ahead += timedelta(seconds=1)


async def _decide(story: Story, seller: Player) -> None:
    """Evidence for a lot of its own, turned down and then accepted."""
    accounts = (await seller.party.get("/v1/registry-accounts")).json()["data"]
    row = story.row(5, certification="JC-decided-at-once", prefix="DAO-", note="")
    import_id = await story.staged(seller, accounts[0]["id"], "decidedfile", row)
    await seller.party.post(f"/v1/imports/{import_id}/commit", {"rows": "all"})
    lot_id = (await seller.party.get(f"/v1/imports/{import_id}/rows")).json()["data"][0]["lot_id"]
    for verdict in ("reject", "accept"):
        evidence = await story.show_evidence(seller, lot_id, f"decided{verdict}")
        await seller.party.post(f"/v1/test/evidence/{evidence}/{verdict}")


async def _buy_and_finish(story: Story, seller: Player, buyer: Player) -> None:
    """An order that the test bank pays, and its retirement, whose task is finished at once."""
    offers = (await story.world.client().get("/v1/listings", params={"limit": "100"})).json()["data"]
    listing = next(each["id"] for each in offers if each["provider"]["id"] == seller.party.id)
    line = {"listing_id": listing, "quantity": 4}
    wish = story.wish(buyer, "finished", PUBLIC)
    order: dict[str, Any] = (await buyer.party.post("/v1/orders", {"lines": [line], "retire": wish})).json()
    await buyer.party.post("/v1/test/bank-transfers", {"order_id": order["id"], "kind": "exact"})
    await story.world.run_jobs()
    [task] = (await seller.party.get("/v1/registry-tasks", params={"status": "open"})).json()["data"]
    await seller.party.post(f"/v1/test/registry-tasks/{task['id']}/finish")
    await story.world.run_jobs()
