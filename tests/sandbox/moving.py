"""How do tests move a test desk's clock, for its application and for the worker that they play?"""

from datetime import timedelta
from typing import Any

from tests.world import Party, World


async def advance(world: World, step: str) -> None:
    """Move the desk's clock by a door, and the worker's with it."""
    answer = await world.desk.client.post("/v1/test/clock", json={"advance": step})
    assert answer.status_code == 200, answer.text
    world.ahead = max(world.ahead, timedelta(seconds=answer.json()["ahead_s"]))
    await world.run_jobs()


async def transfer(buyer: Party, order: dict[str, Any], kind: str) -> dict[str, Any]:
    """The test bank tells of a transfer for this order."""
    answer = await buyer.post("/v1/test/bank-transfers", {"order_id": order["id"], "kind": kind})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def status_of(buyer: Party, path: str) -> str:
    answer = (await buyer.get(path)).json()
    inside = answer.get("retirement") or answer.get("lot") or answer
    return str(inside["status"])
