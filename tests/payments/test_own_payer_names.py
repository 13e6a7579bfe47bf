"""Is a buyer recognised by the names that it gives itself, and by nobody else's?"""

from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.core.ids import new_id, read_public_id
from app.core.scope import Scope
from app.payments.operations import PAYER_NAMES_MAX
from tests.payments.payments_scene import World

NAMES = "/v1/payer-names"


@pytest.fixture
def buyer_is(world: World, callers: list[Scope]) -> Any:
    """Makes this buyer the caller."""

    def call(buyer: UUID, kind: str = "buyer") -> None:
        rights = frozenset({"read", "orders:write"})
        callers.append(replace(world.desk, org_id=buyer, org_kind=kind, rights=rights, actor_id=new_id()))

    return call


async def add(http: httpx.AsyncClient, name: str) -> httpx.Response:
    return await http.post(NAMES, json={"name": name}, headers={"Idempotency-Key": str(new_id())})


async def matched(world: World, minor: int, name: str) -> list[Any]:
    await world.bring(f"2026-11-20,{minor},{name},,{new_id()}")
    line = await world.newest()
    return [line.matched_as, line.payment_id, line.score, line.candidate_ids]


async def test_a_name_is_spelt_as_banks_do_and_listed_until_it_is_removed(
    http: httpx.AsyncClient, world: World, buyer_is: Any
):
    buyer_is(await world.buyer("青葉食品株式会社"))
    first = await add(http, "株式会社アオバフーズ")
    assert (first.status_code, first.json()["name"]) == (201, "ｶ)ｱｵﾊﾞﾌｰｽﾞ".replace("ｰ", "-")), first.text
    second = await add(http, "ミドリ")
    listed = (await http.get(NAMES)).json()["data"]
    assert [each["id"] for each in listed] == [first.json()["id"], second.json()["id"]]
    same = await add(http, "ｱｵﾊﾞ ﾌｰｽﾞ(ｶ")
    assert (same.status_code, same.json()["code"]) == (409, "payer_name_exists")
    gone = await http.delete(f"{NAMES}/{first.json()['id']}")
    assert gone.status_code == 204, gone.text
    assert [each["name"] for each in (await http.get(NAMES)).json()["data"]] == ["ﾐﾄﾞﾘ"]
    again = await http.delete(f"{NAMES}/{first.json()['id']}")
    assert (again.status_code, again.json()["code"]) == (404, "payer_name_not_found")
    told = await world.owner.fetch(
        "select kind from event where subject_id = $1 order by seq", read_public_id("pnm", first.json()["id"])
    )
    assert [row["kind"] for row in told] == ["payer_name.added", "payer_name.removed"]


@pytest.mark.parametrize(
    ("name", "code"), [("青葉", "kanji"), ("カ)", "no_name"), ("12345678", "no_name"), ("ア@", "not_allowed_character")]
)
async def test_what_no_bank_writes_or_says_nothing_is_refused(
    http: httpx.AsyncClient, world: World, buyer_is: Any, name: str, code: str
):
    buyer_is(await world.buyer("買い手"))
    refused = await add(http, name)
    assert (refused.status_code, refused.json()["code"]) == (422, "payer_name_invalid"), refused.text
    assert [(each["pointer"], each["code"]) for each in refused.json()["errors"]] == [("/name", code)]


async def test_there_are_only_so_many(http: httpx.AsyncClient, world: World, buyer_is: Any):
    buyer_is(await world.buyer("買い手"))
    letters = "アイウエオカキクケコサシスセソタチツテト"
    for letter in letters[:PAYER_NAMES_MAX]:
        assert (await add(http, f"メイギ{letter}")).status_code == 201
    full = await add(http, "ヒトツオオイ")
    assert (full.status_code, full.json()["code"], full.json()["limit"]) == (409, "too_many_payer_names", 20)


async def test_a_line_under_it_is_suggested_and_decides_nothing(http: httpx.AsyncClient, world: World, buyer_is: Any):
    buyer = await world.buyer("青葉食品株式会社")
    order = await world.order_of(buyer, 4_000)
    assert (await matched(world, 4_000, "ｱｵﾊﾞﾌ-ｽﾞ(ｶ"))[0] == "name_differs"
    buyer_is(buyer)
    name = (await add(http, "アオバフーズ")).json()
    await world.order(4_000, name="ミドリ")
    assert await matched(world, 4_000, "ｱｵﾊﾞﾌ-ｽﾞ(ｶ") == ["name_differs", None, 10_000, [order.payment_id]]
    await http.delete(f"{NAMES}/{name['id']}")
    assert (await matched(world, 4_000, "ｱｵﾊﾞﾌ-ｽﾞ(ｶ"))[0] == "ambiguous"


async def test_a_name_that_two_buyers_claim_is_asked_about(http: httpx.AsyncClient, world: World, buyer_is: Any):
    for _ in range(2):
        buyer = await world.buyer("買い手")
        await world.order_of(buyer, 6_000)
        buyer_is(buyer)
        assert (await add(http, "ミツバチ")).status_code == 201, "Whose it is, nobody is told."
    assert (await matched(world, 6_000, "ﾐﾂﾊﾞﾁ"))[0] == "ambiguous"


async def test_it_is_the_buyers_own_and_nobody_elses(http: httpx.AsyncClient, world: World, buyer_is: Any):
    one, other = await world.buyer("買い手"), await world.buyer("買い手")
    buyer_is(one)
    mine = (await add(http, "ミドリ")).json()
    buyer_is(other)
    assert (await http.get(NAMES)).json()["data"] == []
    assert (await http.delete(f"{NAMES}/{mine['id']}")).status_code == 404
    buyer_is(other, "provider")
    assert (await add(http, "ミドリ")).status_code == 403


async def test_whoever_loads_virtual_accounts_is_written_down(http: httpx.AsyncClient, world: World):
    pool = {"first": "9010000001", "last": "9010000005"}
    for key in ("a", "b"):
        assert (await http.post("/v1/admin/virtual-accounts", json=pool, headers={"Idempotency-Key": key})).is_success
    rows = await world.owner.fetch("select after::text, actor_id from event where kind = 'virtual_accounts.loaded'")
    assert len(rows) == 1, "The second time brought nothing."
    assert rows[0]["actor_id"] == world.desk.actor_id
    assert '"added": 5' in rows[0]["after"]
    assert '"first": "9010000001"' in rows[0]["after"]
