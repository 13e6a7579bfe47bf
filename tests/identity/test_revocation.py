"""Is a revoked credential dead at once in every process, also in one that has just lost its ear?"""

import asyncio
import time
from collections.abc import AsyncIterator

import asyncpg
import pytest

from app.core.ids import read_public_id
from tests.identity.identity_world import OPERATOR_EMAIL, PASSWORD, Process, process

LISTENER = "offsetdesk_api listens"


async def until_heard(one: Process) -> None:
    async with asyncio.timeout(10):
        while not one.callers.revocations.heard:
            await asyncio.sleep(0.01)


async def status_of(one: Process, secret: str) -> int:
    return (await one.client(bearer=secret).get("/v1/whoami")).status_code


@pytest.fixture
async def far(database_url: str, api: Process) -> AsyncIterator[Process]:
    """Another process of the same desk, which listens and keeps what it has found."""
    async with process(database_url) as other, other.callers.revocations.listening():
        await until_heard(other)
        yield other


async def revoke_unheard(owner: asyncpg.Connection, secret: str) -> None:
    """What no release of ours does: a revocation that tells nobody. It shows who works from memory."""
    shown = secret.rpartition("_")[0]
    assert await owner.execute("update api_key set revoked_at = now() where shown = $1", shown) == "UPDATE 1"


async def test_another_process_forgets_within_a_second(api: Process, far: Process) -> None:
    made = await api.sign_up("buyer")
    mine = api.client(bearer=made["secret"])
    key = (await mine.post("/v1/api-keys", json={"name": "x", "scopes": ["read"]})).json()
    assert await status_of(far, key["secret"]) == 200
    assert (await mine.delete(f"/v1/api-keys/{key['api_key']['id']}")).status_code == 204
    revoked = time.monotonic()
    while await status_of(far, key["secret"]) != 401:
        assert time.monotonic() - revoked < 1
        await asyncio.sleep(0)  # An answer from memory never waits, so here it would keep the message from arriving.
    assert await status_of(far, made["secret"]) == 200


async def test_a_listening_process_works_from_memory_for_five_seconds_at_most(
    api: Process, far: Process, owner: asyncpg.Connection
) -> None:
    secret = (await api.sign_up("buyer"))["secret"]
    assert await status_of(far, secret) == 200
    found = time.monotonic()
    await revoke_unheard(owner, secret)
    assert await status_of(far, secret) == 200, "nothing is kept"
    assert await status_of(api, secret) == 401, "who does not listen keeps nothing"
    while await status_of(far, secret) == 200:
        assert time.monotonic() - found < 5.5
        await asyncio.sleep(0.1)


async def test_who_has_lost_the_ear_asks_every_time_and_gets_it_back(
    api: Process, far: Process, owner: asyncpg.Connection
) -> None:
    first, second, third = [(await api.sign_up("buyer"))["secret"] for _ in range(3)]
    for secret in (first, third):
        assert await status_of(far, secret) == 200
    await owner.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1"
        " and datname = current_database()",
        LISTENER,
    )
    async with asyncio.timeout(5):
        while far.callers.revocations.heard:
            await asyncio.sleep(0.005)
    await revoke_unheard(owner, first)
    await revoke_unheard(owner, third)
    assert await status_of(far, first) == 401
    await until_heard(far)
    assert await status_of(far, third) == 401, "it remembers from before the gap"
    assert await status_of(far, second) == 200
    await revoke_unheard(owner, second)
    assert await status_of(far, second) == 200, "it does not listen again"


async def test_a_look_up_that_met_the_revocation_is_not_kept(
    api: Process, far: Process, owner: asyncpg.Connection
) -> None:
    made = await api.sign_up("buyer")
    key_id = read_public_id("key", made["api_key"]["id"])
    async with owner.transaction():
        await owner.execute("lock table api_key in access exclusive mode")
        asking = [asyncio.create_task(status_of(far, made["secret"])) for _ in range(3)]
        waiting = "select count(*) from pg_locks where not granted and relation = 'api_key'::regclass"
        async with asyncio.timeout(10):
            while await owner.fetchval(waiting) < 3:
                await asyncio.sleep(0.01)
        key_hash = await owner.fetchval(
            "update api_key set revoked_at = now() where id = $1 returning encode(hash, 'hex')", key_id
        )
        await owner.execute("select pg_notify('offsetdesk_revoked', $1)", key_hash)
    assert set(await asyncio.gather(*asking)) <= {200, 401}
    await asyncio.sleep(0.2)
    assert await status_of(far, made["secret"]) == 401


async def test_a_decision_of_the_operator_is_heard_everywhere(api: Process, far: Process) -> None:
    email = "waiting@firm.test"
    made = await api.sign_up("provider", member={"email": email, "name": "W", "password": PASSWORD})
    browser = await far.sign_in(email)
    keyed = far.client(bearer=made["secret"])
    for mine in (browser, keyed):
        assert "listings:write" not in (await mine.get("/v1/whoami")).json()["rights"]
    operator = await api.sign_in(OPERATOR_EMAIL)
    path = f"/v1/admin/organisations/{made['organisation']['id']}/approve"
    assert (await operator.post(path, json={})).status_code == 200
    decided = time.monotonic()
    for mine in (browser, keyed):
        while "listings:write" not in (await mine.get("/v1/whoami")).json()["rights"]:
            assert time.monotonic() - decided < 1
            await asyncio.sleep(0)


async def test_a_suspended_organisation_is_shut_out(api: Process, owner: asyncpg.Connection) -> None:
    made = await api.sign_up("buyer")
    await owner.execute("update organisation set status = 'suspended' where kind = 'buyer'")
    answer = await api.client(bearer=made["secret"]).get("/v1/whoami")
    assert (answer.status_code, answer.json()["code"]) == (403, "organisation_suspended")
    assert answer.json()["state"] == "suspended"


async def test_the_database_holds_nothing_that_opens_a_door(api: Process, owner: asyncpg.Connection) -> None:
    email = "dump@firm.test"
    made = await api.sign_up("buyer", member={"email": email, "name": "D", "password": PASSWORD})
    browser = await api.sign_in(email)
    token = next(iter(browser.cookies.values()))
    more = (await browser.post("/v1/api-keys", json={"name": "x", "scopes": ["read"]})).json()
    await browser.delete("/v1/sessions")
    tables = await owner.fetch("select tablename from pg_tables where schemaname = 'public'")
    dump = ""
    for table in tables:
        rows = await owner.fetch(f"select t::text as line from {table['tablename']} t")
        dump += "\n".join(row["line"] for row in rows)
    assert email in dump, "the dump shows what is there"
    assert more["api_key"]["shown"] in dump
    secrets = [made["secret"], more["secret"], token, PASSWORD, "correct horse"]
    secrets += [secret[-20:] for secret in (made["secret"], more["secret"], token)]  # Without what it begins with.
    for secret in secrets:
        assert len(secret) > 8
        assert secret not in dump
        assert secret.encode().hex() not in dump
