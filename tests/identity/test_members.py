"""Can an organisation run its own house, without anybody rising above themselves or locking everybody out?"""

import asyncio
from typing import Any

import asyncpg
import httpx
import pytest

from app.core.ids import new_id, read_public_id
from tests.identity.identity_world import PASSWORD, Process

OWNER = {"email": "owner@firm.test", "name": "O", "password": PASSWORD}


@pytest.fixture
async def boss(api: Process) -> httpx.AsyncClient:
    """The browser of a buyer's first owner."""
    await api.sign_up("buyer", member=OWNER)
    return await api.sign_in(OWNER["email"])


async def added(client: httpx.AsyncClient, role: str, email: str = "") -> dict[str, Any]:
    """A new member; fails when the desk refuses."""
    body = {"email": email or f"{new_id().hex}@firm.test", "name": "花子", "role": role, "password": PASSWORD}
    answer = await client.post("/v1/members", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def changed(client: httpx.AsyncClient, member_id: str, **fields: object) -> httpx.Response:
    """A change of what is stored now."""
    etag = (await client.get(f"/v1/members/{member_id}")).headers.get("ETag", "*")
    return await client.patch(f"/v1/members/{member_id}", json=fields, headers={"If-Match": etag})


@pytest.mark.parametrize(
    ("role", "rights"),
    [
        ("owner", 7),
        ("admin", 7),
        ("trader", ["orders:write", "read", "retirements:write"]),
        ("approver", ["orders:write", "read", "retirements:sign_off", "retirements:write"]),
        ("viewer", ["read"]),
    ],
)
async def test_a_member_signs_in_with_the_rights_of_the_role(
    api: Process, boss: httpx.AsyncClient, role: str, rights: object
) -> None:
    member = await added(boss, role, "new@firm.test")
    who = (await (await api.sign_in("new@firm.test")).get("/v1/whoami")).json()
    assert who["actor_id"] == str(read_public_id("mem", member["id"]))
    assert rights in (who["rights"], len(who["rights"]))


async def test_whoever_may_not_run_the_house_is_refused(api: Process, boss: httpx.AsyncClient) -> None:
    trader = await added(boss, "trader", "trader@firm.test")
    browser = await api.sign_in("trader@firm.test")
    body = {"email": "x@firm.test", "name": "X", "role": "viewer", "password": PASSWORD}
    refused = await browser.post("/v1/members", json=body)
    assert (refused.status_code, refused.json()["right"]) == (403, "members:write")
    assert (await changed(browser, trader["id"], role="owner")).status_code == 403
    assert len((await browser.get("/v1/members")).json()["data"]) == 2


async def test_a_key_cannot_make_members_that_may_more_than_itself(boss: httpx.AsyncClient, api: Process) -> None:
    key = await boss.post("/v1/api-keys", json={"name": "hr", "scopes": ["read", "members:write"]})
    hr = api.client(bearer=key.json()["secret"])
    body = {"email": "x@firm.test", "name": "X", "role": "owner", "password": PASSWORD}
    refused = await hr.post("/v1/members", json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "rights_not_held")
    viewer = await added(hr, "viewer")
    assert (await changed(hr, viewer["id"], role="admin")).json()["code"] == "rights_not_held"
    owner_id = (await hr.get("/v1/members")).json()["data"][0]["id"]
    for less in ({"disabled": True}, {"role": "viewer"}):
        assert (await changed(hr, owner_id, **less)).json()["code"] == "rights_not_held"
    assert (await changed(hr, viewer["id"], disabled=True)).status_code == 200


async def test_a_change_names_the_version_it_saw(boss: httpx.AsyncClient, owner: asyncpg.Connection) -> None:
    member = await added(boss, "viewer")
    path = f"/v1/members/{member['id']}"
    assert (await boss.patch(path, json={"role": "trader"})).status_code == 428
    first = await boss.patch(path, json={"role": "trader"}, headers={"If-Match": '"v1"'})
    assert (first.status_code, first.headers["ETag"], first.json()["role"]) == (200, '"v2"', "trader")
    stale = await boss.patch(path, json={"role": "admin"}, headers={"If-Match": '"v1"'})
    assert (stale.status_code, stale.headers["ETag"]) == (412, '"v2"')
    same = await boss.patch(path, json={"role": "trader"}, headers={"If-Match": '"v2"'})
    assert (same.status_code, same.headers["ETag"]) == (200, '"v2"')
    events = await owner.fetch(
        "select kind, nullif(before, 'null') as before, after from event where subject_id = $1 order by seq",
        read_public_id("mem", member["id"]),
    )
    assert [(event["kind"], event["before"], event["after"]) for event in events] == [
        ("member.added", None, '{"role": "viewer", "disabled": false}'),
        ("member.changed", '{"role": "viewer", "disabled": false}', '{"role": "trader", "disabled": false}'),
    ]


async def test_the_last_owner_cannot_leave(boss: httpx.AsyncClient, owner: asyncpg.Connection) -> None:
    only = (await boss.get("/v1/members")).json()["data"][0]["id"]
    for leaving in ({"disabled": True}, {"role": "admin"}):
        answer = await changed(boss, only, **leaving)
        assert (answer.status_code, answer.json()["code"]) == (409, "last_owner")
    second = await added(boss, "owner")
    assert (await changed(boss, second["id"], disabled=True)).status_code == 200
    assert (await changed(boss, only, role="viewer")).json()["code"] == "last_owner"
    assert (await changed(boss, second["id"], disabled=False)).status_code == 200
    assert (await changed(boss, only, role="viewer")).status_code == 200
    assert await owner.fetchval("select version from member where role = 'owner' and email like '%firm.test'") == 3


async def test_two_owners_who_leave_at_once_do_not_both_leave(
    api: Process, boss: httpx.AsyncClient, owner: asyncpg.Connection
) -> None:
    for round_no in range(5):
        email = f"second{round_no}@firm.test"
        second = await added(boss, "owner", email)
        other = await api.sign_in(email)
        first_id = (await boss.get("/v1/members")).json()["data"][0]["id"]
        answers = await asyncio.gather(
            changed(boss, first_id, role="admin"), changed(other, second["id"], role="admin")
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        assert await owner.fetchval("select count(*) from member where role = 'owner' and email like '%firm.test'") == 1
        await owner.execute("update member set role = 'owner' where email = $1", OWNER["email"])
        await owner.execute("update member set role = 'viewer' where email = $1", email)


async def test_disabling_ends_sessions_and_keys_at_once(
    api: Process, boss: httpx.AsyncClient, owner: asyncpg.Connection
) -> None:
    member = await added(boss, "admin", "leaver@firm.test")
    browser = await api.sign_in("leaver@firm.test")
    key = (await browser.post("/v1/api-keys", json={"name": "x", "scopes": ["read"]})).json()["secret"]
    async with api.callers.revocations.listening():
        async with asyncio.timeout(10):
            while not api.callers.revocations.heard:
                await asyncio.sleep(0.01)
        for credential in (browser, api.client(bearer=key)):
            assert (await credential.get("/v1/whoami")).status_code == 200
        answer = await changed(boss, member["id"], disabled=True)
        assert answer.json()["disabled_at"] is not None
        for credential in (browser, api.client(bearer=key)):
            assert (await credential.get("/v1/whoami")).status_code == 401
    kinds = await owner.fetch("select kind from event order by n desc limit 3")
    assert sorted(row["kind"] for row in kinds) == ["api_key.revoked", "member.disabled", "session.closed"]
    assert (await boss.get("/v1/whoami")).status_code == 200


async def test_a_new_role_counts_from_the_next_request(api: Process, boss: httpx.AsyncClient) -> None:
    member = await added(boss, "viewer", "rising@firm.test")
    browser = await api.sign_in("rising@firm.test")
    async with api.callers.revocations.listening():
        async with asyncio.timeout(10):
            while not api.callers.revocations.heard:
                await asyncio.sleep(0.01)
        assert (await browser.get("/v1/whoami")).json()["rights"] == ["read"]
        assert (await changed(boss, member["id"], role="trader")).status_code == 200
        assert "orders:write" in (await browser.get("/v1/whoami")).json()["rights"]


async def test_another_organisations_members_are_not_there(api: Process, boss: httpx.AsyncClient) -> None:
    theirs = await api.sign_up("buyer")
    for unknown in (theirs["member"]["id"], "mem_x", theirs["organisation"]["id"]):
        path = f"/v1/members/{unknown}"
        for answer in (
            await boss.get(path),
            await boss.patch(path, json={"disabled": True}, headers={"If-Match": "*"}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "member_not_found")
    assert len((await boss.get("/v1/members")).json()["data"]) == 1
    assert (await api.client(bearer=theirs["secret"]).get("/v1/whoami")).status_code == 200


async def test_an_address_of_another_organisation_is_taken(api: Process, boss: httpx.AsyncClient) -> None:
    await api.sign_up("buyer", member=OWNER | {"email": "taken@firm.test"})
    body = {"email": "Taken@firm.test", "name": "X", "role": "viewer", "password": PASSWORD}
    answer = await boss.post("/v1/members", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")
    wrong = await boss.post("/v1/members", json=body | {"email": "no", "name": " ", "password": "short"})
    assert [error["pointer"] for error in wrong.json()["errors"]] == ["/email", "/password"]


async def test_members_come_in_pages(boss: httpx.AsyncClient) -> None:
    ids = [(await boss.get("/v1/members")).json()["data"][0]["id"], (await added(boss, "viewer"))["id"]]
    first = (await boss.get("/v1/members", params={"limit": 1})).json()
    second = (await boss.get("/v1/members", params={"limit": 1, "cursor": first["next_cursor"]})).json()
    assert [row["id"] for page in (first, second) for row in page["data"]] == ids
    assert (first["has_more"], second["has_more"], second["next_cursor"]) == (True, False, None)
