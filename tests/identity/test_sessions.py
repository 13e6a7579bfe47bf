"""Can a person sign in and out with a browser, and nobody else on their behalf?"""

import asyncio
import time
import unicodedata
from datetime import datetime, timedelta

import argon2
import asyncpg
import pytest

from app.core.http.errors import Busy
from app.identity.http import COOKIE, Passwords
from tests.identity.identity_world import BASE_URL, OPERATOR_EMAIL, PASSWORD, Process

EMAIL = "browser@firm.test"
PERSON = {"email": EMAIL, "name": "B", "password": PASSWORD}


async def test_a_session_is_a_strict_cookie_for_twelve_hours(api: Process, owner: asyncpg.Connection) -> None:
    await api.sign_up("buyer", member=PERSON)
    answer = await api.client().post("/v1/sessions", json={"email": "Browser@FIRM.test", "password": PASSWORD})
    assert answer.status_code == 201
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=ods_")
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert parts == {"path=/", "secure", "httponly", "samesite=lax", "max-age=43200"}
    token = cookie.partition("=")[2].partition(";")[0]
    assert token not in answer.text
    row = await owner.fetchrow("select * from login_session")
    assert row["expires_at"] - row["created_at"] == timedelta(hours=12)
    assert datetime.fromisoformat(answer.json()["expires_at"]) == row["expires_at"]
    assert answer.json()["member"]["email"] == EMAIL
    assert await owner.fetchval("select kind from event where subject_id = $1", row["id"]) == "session.opened"


async def test_a_session_past_its_limit_is_over_however_much_it_was_used(
    api: Process, owner: asyncpg.Connection
) -> None:
    await api.sign_up("buyer", member=PERSON)
    browser = await api.sign_in(EMAIL)
    assert (await browser.get("/v1/whoami")).json()["actor_kind"] == "member"
    await owner.execute("update login_session set expires_at = now()")
    assert (await browser.get("/v1/whoami")).status_code == 401


async def test_signing_out_ends_the_session_everywhere(api: Process, owner: asyncpg.Connection) -> None:
    await api.sign_up("buyer", member=PERSON)
    browser = await api.sign_in(EMAIL)
    other = await api.sign_in(EMAIL)
    token = browser.cookies[COOKIE]
    answer = await browser.delete("/v1/sessions")
    assert answer.status_code == 204
    assert "max-age=0" in answer.headers["Set-Cookie"].lower()
    assert COOKIE not in browser.cookies
    thief = api.client(Sec_Fetch_Site="none", Cookie=f"{COOKIE}={token}")
    assert (await thief.get("/v1/whoami")).status_code == 401
    assert (await thief.delete("/v1/sessions")).status_code == 401
    assert (await other.get("/v1/whoami")).status_code == 200
    closed = await owner.fetchval("select count(*) from event where kind = 'session.closed'")
    assert closed == 1


async def test_unknown_people_and_wrong_passwords_hear_the_same_and_wait_as_long(api: Process) -> None:
    await api.sign_up("buyer", member=PERSON)
    stranger, client = api.client(), api.client()
    unknown = {"email": "nobody@firm.test", "password": PASSWORD}
    wrong = {"email": EMAIL, "password": "not my password"}
    took: dict[str, list[float]] = {"unknown": [], "wrong": []}
    answers = []
    for _ in range(5):
        for name, body in (("unknown", unknown), ("wrong", wrong)):
            began = time.perf_counter()
            answer = await stranger.post("/v1/sessions", json=body)
            took[name].append(time.perf_counter() - began)
            told = answer.json()
            told.pop("request_id")
            answers.append((answer.status_code, told))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 401
    assert answers[0][1]["code"] == "sign_in_failed"
    # The hash takes some 50 ms and all the rest 5: without the same work one side would be a tenth of the other.
    assert min(took["unknown"]) > 0.5 * min(took["wrong"])
    assert COOKIE not in client.cookies


async def test_a_disabled_member_hears_what_a_stranger_hears(api: Process, owner: asyncpg.Connection) -> None:
    await api.sign_up("buyer", member=PERSON)
    await owner.execute("update member set disabled_at = now() where email = $1", EMAIL)
    answer = await api.client().post("/v1/sessions", json={"email": EMAIL, "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_failed")
    assert await owner.fetchval("select count(*) from login_session") == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 201),
        ({"Sec-Fetch-Site": "none"}, 201),
        ({"Origin": BASE_URL}, 201),
        ({"Sec-Fetch-Site": "cross-site", "Origin": BASE_URL}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.test"}, 403),
        ({}, 403),
    ],
)
async def test_a_change_by_cookie_from_elsewhere_is_refused(
    api: Process, owner: asyncpg.Connection, headers: dict[str, str], status: int
) -> None:
    await api.sign_up("buyer", member=PERSON)
    token = (await api.sign_in(EMAIL)).cookies[COOKIE]
    browser = api.client(Cookie=f"{COOKIE}={token}")
    answer = await browser.post("/v1/api-keys", json={"name": "x", "scopes": ["read"]}, headers=headers)
    assert answer.status_code == status
    assert await owner.fetchval("select count(*) from api_key") == (2 if status == 201 else 1)
    if status == 403:
        assert answer.json()["code"] == "cross_site"
    assert (await browser.get("/v1/whoami", headers=headers)).status_code == 200


async def test_a_key_needs_no_browsers_word(api: Process) -> None:
    made = await api.sign_up("buyer")
    mine = api.client(bearer=made["secret"], Sec_Fetch_Site="cross-site", Origin="https://evil.test")
    assert (await mine.post("/v1/api-keys", json={"name": "x", "scopes": ["read"]})).status_code == 201


async def test_a_password_is_the_same_however_the_keyboard_composed_it(api: Process) -> None:
    password = "がぎぐげご・パピプペポ・ﾊﾟｽﾜｰﾄﾞ"
    await api.sign_up("buyer", member=PERSON | {"password": password})
    decomposed = unicodedata.normalize("NFD", password)
    assert decomposed != password
    assert (await (await api.sign_in(EMAIL, decomposed)).get("/v1/whoami")).status_code == 200


async def test_an_old_hash_is_renewed_at_the_next_sign_in(api: Process, owner: asyncpg.Connection) -> None:
    old = argon2.PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    await api.sign_up("buyer", member=PERSON)
    await owner.execute("update member set password_hash = $1 where email = $2", old, EMAIL)
    await api.sign_in(EMAIL)
    renewed = await owner.fetchval("select password_hash from member where email = $1", EMAIL)
    assert renewed != old
    assert "m=32768,t=3,p=1" in renewed
    await api.sign_in(EMAIL)
    assert await owner.fetchval("select password_hash from member where email = $1", EMAIL) == renewed


async def test_signing_out_without_a_session_is_refused(api: Process) -> None:
    made = await api.sign_up("buyer")
    assert (await api.client().delete("/v1/sessions")).status_code == 401
    assert (await api.client(bearer=made["secret"]).delete("/v1/sessions")).status_code == 401
    for nonsense in ("", "x", "ods_short", "ods_" + "A" * 43):
        browser = api.client(Cookie=f"{COOKIE}={nonsense}", Sec_Fetch_Site="none")
        assert (await browser.delete("/v1/sessions")).status_code == 401


async def test_more_than_a_queue_of_sign_ins_is_told_to_come_back(api: Process) -> None:
    passwords = Passwords(at_once=1, waiting_max=2)
    results = await asyncio.gather(*(passwords.hashed(PASSWORD) for _ in range(6)), return_exceptions=True)
    assert sum(isinstance(result, Busy) for result in results) == 3
    assert sum(isinstance(result, str) for result in results) == 3
    assert await passwords.is_right(PASSWORD, next(result for result in results if isinstance(result, str)))


async def test_the_operator_signs_in_like_everybody(api: Process) -> None:
    who = (await (await api.sign_in(OPERATOR_EMAIL)).get("/v1/whoami")).json()
    assert who["rights"] == ["admin", "keys:write", "members:write", "read"]
    assert who["org_kind"] == "operator"
    assert who["credential"] == ""
