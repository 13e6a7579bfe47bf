"""Every wrong field and parameter is pointed at exactly, in the reader's language."""

import json
from typing import Any

import httpx
import pytest

SIGNED_IN = {"Authorization": "Bearer x"}
JSON = {"Content-Type": "application/json"}
LINE = {"listing": "lst_1", "quantity": 1}


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, [("/lines", "missing")]),
        ({"lines": [LINE], "colour": 1, "a/b~c": 2}, [("/colour", "unknown"), ("/a~1b~0c", "unknown")]),
        ({"lines": "x"}, [("/lines", "type")]),
        ({"lines": None}, [("/lines", "type")]),
        ({"lines": []}, [("/lines", "length")]),
        ({"lines": [LINE] * 4}, [("/lines", "length")]),
        ({"lines": [LINE, {"quantity": 2}]}, [("/lines/1/listing", "missing")]),
        ({"lines": [LINE | {"quantity": "1"}]}, [("/lines/0/quantity", "type")]),
        ({"lines": [LINE | {"quantity": 1.0}]}, [("/lines/0/quantity", "type")]),
        ({"lines": [LINE | {"quantity": True}]}, [("/lines/0/quantity", "type")]),
        ({"lines": [LINE | {"quantity": 0}]}, [("/lines/0/quantity", "range")]),
        ({"lines": [LINE, LINE | {"quantity": 1001}]}, [("/lines/1/quantity", "range")]),
        ({"lines": [LINE | {"quantity": 10**30}]}, [("/lines/0/quantity", "range")]),
        ({"lines": [LINE | {"unit": "kWh"}]}, [("/lines/0/unit", "value")]),
        ({"lines": [LINE | {"listing": "ord_1"}]}, [("/lines/0/listing", "pattern")]),
        ({"lines": [LINE], "note": "longer"}, [("/note", "length")]),
        ({"lines": [LINE], "note": 7}, [("/note", "type")]),
        ({"lines": [LINE], "note": "a\0b"}, [("/note", "invalid")]),
        ({"lines": [LINE], "prices": {"x/y": "1"}}, [("/prices/x~1y", "type")]),
        ([], [("", "type")]),
        ("text", [("", "type")]),
        (None, [("", "type")]),
        (
            {"lines": [{"quantity": 0, "x": 1}, 7], "note": 1},
            [
                ("/lines/0/listing", "missing"),
                ("/lines/0/quantity", "range"),
                ("/lines/0/x", "unknown"),
                ("/lines/1", "type"),
                ("/note", "type"),
            ],
        ),
    ],
)
async def test_each_wrong_field_is_pointed_at(
    http: httpx.AsyncClient, body: Any, errors: list[tuple[str, str]]
) -> None:
    content = json.dumps(body).encode()
    answer = await http.post("/v1/orders", content=content, headers=SIGNED_IN | JSON)
    assert answer.status_code == 422, answer.text
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == errors
    for word in ("Expected", "`", "int,", "NoneType"):
        assert word not in answer.text


async def test_a_missing_body_is_said_to_be_missing(http: httpx.AsyncClient) -> None:
    answer = await http.post("/v1/orders", headers=SIGNED_IN)
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": "", "code": "missing", "detail": "This is required."}]


async def test_a_stranger_hears_401_before_their_mistakes(http: httpx.AsyncClient) -> None:
    assert (await http.post("/v1/orders", json={})).status_code == 401


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"{} {}",
        b"not json",
        b'{"lines": NaN}',
        b'{"lines": [], "lines": []}',
        b'{"lines": [{"listing": "lst_1", "quantity": 1, "quantity": 2}]}',
        b'{"note": "\xff"}',
        b"\xff\xfe{\x00}\x00",
        b'{"note": "\\ud800"}',
        b"[" * 1500,
        b'{"lines":' * 200,
    ],
)
async def test_what_is_not_json_is_400(http: httpx.AsyncClient, content: bytes) -> None:
    answer = await http.post("/v1/orders", content=content, headers=SIGNED_IN | JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_json"), answer.text


async def test_the_letters_of_an_escape_are_not_the_character(http: httpx.AsyncClient) -> None:
    answer = await http.post("/v1/echo", json={"text": "\\u0000"})
    assert answer.status_code == 201
    body = {"lines": [LINE], "prices": {"\\u0000": 1}}
    assert (await http.post("/v1/orders", json=body, headers=SIGNED_IN)).status_code == 201


@pytest.mark.parametrize(
    ("path", "status", "errors"),
    [
        ("/v1/orders?limit=0", 422, [("?limit", "range")]),
        ("/v1/orders?limit=101", 422, [("?limit", "range")]),
        ("/v1/orders?limit=ten", 422, [("?limit", "type")]),
        ("/v1/orders?quantity_gte=-1", 422, [("?quantity_gte", "range")]),
        ("/v1/orders?limit=0&quantity_gte=x", 422, [("?quantity_gte", "type"), ("?limit", "range")]),
        ("/v1/search", 422, [("?q", "missing")]),
        ("/v1/header", 422, [("header:X-Version", "missing")]),
        ("/v1/orders?minimum=1", 400, [("?minimum", "unknown")]),
        ("/v1/orders?limit=1&statuss=paid&x=", 400, [("?statuss", "unknown"), ("?x", "unknown")]),
        ("/v1/orders?limit=1&limit=2", 400, [("?limit", "repeated")]),
        ("/v1/search?q=a%00b", 400, [("?q", "invalid")]),
        ("/livez?verbose=1", 400, [("?verbose", "unknown")]),
        ("/openapi.json?x=1", 400, [("?x", "unknown")]),
    ],
)
async def test_each_wrong_parameter_is_named(
    http: httpx.AsyncClient, path: str, status: int, errors: list[tuple[str, str]]
) -> None:
    answer = await http.get(path)
    assert answer.status_code == status, answer.text
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == errors


async def test_a_wrong_header_is_named_by_its_wire_name(http: httpx.AsyncClient) -> None:
    answer = await http.get("/v1/header", headers={"X-Version": "1"})
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [("header:X-Version", "range")]


async def test_repeated_values_pass_where_a_list_is_taken(http: httpx.AsyncClient) -> None:
    answer = await http.get("/v1/orders?status=paid&status=expired&limit=5")
    assert answer.json() == {"status": ["paid", "expired"], "limit": 5, "cursor": None, "minimum": None}


async def test_a_field_of_a_form_is_pointed_at(http: httpx.AsyncClient) -> None:
    answer = await http.post("/v1/imports", files={"file": ("a.csv", b"1")})
    assert answer.status_code == 422, answer.text
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [("/layout", "missing")]


async def test_details_of_fields_follow_the_reader(http: httpx.AsyncClient) -> None:
    asked = SIGNED_IN | {"Accept-Language": "ja"}
    answer = await http.post("/v1/orders", json={"lines": [LINE | {"quantity": 0}], "note": 1}, headers=asked)
    assert [error["detail"] for error in answer.json()["errors"]] == [
        "1以上にしてください。",
        "文字列 または nullを指定してください。",
    ]
    plain = await http.get("/v1/orders?limit=0")
    assert [error["detail"] for error in plain.json()["errors"]] == ["Must be at least 1."]
