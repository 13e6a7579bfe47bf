"""Two people of a provider carry retirements out: without a mistake, and with one that goes back and forth."""

from typing import Any

from app.core.clock import utc_now
from app.core.period import day_in_japan
from tests.flows.people import notice_facts
from tests.isolation.story import SEEN, Player, Story
from tests.isolation.words import DESK, PUBLIC


async def act(story: Story, buyer: Player, seller: Player) -> None:
    """Retirements of one deal: one until its certificate, one waiting, a draft, one taken back."""
    for name, readers in (
        ("done", (PUBLIC,)),
        ("open", (seller.label,)),
        ("draft", (seller.label,)),
        ("back", (seller.label,)),
    ):
        retirement = await _asked(story, buyer, seller, name, *readers)
        if name == "back":
            await buyer.party.post(f"/v1/retirements/{retirement}/cancel")
        if name in {"done", "open"}:
            await _signed_off(story, buyer, retirement)
        if name == "done":
            await _carry_out(story, buyer, seller)
    await _begin_what_waits(seller)


async def act_with_a_mistake(story: Story, buyer: Player, seller: Player) -> None:
    """Everything that can be said of a task: agreements, mode, pre-check, a number mistyped, returned and corrected."""
    say, retirement = story.words.say, await _asked(story, buyer, seller, "mistaken", PUBLIC)
    await _signed_off(story, buyer, retirement)
    await buyer.party.post(f"/v1/retirements/{retirement}/mandate")
    task = await _only_open(seller)
    at = f"/v1/registry-tasks/{task['id']}"
    await seller.party.post(f"{at}/consent")
    for mode in ("total", "serial"):
        await seller.owner.post(f"{at}/mode", json={"mode": mode}, headers=SEEN)
    await seller.party.post("/v1/registry-tasks/pre-check", {"task_ids": [task["id"]]})
    answer = {"answer": say(seller.label, f"precheck{buyer.label}")}
    await seller.owner.post(f"{at}/pre-check-answer", json=answer, headers=SEEN)
    noted = {"registry_transaction": say(seller.label, f"mistyped{buyer.label}"), "recorded_on": _today()}
    await _executed(seller, at, noted)
    right = noted | {"registry_transaction": say(seller.label, f"corrected{buyer.label}", PUBLIC)}
    await _hand_in(story, seller, at, f"mistaken{buyer.label}")
    await _typed(seller, task, right, "differs")
    returned = {"note": say(DESK, f"returned{seller.label}{buyer.label}")}
    await story.world.desk.post(f"/v1/admin/registry-tasks/{task['id']}/return-notice", returned, headers=SEEN)
    await _typed(seller, task, right, "differs")
    await seller.owner.post(f"{at}/correct-record", json=right, headers=SEEN)
    await _typed(seller, task, right, "agreed")
    await _released(story, task)


async def _asked(story: Story, buyer: Player, seller: Player, name: str, *readers: str) -> str:
    """A draft over what the buyer holds of this seller's; its id."""
    holdings = (await buyer.party.get("/v1/holdings")).json()["data"]
    holding = next(each["id"] for each in holdings if each["provider_id"] == seller.party.id and each["held"] > 20)
    wish = story.wish(buyer, f"{name}{seller.label[-1]}", *readers)
    asked = await buyer.party.post("/v1/retirements", {"holding_id": holding, "quantity": 2, **wish})
    return str(asked.json()["id"])


async def _signed_off(story: Story, buyer: Player, retirement: str) -> None:
    await buyer.party.post(f"/v1/retirements/{retirement}/sign-off", {"quantity": 2})
    await story.world.run_jobs()


async def _carry_out(story: Story, buyer: Player, seller: Player) -> None:
    """The provider's two people and the desk bring the open task to its certificate."""
    task = await _only_open(seller)
    at = f"/v1/registry-tasks/{task['id']}"
    number = story.words.say(seller.label, f"transaction{buyer.label}", PUBLIC)
    record = {"registry_transaction": number, "recorded_on": _today()}
    await _executed(seller, at, record)
    await _hand_in(story, seller, at, f"notice{buyer.label}")
    await _typed(seller, task, record, "agreed")
    await _released(story, task)


async def _only_open(seller: Player) -> dict[str, Any]:
    [task] = (await seller.party.get("/v1/registry-tasks", params={"status": "open"})).json()["data"]
    return dict(task)


async def _executed(seller: Player, at: str, record: dict[str, str]) -> None:
    claimed = await seller.owner.post("/v1/registry-tasks/claim", json={"most": 1})
    assert claimed.status_code == 200, claimed.text
    await seller.owner.post(f"{at}/claim", headers=SEEN)
    await seller.owner.post(f"{at}/give-back", headers=SEEN)
    await seller.owner.post(f"{at}/prepare", headers=SEEN)
    await seller.colleague.post(f"{at}/check", headers=SEEN)
    await seller.owner.post(f"{at}/execute", json=record, headers=SEEN)


async def _hand_in(story: Story, seller: Player, at: str, name: str) -> None:
    """The registry's notice, which no program can read."""
    say = story.words.say
    content = f"%PDF-1.7\n{say(seller.label, f'{name}content')}\n%%EOF\n".encode()
    where, pdf = {"filename": f"{say(seller.label, name)}.pdf"}, {"Content-Type": "application/pdf", **SEEN}
    await seller.owner.post(f"{at}/notice", content=content, params=where, headers=pdf)


async def _typed(seller: Player, task: dict[str, Any], record: dict[str, str], state: str) -> None:
    """Both people type what the notice says; what then is known of it."""
    said = {**notice_facts(task["sheet"]), "recorded_on": record["recorded_on"]}
    said["transaction_no"] = record["registry_transaction"]
    for person in (seller.owner, seller.colleague):
        typed = await person.post(f"/v1/registry-tasks/{task['id']}/notice-facts", json=said, headers=SEEN)
    assert typed.json()["notice_state"] == state, typed.text


async def _released(story: Story, task: dict[str, Any]) -> None:
    await story.world.desk.post(f"/v1/admin/registry-tasks/{task['id']}/confirm", {}, headers=SEEN)
    await story.world.run_jobs()


async def _begin_what_waits(seller: Player) -> None:
    """Somebody begins with what waits, so that the next deal's task is the only open one."""
    for task in (await seller.party.get("/v1/registry-tasks", params={"status": "open"})).json()["data"]:
        await seller.owner.post(f"/v1/registry-tasks/{task['id']}/prepare", headers=SEEN)


def _today() -> str:
    return day_in_japan(utc_now()).isoformat()
