"""Is an account at a registry a provider's only when the operator has looked, and at most one provider's?"""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.core.errors import Forbidden
from app.core.ids import new_id, public_id
from app.core.scope import DESK_ID, Scope
from app.inventory import operations
from app.inventory.rules import account_key
from tests.inventory_feature.doors import Doors
from tests.inventory_feature.scene import NOW, World

NOTE = {"note": "口座残高証明書（2026-11-20）"}
LIST = "/v1/admin/registry-accounts"


async def confirmed(
    doors: Doors, account: UUID | str, *, caller: str = "operator", tag: str = '"v1"'
) -> httpx.Response:
    found = account if isinstance(account, str) else public_id("acc", account)
    return await doors.post(caller, f"{LIST}/{found}/confirm", json=NOTE, headers={"If-Match": tag})


async def waiting(doors: Doors, **params: Any) -> list[str]:
    answer = await doors.get("operator", LIST, params={"confirmed": "false"} | params)
    assert answer.status_code == 200, answer.text
    return [each["account"]["id"] for each in answer.json()["data"]]


async def entered(doors: Doors, number: str, caller: str = "provider") -> httpx.Response:
    account = {"registry_code": "jcredit", "account_no": number, "holder_name": "株式会社森"}
    return await doors.post(caller, "/v1/registry-accounts", json=account)


async def test_the_operator_confirms_an_account_and_its_provider_sees_it(doors: Doors, world: World) -> None:
    mine = world.accounts[world.provider]
    assert (await doors.get("provider", "/v1/registry-accounts")).json()["data"][0]["confirmed_at"] is None
    answer = await confirmed(doors, mine)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"v2"'), answer.text
    told = answer.json()
    assert (told["provider_id"], told["note"]) == (public_id("org", world.provider), NOTE["note"])
    [seen] = (await doors.get("provider", "/v1/registry-accounts")).json()["data"]
    assert seen == told["account"]
    assert seen["confirmed_at"] is not None
    assert await world.events(mine) == ["account.confirmed"]
    again = await confirmed(doors, mine, tag='"v2"')
    assert (again.status_code, again.json()["code"]) == (409, "invalid_state")
    assert await waiting(doors) == [public_id("acc", world.accounts[world.other_provider])]
    assert await waiting(doors, confirmed="true") == [public_id("acc", mine)]


async def test_one_account_cannot_be_confirmed_for_two_providers(doors: Doors, world: World) -> None:
    assert (await confirmed(doors, world.accounts[world.provider])).status_code == 200
    refused = await confirmed(doors, world.accounts[world.other_provider])
    assert (refused.status_code, refused.json()["code"]) == (409, "registry_account_confirmed_elsewhere")
    wide = await entered(doors, "ＪＣ－７", "provider")
    plain = await entered(doors, "jc-7", "other_provider")
    assert (await confirmed(doors, wide.json()["id"])).status_code == 200
    refused = await confirmed(doors, plain.json()["id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "registry_account_confirmed_elsewhere")
    kept = await world.owner.fetch(
        "select confirmed_no from registry_account where confirmed_at is not null order by 1"
    )
    assert [row["confirmed_no"] for row in kept] == ["jc-1", "jc-7"]


async def test_a_confirmation_is_taken_back_and_the_number_is_free_for_whose_it_is(doors: Doors, world: World) -> None:
    mine, others = world.accounts[world.provider], world.accounts[world.other_provider]
    path, why = f"{LIST}/{public_id('acc', mine)}/withdraw-confirmation", {"note": "名義人が違うと判明した。"}
    early = await doors.post("operator", path, json=why, headers={"If-Match": "*"})
    assert (early.status_code, early.json()["state"]) == (409, "unconfirmed")
    assert (await confirmed(doors, mine)).status_code == 200
    assert (await doors.post("provider", path, json=why, headers={"If-Match": "*"})).status_code == 403
    assert (await doors.post("operator", path, json=why, headers={"If-Match": '"v1"'})).status_code == 412
    answer = await doors.post("operator", path, json=why, headers={"If-Match": '"v2"'})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"v3"'), answer.text
    assert (answer.json()["account"]["confirmed_at"], answer.json()["note"]) == (None, None)
    assert (await confirmed(doors, others)).status_code == 200
    assert await world.events(mine) == ["account.confirmed", "account.confirmation_withdrawn"]


async def test_two_confirmations_at_once_are_one(doors: Doors, world: World) -> None:
    answers = await asyncio.gather(*(confirmed(doors, account) for account in world.accounts.values()))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert await world.owner.fetchval("select count(*) from registry_account where confirmed_at is not null") == 1


async def test_only_the_operator_confirms_and_only_what_it_has_seen(doors: Doors, world: World) -> None:
    mine = world.accounts[world.provider]
    for caller in ("provider", "other_provider", "buyer", "reader"):
        assert (await confirmed(doors, mine, caller=caller)).status_code == 403
        assert (await doors.get(caller, LIST)).status_code == 403
    assert (await confirmed(doors, new_id())).json()["code"] == "registry_account_not_found"
    assert (await confirmed(doors, "acc_x")).status_code == 404
    assert (await confirmed(doors, mine, tag='"v2"')).status_code == 412
    path = f"{LIST}/{public_id('acc', mine)}/confirm"
    assert (await doors.post("operator", path, json=NOTE)).status_code == 428
    for note in ("", "x" * 501):
        wrong = await doors.post("operator", path, json={"note": note}, headers={"If-Match": "*"})
        assert wrong.status_code == 422


async def test_nobody_confirms_an_account_of_their_own(world: World) -> None:
    desk = Scope(DESK_ID, new_id(), "member", frozenset({"admin"}), "req_test", "operator")
    own = new_id()
    await world.owner.execute(
        "insert into registry_account (org_id, id, registry_code, account_no, holder_name, created_at)"
        " values ($1, $2, 'jcredit', 'D-1', '運営', $3)",
        DESK_ID, own, NOW,
    )  # fmt: skip
    async with world.db.transaction(desk) as session:
        account = await operations.locked_account(session, DESK_ID, own)
        with pytest.raises(Forbidden):
            await operations.confirm_account(session, desk, account, note="x", now=NOW)
    with pytest.raises(asyncpg.CheckViolationError, match="confirmed_by_another"):
        await world.owner.execute(
            "update registry_account set confirmed_at = $2, confirmed_by = $1, confirmed_note = 'x', confirmed_no = 'x'"
            " where id = $1",
            own, NOW,
        )  # fmt: skip


async def test_the_operators_list_is_paged_oldest_first(doors: Doors, world: World) -> None:
    made = [(await entered(doors, f"JC-{n}", ("provider", "other_provider")[n % 2])).json()["id"] for n in range(2, 6)]
    before = [public_id("acc", each) for each in sorted(world.accounts.values())]
    found: list[str] = []
    params: dict[str, Any] = {"limit": 4, "confirmed": "false"}
    while True:
        page = (await doors.get("operator", LIST, params=params)).json()
        found += [each["account"]["id"] for each in page["data"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert found == [*before, *made]


async def test_a_number_is_entered_once_and_has_nothing_that_nobody_sees(doors: Doors) -> None:
    assert (await entered(doors, "V-1")).status_code == 201
    for same in ("v-1", "ｖ-1", "Ｖ－１", "V−1", "V -1"):
        again = await entered(doors, same)
        assert (again.status_code, again.json()["code"]) == (409, "registry_account_exists"), same
    hidden = await entered(doors, "V\u200b-2")
    assert (hidden.status_code, hidden.json()["errors"][0]["pointer"]) == (422, "/account_no")


@given(st.text())
@example("\ufdfa\u0345")
def test_a_compared_number_is_its_own_key(number: str) -> None:
    assert account_key(account_key(number)) == account_key(number)
    assert account_key(f" {number}\u200b ") == account_key(number)
