"""The document says what the server does: problems only, callers, keys, conditions, limits."""

from typing import Any

import httpx
import pytest

from app.core.http.catalogue import catalogue


@pytest.fixture
async def document(http: httpx.AsyncClient) -> dict[str, Any]:
    answer = await http.get("/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    found: dict[str, Any] = answer.json()
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, told) for path, item in document["paths"].items() for method, told in item.items()]


async def test_errors_are_problems_and_nothing_else(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    seen = 0
    for path, method, told in operations(document):
        for status, response in told["responses"].items():
            if status >= "400":
                seen += 1
                assert list(response["content"]) == ["application/problem+json"], (path, method, status)
                schema = response["content"]["application/problem+json"]["schema"]["allOf"]
                assert schema[0] == {"$ref": "#/components/schemas/Problem"}
                assert schema[1]["properties"]["status"] == {"type": "integer", "const": int(status)}
                for code in schema[1]["properties"]["code"]["enum"]:
                    assert catalogue()[code].status == int(status)
    assert seen > 50
    assert "status_code" not in str(document["components"]["schemas"].get("Problem"))


async def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
            return own + [ref for inner in value.values() for ref in references(inner)]
        return [ref for inner in value for ref in references(inner)] if isinstance(value, list) else []

    found = references(document)
    assert len(found) > 50
    for reference in found:
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
        assert place


async def test_every_route_is_in_the_document_and_none_of_litestars(document: dict[str, Any], edge: Any) -> None:
    paths = {route.path_format for route in edge._app.routes}
    hidden = {"/openapi.json", "/docs", "/docs/style.css", "/problems", "/problems/{code}"}
    assert paths - hidden == set(document["paths"])


@pytest.mark.parametrize(
    ("method", "path", "statuses"),
    [
        ("get", "/livez", {"200", "400", "500", "503"}),
        ("get", "/v1/orders", {"200", "304", "400", "422", "429", "500", "503"}),
        ("get", "/v1/orders/{order_id}", {"200", "304", "400", "404", "429", "500", "503"}),
        ("post", "/v1/orders", {"201", "400", "401", "403", "409", "413", "415", "422", "429", "500", "503"}),
        (
            "patch",
            "/v1/orders/{order_id}",
            {"200", "400", "404", "412", "413", "415", "422", "428", "429", "500", "503"},
        ),
    ],
)
async def test_a_route_lists_what_can_happen(
    document: dict[str, Any], method: str, path: str, statuses: set[str]
) -> None:
    assert set(document["paths"][path][method]["responses"]) == statuses


async def test_callers_are_said_where_they_are_needed(document: dict[str, Any]) -> None:
    assert document["paths"]["/v1/orders"]["post"]["security"] == [{"apiKey": []}, {"session": []}]
    assert document["paths"]["/v1/orders"]["get"]["security"] == []
    schemes = document["components"]["securitySchemes"]
    assert schemes["session"] == {"type": "apiKey", "in": "cookie", "name": "__Host-session"}
    assert schemes["apiKey"]["scheme"] == "bearer"


async def test_keys_and_conditions_are_said_to_be_required(document: dict[str, Any]) -> None:
    paths = document["paths"]
    (key,) = [told for told in paths["/v1/payments"]["post"]["parameters"] if told["name"] == "Idempotency-Key"]
    assert (key["in"], key["required"]) == ("header", True)
    assert key["schema"] == {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]{1,255}$"}
    (seen,) = [told for told in paths["/v1/orders/{order_id}"]["delete"]["parameters"] if told["name"] == "If-Match"]
    assert (seen["in"], seen["required"]) == ("header", True)
    assert "Idempotent-Replayed" in paths["/v1/payments"]["post"]["responses"]["201"]["headers"]
    assert "idempotency_key_reused" in paths["/v1/payments"]["post"]["responses"]["422"]["description"]
    assert "idempotency_in_progress" in paths["/v1/payments"]["post"]["responses"]["409"]["description"]
    assert "idempotency_key_required" in paths["/v1/payments"]["post"]["responses"]["400"]["description"]


async def test_a_routes_own_refusals_are_named(document: dict[str, Any]) -> None:
    told = document["paths"]["/v1/orders"]["post"]["responses"]["409"]
    assert told["description"] == "Conflict. `invalid_state`: Not possible in this state."


async def test_limits_are_whole_numbers_and_structs_are_closed(document: dict[str, Any]) -> None:
    (limit,) = [told for told in document["paths"]["/v1/orders"]["get"]["parameters"] if told["name"] == "limit"]
    assert (limit["schema"]["minimum"], limit["schema"]["maximum"], limit["schema"]["default"]) == (1, 100, 20)
    assert isinstance(limit["schema"]["maximum"], int)
    order = document["components"]["schemas"]["OrderIn"]
    assert order["additionalProperties"] is False
    assert document["components"]["schemas"]["LineIn"]["properties"]["quantity"]["maximum"] == 1000


async def test_docs_come_from_our_origin_alone(http: httpx.AsyncClient, document: dict[str, Any]) -> None:
    page = await http.get("/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<script" not in page.text
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert "A desk &lt;for&gt; tests." in page.text
    for path in document["paths"]:
        assert f"<code>{path}</code>" in page.text
    style = await http.get("/docs/style.css")
    assert style.headers["content-type"].startswith("text/css")


async def test_litestars_own_pages_are_gone(http: httpx.AsyncClient) -> None:
    for path in ("/", "/anything", "/schema", "/docs/anything"):
        answer = await http.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json"), path
