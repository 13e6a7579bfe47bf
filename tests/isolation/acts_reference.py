"""What the operator says of credits in the scene: facts of every kind, one of them superseded, and a programme's member."""

from typing import Any

from tests.isolation.story import Player, Story

SOURCE = {"source": "a test of isolation", "valid_from": "2026-01-01"}


async def act(story: Story, players: dict[str, Player]) -> None:
    """The desk enters facts of every kind, says one of them anew, takes one back, keeps members, and says a rule."""
    desk = story.world.desk
    found = (await desk.get("/v1/projects", params={"kind": "programme", "limit": 1})).json()["data"]
    project_id = found[0]["id"]
    told = {"subject": {"level": "project", "project_id": project_id}, **SOURCE}
    issued = {"level": "issuance", "registry": "jcredit", "certification_no": "JC-provider_a-sold"}
    every: dict[str, dict[str, Any]] = {
        "eligibility": {**told, "use": "re100", "answer": "unknown"},
        "labels": {**told, "label": "ccb", "answer": "yes", "decision": "CCB Gold"},
        "ratings": {
            **told, "agency": "sylvera", "value": "AA", "scale": "AAA to D", "scale_version": "1", "as_of": "2026-01-01",
        },
        "sdgs": {**told, "sdgs": [7, 13]},
        "permanence": {**told, "years": 10, "reversal_note": "a report each year"},
        "renewable-energy": {**told, "subject": issued, "power_kwh": 1_000, "heat_mj": None},
    }  # fmt: skip
    for kind, body in every.items():
        first = (await desk.post(f"/v1/admin/facts/{kind}", body)).json()["id"]
        again = {"supersedes_id": first, "reason": "the source says more now", "note_en": "said anew"}
        await desk.post(f"/v1/admin/facts/{kind}", body | again)
    more = {**every["eligibility"], "use": "cdp"}
    mistaken = (await desk.post("/v1/admin/facts/eligibility", more)).json()["id"]
    await desk.post(f"/v1/admin/facts/{mistaken}/withdraw", {"reason": "a slip"})
    member = {"name": "参加者", "source": "a test of isolation"}
    added = (await desk.post(f"/v1/admin/projects/{project_id}/members", member)).json()["id"]
    await desk.client.patch(f"/v1/admin/project-members/{added}", json=member, headers={"If-Match": "*"})
    rule = {"key": "one_scope", "value": False, "verified": True, "source": "a test of isolation", "reason": "asked"}
    await desk.post("/v1/admin/registries/verra/rules", rule)
