"""The main job, whole: from a provider's file to a certificate that anybody can open."""

from tests.world import World

RETIRE = {
    "beneficiary_name": "株式会社アオバ食品",
    "purpose": "OFFSET",
    "purpose_detail": "第10回全国大会の開催に伴う排出量のオフセット",
    "fiscal_year": None,
}


async def test_a_providers_file_becomes_a_buyers_certificate(world: World) -> None:
    provider, buyer = await world.provider("一般社団法人 みどりの森"), await world.buyer("株式会社アオバ食品")
    listing = await world.listing(provider, 500)
    order = await world.paid_order(buyer, (listing, 120), retire=RETIRE)
    assert order["status"] == "fulfilled"
    retirements = (await buyer.get("/v1/retirements")).json()["data"]
    assert [(r["status"], r["quantity"]) for r in retirements] == [("recorded", 120)]
    certificates = (await buyer.get("/v1/certificates")).json()["data"]
    assert len(certificates) == 1
    number = certificates[0]["number"]
    page = await world.client().get(f"/c/{number}")
    pdf = await world.client().get(f"/c/{number}.pdf")
    assert (page.status_code, pdf.status_code) == (200, 200)
    assert "株式会社アオバ食品" in page.text
    assert pdf.content.startswith(b"%PDF-")
