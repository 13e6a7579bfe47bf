"""Each provider has the desk read one of its accounts at the registry: what is there and not here is its own to know."""

from integrations.registries.fake.admin import issue
from integrations.registries.fake.messages import IssuedBlock
from tests.isolation.story import SEEN, Player, Story
from tests.isolation.words import DESK


async def act(story: Story, players: dict[str, Player]) -> None:
    """A lot that the registry confirms, and a block that it shows and nobody imported."""
    for label in ("provider_a", "provider_b"):
        player, say = players[label], story.words.say
        number = say(label, "fetchedaccountno")
        wish = {"registry_code": "jcredit", "account_no": number, "holder_name": say(label, "fetchedholder")}
        account = (await player.party.post("/v1/registry-accounts", wish)).json()["id"]
        note = {"note": say(DESK, f"{label}accountnote")}
        at_desk = f"/v1/admin/registry-accounts/{account}"
        for step in ("confirm", "withdraw-confirmation", "confirm"):
            await story.world.desk.post(f"{at_desk}/{step}", note, headers=SEEN)
        lot = await _imported(story, player, account, number)
        async with story.world.admin() as admin:
            await admin.ask(issue(IssuedBlock(number, f"JC-{label}-strange", say(label, "strangeprefix"), "1", "20")))
        asked = await player.party.post("/v1/statements/fetch", {"registry_account_id": account})
        await story.world.run_jobs()
        fetched = (await player.party.get(asked.headers["location"])).json()
        statement = (await player.party.get(f"/v1/statements/{fetched['result']['statement_id']}")).json()
        assert (statement["source"], statement["trust"]) == ("fetch", "registry"), statement
        assert (await player.party.get(f"/v1/lots/{lot}")).json()["lot"]["status"] == "confirmed"
        where = {"registry_account_id": account}
        await player.party.get("/v1/statement-lines", params=where)
        [found] = (await player.party.get("/v1/discrepancies", params=where)).json()["data"]
        assert (found["kind"], found["quantity"]) == ("missing_here", 20), found
        at = f"/v1/discrepancies/{found['id']}"
        await player.colleague.post(f"{at}/take", json={}, headers=SEEN)
        word = {"action": "take_registrys_word", "note": say(label, "strangenote")}
        resolved = await player.colleague.post(f"{at}/resolve", json=word, headers=SEEN)
        assert resolved.json()["status"] == "resolved", resolved.text


async def _imported(story: Story, player: Player, account: str, number: str) -> str:
    """A lot of this account that nobody has confirmed, and that the registry knows."""
    say, label = story.words.say, player.label
    certification, prefix = f"JC-{label}-fetched", say(label, "fetchedprefix")
    row = story.row(30, certification=certification, prefix=prefix, note=say(label, "fetchednote"))
    first = str(story.blocks * 1_000_000 + 1)
    async with story.world.admin() as admin:
        await admin.ask(issue(IssuedBlock(number, certification, prefix, first, str(int(first) + 29))))
    import_id = await story.staged(player, account, "fetchedfile", row)
    await player.party.post(f"/v1/imports/{import_id}/commit", {"rows": "all"})
    return str((await player.party.get(f"/v1/imports/{import_id}/rows")).json()["data"][0]["lot_id"])
