"""Is the committed document the one that is served, and does no change break a client without an answer?"""

import copy
import json
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.contract.comparing import breaks
from tests.contract.gate import COMMITTED, EXCUSES, excused, last_promise, unanswered, written
from tests.isolation.document import document

SERVED = document()
TODAY = date(2026, 11, 25)
Change = Callable[[dict[str, Any]], object]


def test_the_committed_document_is_the_one_that_is_served() -> None:
    assert COMMITTED.read_text() == written(SERVED), "Run `make openapi` and commit what it writes."


def test_nothing_breaks_the_last_promise_without_an_answer() -> None:
    before = last_promise(written(SERVED))
    if before is not None:
        assert not unanswered(before, SERVED), "Undo it, or answer for it in breaking.toml (`make openapi` helps)."


def test_every_excuse_says_why() -> None:
    excused(EXCUSES.read_text())
    with pytest.raises(AssertionError, match="Say why"):
        excused('[[change]]\nwhat = "GET /x: the operation is gone"\nwhy = "because"\n')


def test_a_history_that_is_short_or_missing_is_no_obstacle(tmp_path: Path) -> None:
    assert last_promise("", root=tmp_path) is None
    for words in (
        ["init", "-q"],
        ["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-q", "--allow-empty", "-m", "x"],
    ):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    assert last_promise("", root=tmp_path) is None
    folder = tmp_path / "tests/contract"
    folder.mkdir(parents=True)
    (folder / "openapi.json").write_text('{"paths": {}}')
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "y"], cwd=tmp_path, check=True
    )
    assert last_promise("something else", root=tmp_path) == {"paths": {}}
    assert last_promise('{"paths": {}}', root=tmp_path) is None


SMALL: dict[str, Any] = {
    "paths": {
        "/things": {
            "get": {
                "operationId": "listThings",
                "security": [],
                "parameters": [
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100}},
                    {"name": "status", "in": "query", "schema": {"type": "string", "enum": ["open", "shut"]}},
                ],
                "responses": {
                    "200": {
                        "headers": {"ETag": {}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
                    },
                    "404": {"content": {}},
                },
            },
            "post": {
                "operationId": "makeThing",
                "security": [{"apiKey": []}],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/ThingIn"}},
                        "text/csv": {"schema": {"type": "string"}},
                    },
                },
                "responses": {
                    "201": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}
                },
            },
            "delete": {"operationId": "dropThing", "x-sunset": "2026-11-01", "responses": {"204": {}}},
        }
    },
    "components": {
        "schemas": {
            "Thing": {
                "type": "object",
                "required": ["id", "made_on", "part"],
                "properties": {
                    "id": {"type": "string"},
                    "made_on": {"type": "string", "format": "date"},
                    "note": {"oneOf": [{"type": "string"}, {"type": "null"}]},
                    "kind": {"type": "string", "enum": ["a", "b"]},
                    "part": {"oneOf": [{"$ref": "#/components/schemas/Thing"}, {"type": "null"}]},
                    "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
                },
            },
            "ThingIn": {
                "type": "object",
                "required": ["name"],
                "additionalProperties": False,
                "properties": {
                    "name": {"type": "string", "minLength": 1, "maxLength": 100},
                    "count": {"type": "integer", "maximum": 10},
                    "kind": {"type": "string", "enum": ["a", "b"]},
                    "note": {"oneOf": [{"type": "string"}, {"type": "null"}]},
                    "tags": {"type": "array", "maxItems": 5, "items": {"type": "string", "maxLength": 20}},
                    "open": {"type": "object", "properties": {"x": {"type": "string"}}},
                },
            },
        }
    },
}


def get(of: dict[str, Any]) -> dict[str, Any]:
    return of["paths"]["/things"]["get"]


def post(of: dict[str, Any]) -> dict[str, Any]:
    return of["paths"]["/things"]["post"]


def shown(of: dict[str, Any]) -> dict[str, Any]:
    return of["components"]["schemas"]["Thing"]


def sent(of: dict[str, Any]) -> dict[str, Any]:
    return of["components"]["schemas"]["ThingIn"]


BREAKING: list[tuple[str, Change, str]] = [
    ("a path goes", lambda d: d["paths"].clear(), "GET /things: the operation is gone"),
    ("an operation goes", lambda d: d["paths"]["/things"].pop("post"), "POST /things: the operation is gone"),
    ("an operation is renamed", lambda d: get(d).update(operationId="things"), "operationId listThings is now things"),
    ("a public door is locked", lambda d: get(d).update(security=[{"apiKey": []}]), "a caller is now needed"),
    ("a parameter goes", lambda d: get(d)["parameters"].pop(), "parameter query status is gone"),
    ("a parameter is needed", lambda d: get(d)["parameters"][0].update(required=True), "query limit is now required"),
    (
        "a needed parameter comes",
        lambda d: get(d)["parameters"].append({"name": "x", "in": "header", "required": True}),
        "required parameter header x is new",
    ),
    ("a maximum falls", lambda d: get(d)["parameters"][0]["schema"].update(maximum=50), "maximum 50, it was 100"),
    ("a minimum rises", lambda d: get(d)["parameters"][0]["schema"].update(minimum=2), "minimum 2, it was 1"),
    (
        "a minimum of nothing comes",
        lambda d: sent(d)["properties"]["count"].update(minimum=0),
        "body/count has minimum 0, it was none",
    ),
    ("a word of a filter goes", lambda d: get(d)["parameters"][1]["schema"]["enum"].pop(), "may no longer be shut"),
    ("a field of a body goes", lambda d: sent(d)["properties"].pop("count"), "body/count is gone"),
    ("a field of a body is needed", lambda d: sent(d)["required"].append("count"), "body/count is now required"),
    (
        "a needed field comes",
        lambda d: (sent(d)["required"].append("x"), sent(d)["properties"].update(x={"type": "string"})),
        "body/x is now required",
    ),
    ("a type changes", lambda d: sent(d)["properties"]["count"].update(type="string"), "may no longer be integer"),
    ("null is no longer taken", lambda d: sent(d)["properties"].update(note={"type": "string"}), "no longer be null"),
    ("a text gets shorter", lambda d: sent(d)["properties"]["name"].update(maxLength=50), "maxLength 50, it was 100"),
    ("a text gets a limit", lambda d: sent(d)["properties"]["note"]["oneOf"][0].update(maxLength=9), "maxLength 9"),
    ("a text gets a form", lambda d: sent(d)["properties"]["name"].update(pattern="^a"), "pattern ^a, it was none"),
    ("a text gets a format", lambda d: sent(d)["properties"]["name"].update(format="uri"), "format uri, it was none"),
    ("a list gets shorter", lambda d: sent(d)["properties"]["tags"].update(maxItems=4), "maxItems 4, it was 5"),
    (
        "what a list holds gets shorter",
        lambda d: sent(d)["properties"]["tags"]["items"].update(maxLength=9),
        "body/tags[] has maxLength 9",
    ),
    ("a word of a body goes", lambda d: sent(d)["properties"]["kind"]["enum"].pop(), "body/kind may no longer be b"),
    ("a text becomes words", lambda d: sent(d)["properties"]["name"].update(enum=["x"]), "may no longer be anything"),
    ("an object is closed", lambda d: sent(d)["properties"]["open"].update(additionalProperties=False), "no other"),
    ("a media type goes", lambda d: post(d)["requestBody"]["content"].pop("text/csv"), "no longer taken as text/csv"),
    ("the body goes", lambda d: post(d).pop("requestBody"), "the body is gone"),
    ("a body is needed", lambda d: get(d).update(requestBody={"required": True, "content": {}}), "now required"),
    (
        "a success changes its number",
        lambda d: post(d)["responses"].update({"202": post(d)["responses"].pop("201")}),
        "201",
    ),
    (
        "an answer changes its type",
        lambda d: get(d)["responses"]["200"].update(content={"text/html": {}}),
        "answer 200 is no longer application/json",
    ),
    ("a header goes", lambda d: get(d)["responses"]["200"]["headers"].clear(), "answer 200 has no header ETag"),
    ("a field of an answer goes", lambda d: shown(d)["properties"].pop("note"), "answer 200/note is gone"),
    ("a field may be missing", lambda d: shown(d)["required"].remove("id"), "200/id is no longer always there"),
    ("a field may be null", lambda d: shown(d)["properties"]["id"].update(type=["string", "null"]), "may now be null"),
    ("a field changes its type", lambda d: shown(d)["properties"]["id"].update(type="integer"), "may now be integer"),
    ("a date becomes text", lambda d: shown(d)["properties"]["made_on"].pop("format"), "format none, it was date"),
    (
        "what an answer's list holds changes",
        lambda d: shown(d)["properties"]["parts"].update(items={"type": "string"}),
        "answer 200/parts[] may now be string",
    ),
]
HARMLESS: list[tuple[str, Change]] = [
    ("nothing", lambda d: None),
    ("a path comes", lambda d: d["paths"].update({"/more": {"get": {"responses": {}}}})),
    ("a parameter comes", lambda d: get(d)["parameters"].append({"name": "x", "in": "query", "schema": {}})),
    ("a maximum rises", lambda d: get(d)["parameters"][0]["schema"].update(maximum=200)),
    ("a minimum falls", lambda d: get(d)["parameters"][0]["schema"].pop("minimum")),
    ("a length of nothing comes", lambda d: sent(d)["properties"]["count"].update(minLength=0)),
    ("a word comes", lambda d: sent(d)["properties"]["kind"]["enum"].append("c")),
    ("an answer's word comes", lambda d: shown(d)["properties"]["kind"]["enum"].append("c")),
    ("an answer's word goes", lambda d: shown(d)["properties"]["kind"]["enum"].pop()),
    ("a field of a body comes", lambda d: sent(d)["properties"].update(x={"type": "string"})),
    ("a field is no longer needed", lambda d: sent(d)["required"].clear()),
    ("null is taken", lambda d: sent(d)["properties"]["name"].update(type=["string", "null"])),
    ("a field of an answer comes", lambda d: shown(d)["properties"].update(x={"type": "string"})),
    ("a field is always there", lambda d: shown(d)["required"].append("note")),
    ("an answer is never null", lambda d: shown(d)["properties"].update(note={"type": "string"})),
    ("a refusal comes", lambda d: get(d)["responses"].update({"409": {}})),
    ("a refusal goes", lambda d: get(d)["responses"].pop("404")),
    ("a media type comes", lambda d: post(d)["requestBody"]["content"].update({"text/html": {"schema": {}}})),
    ("a locked door is opened", lambda d: post(d).update(security=[])),
    ("a form goes", lambda d: sent(d)["properties"]["name"].pop("maxLength")),
    ("what is past its sunset goes", lambda d: d["paths"]["/things"].pop("delete")),
    ("a description changes", lambda d: get(d).update(description="Otherwise put.")),
]


@pytest.mark.parametrize(("name", "change", "told"), BREAKING, ids=[name for name, *_ in BREAKING])
def test_a_break_is_found_and_told(name: str, change: Change, told: str) -> None:
    after = copy.deepcopy(SMALL)
    change(after)
    found = breaks(SMALL, after, today=TODAY)
    assert any(told in each for each in found), found
    assert all(each.partition(":")[0] in {"GET /things", "POST /things", "DELETE /things"} for each in found)


@pytest.mark.parametrize(("name", "change"), HARMLESS, ids=[name for name, _ in HARMLESS])
def test_what_breaks_nobody_passes(name: str, change: Change) -> None:
    after = copy.deepcopy(SMALL)
    change(after)
    assert breaks(SMALL, after, today=TODAY) == []


def test_before_its_sunset_nothing_may_go() -> None:
    after = copy.deepcopy(SMALL)
    del after["paths"]["/things"]["delete"]
    assert breaks(SMALL, after, today=date(2026, 10, 31)) == ["DELETE /things: the operation is gone"]


def test_a_break_in_our_own_document_is_found() -> None:
    after = json.loads(json.dumps(SERVED))
    del after["components"]["schemas"]["OrderOut"]["properties"]["deadline"]
    assert {"GET /v1/orders/{order_id}: answer 200/deadline is gone"} <= set(unanswered(SERVED, after))
    assert unanswered(SERVED, SERVED) == []
