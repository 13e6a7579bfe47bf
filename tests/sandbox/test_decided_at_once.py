"""What does a provider at a test desk get without waiting for anybody, and can it get at what is not its own?"""

import pytest

from tests.sandbox.moving import status_of, transfer
from tests.world import Party, World

PDF = b"%PDF-1.7\n1 0 obj\nendobj\ntrailer\n%%EOF\n"
NOWHERE = "00000000000000000000000001"


async def shown(world: World, provider: Party) -> tuple[str, str]:
    """Evidence that waits, and its lot."""
    head = "registry,project_list,project_number,certification_no,serial_prefix,serial_first,serial_last,quantity,unit,vintage_from,vintage_to,note\n"
    world.blocks += 1
    row = f"jcredit,jcredit_normal,1,JC-{world.blocks},P{world.blocks}-,1,10,10,t,2024-04-01,2025-03-31,\n"
    where = {"registry_account_id": await world.account(provider), "filename": "h.csv"}
    staged = (await provider.send("/v1/imports", (head + row).encode(), "text/csv", params=where)).json()["import"][
        "id"
    ]
    await provider.post(f"/v1/imports/{staged}/commit", {"rows": "all"})
    lot = (await provider.get(f"/v1/imports/{staged}/rows")).json()["data"][0]["lot_id"]
    facts = {"as_of": "2026-11-01", "filename": "e.pdf"}
    return (await provider.send(f"/v1/lots/{lot}/evidence", PDF, "application/pdf", params=facts)).json()["id"], lot


async def test_evidence_is_accepted_or_rejected_at_once(peoples_world: World) -> None:
    provider = await peoples_world.provider()
    evidence, lot = await shown(peoples_world, provider)
    rejected = await provider.post(f"/v1/test/evidence/{evidence}/reject")
    assert rejected.json() == {"id": evidence, "status": "rejected"}
    again = await provider.post(f"/v1/test/evidence/{evidence}/accept")
    assert (again.status_code, again.json()["state"]) == (409, "rejected")
    facts = {"as_of": "2026-11-01", "filename": "e.pdf"}
    other = await provider.send(f"/v1/lots/{lot}/evidence", PDF + b"%", "application/pdf", params=facts)
    accepted = await provider.post(f"/v1/test/evidence/{other.json()['id']}/accept")
    assert accepted.json()["status"] == "accepted"
    assert await status_of(provider, f"/v1/lots/{lot}") == "confirmed"


async def test_nobody_decides_about_anothers_evidence_order_task_or_organisation(peoples_world: World) -> None:
    world = peoples_world
    provider, stranger, buyer = await world.provider(), await world.provider(), await world.buyer()
    evidence, _ = await shown(world, provider)
    listing = await world.listing(provider, 10)
    order = await world.order(await world.buyer(), (listing, 1))
    for path in (f"/v1/test/evidence/{evidence}/accept", f"/v1/test/evidence/{evidence}/reject"):
        assert (await stranger.post(path)).status_code == 404
        assert (await buyer.post(path)).status_code == 403
    foreign = await buyer.post("/v1/test/bank-transfers", {"order_id": order["id"], "kind": "exact"})
    assert (foreign.status_code, foreign.json()["code"]) == (404, "order_not_found")
    for caller in (buyer, stranger):
        turned = await caller.post(f"/v1/test/organisations/{provider.id}/status", {"status": "suspended"})
        assert (turned.status_code, turned.json()["code"]) == (404, "organisation_not_found")
    desk = await world.desk.post(f"/v1/test/organisations/{world.desk.id}/status", {"status": "suspended"})
    assert desk.status_code in {403, 404}
    for path in (f"evidence/evd_{NOWHERE}/accept", f"registry-tasks/tsk_{NOWHERE}/finish", "evidence/x/reject"):
        assert (await provider.post(f"/v1/test/{path}")).status_code == 404


@pytest.mark.parametrize(
    ("status", "reading", "selling"), [("pending", 200, 403), ("suspended", 403, 403), ("rejected", 403, 403)]
)
async def test_an_organisation_sees_what_its_credentials_open_in_each_standing(
    peoples_world: World, status: str, reading: int, selling: int
) -> None:
    world = peoples_world
    provider = await world.provider()
    at = f"/v1/test/organisations/{provider.id}/status"
    assert (await provider.post(at, {"status": status})).json() == {"id": provider.id, "status": status}
    assert (await provider.get("/v1/organisation")).status_code == reading
    offer = {"lot_id": f"lot_{NOWHERE}", "price": {"amount": 1, "currency": "JPY"}, "min_quantity": 1}
    assert (await provider.post("/v1/listings", offer)).status_code == selling
    by = provider if status == "pending" else world.client()
    if status == "pending":
        assert (await provider.post(at, {"status": "active"})).json()["status"] == "active"
    else:
        assert by is not provider, "It cannot undo it by itself."
        assert (await provider.post(at, {"status": "active"})).status_code == 403


async def test_a_registry_task_is_finished_at_once_and_its_certificate_is_marked(peoples_world: World) -> None:
    world = peoples_world
    provider, buyer = await world.provider(), await world.buyer()
    listing = await world.listing(provider, 10)
    wish = {"beneficiary_name": "株式会社受益者", "purpose": "OFFSET", "purpose_detail": ""}
    order = await world.order(buyer, (listing, 5), retire=wish)
    await transfer(buyer, order, "exact")
    await world.run_jobs()
    (task,) = (await provider.get("/v1/registry-tasks")).json()["data"]
    stranger = await world.provider()
    assert (await stranger.post(f"/v1/test/registry-tasks/{task['id']}/finish")).status_code == 404
    finished = await provider.post(f"/v1/test/registry-tasks/{task['id']}/finish")
    assert (finished.status_code, finished.json()["status"]) == (200, "confirmed"), finished.text
    await world.run_jobs()
    (retirement,) = (await buyer.get("/v1/retirements")).json()["data"]
    assert (retirement["status"], retirement["simulated"]) == ("recorded", True)
    (certificate,) = (await buyer.get("/v1/certificates")).json()["data"]
    assert certificate["simulated"] is True
    again = await provider.post(f"/v1/test/registry-tasks/{task['id']}/finish")
    assert (again.status_code, again.json()["state"]) == (409, "confirmed")
