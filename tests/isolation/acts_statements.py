"""Each provider sends its registry's statement: lines, a row that cannot be read, and differences that are its own."""

from app.core.clock import utc_now
from app.core.period import day_in_japan
from app.reconciliation.rules import STATEMENT_HEADER
from tests.isolation.story import SEEN, Player, Story
from tests.isolation.words import DESK

TWINS = {
    "project": {"registry": "jcredit", "project_number": "1"},
    "twin": {"registry": "isometric", "project_number": "prj_1"},
    "source": "a test of isolation",
    "as_of": "2026-04-01",
}


async def act(story: Story, players: dict[str, Player]) -> None:
    """A list of everybody's, so that it says nothing of what is not in it; two differences, both answered for."""
    for label in ("provider_a", "provider_b"):
        player = players[label]
        say, party = story.words.say, player.party
        account = (await party.get("/v1/registry-accounts")).json()["data"][0]["id"]
        prefix = f"{label[:4]}{label[-1]}kept-"
        rows = [
            ["active", "", say(label, "lineprefix"), "1", "10", "10", "", "", "", say(label, "linenote"), "", ""],
            ["active", "", say(label, "badlineprefix"), "1", "10", "11", "", "", "", say(label, "badlinenote"), "", ""],
        ]
        lot = next(each for each in (await party.get("/v1/lots")).json()["data"] if each["serial_prefix"] == prefix)
        first = int(lot["serial_first"])
        rows.append(
            ["retired", "", prefix, str(first + 590), str(first + 599), "10", "2026-01-05", say(label, "lineholder"), "",
             say(label, "lineretired"), say(label, "linenumber"), ""]
        )  # fmt: skip
        where = {
            "registry_account_id": account, "filename": f"{say(label, 'statementfile')}.csv", "covers": "all",
            "as_of": day_in_japan(utc_now()).isoformat(), "reach": "registry",
        }  # fmt: skip
        for part, bad in ((rows[:1], 0), (rows, 1)):
            content = "\n".join([",".join(STATEMENT_HEADER), *(",".join(row) for row in part)]) + "\n"
            sent = (await party.send("/v1/statements", content.encode(), "text/csv", params=where)).json()
            assert (sent["status"], sent["rows_quarantined"]) == ("compared", bad), sent
        found = (await party.get("/v1/discrepancies")).json()["data"]
        assert {each["kind"] for each in found} == {"retired_there", "quantity_contradicts"}, found
        await _answer_for(story, player, {each["kind"]: each["id"] for each in found})
        await party.post("/v1/reconciliations", {"registry_account_id": account})
        await party.post(f"/v1/registry-accounts/{account}/daily-fetch", {"wanted": False})
        await story.world.desk.post(f"/v1/admin/statements/{sent['id']}/trust", {}, headers=SEEN)
    await story.world.desk.post("/v1/admin/project-twins", TWINS)


async def _answer_for(story: Story, player: Player, found: dict[str, str]) -> None:
    """One is put off; of the other two people agree at the second time that what is at risk goes off the desk."""
    say, label = story.words.say, player.label
    late, gone = (f"/v1/discrepancies/{found[kind]}" for kind in ("quantity_contradicts", "retired_there"))
    await player.owner.post(f"{late}/take", json={}, headers=SEEN)
    note = {"action": "recheck", "note": say(label, "differencenote", DESK)}
    await player.owner.post(f"{late}/resolve", json=note, headers=SEEN)
    for agreed, name in ((False, "sentback"), (True, "agreed")):
        proposed = {"action": "withdraw", "note": say(label, f"{name}proposal", DESK)}
        await player.owner.post(f"{gone}/resolve", json=proposed, headers=SEEN)
        decision = {"agreed": agreed, "note": say(label, f"{name}note")}
        decided = await player.colleague.post(f"{gone}/decide", json=decision, headers=SEEN)
    assert decided.json()["status"] == "resolved", decided.text
