"""Providers bring files that jobs stage and commit; two of them declare the same serials, which the desk alone may know."""

from tests.isolation.story import HEADER, SEEN, Player, Story
from tests.isolation.words import DESK

BY_JOB = {"Prefer": "respond-async"}


async def act(story: Story, players: dict[str, Player]) -> None:
    """Both providers' long jobs, two disputes between them, and the desk's word on one."""
    for label in ("provider_a", "provider_b"):
        player = players[label]
        say, party = story.words.say, player.party
        account = (await party.get("/v1/registry-accounts")).json()["data"][0]["id"]
        rows = "".join(
            f"jcredit,jcredit_normal,1,{say(label, f'shared{name}certification')},SHARED-,{first},{first + 9},10,t,"
            f"2024-04-01,2025-03-31,{say(label, f'shared{name}note')}\n"
            for name, first in (("one", 900_000_001), ("two", 910_000_001))
        )
        where = {"registry_account_id": account, "filename": f"{say(label, 'sharedfile')}.csv"}
        staged = await party.send("/v1/imports", (HEADER + rows).encode(), "text/csv", params=where, headers=BY_JOB)
        await story.world.run_jobs()
        job = (await party.get(staged.headers["location"])).json()
        committed = await party.post(
            f"/v1/imports/{job['result']['import_id']}/commit", {"rows": "all"}, headers=BY_JOB
        )
        await story.world.run_jobs()
        await party.get(committed.headers["location"])
    desk = story.world.desk
    [first, _] = (await desk.get("/v1/admin/disputes", params={"status": "open"})).json()["data"]
    note = {"note": story.words.say(DESK, "disputenote")}
    await desk.post(f"/v1/admin/disputes/{first['id']}/resolve", note, headers=SEEN)
