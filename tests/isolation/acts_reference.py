"""What the operator says of credits in the scene: facts of every kind, one of them superseded, and a programme's member."""

from typing import Any

from tests.isolation.story import Player, Story

SOURCE = {"source": "a test of isolation", "valid_from": "2026-01-01"}


async def act(story: Story, players: dict[str, Player]) -> None:
    """The desk enters facts of a project, says one of them anew, and adds a member to a programme."""
    desk = story.world.desk
    found = (await desk.get("/v1/projects", params={"kind": "programme", "limit": 1})).json()["data"]
    project_id = found[0]["id"]
    told = {"subject": {"level": "project", "project_id": project_id}, **SOURCE}
    first = await desk.post("/v1/admin/facts/eligibility", {**told, "use": "re100", "answer": "unknown"})
    again: dict[str, Any] = {**told, "use": "re100", "answer": "no", "reason": "the registry says so"}
    await desk.post("/v1/admin/facts/eligibility", {**again, "supersedes_id": first.json()["id"]})
    rating = {"agency": "sylvera", "value": "AA", "scale": "AAA to D", "scale_version": "1", "as_of": "2026-01-01"}
    await desk.post("/v1/admin/facts/ratings", {**told, **rating})
    await desk.post(f"/v1/admin/projects/{project_id}/members", {"name": "参加者", "source": "a test of isolation"})
