"""How do certificates of energy become a certificate of ours: from a provider's file to page, JSON and PDF?"""

import io
from typing import Any

import pypdf
import pytest

from tests.flows.energy import (
    CLAIM,
    IREC,
    KINDS,
    NON_FOSSIL,
    Kind,
    confirmed_lot,
    offer,
    stage,
    worked_by_people,
)
from tests.flows.people import listed
from tests.world import Party, World

TONNES = ("t-co2", "t-co₂", "kg-co", "オフセット", "carbon credit", "カーボン・クレジット")


def squeezed(text: str) -> str:
    return "".join(text.split())


async def bought(world: World, provider: Party, buyer: Party, kind: Kind) -> dict[str, Any]:
    """The buyer's holding of a part of the kind's block."""
    lot = await confirmed_lot(world, provider, kind)
    assert (lot["imported"], lot["unit"], lot["energy"]) == (kind.imported, "kWh", kind.energy)
    listing = await offer(provider, kind, lot["id"])
    assert listing.status_code == 201, listing.text
    shown = (await world.client().get(f"/v1/listings/{listing.json()['id']}")).json()
    assert (shown["price"]["amount"], shown["price_per"], shown["unit"]) == (kind.price, 1_000, "kWh")
    assert (shown["energy"], shown["available"]) == (kind.energy, kind.imported)
    order = await world.paid_order(buyer, (shown["id"], kind.bought))
    assert (order["status"], order["goods"]["amount"], order["tax"]["amount"]) == (
        "fulfilled", kind.goods, kind.goods // 10,
    )  # fmt: skip
    assert [(line["price_per"], line["goods"]["amount"]) for line in order["lines"]] == [(1_000, kind.goods)]
    (holding,) = await listed(buyer, "/v1/holdings")
    assert (holding["quantity"], holding["energy"]) == (kind.bought, kind.energy)
    return holding


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.registry} in {kind.encoding}")
async def test_a_providers_file_becomes_a_certificate_of_energy(desk_of_people: World, kind: Kind) -> None:
    world = desk_of_people
    provider, buyer = await world.provider("株式会社みどり電力"), await world.buyer("株式会社アオバ食品")
    holding = await bought(world, provider, buyer, kind)
    exact = (await buyer.get(f"/v1/holdings/{holding['id']}")).json()["serials"]
    assert [(each["serial_prefix"] + each["first"], each["serial_prefix"] + each["last"]) for each in exact] == [
        kind.serials
    ]
    wish = CLAIM | {"holding_id": holding["id"], "quantity": kind.bought, "consumption": kind.consumption}
    drafted = await buyer.post("/v1/retirements", wish)
    assert drafted.status_code == 201, drafted.text
    assert drafted.json()["energy"] == {"facts": kind.energy, "consumption": kind.consumption}
    signed = await buyer.post(f"/v1/retirements/{drafted.json()['id']}/sign-off", {"quantity": kind.bought})
    assert signed.status_code == 200, signed.text
    await world.run_jobs()

    sheet = (await worked_by_people(world, provider))["sheet"]
    assert (sheet["quantity"], sheet["unit"]) == (kind.bought, "kWh")
    assert (sheet["energy"], sheet["consumption"]) == (kind.energy, kind.consumption)
    (block,) = sheet["serials"]
    assert (block["prefix"] + block["first"], block["prefix"] + block["last"]) == kind.serials
    assert (block["numbers"], block["quantity"]) == (kind.numbers, kind.bought)

    (certificate,) = await listed(buyer, "/v1/certificates")
    await says_energy(world, certificate["number"], kind)


async def says_energy(world: World, number: str, kind: Kind) -> None:
    """The certificate is of energy in JSON, on both pages and on paper, and of nothing else."""
    facts = (await world.client().get(f"/c/{number}.json")).json()
    assert (facts["quantity"], facts["unit"]) == (kind.bought, "kWh")
    (line,) = facts["lines"]
    assert [(span["first"], span["last"], span["count"]) for span in line["serials"]] == [(*kind.serials, kind.numbers)]
    stated = facts["energy_attribute"]
    assert (stated["source"]["code"], stated["country"]) == (kind.energy["technology"], kind.energy["country"])
    assert (stated["device"], stated["tracking"]) == (kind.energy["device"], kind.energy["tracking"])
    used = kind.consumption or {"country": None, "period_from": None, "period_to": None}
    assert (stated["consumption_country"], stated["consumption_from"]) == (used["country"], used["period_from"])
    pages = {
        language: (await world.client().get(f"/c/{number}", params={"lang": language})).text
        for language in ("ja", "en")
    }
    pdf = (await world.client().get(f"/c/{number}.pdf")).content
    paper = squeezed("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages))
    assert "エネルギー属性証書 無効化証明書" in pages["ja"]
    assert "Certificate of energy attribute certificates retired" in pages["en"]
    assert "エネルギー属性証書無効化証明書" in paper
    amount = f"{kind.bought:,}"
    for text in (pages["ja"], pages["en"], paper):
        assert amount in text
        assert "kWh" in text
        assert squeezed(str(kind.energy["device"])) in squeezed(text)
        assert all(squeezed(number) in squeezed(text) for number in kind.serials)
        assert stated["source"]["ja"] in text or stated["source"]["en"] in text
    assert squeezed(stated["states"]["ja"])[:20] in paper
    for text in (pages["ja"], pages["en"], paper, str(facts).replace(facts["schema"], "")):
        assert not [word for word in TONNES if word in text.lower()]


async def test_what_an_energy_registry_does_not_take_is_refused_by_name(desk_of_people: World) -> None:
    world = desk_of_people
    provider, buyer = await world.provider(), await world.buyer()
    holding = await bought(world, provider, buyer, NON_FOSSIL)

    async def refused(**changed: Any) -> set[tuple[str, str]]:
        wish = CLAIM | {"holding_id": holding["id"], "quantity": 10, "consumption": NON_FOSSIL.consumption}
        answer = await buyer.post("/v1/retirements", wish | changed)
        assert answer.status_code == 422, answer.text
        return {(error["pointer"], error["code"]) for error in answer.json()["errors"]}

    late = {"country": "JP", "period_from": "2026-04-01", "period_to": "2026-07-01"}
    assert await refused(consumption=late) == {("/consumption", "outside_use_window")}
    assert await refused(purpose="OFFSET") == {("/purpose", "unknown_purpose")}
    assert await refused(consumption=None) == {
        ("/consumption/period_from", "missing"),
        ("/consumption/period_to", "missing"),
    }
    carbon = await world.listing(provider, 10)
    order = {"lines": [{"listing_id": carbon, "quantity": 1}], "retire": CLAIM | {"consumption": late}}
    answer = await buyer.post("/v1/orders", order)
    assert {(error["pointer"], error["code"]) for error in answer.json()["errors"]} == {
        ("/retire/purpose", "unknown_purpose"),
        ("/retire/consumption", "not_asked"),
    }


async def test_no_part_of_an_i_rec_is_offered_sold_or_retired(desk_of_people: World) -> None:
    world = desk_of_people
    provider, buyer = await world.provider(), await world.buyer()
    lot = await confirmed_lot(world, provider, IREC)
    uneven = await offer(provider, IREC, lot["id"], quantity_step=500)
    assert {error["code"] for error in uneven.json()["errors"]} == {"not_whole_serials"}
    listing = (await offer(provider, IREC, lot["id"])).json()["id"]
    part = await buyer.post("/v1/orders", {"lines": [{"listing_id": listing, "quantity": 3_500}]})
    assert {error["code"] for error in part.json()["errors"]} == {"not_a_step"}
    await world.paid_order(buyer, (listing, 4_000))
    (holding,) = await listed(buyer, "/v1/holdings")
    wish = CLAIM | {"holding_id": holding["id"], "quantity": 1_500, "consumption": IREC.consumption}
    answer = await buyer.post("/v1/retirements", wish)
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        ("/quantity", "not_whole_serials")
    ]
    again = await stage(
        provider, IREC, IREC.row.replace("0000-0000-0000-0001,", "0000-0000-0000-1000,").replace(",1000000,", ",1000,")
    )
    assert again.json()["bad_rows"]["data"][0]["errors"][0]["code"] == "already_declared"


async def test_a_retirement_with_the_order_names_its_consumption_and_a_plant_is_found_by_its_source(
    desk_of_people: World,
) -> None:
    world = desk_of_people
    provider, buyer = await world.provider(), await world.buyer()
    lot = await confirmed_lot(world, provider, IREC)
    listing = (await offer(provider, IREC, lot["id"])).json()["id"]
    await world.run_jobs()
    for found in ({"registry": "irec"}, {"methodology": "wind"}, {"q": "Bạc Liêu"}, {"q": "風力 VN"}):
        data = (await world.client().get("/v1/listings", params=found)).json()["data"]
        assert [(each["id"], each["unit"], each["price_per"]) for each in data] == [(listing, "kWh", 1_000)], found
    for missed in ({"registry": "nfc"}, {"methodology": "solar"}):
        assert (await world.client().get("/v1/listings", params=missed)).json()["data"] == []
    wish = {"criteria": {"unit": "kWh", "registry": "irec"}, "budget": {"amount": 2_000, "currency": "JPY"}}
    quote = (await buyer.post("/v1/quotes", wish)).json()
    # 4,000 kWh cost 1,800 yen and 180 of tax; 5,000 would be beyond the budget, and no number is cut.
    assert (quote["quantity"], quote["unit"], quote["total"]["amount"]) == (4_000, "kWh", 1_980)
    order = await world.paid_order(buyer, (listing, 3_000), retire=CLAIM | {"consumption": IREC.consumption})
    assert order["retire"]["consumption"] == IREC.consumption
    (retirement,) = await listed(buyer, "/v1/retirements")
    assert retirement["energy"] == {"facts": IREC.energy, "consumption": IREC.consumption}
