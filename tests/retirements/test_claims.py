"""Do two people of a provider ever get the same task, and does each keep what it has claimed, for a while?"""

import asyncio
from dataclasses import replace

import httpx
import pytest
from registry_desk import Desk

from app.core.ids import new_id, public_id

TASKS = 12


async def claim(desk: Desk, who: str, most: int, status: str = "open") -> httpx.Response:
    return await desk.doors.ask(who, "POST", "/v1/registry-tasks/claim", {"most": most, "status": status})


async def claimed(desk: Desk, who: str, most: int, status: str = "open") -> list[str]:
    answer = await claim(desk, who, most, status)
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["data"]]


async def step(desk: Desk, who: str, task: str, verb: str) -> httpx.Response:
    return await desk.doors.ask(who, "POST", f"/v1/registry-tasks/{task}/{verb}", If_Match="*")


@pytest.fixture
async def tasks(desk: Desk) -> list[str]:
    """A dozen open tasks of one provider, in the order in which they are due."""
    holding = await desk.world.holding(TASKS - 1, registry="jcredit")
    for _ in range(TASKS - 1):
        await desk.world.requested(holding, 1)
    assert await desk.world.run_due() == TASKS - 1
    rows = await desk.world.owner.fetch("select id from registry_task order by due_at nulls last, id")
    assert len(rows) == TASKS
    return [public_id("tsk", row["id"]) for row in rows]


async def test_each_gets_the_next_ones_and_asking_again_gives_the_same(desk: Desk, tasks: list[str]) -> None:
    assert await claimed(desk, "maker", 5) == tasks[:5]
    assert await claimed(desk, "checker", 3) == tasks[5:8]
    assert await claimed(desk, "maker", 5) == tasks[:5]
    assert await claimed(desk, "maker", 7) == [*tasks[:5], *tasks[8:10]]
    assert await claimed(desk, "checker", 50) == [*tasks[5:8], *tasks[10:]]
    events = await desk.world.owner.fetch("select * from event where kind = 'task.claimed'")
    assert len(events) == TASKS, "Each was claimed once; what was asked for again is no news."
    assert {row["subject_id"] for row in events} == {
        row["id"] for row in await desk.world.owner.fetch("select id from registry_task")
    }


async def test_many_at_once_never_get_the_same(desk: Desk, tasks: list[str]) -> None:
    people = [f"person {n}" for n in range(8)]
    for name in people:
        desk.doors.callers[name] = replace(desk.doors.callers["maker"], actor_id=new_id())
    found = await asyncio.gather(*(claimed(desk, name, 2) for name in people))
    given = [task for mine in found for task in mine]
    assert len(given) == len(set(given))
    assert set(given) <= set(tasks)
    again = await asyncio.gather(*(claimed(desk, name, 2) for name in people))
    held = [task for mine in again for task in mine]
    assert (len(held), set(held)) == (TASKS, set(tasks)), "None was left lying, and none was given twice."


async def test_what_a_colleague_has_claimed_cannot_be_worked_until_it_is_given_back_or_forgotten(
    desk: Desk, tasks: list[str]
) -> None:
    first, second = (await claimed(desk, "maker", 2))[:2]
    refused = await step(desk, "checker", first, "prepare")
    assert (refused.status_code, refused.json()["code"]) == (409, "task_claimed")
    assert (await step(desk, "checker", first, "give-back")).json()["code"] == "task_claimed"
    given = await step(desk, "maker", first, "give-back")
    assert (given.status_code, given.json()["claimed_by"]) == (200, None)
    assert (await step(desk, "checker", first, "prepare")).status_code == 200

    await desk.world.owner.execute("update registry_task set claimed_until = now() - interval '1 second'"
                                   " where claimed_by is not null")  # fmt: skip
    assert second in await claimed(desk, "checker", 50)
    assert (await step(desk, "maker", second, "prepare")).json()["code"] == "task_claimed"
    prepared = await step(desk, "checker", second, "prepare")
    assert (prepared.status_code, prepared.json()["claimed_by"]) == (200, None), "The step is done: nobody's again."
    assert tasks[2] not in {first, second}


async def test_nobody_claims_the_checking_of_their_own_work(desk: Desk, tasks: list[str]) -> None:
    for task in await claimed(desk, "maker", 2):
        assert (await step(desk, "maker", task, "prepare")).status_code == 200
    assert await claimed(desk, "maker", 10, "prepared") == []
    assert await claimed(desk, "checker", 1, "prepared") == tasks[:1]
    desk.doors.callers["third"] = replace(desk.doors.callers["maker"], actor_id=new_id())
    assert await claimed(desk, "third", 10, "prepared") == tasks[1:2]
    assert (await step(desk, "third", tasks[0], "check")).json()["code"] == "task_claimed"
    assert (await step(desk, "checker", tasks[0], "check")).status_code == 200


async def test_one_task_is_claimed_by_whoever_begins_with_it_and_nobody_else_meanwhile(
    desk: Desk, tasks: list[str]
) -> None:
    answers = await asyncio.gather(*(step(desk, who, tasks[4], "claim") for who in ("maker", "checker") * 3))
    taken = [answer.json()["claimed_by"] for answer in answers if answer.status_code == 200]
    assert (len(taken), len(set(taken))) == (3, 1), "One of them, as often as they ask."
    assert {answer.json()["code"] for answer in answers if answer.status_code != 200} == {"task_claimed"}
    events = await desk.world.owner.fetchval("select count(*) from event where kind = 'task.claimed'")
    assert events == 1, "What was asked for again is no news."

    assert (await step(desk, "maker", tasks[0], "claim")).status_code == 200
    mode = await desk.doors.ask(
        "checker", "POST", f"/v1/registry-tasks/{tasks[0]}/mode", {"mode": "total"}, If_Match="*"
    )
    assert (mode.status_code, mode.json()["code"]) == (409, "task_claimed")
    assert (await step(desk, "maker", tasks[0], "prepare")).json()["claimed_by"] is None
    own = await step(desk, "maker", tasks[0], "claim")
    assert (own.status_code, own.json()["code"]) == (409, "second_person_needed")
    assert (await step(desk, "checker", tasks[0], "claim")).status_code == 200
    assert (await step(desk, "checker", tasks[0], "check")).status_code == 200
    over = await step(desk, "checker", tasks[0], "claim")
    assert (over.status_code, over.json()["state"]) == (409, "checked")
    assert (await step(desk, "key", tasks[1], "claim")).json()["code"] == "people_only"
    assert (await step(desk, "other provider", tasks[1], "claim")).status_code == 404


async def test_only_people_of_the_provider_claim_and_only_so_many(desk: Desk, tasks: list[str]) -> None:
    assert (await claim(desk, "key", 1)).json()["code"] == "people_only"
    assert (await claim(desk, "buyer", 1)).status_code == 403
    assert await claimed(desk, "other provider", 50) == []
    assert (await step(desk, "other provider", tasks[0], "give-back")).status_code == 404
    assert (await claim(desk, "maker", 0)).status_code == 422
    assert (await claim(desk, "maker", 51)).status_code == 422
    assert (await claim(desk, "maker", 1, "checked")).status_code == 422
    assert await desk.world.owner.fetchval("select count(*) from registry_task where claimed_by is not null") == 0
