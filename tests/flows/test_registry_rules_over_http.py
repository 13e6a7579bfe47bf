"""What does a registry's rule do to a request, once the operator has said it? And what goes with the credits?"""

from typing import Any

from tests.flows.people import RETIRE, facts_of, listed
from tests.world import World

SAID = {"verified": True, "source": "登録簿の事務局の回答", "reason": "電話で確認"}


async def rule_of(world: World, registry: str, key: str) -> dict[str, Any]:
    answer = await world.client().get(f"/v1/registries/{registry}/rules")
    assert answer.status_code == 200, answer.text
    return next(rule for rule in answer.json()["data"] if rule["key"] == key)


async def test_anybody_sees_what_a_registry_asks_and_what_is_not_verified(world: World) -> None:
    rule = await rule_of(world, "jcredit", "one_scope")
    assert (rule["value"], rule["verified"], rule["entered_at"]) == (True, False, None)
    assert (await rule_of(world, "isometric", "unit"))["verified"] is True
    for registry in (await world.client().get("/v1/registries")).json()["data"]:
        assert (await rule_of(world, registry["code"], "unit"))["value"] == registry["unit"]
    assert (await world.client().get("/v1/registries/nobodys/rules")).json()["code"] == "registry_not_found"


async def test_purposes_are_those_that_the_registry_takes(world: World) -> None:
    asked = world.client()
    whole = (await asked.get("/v1/purposes")).json()
    assert (await asked.get("/v1/purposes", params={"registry": "jcredit"})).json() == whole
    five = (await asked.get("/v1/purposes", params={"registry": "isometric"})).json()["data"]
    assert [purpose["en"] for purpose in five] == [
        *("Corporate targets", "Public environmental claims", "Insetting", "Regulatory requirement", "Other")
    ]
    assert (await asked.get("/v1/purposes", params={"registry": "nobodys"})).status_code == 404


async def test_what_the_operator_says_of_a_rule_holds_from_then_on(world: World) -> None:
    provider, buyer = await world.provider(), await world.buyer()
    await world.paid_order(buyer, (await world.listing(provider, 100), 20))
    [holding] = await listed(buyer, "/v1/holdings")
    mixed = RETIRE | {"holding_id": holding["id"], "quantity": 2, "also_purposes": ["CDP"]}
    refused = await buyer.post("/v1/retirements", mixed)
    assert [each["code"] for each in refused.json()["errors"]] == ["mixed_scopes"]
    ordered = await buyer.post(
        "/v1/orders", {"lines": [{"listing_id": "lst_x", "quantity": 1}], "retire": RETIRE | {"also_purposes": ["CDP"]}}
    )
    assert ordered.status_code == 409, "A listing that is not there is told first."
    path = "/v1/admin/registries/jcredit/rules"
    by_provider = await provider.post(path, {"key": "one_scope", "value": False, **SAID})
    assert by_provider.status_code == 403
    wrong = await world.desk.post(path, {"key": "one_scope", "value": "いいえ", **SAID})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/value")
    unknown = await world.desk.post(path, {"key": "two_scopes", "value": True, **SAID})
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "/key")
    said = await world.desk.post(path, {"key": "one_scope", "value": False, **SAID})
    assert said.status_code == 201, said.text
    rule = await rule_of(world, "jcredit", "one_scope")
    assert (rule["value"], rule["verified"], rule["source"]) == (False, True, SAID["source"])
    assert rule["entered_at"] is not None
    taken = await buyer.post("/v1/retirements", mixed)
    assert (taken.status_code, taken.json()["also_purposes"]) == (201, ["CDP"]), taken.text


async def test_the_words_of_a_request_stay_when_a_rule_changes_after_it(world: World) -> None:
    provider, buyer = await world.provider(), await world.buyer()
    await world.paid_order(buyer, (await world.listing(provider, 100), 20))
    [holding] = await listed(buyer, "/v1/holdings")
    wish = RETIRE | {"holding_id": holding["id"], "quantity": 2}
    before = (await buyer.post("/v1/retirements", wish)).json()
    word = [{"code": "OFFSET", "word": "自主的なカーボン・オフセット", "scope": "offset"}]
    said = await world.desk.post("/v1/admin/registries/jcredit/rules", {"key": "purposes", "value": word, **SAID})
    assert said.status_code == 201, said.text
    again = (await buyer.get(f"/v1/retirements/{before['id']}")).json()["retirement"]
    after = (await buyer.post("/v1/retirements", wish)).json()
    assert again["registry_text"]["purpose"] == before["registry_text"]["purpose"] == "カーボン・オフセット"
    assert after["registry_text"]["purpose"] == "自主的なカーボン・オフセット"


async def test_energy_goes_with_the_credits_to_the_certificate_rounded_down(world: World) -> None:
    provider, buyer = await world.provider(), await world.buyer()
    listing = await world.listing(provider, 300)
    number = (await provider.get("/v1/lots")).json()["data"][0]["certification_no"]
    issued = {"level": "issuance", "registry": "jcredit", "certification_no": number}
    fact = {"subject": issued, "power_kwh": 604_501, "heat_mj": None, "issued_quantity": 300}
    told = await world.desk.post(
        "/v1/admin/facts/renewable-energy", fact | {"source": "認証一覧", "valid_from": "2026-01-01"}
    )
    assert told.status_code == 201, told.text
    await world.paid_order(buyer, (listing, 100), retire=RETIRE)
    await world.run_jobs()
    [retirement] = await listed(buyer, "/v1/retirements")
    assert (retirement["power_kwh"], retirement["heat_mj"]) == (201_500, None)
    [certificate] = await listed(buyer, "/v1/certificates")
    facts = await facts_of(world, certificate["number"])
    assert facts["renewable_energy"] == {
        "power_kwh": 201_500, "heat_mj": None, "ja": "再エネ電力 201,500 kWh", "en": "renewable power 201,500 kWh",
    }  # fmt: skip
    assert "also_purposes" not in facts
    page = await world.client().get(f"/c/{certificate['number']}", params={"lang": "ja"})
    assert "再エネ電力 201,500 kWh" in page.text


async def test_credits_are_not_offset_against_where_they_were_made(world: World) -> None:
    provider, buyer = await world.provider(), await world.buyer()
    await world.paid_order(buyer, (await world.listing(provider, 100), 20))
    [holding] = await listed(buyer, "/v1/holdings")
    project = (await provider.get("/v1/lots")).json()["data"][0]["project_id"]
    made_in = (await world.client().get(f"/v1/projects/{project}")).json()["prefectures"]
    wish = RETIRE | {"holding_id": holding["id"], "quantity": 2}
    here = await buyer.post("/v1/retirements", wish | {"offset_place": made_in[0]})
    assert [(each["pointer"], each["code"]) for each in here.json()["errors"]] == [("/offset_place", "same_place")]
    elsewhere = next(code for code in ("13", "01") if code not in made_in)
    taken = await buyer.post("/v1/retirements", wish | {"offset_place": elsewhere})
    assert (taken.status_code, taken.json()["offset_place"]) == (201, elsewhere), taken.text
