"""Is the part of Stripe's document that lies here a whole one, and of the version that we speak?"""

import json

import pytest

from integrations.stripe.shapes import API_VERSION
from tests.contracts.stripe.cut import ABOUT, CUT, HERE, OPERATIONS, about, cut, encoded
from tests.contracts.stripe.document import Document, closed, stripe


def test_a_cut_of_the_cut_is_the_cut() -> None:
    assert encoded(cut(json.loads(CUT.read_bytes()))) == CUT.read_bytes()
    assert len(CUT.read_bytes()) < 900_000


def test_it_is_of_the_version_that_every_request_of_ours_names() -> None:
    assert stripe().version == API_VERSION


def test_beside_it_stands_where_it_is_from() -> None:
    assert ABOUT.read_text() == about(json.loads(CUT.read_bytes()))
    assert "Stripe, Inc." in (HERE / "LICENSE").read_text()


def test_every_operation_is_there_and_every_schema_that_is_referred_to() -> None:
    whole = json.loads(CUT.read_bytes())
    assert len(stripe().operations()) == sum(len(methods) for methods in OPERATIONS.values())
    told = json.dumps(whole)
    for name in whole["components"]["schemas"]:
        assert f'"#/components/schemas/{name}"' in told, f"{name} is needed by nothing"
    for path, methods in OPERATIONS.items():
        for method in methods:
            found = stripe().operation(method.upper(), path.replace("{", "").replace("}", ""))
            assert found is not None
            for schema in (found[0].query, found[0].path, found[0].form, found[0].answer):
                stripe().validator(schema)  # It would not compile with a reference to nothing.


def test_an_operation_that_stripe_no_longer_has_is_told() -> None:
    whole = json.loads(CUT.read_bytes())
    del whole["paths"]["/v1/refunds"]
    with pytest.raises(KeyError, match="/v1/refunds"):
        cut(whole)


def test_what_only_an_expansion_shows_is_cut_away_and_what_is_shown_anyway_stays() -> None:
    schemas = json.loads(CUT.read_bytes())["components"]["schemas"]
    assert "review" not in schemas
    assert schemas["charge"]["properties"]["review"]["anyOf"] == [{"maxLength": 5000, "type": "string"}]
    assert {"$ref": "#/components/schemas/balance_transaction"} in schemas["charge"]["properties"][
        "balance_transaction"
    ]["anyOf"]


def test_prose_is_cut_away_and_a_field_of_that_name_stays() -> None:
    schemas = json.loads(CUT.read_bytes())["components"]["schemas"]
    assert "description" not in schemas["charge"]
    assert "description" in schemas["charge"]["properties"]


def test_openapi_is_translated_into_json_schema() -> None:
    assert closed({"type": "string", "nullable": True, "enum": ["a"]}) == {
        "type": ["string", "null"],
        "enum": ["a", None],
    }
    assert closed({"anyOf": [{"$ref": "#/components/schemas/x"}], "nullable": True}) == {
        "anyOf": [{"$ref": "urn:stripe#/schemas/x"}, {"type": "null"}]
    }
    named = {"type": "object", "properties": {"nullable": {"type": "string"}}}
    assert closed(named) == {**named, "additionalProperties": False}
    assert closed({"type": "object", "additionalProperties": {"type": "string"}})["additionalProperties"]


def test_a_document_of_another_version_says_so() -> None:
    whole = json.loads(CUT.read_bytes())
    whole["info"]["version"] = "2099-01-01.orchid"
    assert Document(encoded(whole)).version != API_VERSION
