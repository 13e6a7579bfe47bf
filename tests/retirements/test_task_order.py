"""In which order do a provider's people find what is due, page after page, and nobody else's?"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from registry_desk import Desk

from app.core.clock import utc_now
from app.core.ids import new_id, public_id

DUE = utc_now().replace(microsecond=0) + timedelta(days=3)


async def add(desk: Desk, due: datetime | None, *, status: str = "open", org_id: UUID | None = None) -> str:
    """Another task like the desk's own; its id. What it is of does not matter here."""
    found = new_id()
    await desk.world.owner.execute("set session_replication_role = replica")  # Its retirement need not be there.
    await desk.world.owner.execute(
        "insert into registry_task (org_id, id, buyer_id, desk_id, retirement_id, registry_code, sheet, status,"
        " opened_at, due_at, mode, notice_state, version) select coalesce($3, org_id), $1, buyer_id, desk_id, $1,"
        " registry_code, sheet, $4, opened_at, $2, mode, notice_state, 1 from registry_task where id = $5",
        found, due, org_id, status, desk.id,
    )  # fmt: skip
    await desk.world.owner.execute("set session_replication_role = origin")
    return public_id("tsk", found)


async def listed(desk: Desk, who: str = "maker", at: str = "/v1", **asked: Any) -> list[dict[str, Any]]:
    """Every page of the list, one after the other."""
    rows: list[dict[str, Any]] = []
    cursor = ""
    while True:
        query = "&".join(f"{name}={value}" for name, value in asked.items()) + cursor
        answer = await desk.doors.ask(who, "GET", f"{at}/registry-tasks?{query}")
        assert answer.status_code == 200, answer.text
        rows += answer.json()["data"]
        assert len(answer.json()["data"]) <= asked.get("limit", 20)
        if not answer.json()["has_more"]:
            return rows
        cursor = f"&cursor={answer.json()['next_cursor']}"


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in rows]


async def test_what_is_due_first_stands_first_whenever_it_was_opened(desk: Desk) -> None:
    later = await add(desk, DUE + timedelta(days=2))
    sooner = await add(desk, DUE - timedelta(days=200))
    rows = await listed(desk, sort="due_at")
    assert (ids(rows)[0], ids(rows)[-1]) == (sooner, later)
    dues = [row["due_at"] for row in rows]
    assert dues == sorted(dues)
    assert ids(await listed(desk)) == [desk.task["id"], later, sooner], "As they were opened, as ever."


async def test_a_task_without_a_day_has_been_due_since_it_was_opened(desk: Desk) -> None:
    old = await add(desk, None)
    await desk.world.owner.execute(
        "update registry_task set opened_at = now() - interval '300 days' where due_at is null"
    )
    assert ids(await listed(desk, sort="due_at", limit=1))[0] == old
    assert len(await listed(desk, sort="due_at", limit=1)) == 2


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
async def test_pages_of_equal_dues_have_every_task_once(desk: Desk, limit: int) -> None:
    equal = sorted([await add(desk, DUE) for _ in range(7)])  # Ids of one millisecond are in no order of time.
    made = [*equal, await add(desk, DUE + timedelta(microseconds=1))]
    rows = ids(await listed(desk, sort="due_at", limit=limit))
    assert [each for each in rows if each != desk.task["id"]] == made
    assert len(rows) == len(set(rows)) == 9


async def test_what_comes_and_goes_between_two_pages_moves_nothing(desk: Desk) -> None:
    made = sorted([await add(desk, DUE) for _ in range(6)])
    asked = "/v1/registry-tasks?sort=due_at&unfinished=true&limit=4"
    first = (await desk.doors.ask("maker", "GET", asked)).json()
    seen = [each for each in ids(first["data"]) if each in made]
    await add(desk, DUE - timedelta(days=100))  # Due before all: on a page that was left.
    uuids = "select id from registry_task where due_at = $1 order by id limit 1"
    await desk.world.owner.execute(f"update registry_task set status = 'confirmed' where id = ({uuids})", DUE)
    late = await add(desk, DUE)  # Opened last among equals: on a page still to come.
    second = (await desk.doors.ask("maker", "GET", f"{asked}&cursor={first['next_cursor']}")).json()
    assert seen + [each for each in ids(second["data"]) if each != desk.task["id"]] == [*made, late]


async def test_work_at_hand_is_neither_confirmed_nor_canceled(desk: Desk) -> None:
    made = {status: await add(desk, DUE, status=status) for status in ("prepared", "checked", "executed")}
    done = {status: await add(desk, DUE, status=status) for status in ("confirmed", "canceled")}
    at_hand = ids(await listed(desk, sort="due_at", unfinished="true", limit=2))
    assert set(at_hand) == {desk.task["id"], *made.values()}
    for status, task in {**made, **done}.items():
        assert ids(await listed(desk, sort="due_at", status=status)) == [task]
    assert await listed(desk, sort="due_at", status="confirmed", unfinished="true") == []


async def test_a_cursor_fits_its_order_and_its_bounds_alone(desk: Desk) -> None:
    await add(desk, DUE)
    path = "/v1/registry-tasks?limit=1&sort=due_at"
    cursor = (await desk.doors.ask("maker", "GET", path)).json()["next_cursor"]
    for other in ("limit=1", "limit=1&sort=due_at&unfinished=true", "limit=1&sort=due_at&status=open"):
        answer = await desk.doors.ask("maker", "GET", f"/v1/registry-tasks?{other}&cursor={cursor}")
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor"), other
    answer = await desk.doors.ask("other provider", "GET", f"{path}&cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")
    answer = await desk.doors.ask("maker", "GET", "/v1/registry-tasks?sort=checker_id")
    assert answer.status_code == 422


async def test_nobody_elses_task_appears_in_any_order(desk: Desk) -> None:
    stranger = desk.doors.callers["other provider"].org_id
    theirs = await add(desk, DUE - timedelta(days=1), org_id=stranger)
    for asked in ({"sort": "due_at"}, {"sort": "due_at", "unfinished": "true", "limit": 1}, {"status": "open"}):
        assert ids(await listed(desk, **asked)) == [desk.task["id"]]
        assert ids(await listed(desk, "other provider", **asked)) == [theirs]
        assert await listed(desk, "buyer", **asked) == []


async def test_the_operator_has_every_providers_tasks_in_the_same_order(desk: Desk) -> None:
    theirs = await add(desk, DUE - timedelta(days=100), org_id=desk.doors.callers["other provider"].org_id)
    rows = ids(await listed(desk, "operator", "/v1/admin", sort="due_at", unfinished="true", limit=1))
    assert rows == [theirs, desk.task["id"]]
    refused = await desk.doors.ask("false operator", "GET", "/v1/admin/registry-tasks?sort=due_at")
    assert refused.status_code == 403


async def test_work_at_hand_is_found_without_passing_what_is_done(desk: Desk, owner: asyncpg.Connection) -> None:
    """Years of confirmed tasks are all due before today's."""
    await owner.execute("set session_replication_role = replica")
    await owner.execute(
        "insert into registry_task (org_id, id, buyer_id, desk_id, retirement_id, registry_code, sheet, status,"
        " opened_at, due_at, mode, notice_state, version) select org_id, r.id, buyer_id, desk_id, r.id, registry_code,"
        " '{}', 'confirmed', opened_at, opened_at - interval '9 days', mode, 'none', 1"
        " from registry_task, lateral (select gen_random_uuid() as id from generate_series(1, 3000)) r"
    )
    await owner.execute("analyze registry_task")
    plan = await owner.fetch(
        "explain select * from registry_task where org_id = (select org_id from organisation limit 1)"
        " and status in ('open', 'prepared', 'checked', 'executed')"
        " order by coalesce(due_at, opened_at), id limit 51"
    )
    assert "ix_registry_task_unfinished" in str(plan), plan
