"""What do tests of whole stories ask for again and again?"""

from typing import Any

import httpx

from tests.world import PASSWORD, Party, World

RETIRE = {
    "beneficiary_name": "株式会社アオバ食品",
    "purpose": "OFFSET",
    "purpose_detail": "第10回全国大会の開催に伴う排出量のオフセット",
    "fiscal_year": None,
}
NOTICE = b"%PDF-1.7\n1 0 obj\nendobj\ntrailer\n%%EOF\n"


async def listed(party: Party, path: str) -> list[dict[str, Any]]:
    """A list's first hundred."""
    answer = await party.get(path, params={"limit": 100})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["data"])


async def retire(party: Party, holding: dict[str, Any], quantity: int, **changed: Any) -> str:
    """Ask for an invalidation over a holding and sign it off; its id."""
    drafted = await party.post(
        "/v1/retirements", RETIRE | {"holding_id": holding["id"], "quantity": quantity} | changed
    )
    assert drafted.status_code == 201, drafted.text
    assert drafted.json()["status"] == "draft"
    signed = await party.post(f"/v1/retirements/{drafted.json()['id']}/sign-off", {"quantity": quantity})
    assert (signed.status_code, signed.json()["status"]) == (200, "queued"), signed.text
    return str(drafted.json()["id"])


async def sign_in(world: World, email: str) -> httpx.AsyncClient:
    """A browser on our own pages, signed in by its cookie."""
    browser = world.client(**{"Sec-Fetch-Site": "same-origin"})
    answer = await browser.post("/v1/sessions", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    return browser


async def facts_of(world: World, number: str) -> dict[str, Any]:
    """What a certificate states, as anybody may read it."""
    answer = await world.client().get(f"/v1/certificates/{number}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def colleague(world: World, provider: Party) -> str:
    """A second member of a provider; the address."""
    member = {"email": f"second-{provider.email}", "name": "確認 次郎", "role": "trader", "password": PASSWORD}
    answer = await provider.post("/v1/members", member)
    assert answer.status_code == 201, answer.text
    return str(member["email"])


async def step(who: httpx.AsyncClient, task: str, verb: str, body: Any = None, *, at: str = "/v1") -> httpx.Response:
    """Say that something was done, having seen the task as it is now."""
    path = f"{at}/registry-tasks/{task}"
    seen = await who.get(path)
    assert seen.status_code == 200, seen.text
    return await who.post(f"{path}/{verb}", json=body, headers={"If-Match": seen.headers["ETag"]})


def notice_facts(sheet: dict[str, Any]) -> dict[str, Any]:
    """What a registry's notice says of what a sheet asked for; its number and day are still to be added."""
    return {
        "quantity": sheet["quantity"],
        "serials": [
            {"first": each["prefix"] + each["first"], "last": each["prefix"] + each["last"]}
            for each in sheet["serials"]
        ],
        "beneficiary_name": sheet["beneficiary_name"],
        "purpose": sheet["purpose"],
    }


async def confirmed(world: World, provider: Party, staged: httpx.Response) -> str:
    """The one lot of a staged import, as one that sells: committed, and its evidence accepted."""
    assert (staged.status_code, staged.json()["import"]["rows_bad"]) == (201, 0), staged.text
    committed = await provider.post(f"/v1/imports/{staged.json()['import']['id']}/commit", {"rows": "all"})
    assert committed.status_code == 200, committed.text
    (declared,) = await listed(provider, "/v1/lots")
    shown = await provider.send(
        f"/v1/lots/{declared['id']}/evidence", NOTICE, "application/pdf",
        params={"as_of": "2026-11-01", "filename": "statement.pdf"},
    )  # fmt: skip
    assert shown.status_code == 201, shown.text
    accepted = await world.desk.post(f"/v1/admin/evidence/{shown.json()['id']}/accept", {"note": "残高と一致"})
    assert accepted.status_code == 200, accepted.text
    return str(declared["id"])
