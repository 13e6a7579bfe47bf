"""How does the operator list the desk's accounts, load virtual ones, bring a bank's own file, and see what lines suggest?"""

from dataclasses import replace
from typing import Any

import httpx
import msgspec
import pytest

from app.core.ids import public_id
from app.core.scope import Scope
from tests.payments import zengin_files as zengin
from tests.payments.payments_scene import World
from tests.payments.test_bank_line_routes import LINES
from tests.payments.test_zengin_import import STATEMENTS

ACCOUNTS, POOL = "/v1/admin/bank-accounts", "/v1/admin/virtual-accounts"
LISTED = {"accounts": [msgspec.to_builtins(STATEMENTS)]}


async def load(http: httpx.AsyncClient, key: str, first: str, last: str) -> httpx.Response:
    return await http.post(POOL, json={"first": first, "last": last}, headers={"Idempotency-Key": key})


async def test_accounts_are_listed_as_a_whole_and_changed_by_whoever_has_seen_them(http: httpx.AsyncClient):
    empty = await http.get(ACCOUNTS)
    assert (empty.json(), empty.headers["ETag"]) == ({"accounts": [], "changed_at": None, "version": 0}, '"v0"')
    first = await http.put(ACCOUNTS, json=LISTED)
    assert (first.status_code, first.json()["accounts"]) == (200, LISTED["accounts"])
    assert (await http.put(ACCOUNTS, json=LISTED)).status_code == 428
    twice = {"accounts": LISTED["accounts"] * 2}
    refused = await http.put(ACCOUNTS, json=twice, headers={"If-Match": '"v1"'})
    assert (refused.status_code, refused.json()["code"]) == (422, "bank_accounts_invalid")
    assert refused.json()["errors"][0]["pointer"] == "/accounts/1"
    assert (await http.put(ACCOUNTS, json={"accounts": []}, headers={"If-Match": '"v1"'})).json()["version"] == 2


async def test_a_range_of_virtual_accounts_is_loaded_once(http: httpx.AsyncClient):
    assert (await load(http, "a", "9010000001", "9010000005")).json() == {"total": 5, "free": 5, "added": 5}
    assert (await load(http, "b", "9010000004", "9010000006")).json() == {"total": 6, "free": 6, "added": 1}
    assert (await http.get(POOL)).json() == {"total": 6, "free": 6, "added": 0}
    for last in ("9010000000", "9020000000"):
        refused = await load(http, f"c{last}", "9010000001", last)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "bad_range")


async def sent(http: httpx.AsyncClient, content: bytes, key: str) -> httpx.Response:
    headers = {"Content-Type": "application/octet-stream", "Idempotency-Key": key}
    return await http.post("/v1/admin/bank-statements", params={"filename": "a.txt"}, content=content, headers=headers)


async def test_a_banks_file_needs_its_account_on_the_list(http: httpx.AsyncClient, world: World):
    content = zengin.file_of(*zengin.WHOLE_03)
    refused = await sent(http, content, "a")
    assert (refused.status_code, refused.json()["code"]) == (422, "bank_file_refused")
    assert [(each["pointer"], each["code"]) for each in refused.json()["errors"]] == [
        ("/rows/1/account_number", "unknown_account")
    ]
    assert await world.owner.fetchval("select count(*) from bank_statement") == 0
    await http.put(ACCOUNTS, json=LISTED)
    assert (await sent(http, content, "b")).json()["new"] == 1


async def test_a_line_shows_what_it_suggests_and_how_sure_that_is(http: httpx.AsyncClient, world: World):
    order = await world.order(4_000, name="ミドリ")
    await world.bring("2024-11-20,4000,ﾐﾄﾞﾗ,,R1", "2024-11-20,77,ﾀﾞﾚｶ,,R2")
    found: list[dict[str, Any]] = (await http.get(LINES)).json()["data"]
    assert [line["outcome"] for line in found] == ["name_differs", "unknown_payer"]
    match = found[0]["match"]
    assert (match["kind"], match["score"], match["found"]) == ("name_differs", 0, 1)
    assert match["candidates"] == [
        {
            "order_id": public_id("ord", order.order_id),
            "payer_id": public_id("org", order.buyer_id),
            "payment_reference": order.reference,
            "amount": {"amount": 4_000, "currency": "JPY"},
            "status": "open",
        }
    ]
    assert found[1]["match"]["candidates"] == []
    assert (await http.get(f"{LINES}/{found[0]['id']}")).json()["match"] == match


@pytest.mark.parametrize("change", [{"rights": frozenset({"read"})}, {"org_kind": "buyer"}])
async def test_only_the_operator_comes_in(
    http: httpx.AsyncClient,
    world: World,
    callers: list[Scope],
    change: dict[str, Any],
):
    callers.append(replace(world.desk, **change))
    for answer in (
        await http.get(ACCOUNTS),
        await http.put(ACCOUNTS, json=LISTED),
        await http.get(POOL),
        await load(http, "a", "9010000001", "9010000005"),
    ):
        assert answer.status_code == 403, answer.text
