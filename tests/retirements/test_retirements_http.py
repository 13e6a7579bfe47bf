"""What does a buyer see and hear at the doors of retirements?"""

from typing import Any

import pytest
from retirement_app import Doors
from retirement_world import World

from app.core.clock import utc_now
from app.core.ids import new_id, public_id
from app.core.period import day_in_japan, fiscal_year
from app.inventory.models import Holding


def body(holding: Holding, quantity: int = 4, **changed: Any) -> dict[str, Any]:
    return {
        "holding_id": public_id("hld", holding.id),
        "quantity": quantity,
        "beneficiary_name": "株式会社鷗商事",
        "purpose": "OFFSET",
        "purpose_detail": "創立三十周年記念式典",
        "fiscal_year": None,
    } | changed


async def drafted(doors: Doors, holding: Holding, quantity: int = 4, **changed: Any) -> dict[str, Any]:
    answer = await doors.ask("buyer", "POST", "/v1/retirements", body(holding, quantity, **changed))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_the_purposes_are_for_everybody(doors: Doors) -> None:
    answer = await doors.ask("", "GET", "/v1/purposes")
    codes = [purpose["code"] for purpose in answer.json()["data"]]
    assert codes[:1] == ["SHK_EMISSION"]
    assert {"OFFSET", "RE100", "GX_ETS", "OTHER"} <= set(codes)


async def test_a_draft_shows_exactly_what_will_stand_in_the_registry(doors: Doors, world: World) -> None:
    holding = await world.holding(10)
    answer = await doors.ask("buyer", "POST", "/v1/retirements", body(holding))
    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/v1/retirements/{made['id']}"
    assert made["registry_text"] == {
        "beneficiary_name": "株式会社鷗商事",
        "purpose": "カーボン・オフセット",
        "purpose_detail": f"創立三十周年記念式典 {made['reference']}",
    }
    assert (made["status"], made["quantity"], made["unit"], made["registry"]) == ("draft", 4, "t", "simulated")
    assert await world.ranges(holding) == {"held": 6, "retiring": 4, "retired": 0}


async def test_signing_off_sends_it_and_the_buyer_sees_the_record(doors: Doors, world: World) -> None:
    holding = await world.holding(10)
    made = await drafted(doors, holding)
    signed = await doors.ask("buyer", "POST", f"/v1/retirements/{made['id']}/sign-off", {"quantity": 4})
    assert (signed.status_code, signed.json()["status"]) == (200, "queued")
    world.now = utc_now()
    await world.run_to_the_end()
    shown = await doors.ask("buyer", "GET", f"/v1/retirements/{made['id']}")
    seen = shown.json()
    assert shown.headers["etag"] == f'"v{seen["retirement"]["version"]}"'
    assert (seen["retirement"]["status"], seen["retirement"]["simulated"]) == ("recorded", True)
    (attempt,) = seen["attempts"]
    assert (attempt["n"], attempt["status"], attempt["answer"]["kind"]) == (1, "recorded", "Recorded")
    assert attempt["answer"]["transaction_no"] == seen["retirement"]["registry_transaction"]
    provider = await doors.ask("maker", "GET", "/v1/provider/retirements?status=recorded")
    assert [one["id"] for one in provider.json()["data"]] == [made["id"]]


async def test_the_quantity_is_typed_again_to_sign_off(doors: Doors, world: World) -> None:
    made = await drafted(doors, await world.holding(10))
    answer = await doors.ask("buyer", "POST", f"/v1/retirements/{made['id']}/sign-off", {"quantity": 40})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_retirement")
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("/quantity", "differs")]
    shown = await doors.ask("buyer", "GET", f"/v1/retirements/{made['id']}")
    assert shown.json()["retirement"]["status"] == "draft"


@pytest.mark.parametrize(
    ("who", "path", "right"),
    [
        ("viewer", "", "retirements:write"),
        ("trader", "/{id}/sign-off", "retirements:sign_off"),
        ("viewer", "/{id}/cancel", "retirements:write"),
    ],
)
async def test_each_door_asks_for_its_right(doors: Doors, world: World, who, path, right) -> None:
    holding = await world.holding(10)
    made = await drafted(doors, holding)
    sent = None if path.endswith("cancel") else {"quantity": 4} if path else body(holding)
    answer = await doors.ask(who, "POST", "/v1/retirements" + path.format(id=made["id"]), sent)
    assert (answer.status_code, answer.json()["right"]) == (403, right)


async def test_the_same_request_again_gets_the_same_bytes(doors: Doors, world: World) -> None:
    holding = await world.holding(10)
    key = new_id().hex
    first = await doors.ask("buyer", "POST", "/v1/retirements", body(holding), Idempotency_Key=key)
    again = await doors.ask("buyer", "POST", "/v1/retirements", body(holding), Idempotency_Key=key)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    other = await doors.ask("buyer", "POST", "/v1/retirements", body(holding, 5), Idempotency_Key=key)
    assert other.status_code == 422
    assert await world.ranges(holding) == {"held": 6, "retiring": 4, "retired": 0}
    path, signing = f"/v1/retirements/{first.json()['id']}/sign-off", new_id().hex
    signed = [await doors.ask("buyer", "POST", path, {"quantity": 4}, Idempotency_Key=signing) for _ in range(2)]
    assert signed[0].content == signed[1].content
    assert await world.owner.fetchval("select count(*) from job where name = 'retirements.submit'") == 1


async def test_a_key_is_required(doors: Doors, world: World) -> None:
    answer = await doors.ask("buyer", "POST", "/v1/retirements", body(await world.holding(10)), Idempotency_Key="")
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")


async def test_every_wrong_field_is_told_at_once(doors: Doors, world: World) -> None:
    holding = await world.holding(10)
    wrong = {"beneficiary_name": "鷗😀\u200b", "purpose": "SHK", "purpose_detail": "あ" * 201, "fiscal_year": 2001}
    answer = await doors.ask("buyer", "POST", "/v1/retirements", body(holding, **wrong))
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [
        ("/beneficiary_name", "control_character"),
        ("/beneficiary_name", "unprintable"),
        ("/purpose", "unknown_purpose"),
        ("/purpose_detail", "too_long"),
        ("/fiscal_year", "not_claimable"),
    ]
    assert await world.ranges(holding) == {"held": 10, "retiring": 0, "retired": 0}


async def test_a_report_under_the_law_names_its_fiscal_year(doors: Doors, world: World) -> None:
    holding = await world.holding(10)
    answer = await doors.ask("buyer", "POST", "/v1/retirements", body(holding, purpose="SHK_EMISSION"))
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("/fiscal_year", "missing")]
    this_year = fiscal_year(day_in_japan(utc_now()))
    made = await drafted(doors, holding, purpose="SHK_EMISSION", fiscal_year=this_year)
    assert made["fiscal_year"] == this_year


async def test_a_draft_whose_fiscal_year_is_over_is_not_signed_off(doors: Doors, world: World) -> None:
    made = await drafted(doors, await world.holding(10))
    await world.owner.execute("update retirement set fiscal_year = 2001")
    answer = await doors.ask("buyer", "POST", f"/v1/retirements/{made['id']}/sign-off", {"quantity": 4})
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("/fiscal_year", "not_claimable")]


async def test_more_than_is_held_cannot_be_asked_for(doors: Doors, world: World) -> None:
    holding = await world.holding(10)
    await drafted(doors, holding, 7)
    answer = await doors.ask("buyer", "POST", "/v1/retirements", body(holding, 4))
    assert (answer.status_code, answer.json()["held"]) == (409, 3)


async def test_a_draft_and_a_queued_retirement_can_be_taken_back(doors: Doors, world: World) -> None:
    holding = await world.holding(10)
    draft, queued = await drafted(doors, holding), await drafted(doors, holding, 2)
    await doors.ask("buyer", "POST", f"/v1/retirements/{queued['id']}/sign-off", {"quantity": 2})
    for made in (draft, queued):
        answer = await doors.ask("buyer", "POST", f"/v1/retirements/{made['id']}/cancel")
        assert (answer.status_code, answer.json()["status"]) == (200, "canceled")
    assert await world.ranges(holding) == {"held": 10, "retiring": 0, "retired": 0}
    world.now = utc_now()
    await world.run_to_the_end()
    seen = await doors.ask("buyer", "GET", f"/v1/retirements/{queued['id']}")
    assert (seen.json()["retirement"]["status"], seen.json()["attempts"]) == ("canceled", [])


@pytest.mark.parametrize("status", ["submitted", "unknown", "manual", "rejected", "canceled"])
@pytest.mark.parametrize(("path", "sent"), [("sign-off", {"quantity": 4}), ("cancel", None)])
async def test_a_wrong_step_is_refused_with_the_state_that_was_found(
    doors: Doors, world: World, status, path, sent
) -> None:
    made = await drafted(doors, await world.holding(10))
    await world.owner.execute("update retirement set status = $1", status)
    answer = await doors.ask("buyer", "POST", f"/v1/retirements/{made['id']}/{path}", sent)
    assert (answer.status_code, answer.json()["code"], answer.json()["state"]) == (409, "invalid_state", status)
    assert status in answer.json()["detail"]
    shown = await doors.ask("buyer", "GET", f"/v1/retirements/{made['id']}")
    assert shown.json()["retirement"]["version"] == made["version"]


async def test_somebody_elses_retirement_and_holding_are_not_found(doors: Doors, world: World) -> None:
    holding = await world.holding(10)
    made = await drafted(doors, holding)
    at = f"/v1/retirements/{made['id']}"
    answers = [
        await doors.ask("other buyer", "GET", at),
        await doors.ask("other buyer", "POST", f"{at}/sign-off", {"quantity": 4}),
        await doors.ask("other buyer", "POST", f"{at}/cancel"),
        await doors.ask("other buyer", "POST", "/v1/retirements", body(holding)),
        await doors.ask("buyer", "GET", "/v1/retirements/ret_nonsense"),
        await doors.ask("buyer", "POST", "/v1/retirements", body(holding, holding_id="hld_nonsense")),
    ]
    assert [answer.status_code for answer in answers] == [404] * 6
    listed = await doors.ask("other buyer", "GET", "/v1/retirements")
    foreign = await doors.ask("other provider", "GET", "/v1/provider/retirements")
    assert (listed.json()["data"], foreign.json()["data"]) == ([], [])


async def test_a_list_runs_through_all_pages_newest_first(doors: Doors, world: World) -> None:
    holding = await world.holding(10)
    made = [(await drafted(doors, holding, 1))["id"] for _ in range(3)]
    first = (await doors.ask("buyer", "GET", "/v1/retirements?limit=2&status=draft")).json()
    rest = (
        await doors.ask("buyer", "GET", f"/v1/retirements?limit=2&status=draft&cursor={first['next_cursor']}")
    ).json()
    assert [one["id"] for one in first["data"] + rest["data"]] == made[::-1]
    assert (first["has_more"], rest["has_more"]) == (True, False)
    assert (await doors.ask("buyer", "GET", "/v1/retirements?status=manual")).json()["data"] == []


async def test_strangers_are_asked_who_they_are(doors: Doors) -> None:
    answer = await doors.ask("nobody", "GET", "/v1/retirements")
    assert answer.status_code == 401
