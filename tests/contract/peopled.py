"""Who is at the desk where the contract is tried? Something of everything, so that few questions end at 404."""

import msgspec

from app.clients import open_clients
from app.listings.flow import match_searches
from tests.contract.paid_out import paid_out
from tests.contract.paperwork import written
from tests.isolation.story import HEADER
from tests.world import Party, World

NOBODY, BUYER, PROVIDER, OPERATOR, PAGE = "nobody", "buyer", "provider", "operator", "page"
SHOP_ORIGIN = "https://shop.example"
_SEEN = {"If-Match": "*"}
_WISH = {
    "beneficiary_name": "青葉化学株式会社",
    "purpose": "OFFSET",
    "purpose_detail": "配送の排出量",
    "fiscal_year": 2026,
}


async def peopled(world: World) -> tuple[dict[str, str | None], dict[str, str]]:
    """The keys by caller, and one address each of what the buyer, or the provider, has."""
    provider, buyer = await world.provider(), await world.buyer()
    listing = await world.listing(provider, 5_000)
    pages = await _trade(world, buyer, listing)
    await _by_people(world, provider, buyer, listing)
    await world.listing(provider, 10)
    page_key = await _shop(provider, buyer)
    await _search(world, provider, buyer, listing)
    pages["job"] = await _imports(world, provider)
    await _statements(world, provider)
    people = await paid_out(world, provider)
    pages["payment"] = await written(world, buyer, pages["waiting order"], people)
    await _say(world)
    keys = {NOBODY: None, BUYER: buyer.key, PROVIDER: provider.key, OPERATOR: world.desk.key, PAGE: page_key}
    return keys, pages


async def _trade(world: World, buyer: Party, listing: str) -> dict[str, str]:
    """Orders, holdings, retirements, one of them recorded, one that no rule can decide, and a certificate."""
    retired = await world.paid_order(buyer, (listing, 20), retire=_WISH)
    undecided = _WISH | {"purpose_detail": "test:206"}
    await world.paid_order(buyer, (listing, 4), retire=undecided)
    assert (await world.desk.get("/v1/admin/retirements")).json()["data"], "Something waits for two people."
    await world.paid_order(buyer, (listing, 40))
    waiting = await world.order(buyer, (listing, 3))
    quote = (await buyer.post("/v1/quotes", {"lines": [{"listing_id": listing, "quantity": 1}]})).json()
    holding = (await buyer.get("/v1/holdings")).json()["data"][0]["id"]
    asked = await buyer.post("/v1/retirements", {"holding_id": holding, "quantity": 2, **_WISH})
    assert asked.status_code == 201, asked.text
    return {
        "retired order": f"/v1/orders/{retired['id']}", "waiting order": f"/v1/orders/{waiting['id']}",
        "quote": f"/v1/quotes/{quote['id']}", "holding": f"/v1/holdings/{holding}",
        "retirement": f"/v1/retirements/{asked.json()['id']}", "listing": f"/v1/listings/{listing}",
    }  # fmt: skip


async def _by_people(world: World, provider: Party, buyer: Party, listing: str) -> None:
    """Two retirements that people carry out: one is done, and its notice is there."""
    by_program = world.clients
    async with open_clients(msgspec.structs.replace(world.settings, registries="")) as world.clients:
        for _ in range(2):
            await world.paid_order(buyer, (listing, 5), retire=_WISH)
        task = (await provider.get("/v1/registry-tasks")).json()["data"][0]["id"]
        done = await provider.post(f"/v1/test/registry-tasks/{task}/finish")
        assert done.status_code == 200, done.text
    world.clients = by_program


async def _shop(provider: Party, buyer: Party) -> str:
    """A storefront of the provider that the buyer consents to; its publishable key."""
    made = await provider.post("/v1/storefronts", {"name": "A shop", "origins": [SHOP_ORIGIN]})
    shop = made.json()["id"]
    key = str((await provider.post(f"/v1/storefronts/{shop}/keys")).json()["key"])
    assert (await buyer.post("/v1/storefront-consents", {"storefront_id": shop})).status_code == 201
    return key


async def _search(world: World, provider: Party, buyer: Party, listing: str) -> None:
    """A saved search, and a notice of what fits it since."""
    saved = await buyer.post("/v1/saved-searches", {"name": "Cheap", "filter": {"price_lte": 4_000}})
    assert saved.status_code == 201, saved.text
    change = {"price": {"amount": 3_900, "currency": "JPY"}}
    changed = await provider.client.patch(f"/v1/listings/{listing}", json=change, headers=_SEEN)
    assert changed.status_code == 200, changed.text
    await match_searches(world.worker_db, now=world.now(), request_id="req_of_the_match")
    assert (await buyer.get("/v1/notices")).json()["data"]


async def _imports(world: World, provider: Party) -> str:
    """A file with a bad row, one by a job, and a dispute over serials that two providers declare; the job's address."""
    for party in (await world.provider(), provider):
        account = await world.account(party)
        where = {"registry_account_id": account, "filename": "lots.csv"}
        row = "jcredit,jcredit_normal,1,DISPUTED,DISPUTED-,1,10,10,t,2024-04-01,2025-03-31,\n"
        by_job = {"Prefer": "respond-async"}
        staged = await party.send("/v1/imports", (HEADER + row).encode(), "text/csv", params=where, headers=by_job)
        assert staged.status_code == 202, staged.text
        await world.run_jobs()
        found = (await party.get(staged.headers["location"])).json()["result"]["import_id"]
        assert (await party.post(f"/v1/imports/{found}/commit", {"rows": "all"})).status_code == 200
        bad = (HEADER + row.replace(",10,t,", ",11,t,")).encode()
        assert (await party.send("/v1/imports", bad, "text/csv", params=where)).status_code == 201
    assert (await world.desk.get("/v1/admin/disputes")).json()["data"]
    return str(staged.headers["location"])


async def _statements(world: World, provider: Party) -> None:
    """A registry's list with a difference, a row that cannot be read, and the comparison."""
    account = await world.account(provider)
    rows = "active,ELSEWHERE-,1,10,10\nactive,ELSEWHERE-,21,30,11\n"
    where = {
        "registry_account_id": account, "filename": "list.csv", "as_of": world.now().date().isoformat(), "reach": "registry",
    }  # fmt: skip
    content = ("state,serial_prefix,serial_first,serial_last,quantity\n" + rows).encode()
    sent = await provider.send("/v1/statements", content, "text/csv", params=where)
    assert (sent.status_code, sent.json()["rows_quarantined"]) == (201, 1), sent.text
    assert (await provider.get("/v1/discrepancies")).json()["data"]


async def _say(world: World) -> None:
    """What the operator says of a programme's credits, and who takes part in it."""
    programme = (await world.desk.get("/v1/projects", params={"kind": "programme", "limit": 1})).json()["data"][0]["id"]
    subject = {"level": "project", "project_id": programme}
    told = {"subject": subject, "source": "The registry's page", "valid_from": "2026-04-01"}
    made = await world.desk.post("/v1/admin/facts/eligibility", told | {"use": "re100", "answer": "yes"})
    assert made.status_code == 201, made.text
    member = {"name": "参加者", "source": "The registry's page"}
    added = await world.desk.post(f"/v1/admin/projects/{programme}/members", member)
    assert added.status_code == 201, added.text
