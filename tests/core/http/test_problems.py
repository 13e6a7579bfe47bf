"""Every refusal of every kind reads the same: RFC 9457, with exact pointers, and nothing of our insides."""

from typing import Any

import httpx
import pytest

from app.core.errors import AppError
from app.core.http.catalogue import catalogue
from tests.core.http.conftest import BASE_URL

ORDER = "/v1/orders/0dd5de5c-0000-7000-8000-000000000001"
SIGNED_IN = {"Authorization": "Bearer x"}
GOOD = {"lines": [{"listing": "lst_1", "quantity": 1}]}
JSON = {"Content-Type": "application/json"}

REFUSED: list[tuple[str, str, dict[str, Any], int, str]] = [
    ("POST", "/v1/orders", {"content": b"{", "headers": JSON}, 400, "invalid_json"),
    ("GET", "/v1/orders?colour=red", {}, 400, "unknown_parameter"),
    ("GET", "/livez", {"headers": {"Host": "a b"}}, 400, "bad_request"),
    ("POST", "/v1/payments", {"json": GOOD}, 400, "idempotency_key_required"),
    ("POST", "/v1/orders", {"json": GOOD}, 401, "unauthenticated"),
    ("GET", "/raise/forbidden", {}, 403, "forbidden"),
    ("GET", "/raise/their_403", {}, 403, "forbidden"),
    ("GET", "/raise/missing", {}, 404, "not_found"),
    ("GET", "/nowhere", {}, 404, "not_found"),
    ("GET", "/v1/orders/not-an-id", {}, 404, "not_found"),
    ("GET", "/raise/a%00b", {}, 404, "not_found"),
    ("DELETE", "/v1/orders", {}, 405, "method_not_allowed"),
    ("HEAD", "/v1/imports", {}, 405, "method_not_allowed"),
    ("GET", "/raise/state", {}, 409, "invalid_state"),
    ("DELETE", ORDER, {"headers": {"If-Match": '"v6"'}}, 412, "stale_version"),
    ("POST", "/v1/orders", {"content": b" " * 3000, "headers": JSON}, 413, "body_too_large"),
    ("POST", "/v1/orders", {"content": b"x", "headers": {"Content-Type": "text/csv"}}, 415, "unsupported_media_type"),
    ("POST", "/v1/orders", {"json": {}, "headers": SIGNED_IN}, 422, "invalid_fields"),
    ("DELETE", ORDER, {}, 428, "if_match_required"),
    ("GET", "/raise/limited", {}, 429, "too_many_requests"),
    ("GET", "/raise/their_429", {}, 429, "too_many_requests"),
    ("GET", "/raise/bug", {}, 500, "internal_error"),
    ("GET", "/raise/unavailable", {}, 503, "unavailable"),
    ("GET", "/raise/pool", {}, 503, "unavailable"),
    ("GET", "/raise/refused", {}, 503, "unavailable"),
    ("GET", "/raise/deadlock", {}, 503, "busy"),
]


@pytest.mark.parametrize(("method", "path", "asked", "status", "code"), REFUSED)
async def test_every_refusal_is_a_problem(
    http: httpx.AsyncClient, method: str, path: str, asked: dict[str, Any], status: int, code: str
) -> None:
    answer = await http.request(method, path, **asked)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert "no-store" in answer.headers["cache-control"]
    if method == "HEAD":
        return
    problem = answer.json()
    assert problem["type"] == f"{BASE_URL}/problems/{code}"
    assert problem["title"] == catalogue()[code].title_en
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert problem["instance"] == httpx.URL(path).path
    assert problem["detail"]
    assert isinstance(problem["errors"], list)
    assert (await http.get(httpx.URL(problem["type"]).path)).status_code == 200
    for inside in (
        "Traceback",
        "KeyError",
        "SELECT",
        "select",
        "/usr/lib",
        "python",
        "10.0.0.9",
        "QueuePool",
        "Yamada",
    ):
        assert inside not in answer.text.replace(path, "")


async def test_every_refusal_has_been_seen_above() -> None:
    """What stands in no row: raised by doors that this application does not have, or shown in a test of its own."""
    elsewhere = {"invalid_cursor", "idempotency_key_invalid", "not_ready", "conflict"}
    ours = {code for code, refusal in catalogue().items() if refusal.__module__.startswith("app.core.")}
    core = {
        code
        for code in ours
        if catalogue()[code].__module__ in {"app.core.errors", "app.core.http.errors", "app.core.http.idempotency"}
    }
    assert core - {code for *_, code in REFUSED} <= elsewhere


async def test_titles_follow_the_reader_and_codes_never_change(http: httpx.AsyncClient) -> None:
    heard = {}
    for language in (
        "ja",
        "en",
        "ja-JP,en;q=0.5",
        "en-GB,ja;q=0.9",
        "fr",
        "fr,ja;q=0.2",
        "",
        "en;q=0,ja;q=0.1",
        "xx;q=a",
    ):
        answer = await http.get("/raise/state", headers={"Accept-Language": language})
        assert answer.headers["vary"] == "Accept-Language, Origin"
        assert answer.json()["code"] == "invalid_state"
        heard[language] = answer.json()["title"]
    english, japanese = "Not possible in this state", "この状態では実行できません"
    assert heard == {
        "ja": japanese,
        "en": english,
        "ja-JP,en;q=0.5": japanese,
        "en-GB,ja;q=0.9": english,
        "fr": english,
        "fr,ja;q=0.2": japanese,
        "": english,
        "en;q=0,ja;q=0.1": japanese,
        "xx;q=a": english,
    }


async def test_facts_are_added_and_never_replace_the_standard(http: httpx.AsyncClient) -> None:
    problem = (await http.get("/raise/state")).json()
    assert (problem["state"], problem["status"]) == ("paid", 409)


async def test_a_refusal_says_when_to_come_back(http: httpx.AsyncClient) -> None:
    found = {
        kind: (await http.get(f"/raise/{kind}")).headers.get("retry-after")
        for kind in ("limited", "their_429", "unavailable", "pool", "refused", "deadlock", "state")
    }
    assert found == {
        "limited": "7",
        "their_429": "9",
        "unavailable": "30",
        "pool": "2",
        "refused": "2",
        "deadlock": "1",
        "state": None,
    }
    assert "x-internal" not in (await http.get("/raise/their_429")).headers


async def test_a_stranger_is_told_how_to_sign_in(http: httpx.AsyncClient) -> None:
    assert (await http.post("/v1/orders", json=GOOD)).headers["www-authenticate"] == "Bearer"


async def test_a_stale_version_is_told_the_present_one(http: httpx.AsyncClient) -> None:
    answer = await http.delete(ORDER, headers={"If-Match": '"v6"'})
    assert (answer.headers["etag"], answer.json()["etag"]) == ('"v7"', '"v7"')
    for seen in ('"v7"', '"v1", "v7"', "*"):
        assert (await http.delete(ORDER, headers={"If-Match": seen})).status_code == 204
    assert (await http.delete(ORDER, headers={"If-Match": 'W/"v7"'})).status_code == 412


async def test_a_bug_is_in_the_log_with_its_place_and_request(http: httpx.AsyncClient, log) -> None:
    answer = await http.get("/raise/bug")
    line = next(line for line in log() if line["level"] == "error")
    assert line["request_id"] == answer.json()["request_id"]
    assert (line["code"], line["status"]) == ("internal_error", 500)
    assert "raise FAILURES[kind]" in line["traceback"]


async def test_what_is_no_mistake_of_ours_leaves_one_line(http: httpx.AsyncClient, log) -> None:
    await http.get("/raise/unavailable")
    await http.get("/raise/state")
    await http.get("/raise/refused")
    await http.get("/raise/deadlock")
    assert all("traceback" not in line for line in log())
    causes = [line["error"] for line in log() if line["level"] == "warning"]
    assert causes == ["Unavailable", "ConnectionRefusedError", "DBAPIError 40P01"]


async def test_every_code_has_a_page_in_both_languages(http: httpx.AsyncClient) -> None:
    listed = await http.get("/problems")
    for code, refusal in catalogue().items():
        answer = await http.get(f"/problems/{code}")
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert refusal.title_ja in answer.text
        assert f'href="/problems/{code}"' in listed.text
    assert (await http.get("/problems/no_such_code")).status_code == 404


def test_codes_are_words_and_titles_exist_in_both_languages() -> None:
    for code, refusal in catalogue().items():
        assert code.replace("_", "").isascii()
        assert code == code.lower()
        assert 400 <= refusal.status < 600
        assert refusal.title_ja != refusal.title_en
        assert refusal.__doc__
        assert refusal.__doc__ != AppError.__doc__
