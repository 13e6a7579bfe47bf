"""What does a request look like? Bodies that the document shows; the tests send every one of them."""

from collections.abc import Mapping
from typing import Any

Examples = Mapping[str, Mapping[str, Any]]


def with_examples(document: dict[str, Any], examples: Examples) -> dict[str, Any]:
    """The document with each body's example beside its schema. Every example must be of a schema that is there."""
    schemas = document["components"]["schemas"]
    for item in document["paths"].values():
        for operation in item.values():
            for media in operation.get("requestBody", {}).get("content", {}).values():
                name = media["schema"].get("$ref", "").rpartition("/")[2]
                if schemas.get(name, {}).get("title") in examples:
                    media["example"] = examples[schemas[name]["title"]]
    return document
