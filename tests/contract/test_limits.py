"""Does the document tell every limit that bodies and queries are held to? Compared with what the decoder says itself."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.params import BodyKwarg, QueryParameter

from app import sandbox
from app.main import ROUTES
from tests.isolation.document import document

ROOMS = re.compile(r"\{(\w+):\w+\}")
LIMITS = {
    "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf", "pattern", "minLength", "maxLength", "minItems",
    "maxItems", "minProperties", "maxProperties",
}  # fmt: skip
CHOICES = ("anyOf", "oneOf")
INSIDE = ("items", "additionalProperties")
OF_QUERY = {
    "ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum", "min_length": "minLength",
    "max_length": "maxLength", "pattern": "pattern", "min_items": "minItems", "max_items": "maxItems",
}  # fmt: skip
ROUTES_OF_TESTS = [*ROUTES, *sandbox.http.routes]

Limit = tuple[str, str, str]
"""Where it stands (`/lines/*/quantity`), its word, and its value."""


def limits(schema: Any, schemas: dict[str, Any], place: str = "") -> Iterator[Limit]:
    """Every limit of a schema and of what it holds. What stands beside a choice counts for nothing: clients overlook it."""
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        yield from limits(schemas[schema["$ref"].rpartition("/")[2]], schemas, place)
    choices = [choice for word in CHOICES for choice in schema.get(word, ())]
    for word in LIMITS & schema.keys() if not choices else ():
        yield place, word, str(schema[word])
    if "enum" in schema or "const" in schema:
        words = schema.get("enum", [schema.get("const")])
        yield place, "one of", str(sorted(each for each in words if each is not None))
    for choice in choices:
        yield from limits(choice, schemas, place)
    for name, inner in schema.get("properties", {}).items():
        yield from limits(inner, schemas, f"{place}/{name}")
    for word in INSIDE:
        yield from limits(schema.get(word), schemas, f"{place}/*")


def enforced(annotation: Any) -> set[Limit]:
    """What the decoder refuses in a body of this type, as it says itself."""
    (schema,), schemas = msgspec.json.schema_components([annotation], ref_template="#/{name}")
    return set(limits(schema, schemas))


def told(operation: dict[str, Any], media_type: str = "application/json") -> set[Limit]:
    """What the document says about an operation's body."""
    return set(limits(operation["requestBody"]["content"][media_type]["schema"], document()["components"]["schemas"]))


def operations() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Each operation of the document by its name, with the types of what its handler is given."""
    for handler in ROUTES_OF_TESTS:
        assert isinstance(handler, HTTPRouteHandler), handler
        for path in handler.paths:
            item = document()["paths"].get(ROOMS.sub(r"{\1}", path), {})
            for method in handler.http_methods & {each.upper() for each in item}:
                hints = get_type_hints(handler.fn, include_extras=True)
                yield f"{method} {path}", item[method.lower()], hints


def test_every_limit_that_the_decoder_enforces_stands_in_the_document() -> None:
    missing, seen = {}, 0
    for name, operation, hints in operations():
        body = hints.get("data")
        if get_origin(body) is Annotated and any(isinstance(each, BodyKwarg) for each in get_args(body)):
            wanted = enforced(get_args(body)[0])
            seen += len(wanted)
            if lost := wanted - told(operation):
                missing[name] = sorted(lost)
    assert seen > 300, seen
    assert not missing, missing


def test_every_limit_of_a_query_stands_in_the_document() -> None:
    missing, seen, schemas = {}, 0, document()["components"]["schemas"]
    for name, operation, hints in operations():
        parameters = {each["name"]: each["schema"] for each in operation.get("parameters", ()) if each["in"] == "query"}
        for argument, hint in hints.items():
            for asked in get_args(hint)[1:] if get_origin(hint) is Annotated else ():
                if isinstance(asked, QueryParameter):
                    own = {word: getattr(asked, its_name) for its_name, word in OF_QUERY.items()}
                    wanted = {("", word, str(limit)) for word, limit in own.items() if limit is not None}
                    wanted |= enforced(get_args(hint)[0])
                    seen += len(wanted)
                    if lost := wanted - set(limits(parameters[asked.name or argument], schemas)):
                        missing[f"{name}?{argument}"] = lost
    assert seen > 100, seen
    assert not missing, missing
