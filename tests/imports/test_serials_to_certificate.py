"""Is a part of a registry's block written as the registry writes it, from the file to the certificate?"""

from benchmarks.scenarios.import_ import holdings
from tests.imports.conftest import Importer

PDF = b"%PDF-1.7\n1 0 obj\nendobj\ntrailer\n%%EOF\n"
WISH = {
    "beneficiary_name": "青葉化学株式会社",
    "purpose": "OFFSET",
    "purpose_detail": "配送の排出量",
    "fiscal_year": 2026,
}
FORM = "20000-{}-{}-VCS-VCU-263-VER-AU-7-9000-01012024-31122024-0"


async def test_the_first_four_of_a_block_of_ten_keep_the_registrys_form(verra: Importer) -> None:
    world, seller = verra.world, verra.party
    staged = await verra.staged(holdings(1))
    await verra.commit(staged["import"]["id"])
    [lot] = (await seller.get("/v1/lots")).json()["data"]
    assert lot["serial_text"] == FORM.format(1000001, 1000010)
    when = {"as_of": "2026-11-01", "filename": "statement.pdf"}
    shown = await seller.send(f"/v1/lots/{lot['id']}/evidence", PDF, "application/pdf", params=when)
    await world.desk.post(f"/v1/admin/evidence/{shown.json()['id']}/accept", {"note": "見た"})
    offer = {"lot_id": lot["id"], "price": {"amount": 3_000, "currency": "JPY"}, "min_quantity": 1}
    offered = await seller.post("/v1/listings", offer)
    assert offered.status_code == 201, offered.text
    listing = offered.json()["id"]
    buyer = await world.buyer()
    await world.paid_order(buyer, (listing, 4), retire=WISH)
    [holding] = (await buyer.get("/v1/holdings")).json()["data"]
    detail = (await buyer.get(f"/v1/holdings/{holding['id']}")).json()
    assert [block["text"] for block in detail["serials"]] == [FORM.format(1000001, 1000004)]
    [task] = (await seller.get("/v1/registry-tasks")).json()["data"]
    assert [block["text"] for block in task["sheet"]["serials"]] == [FORM.format(1000001, 1000004)]
    finished = await seller.post(f"/v1/test/registry-tasks/{task['id']}/finish")
    assert finished.status_code == 200, finished.text
    await world.run_jobs()
    [certificate] = (await buyer.get("/v1/certificates")).json()["data"]
    number = certificate["number"]
    told = (await world.client().get(f"/v1/certificates/{number}")).json()
    [line] = told["contents"]["lines"] if "contents" in told else told["lines"]
    assert [span["text"] for span in line["serials"]] == [FORM.format(1000001, 1000004)]
    page = await world.client().get(f"/c/{number}")
    assert FORM.format(1000001, 1000004) in page.text
