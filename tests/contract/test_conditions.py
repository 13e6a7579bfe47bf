"""Is every condition kept that the document promises? ETags, 304, If-Match, media types, and nothing unknown taken."""

import itertools
import secrets
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest

from tests.contract.peopled import BUYER, NOBODY, OPERATOR, PAGE, PROVIDER
from tests.contract.seen import EVERY, ids_seen
from tests.contract.served import Served
from tests.isolation.document import JSON, NAMED, NUMBER, Body, Operation

ONCE_ONLY = {
    "DELETE /v1/api-keys/{api_key_id}": "a key has one change in its life",
    "DELETE /v1/sessions": "a session has no version",
    "DELETE /v1/storefront-keys/{storefront_key_id}": "a key has one change in its life",
    "DELETE /v1/storefront-tokens": "tokens have no version",
    "DELETE /v1/storefront-consents/{consent_id}": "a consent has one change in its life",
    "DELETE /v1/payer-names/{payer_name_id}": "a name is never changed, but taken back",
}
"""Changes without If-Match: each with its reason."""
CALLERS = (NOBODY, BUYER, PROVIDER, OPERATOR, PAGE)
UNTAGGED = {
    "GET /livez": "the process of this moment",
    "GET /readyz": "the process of this moment",
    "GET /metrics": "the process of this moment",
    "GET /v1/imports/{import_id}/errors.csv": "sent while it is made",
    "GET /v1/reports/holdings": "it tells the moment at which it was made",
    "GET /v1/reports/holdings.pdf": "it tells the moment at which it was made",
    "GET /v1/reports/holdings.xlsx": "sent as it is read, however large",
    "GET /v1/test/clock": "it goes on",
    "GET /v1/admin/book/journal.csv": "sent as it is read, however large",
}
"""What is read and carries no ETag: each with its reason."""
GETS = [each for each in EVERY if each.method == "GET"]
TAGGED = [each for each in GETS if "304" in each.told["responses"]]
CONDITIONAL = [each for each in EVERY if any(told["name"] == "If-Match" for told in each.parameters("header"))]
BODIED = [each for each in EVERY if each.method in {"POST", "PUT", "PATCH"}]
WITH_JSON = [
    each
    for each in EVERY
    if each.told.get("requestBody", {})
    .get("content", {})
    .get(JSON, {"schema": {"format": "binary"}})["schema"]
    .get("format")
    != "binary"
]
"""What is read field by field; JSON that is signed is taken as bytes."""


class Caller:
    """Somebody with a client, and the ids that it may know."""

    def __init__(self, client: httpx.AsyncClient, seen: dict[str, list[str]]) -> None:
        self.client = client
        self.seen = seen

    def choose(self, prefix: str) -> str:
        return next(iter(self.seen.get(prefix, ())), f"{prefix}_{'0' * 26}")

    def question(self, operation: Operation) -> dict[str, Any]:
        """What must stand in the query; two listings where they are compared."""
        if operation.path == "/v1/listings/compare":
            return {"id": self.seen.get("lst", [])[:2]}
        return next(operation.queries(self.choose))

    def addresses(self, operation: Operation) -> list[str]:
        """Its own things of the kind that the operation is about; what only an answer names is no address."""
        if operation.place is None:
            return [operation.url("")]
        return [operation.url(each) for each in self.seen.get(NAMED.get(operation.place, operation.place), ())]


@pytest.fixture(scope="module")
async def callers(desk: Served) -> AsyncIterator[dict[str, Caller]]:
    found = {}
    for name in CALLERS:
        client = httpx.AsyncClient(base_url=desk.url, headers=desk.headers(name), timeout=30)
        found[name] = Caller(client, await ids_seen(client, desk.pages.values()))
    numbers = [each["number"] for each in (await found[BUYER].client.get("/v1/certificates")).json()["data"]]
    for caller in found.values():
        caller.seen[NUMBER] = numbers
    yield found
    for caller in found.values():
        await caller.client.aclose()


async def test_every_get_of_something_has_an_etag(callers: dict[str, Caller]) -> None:
    assert {each.name for each in GETS} - {each.name for each in TAGGED} == UNTAGGED.keys(), "Add an ETag, or a reason."
    for operation in GETS:
        for caller in callers.values() if operation.name in UNTAGGED else ():
            for at in caller.addresses(operation)[:2]:
                assert "etag" not in (await caller.client.get(at)).headers, operation.name


@pytest.mark.parametrize("operation", TAGGED, ids=lambda operation: operation.name)
async def test_what_was_seen_is_not_sent_again(callers: dict[str, Caller], operation: Operation) -> None:
    shown = 0
    for caller in callers.values():
        needed = caller.question(operation)
        for at in caller.addresses(operation):
            first = await caller.client.get(at, params=needed)
            if first.status_code != 200:
                continue
            shown += 1
            for seen in (first.headers["etag"], f'"other", W/{first.headers["etag"].removeprefix("W/")}', "*"):
                again = await caller.client.get(at, params=needed, headers={"If-None-Match": seen})
                assert (again.status_code, again.content) == (304, b""), (at, seen)
                assert again.headers["etag"] == first.headers["etag"]
            other = await caller.client.get(at, params=needed, headers={"If-None-Match": '"other"'})
            assert (other.status_code, other.content) == (200, first.content)
            head = await caller.client.head(at, params=needed)
            assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", first.headers["etag"])
            break
    assert shown, "Something of it is somebody's to read."


def test_every_change_of_something_asks_which_version_was_seen() -> None:
    changes = {each.name for each in EVERY if each.method in {"PUT", "PATCH", "DELETE"}}
    without = changes - {each.name for each in CONDITIONAL}
    assert without == ONCE_ONLY.keys() & changes, "Add If-Match, or a reason."
    for operation in CONDITIONAL:
        assert {"412", "428"} <= operation.told["responses"].keys(), operation.name


async def test_a_change_without_or_with_a_stale_version_is_refused(callers: dict[str, Caller]) -> None:
    tried = set()
    for operation, caller in itertools.product(CONDITIONAL, callers.values()):
        body = next(operation.bodies(caller.choose))
        query = next(operation.queries(caller.choose))
        for at in caller.addresses(operation)[:1]:
            without = await ask(caller, operation, at, query, body)
            stale = await ask(caller, operation, at, query, body, **{"If-Match": '"v999999", "c999999"'})
            if without.status_code in {401, 403, 404, 409, 422}:
                continue
            tried.add(operation.name)
            assert (without.status_code, without.json().get("code")) == (428, "if_match_required"), operation.name
            assert (stale.status_code, stale.json().get("code")) == (412, "stale_version"), operation.name
            assert stale.headers.get("etag") == stale.json()["etag"], operation.name
            weak = await ask(caller, operation, at, query, body, **{"If-Match": f"W/{stale.headers['etag']}"})
            assert weak.status_code == 412, "If-Match compares strongly (RFC 9110, 13.1.1)."
    assert {
        "PATCH /v1/members/{member_id}",
        "PATCH /v1/listings/{listing_id}",
        "POST /v1/lots/{lot_id}/withdraw",
    } <= tried


@pytest.mark.parametrize("operation", BODIED, ids=lambda operation: operation.name)
async def test_other_media_types_are_refused(callers: dict[str, Caller], operation: Operation) -> None:
    at = operation.url("x")
    given = set(operation.told.get("requestBody", {}).get("content", ()))
    for media_type in ("text/plain", "application/xml", "multipart/form-data; boundary=x", "", "application/json"):
        if media_type in given or (not given and media_type == JSON):
            continue
        sent = {"Content-Type": media_type} if media_type else {}
        answer = await callers[BUYER].client.request(operation.method, at, content=b"x", headers=sent)
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type"), media_type
    for more in ({"Content-Encoding": "gzip"}, {"Content-Type": "application/json; charset=shift_jis"}):
        headers = {"Content-Type": next(iter(given), JSON), **more}
        answer = await callers[BUYER].client.request(operation.method, at, content=b"x", headers=headers)
        assert answer.status_code == 415 or (JSON not in (given or {JSON}) and "Content-Encoding" not in more)


@pytest.mark.parametrize("operation", EVERY, ids=lambda operation: operation.name)
async def test_unknown_and_repeated_parameters_are_refused(callers: dict[str, Caller], operation: Operation) -> None:
    known = {each["name"]: each for each in operation.parameters("query")}
    for query in (
        {"colour": "red"},
        {"Limit": "5"},
        *({name: ["1", "2"]} for name in known if not repeatable(known[name])),
    ):
        answer = await callers[BUYER].client.request(operation.method, operation.url("x"), params=query)
        assert (answer.status_code, answer.json()["code"]) == (400, "unknown_parameter"), (query, answer.text)
        assert answer.json()["errors"][0]["pointer"] == f"?{next(iter(query))}"


def repeatable(told: dict) -> bool:
    return any(each.get("type") == "array" for each in (told["schema"], *told["schema"].get("oneOf", ())))


@pytest.mark.parametrize("operation", WITH_JSON, ids=lambda operation: operation.name)
async def test_unknown_fields_are_refused_by_name(callers: dict[str, Caller], operation: Operation) -> None:
    caller = callers[BUYER]
    for body in itertools.islice(operation.bodies(caller.choose), 1):
        assert body is not None
        sent = msgspec.json.encode(msgspec.json.decode(body.content) | {"colour~/": 1})
        answer = await ask(
            caller, operation, operation.url("x"), {}, Body(sent, JSON), **{"If-Match": "*", "Idempotency-Key": "k"}
        )
        assert answer.status_code == 422, answer.text
        assert {"pointer": "/colour~0~1", "code": "unknown", "detail": "There is no such field."} in answer.json()[
            "errors"
        ]


async def ask(
    caller: Caller, operation: Operation, at: str, query: dict[str, str], body: Body | None, **headers: str
) -> httpx.Response:
    sent = {"Idempotency-Key": secrets.token_hex(8)} | ({} if body is None else {"Content-Type": body.media_type})
    content = None if body is None else body.content
    return await caller.client.request(operation.method, at, params=query, content=content, headers=sent | headers)
