"""Who may send a statement, look at it, and answer for a difference: over HTTP, as every organisation of the world."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.core.ids import new_id, public_id
from app.inventory.http import routes as inventory_routes
from app.reconciliation.http import routes
from tests.inventory_feature.doors import Doors, opened
from tests.inventory_feature.scene import World
from tests.reconciliation.books import AS_OF, Books, Row, written


@pytest.fixture
async def doors(world: World, tmp_path: Path) -> AsyncIterator[Doors]:
    async with opened(world, tmp_path, [*inventory_routes, *routes]) as found:
        for name in ("provider", "operator"):
            found.callers[f"{name}_2"] = replace(found.callers[name], actor_id=new_id())
            found.callers[f"{name}_key"] = replace(found.callers[name], actor_kind="key")
        yield found


async def sent(
    doors: Doors, world: World, content: bytes, *, caller: str = "provider", **options: Any
) -> httpx.Response:
    params = {
        "registry_account_id": public_id("acc", world.accounts[world.provider]), "filename": "明細.csv",
        "as_of": AS_OF.isoformat(), "covers": "all",
    }  # fmt: skip
    if caller.startswith("operator"):
        params["provider_id"] = public_id("org", world.provider)
    return await doors.post(
        caller, "/v1/statements", params=params | options, content=content, headers={"Content-Type": "text/csv"}
    )


async def acted(doors: Doors, caller: str, path: str, body: dict[str, Any]) -> httpx.Response:
    """One step on what was seen just now."""
    seen = await doors.get("operator", path.rpartition("/")[0].replace("/admin", ""))
    return await doors.post(caller, path, json=body, headers={"If-Match": seen.headers["etag"]})


async def one(doors: Doors, caller: str = "provider") -> dict[str, Any]:
    (found,) = (await doors.get(caller, "/v1/discrepancies", params={"status": "open"})).json()["data"]
    return found


async def test_a_providers_statement_is_kept_compared_and_vouched_for_by_the_operator(
    doors: Doors, world: World
) -> None:
    lot = await world.lot(100, status="declared")
    content = written([Row("active", 1, 100), Row("active", 200, 209, quantity=11)])
    answer = await sent(doors, world, content, control='{"rows": 2, "active": 111}')
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["status"], made["trust"], made["rows_good"], made["rows_quarantined"]) == (
        "compared",
        "provider",
        1,
        1,
    )
    assert made["totals"] == {"active": {"lines": 1, "units": 100}}
    assert made["control_differs"] == ["active"]
    assert await world.status(lot) == "declared"

    kept = (await doors.get("provider", f"/v1/statements/{made['id']}/quarantine")).json()["data"]
    assert [(row["row"], row["errors"][0]["code"]) for row in kept] == [(3, "quantity_contradicts_serials")]
    lines = await doors.get(
        "provider", "/v1/statement-lines", params={"registry_account_id": made["registry_account_id"]}
    )
    assert [(line["state"], line["first"], line["last"], line["row"]) for line in lines.json()["data"]] == [
        ("active", 1, 100, 2)
    ]

    refused = await acted(doors, "provider", f"/v1/admin/statements/{made['id']}/trust", {})
    assert refused.status_code == 403
    trusted = await acted(doors, "operator", f"/v1/admin/statements/{made['id']}/trust", {})
    assert trusted.status_code == 200, trusted.text
    assert (trusted.status_code, trusted.json()["trust"]) == (200, "operator")
    assert await world.status(lot) == "confirmed"
    again = await sent(doors, world, content)
    assert again.json()["id"] == made["id"]


async def test_nobody_else_sees_a_statement_or_a_difference(doors: Doors, world: World) -> None:
    await world.lot(100)
    made = (await sent(doors, world, written([Row("active", 1, 90)]))).json()
    found = await one(doors)
    for caller in ("other_provider", "buyer"):
        for path in (f"/v1/statements/{made['id']}", f"/v1/discrepancies/{found['id']}"):
            assert (await doors.get(caller, path)).status_code in {403, 404}
    for path in ("/v1/statements", "/v1/discrepancies", "/v1/reconciliations"):
        assert (await doors.get("other_provider", path)).json()["data"] == []
        assert (await doors.get("buyer", path)).json()["data"] == []
        assert len((await doors.get("operator", path)).json()["data"]) == 1
    stolen = await sent(doors, world, written([Row("active", 1, 90)]), caller="other_provider")
    assert stolen.status_code == 404


@pytest.mark.parametrize(
    ("options", "status", "code"),
    [
        ({"as_of": "2999-01-01"}, 422, "invalid_statement"),
        ({"since": "2026-11-25"}, 422, "invalid_statement"),
        ({"control": "[1]"}, 422, "invalid_statement"),
        ({"control": '{"tonnes": 1}'}, 422, "invalid_statement"),
        ({"provider_id": "org_00000000000000000000000000"}, 422, "invalid_statement"),
        ({"registry_account_id": "acc_00000000000000000000000000"}, 404, "registry_account_not_found"),
    ],
)
async def test_what_cannot_be_is_refused_by_name_and_nothing_is_kept(
    doors: Doors, world: World, options: dict[str, str], status: int, code: str
) -> None:
    answer = await sent(doors, world, written([Row("active", 1, 100)]), **options)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await world.owner.fetchval("select count(*) from registry_statement") == 0


async def test_a_file_with_a_wrong_header_fails_by_name_and_may_be_sent_again(doors: Doors, world: World) -> None:
    answer = await sent(doors, world, "日付,金額\r\n1,2\r\n".encode())
    assert answer.status_code == 201
    assert answer.json()["status"] == "failed"
    assert "state (状態) is missing" in answer.json()["failure"]
    assert (await sent(doors, world, written([Row("active", 1, 100)]))).json()["status"] == "compared"


async def test_an_older_statement_does_not_bring_back_what_is_over(doors: Doors, world: World) -> None:
    await sent(doors, world, written([Row("active", 1, 100)]))
    older = (AS_OF - timedelta(days=1)).isoformat()
    answer = await sent(doors, world, written([Row("active", 1, 99)]), as_of=older)
    assert (answer.status_code, answer.json()["code"]) == (409, "statement_older")


async def test_withdrawing_what_is_at_risk_takes_two_people(doors: Doors, world: World) -> None:
    lot = await world.lot(100)
    await world.bought(lot, 10)
    await sent(doors, world, written([Row("active", 1, 60), Row("retired", 61, 100, AS_OF)]))
    found = await one(doors)
    assert (found["kind"], found["quantity"], found["at_risk"], found["actions"]) == (
        "retired_there", 40, True, ["recheck", "withdraw"],
    )  # fmt: skip
    path = f"/v1/discrepancies/{found['id']}"
    wrong = await acted(doors, "provider", f"{path}/resolve", {"action": "take_registrys_word", "note": "?"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/action")
    machine = await acted(doors, "provider_key", f"{path}/resolve", {"action": "withdraw", "note": "x"})
    assert (machine.status_code, machine.json()["code"]) == (403, "people_decide")
    proposed = await acted(doors, "provider", f"{path}/resolve", {"action": "withdraw", "note": "売却済みのため"})
    assert (proposed.status_code, proposed.json()["status"]) == (200, "proposed")
    assert (await world.stock(lot))["free"] == 90
    alone = await acted(doors, "provider", f"{path}/decide", {"agreed": True, "note": "ok"})
    assert (alone.status_code, alone.json()["code"]) == (409, "second_person_decides")
    done = await acted(doors, "provider_2", f"{path}/decide", {"agreed": True, "note": "明細を確認"})
    assert (done.status_code, done.json()["status"], done.json()["action"]) == (200, "resolved", "withdraw")
    told = (
        "select (after ->> 'note') || ' ' || (after ->> 'agreed_note') from event where kind = 'discrepancy.resolved'"
    )
    assert await world.owner.fetchval(told) == "売却済みのため 明細を確認", "Both people's words are in the trail."
    assert await world.stock(lot) == {
        "free": 0,
        "reserved": 0,
        "sold": 10,
        "withdrawn": 90,
        "returned": 0,
        "next_lo": 11,
        "end_hi": 11,
    }
    assert await world.status(lot) == "frozen"
    assert await world.uneven() == []
    assert (await doors.get("provider", "/v1/discrepancies", params={"status": "open"})).json()["data"] == []


async def test_the_registrys_word_that_two_people_let_stand_is_not_told_again(
    doors: Doors, world: World, tmp_path: Path
) -> None:
    lot = await world.lot(100)
    books = Books(world, tmp_path)
    await books.retired(await world.bought(lot, 10), 10, name="株式会社青木")
    rows = [Row("retired", 1, 10, AS_OF - timedelta(days=30), "株式会社白木"), Row("active", 11, 100)]
    await sent(doors, world, written(rows))
    path = f"/v1/discrepancies/{(await one(doors))['id']}"
    await acted(doors, "provider", f"{path}/resolve", {"action": "take_registrys_word", "note": "登録簿の入力誤り"})
    sent_back = await acted(doors, "operator", f"{path}/decide", {"agreed": False, "note": "証憑を"})
    assert (sent_back.json()["status"], sent_back.json()["action"]) == ("open", None)
    await acted(doors, "provider", f"{path}/resolve", {"action": "take_registrys_word", "note": "証憑添付"})
    assert (await acted(doors, "operator", f"{path}/decide", {"agreed": True, "note": "了"})).status_code == 200
    later = {"as_of": (AS_OF + timedelta(days=1)).isoformat()}
    await sent(doors, world, written([*rows, Row("active", 500, 509)]), **later)
    assert (await one(doors))["kind"] == "missing_here"
    changed = [rows[0]._replace(name="株式会社黒木"), rows[1]]
    await sent(doors, world, written(changed), as_of=(AS_OF + timedelta(days=2)).isoformat())
    assert (await one(doors))["theirs"]["beneficiary_name"] == "株式会社黒木"


async def test_an_account_is_compared_again_when_asked_and_only_with_something(doors: Doors, world: World) -> None:
    asked = {"registry_account_id": public_id("acc", world.accounts[world.provider])}
    nothing = await doors.post("provider", "/v1/reconciliations", json=asked)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_to_compare")
    await world.lot(100)
    await sent(doors, world, written([Row("active", 1, 90)]))
    again = await doors.post("provider", "/v1/reconciliations", json=asked)
    assert again.status_code == 201
    first, second = (await doors.get("provider", "/v1/reconciliations")).json()["data"]
    assert first["sha256"] == second["sha256"]
    assert first["found"] == {"missing_there": {"differences": 1, "units": 10}}
    taken = await acted(doors, "provider", f"/v1/discrepancies/{(await one(doors))['id']}/take", {})
    assert taken.json()["owner_id"] is not None
