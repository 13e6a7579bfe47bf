"""What becomes of an order's invalidation when there are several lots, and when the registry says no?"""

from datetime import timedelta

from integrations.registries.fake.admin import show_book, state_fault
from integrations.registries.fake.messages import Code, Fault, FaultName
from tests.flows.people import RETIRE, facts_of, listed, retire
from tests.world import World


async def test_an_order_over_two_providers_becomes_two_certificates(world: World) -> None:
    providers = [await world.provider("一般社団法人 みどりの森"), await world.provider("株式会社やまなみ林業")]
    buyer = await world.buyer("株式会社アオバ食品")
    listings = [await world.listing(provider, 500, price=333) for provider in providers]
    order = await world.paid_order(buyer, (listings[0], 120), (listings[1], 30), retire=RETIRE)
    assert (order["status"], order["retire"]) == ("fulfilled", order["retire"] | RETIRE)
    retirements = await listed(buyer, "/v1/retirements")
    assert {(r["provider_id"], r["quantity"], r["status"]) for r in retirements} == {
        (providers[0].id, 120, "recorded"),
        (providers[1].id, 30, "recorded"),
    }
    assert {r["order_id"] for r in retirements} == {order["id"]}
    holdings = await listed(buyer, "/v1/holdings")
    assert sorted((h["quantity"], h["held"], h["retiring"], h["retired"]) for h in holdings) == [
        (30, 0, 0, 30),
        (120, 0, 0, 120),
    ]
    certificates = await listed(buyer, "/v1/certificates")
    assert sorted(c["quantity"] for c in certificates) == [30, 120]
    assert {c["retirement_id"] for c in certificates} == {r["id"] for r in retirements}
    assert len({c["number"] for c in certificates}) == 2
    for certificate in certificates:
        facts = await facts_of(world, certificate["number"])
        assert "株式会社アオバ食品" in str(facts)
        assert (await world.client().get(f"/c/{certificate['number']}.pdf")).content.startswith(b"%PDF-")
    async with world.admin() as admin:
        book = await admin.ask(show_book())
    assert sorted(record.quantity for record in book.retirements) == [30, 120]
    for provider, quantity in zip(providers, (120, 30), strict=True):
        assert [r["quantity"] for r in await listed(provider, "/v1/provider/retirements")] == [quantity]
        assert await listed(provider, "/v1/certificates") == []


async def test_serials_that_the_registry_refuses_return_and_may_be_retired_later_in_parts(world: World) -> None:
    provider, buyer = await world.provider(), await world.buyer()
    listing = await world.listing(provider, 500)
    async with world.admin() as admin:
        await admin.ask(state_fault(Fault(FaultName.REFUSES, times=1, code=Code.TEXT_TOO_LONG)))
    order = await world.paid_order(buyer, (listing, 120), retire=RETIRE)
    assert order["status"] == "fulfilled"
    refused = (await listed(buyer, "/v1/retirements"))[0]
    assert refused["status"] == "rejected"
    assert refused["refusal"].startswith("text_too_long: ")
    holding = (await listed(buyer, "/v1/holdings"))[0]
    assert (holding["held"], holding["retiring"], holding["retired"]) == (120, 0, 0)
    assert await listed(buyer, "/v1/certificates") == []

    first = await retire(buyer, holding, 50)
    too_many = RETIRE | {"holding_id": holding["id"], "quantity": 71}
    answer = await buyer.post("/v1/retirements", too_many)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_enough_held")
    await world.run_jobs()
    second = await retire(buyer, holding, 70, beneficiary_name="株式会社アオバ物流")
    await world.run_jobs()
    shown = {r["id"]: r["status"] for r in await listed(buyer, "/v1/retirements")}
    assert shown == {refused["id"]: "rejected", first: "recorded", second: "recorded"}
    holding = (await listed(buyer, "/v1/holdings"))[0]
    assert (holding["held"], holding["retiring"], holding["retired"]) == (0, 0, 120)
    async with world.admin() as admin:
        book = await admin.ask(show_book())
    spans = sorted((int(b.first), int(b.last)) for record in book.retirements for b in record.blocks)
    assert [last - first_ + 1 for first_, last in spans] == [50, 70]
    assert spans[0][1] + 1 == spans[1][0]
    certificates = {c["retirement_id"]: c for c in await listed(buyer, "/v1/certificates")}
    assert {made: c["quantity"] for made, c in certificates.items()} == {first: 50, second: 70}
    assert certificates[second]["beneficiary_name"] == "株式会社アオバ物流"


async def test_a_buyer_takes_a_draft_back_and_another_buyer_reaches_nothing_of_it(world: World) -> None:
    provider, buyer, other = await world.provider(), await world.buyer(), await world.buyer()
    listing = await world.listing(provider, 100)
    await world.paid_order(buyer, (listing, 10))
    holding = (await listed(buyer, "/v1/holdings"))[0]
    wish = RETIRE | {"holding_id": holding["id"], "quantity": 4}
    stolen = await other.post("/v1/retirements", wish)
    assert (stolen.status_code, stolen.json()["code"]) == (404, "holding_not_found")
    draft = (await buyer.post("/v1/retirements", wish)).json()
    for step, body in (("sign-off", {"quantity": 4}), ("cancel", None)):
        answer = await other.post(f"/v1/retirements/{draft['id']}/{step}", body)
        assert (answer.status_code, answer.json()["code"]) == (404, "retirement_not_found")
    wrong = await buyer.post(f"/v1/retirements/{draft['id']}/sign-off", {"quantity": 5})
    assert wrong.status_code == 422
    assert (await buyer.post(f"/v1/retirements/{draft['id']}/cancel")).json()["status"] == "canceled"
    holding = (await listed(buyer, "/v1/holdings"))[0]
    assert (holding["held"], holding["retiring"]) == (10, 0)
    await world.run_jobs()
    async with world.admin() as admin:
        assert (await admin.ask(show_book())).retirements == ()


async def test_a_registry_that_falls_silent_after_acting_makes_one_record_and_one_certificate(world: World) -> None:
    provider, buyer = await world.provider(), await world.buyer()
    listing = await world.listing(provider, 100)
    async with world.admin() as admin:
        await admin.ask(state_fault(Fault(FaultName.ACTS_THEN_DROPS, times=1)))
    order = await world.paid_order(buyer, (listing, 10), retire=RETIRE)
    assert order["status"] == "fulfilled"
    assert [r["status"] for r in await listed(buyer, "/v1/retirements")] == ["unknown"]
    assert await listed(buyer, "/v1/certificates") == []
    world.ahead += timedelta(minutes=5)
    await world.run_jobs()
    assert [r["status"] for r in await listed(buyer, "/v1/retirements")] == ["recorded"]
    assert len(await listed(buyer, "/v1/certificates")) == 1
    async with world.admin() as admin:
        assert len((await admin.ask(show_book())).retirements) == 1
