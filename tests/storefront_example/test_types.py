"""Can a generator make types from our document? Everything that a client reads or sends must have one."""

from collections.abc import Iterator
from typing import Any

from tests.isolation.document import document


def untyped(value: Any, at: str = "") -> Iterator[str]:
    """Where a schema says nothing, so that a generated client has `unknown` there."""
    if isinstance(value, list):
        for place, inner in enumerate(value):
            yield from untyped(inner, f"{at}/{place}")
    if not isinstance(value, dict):
        return
    if value.get("schema") == {}:
        yield f"{at}/schema"
    if ("enum" in value or "const" in value) and "type" not in value:
        yield at
    for name, inner in value.items():
        if name == "headers":
            yield from (f"{at}/headers/{header}" for header, of in inner.items() if not of.keys() & {"schema", "$ref"})
        yield from untyped(inner, f"{at}/{name}")


def test_everything_in_the_document_has_a_type() -> None:
    found = list(untyped(document()))
    assert not found, found


def test_what_has_no_type_is_found() -> None:
    answer = {"content": {"application/json": {"schema": {}}}, "headers": {"ETag": {"description": "The version."}}}
    choice = {"properties": {"code": {"enum": ["a", "b"]}}}
    assert list(untyped({"answer": answer, "choice": choice})) == [
        "/answer/content/application/json/schema",
        "/answer/headers/ETag",
        "/choice/properties/code",
    ]
