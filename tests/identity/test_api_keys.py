"""Do keys open what they say, nothing more, and nothing at all when they are altered, revoked or old?"""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from app.core.ids import read_public_id
from tests.identity.identity_world import PASSWORD, Process, process


async def test_a_key_has_its_own_rights_and_is_shown_once(api: Process, owner: asyncpg.Connection) -> None:
    made = await api.sign_up("buyer")
    mine = api.client(bearer=made["secret"])
    answer = await mine.post("/v1/api-keys", json={"name": "店舗", "scopes": ["read", "orders:write", "read"]})
    assert answer.status_code == 201, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    secret = answer.json()["secret"]
    who = (await api.client(bearer=secret).get("/v1/whoami")).json()
    assert who["rights"] == ["orders:write", "read"]
    listed = await mine.get("/v1/api-keys")
    assert [key["name"] for key in listed.json()["data"]] == ["First key", "店舗"]
    assert listed.json()["data"][1]["created_by"] == made["member"]["id"]
    assert secret not in listed.text
    events = await owner.fetch(
        "select kind, actor_kind, after from event where subject_id = $1",
        read_public_id("key", answer.json()["api_key"]["id"]),
    )
    assert [(event["kind"], event["actor_kind"]) for event in events] == [("api_key.created", "key")]


async def test_nobody_gives_a_key_what_they_do_not_have(api: Process, owner: asyncpg.Connection) -> None:
    made = await api.sign_up("buyer")
    mine = api.client(bearer=made["secret"])
    for foreign in ("admin", "inventory:write"):
        answer = await mine.post("/v1/api-keys", json={"name": "x", "scopes": ["read", foreign]})
        assert (answer.status_code, answer.json()["code"]) == (403, "rights_not_held")
        assert answer.json()["rights"] == [foreign]
    small = await mine.post("/v1/api-keys", json={"name": "small", "scopes": ["keys:write", "read"]})
    smaller = api.client(bearer=small.json()["secret"])
    refused = await smaller.post("/v1/api-keys", json={"name": "big", "scopes": ["read", "orders:write"]})
    assert (refused.status_code, refused.json()["code"]) == (403, "rights_not_held")
    assert (await smaller.post("/v1/api-keys", json={"name": "ok", "scopes": ["read"]})).status_code == 201
    reader = (await mine.post("/v1/api-keys", json={"name": "reader", "scopes": ["read"]})).json()["secret"]
    none = await api.client(bearer=reader).post("/v1/api-keys", json={"name": "x", "scopes": ["read"]})
    assert (none.status_code, none.json()["right"]) == (403, "keys:write")
    assert await owner.fetchval("select count(*) from api_key") == 4


async def test_a_pending_provider_prepares_keys_that_work_after_approval(api: Process) -> None:
    made = await api.sign_up("provider")
    mine = api.client(bearer=made["secret"])
    answer = await mine.post("/v1/api-keys", json={"name": "later", "scopes": ["read", "listings:write"]})
    assert answer.status_code == 201
    who = await api.client(bearer=answer.json()["secret"]).get("/v1/whoami")
    assert who.json()["rights"] == ["read"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": "x", "scopes": []}, "/scopes"),
        ({"name": "x", "scopes": ["everything"]}, "/scopes/0"),
        ({"name": "x\u0007", "scopes": ["read"]}, "/name"),
        ({"name": "x", "scopes": ["read"], "expires_at": "2001-01-01T00:00:00Z"}, "/expires_at"),
        ({"name": "x", "scopes": ["read"], "expires_at": "2101-01-01T00:00:00"}, "/expires_at"),
    ],
)
async def test_a_key_that_makes_no_sense_is_refused(api: Process, body: dict[str, object], pointer: str) -> None:
    made = await api.sign_up("buyer")
    answer = await api.client(bearer=made["secret"]).post("/v1/api-keys", json=body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_a_key_ends_when_it_said_it_would(api: Process, owner: asyncpg.Connection) -> None:
    made = await api.sign_up("buyer")
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    body = {"name": "short", "scopes": ["read"], "expires_at": soon}
    answer = await api.client(bearer=made["secret"]).post("/v1/api-keys", json=body)
    short = api.client(bearer=answer.json()["secret"])
    assert (await short.get("/v1/whoami")).status_code == 200
    await owner.execute("update api_key set expires_at = now() where name = 'short'")
    assert (await short.get("/v1/whoami")).status_code == 401


async def test_a_revoked_key_is_dead_and_revoking_it_again_changes_nothing(
    api: Process, owner: asyncpg.Connection
) -> None:
    made = await api.sign_up("buyer")
    mine = api.client(bearer=made["secret"])
    other = (await mine.post("/v1/api-keys", json={"name": "x", "scopes": ["read"]})).json()
    path = f"/v1/api-keys/{other['api_key']['id']}"
    assert (await mine.delete(path)).status_code == 204
    assert (await api.client(bearer=other["secret"]).get("/v1/whoami")).status_code == 401
    assert (await mine.delete(path)).status_code == 204
    kinds = await owner.fetch(
        "select kind from event where subject_id = $1 order by seq", read_public_id("key", other["api_key"]["id"])
    )
    assert [row["kind"] for row in kinds] == ["api_key.created", "api_key.revoked"]


async def test_another_organisations_key_is_not_there(api: Process) -> None:
    mine, theirs = await api.sign_up("buyer"), await api.sign_up("buyer")
    client = api.client(bearer=mine["secret"])
    for unknown in (theirs["api_key"]["id"], "key_nonsense", mine["member"]["id"]):
        answer = await client.delete(f"/v1/api-keys/{unknown}")
        assert (answer.status_code, answer.json()["code"]) == (404, "api_key_not_found")
    assert (await api.client(bearer=theirs["secret"]).get("/v1/whoami")).status_code == 200
    listed = (await client.get("/v1/api-keys")).json()["data"]
    assert [key["id"] for key in listed] == [mine["api_key"]["id"]]


async def test_an_altered_key_is_refused_without_asking_the_database(api: Process) -> None:
    secret = (await api.sign_up("buyer"))["secret"]
    async with process("postgresql://nobody@127.0.0.1:1/nowhere") as cut_off:
        assert (await cut_off.client(bearer=secret).get("/v1/whoami")).status_code == 503
        for place in range(len(secret)):
            letter = "x" if secret[place] != "x" else "y"
            altered = secret[:place] + letter + secret[place + 1 :]
            answer = await cut_off.client(bearer=altered).get("/v1/whoami")
            assert answer.status_code == 401, altered
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("authorization", ["", "Bearer", "Basic dXNlcjpwYXNz", "Bearer ods_" + "A" * 43, "od_test_x"])
async def test_what_is_no_key_is_refused_even_beside_a_good_cookie(api: Process, authorization: str) -> None:
    email = "both@firm.test"
    await api.sign_up("buyer", member={"email": email, "name": "B", "password": PASSWORD})
    browser = await api.sign_in(email)
    assert (await browser.get("/v1/whoami")).status_code == 200
    answer = await browser.get("/v1/whoami", headers={"Authorization": authorization})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
