"""`Idempotency-Key`: required, checked, and the first answer again byte for byte."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.http.idempotency import request_fingerprint

ORDER = b'{"lines":[{"listing":"lst_1","quantity":1}]}'
JSON = {"Content-Type": "application/json"}


async def test_the_same_request_gets_the_first_answer_again(http: httpx.AsyncClient) -> None:
    first = await http.post("/v1/payments", content=ORDER, headers=JSON | {"Idempotency-Key": "k1"})
    again = await http.post(
        "/v1/payments",
        content=b' {"lines": [ {"quantity": 1, "listing": "lst_1"} ]}\n',
        headers=JSON | {"Idempotency-Key": "k1"},
    )
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "idempotency_key_required"),
        (b"", "idempotency_key_required"),
        (b"a b", "idempotency_key_invalid"),
        (b"a" * 256, "idempotency_key_invalid"),
        ("鍵".encode(), "idempotency_key_invalid"),
        (b"\x7f", "idempotency_key_invalid"),
    ],
)
async def test_a_key_is_required_and_plain(http: httpx.AsyncClient, key: bytes | None, code: str) -> None:
    headers = [(b"Content-Type", b"application/json"), *([] if key is None else [(b"Idempotency-Key", key)])]
    answer = await http.post("/v1/payments", content=ORDER, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.json()["errors"][0]["pointer"] == "header:Idempotency-Key"


@pytest.mark.parametrize("key", ["a", "a" * 255, "0dd5de5c-0000-7000-8000-000000000001", "~!"])
async def test_any_visible_key_is_taken(http: httpx.AsyncClient, key: str) -> None:
    answer = await http.post("/v1/payments", content=ORDER, headers=JSON | {"Idempotency-Key": key})
    assert answer.status_code == 201


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(json_values, st.integers(0, 8))
def test_spaces_and_the_order_of_keys_do_not_matter(value: object, indent: int) -> None:
    import json

    one = json.dumps(value).encode()
    other = json.dumps(_turned(value), indent=indent, ensure_ascii=False).encode("utf-8", "surrogatepass")
    assert request_fingerprint("POST", "/v1/orders", one) == request_fingerprint("POST", "/v1/orders", other)


@given(json_values, json_values)
def test_different_bodies_differ(one: object, other: object) -> None:
    import json

    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    prints = [request_fingerprint("POST", "/p", json.dumps(value).encode()) for value in (one, other)]
    assert (prints[0] == prints[1]) is same


def test_method_and_path_and_what_is_not_json_count() -> None:
    asked = [
        ("POST", "/a", b"{}"),
        ("PUT", "/a", b"{}"),
        ("POST", "/ab", b""),
        ("POST", "/a", b"b"),
        ("POST", "/a", b"["),
    ]
    assert len({request_fingerprint(*one) for one in asked}) == len(asked)
    assert len(request_fingerprint("POST", "/a", b"[" * 100_000)) == 32


def _turned(value: object) -> object:
    if isinstance(value, dict):
        return {key: _turned(inner) for key, inner in reversed(value.items())}
    return [_turned(inner) for inner in value] if isinstance(value, list) else value
