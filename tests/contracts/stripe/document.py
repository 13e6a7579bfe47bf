"""What does Stripe's OpenAPI document say: which operation is a request, and which JSON Schema is each shape?

OpenAPI 3.0 writes schemas in a dialect of its own (spec.openapis.org/oas/v3.0.0, "Schema Object"), nearest to JSON
Schema Draft 4: there a sibling of `$ref` counts for nothing and 1.0 is no integer, which suits money. Two things are
translated: `nullable`, and objects that name their properties, which are closed. Stripe refuses a parameter it does not
know; and at a pinned version a field in an answer that the document does not name is not Stripe's, but for `UNNAMED`.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property
from typing import Any

import msgspec
from jsonschema_rs import Draft4, Draft4Validator, Registry

from tests.contracts.stripe.cut import CUT

Schema = Mapping[str, Any]

FORM = "application/x-www-form-urlencoded"
UNNAMED: Mapping[str, tuple[str, ...]] = {
    "account_payments_settings": ("statement_descriptor_prefix_kana", "statement_descriptor_prefix_kanji"),
    "charge": ("source",),
    "dispute_payment_method_details_card": ("network",),
    "payment_intent": ("source",),
    "payment_method_details_card": ("transaction_link_id",),
    "recurring": ("trial_period_days",),
    "refund": ("customer", "customer_account", "payment_method"),
}
"""Fields by schema that Stripe's own examples show (fixtures3.json) although the document does not name them."""

_ADDRESS = "urn:stripe"
_SCHEMAS = "#/components/schemas/"
_FORMATS: dict[str, Callable[[str], bool]] = {
    "currency": re.compile(r"[a-z]{3}").fullmatch,  # type: ignore[dict-item]  # A match is true.
    "decimal": re.compile(r"-?\d+(\.\d+)?").fullmatch,  # type: ignore[dict-item]  # A match is true.
}


class Operation(msgspec.Struct, frozen=True):
    """One thing that may be asked of Stripe."""

    name: str
    query: Schema
    """An object with a property for each parameter in the query; so the other two."""
    path: Schema
    form: Schema
    answer: Schema
    """What a 200 shows."""


class Document:
    """Stripe's document, read once; validators are made when they are first asked for."""

    def __init__(self, text: bytes) -> None:
        told = json.loads(text)
        self.version: str = told["info"]["version"]
        self._schemas: dict[str, dict[str, Any]] = {
            name: closed(one) for name, one in told["components"]["schemas"].items()
        }
        for name, fields in UNNAMED.items():
            self._schemas[name]["properties"].update({field: {} for field in fields})
        self._operations = [
            (method.upper(), _pattern(path), _operation(one))
            for path, methods in told["paths"].items()
            for method, one in methods.items()
        ]
        self._validators: dict[int, Draft4Validator] = {}
        self._registry = Registry([(_ADDRESS, {"schemas": self._schemas})], draft=Draft4)

    def operations(self) -> list[str]:
        """The name of each, as Stripe calls it: `PostRefunds`."""
        return [one.name for _, _, one in self._operations]

    def operation(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """Which operation this is, and what its path names; the path is still percent-encoded."""
        for verb, pattern, one in self._operations:
            found = pattern.fullmatch(path)
            if verb == method and found:
                return one, found.groupdict()
        return None

    def named(self, name: str) -> Schema:
        """A schema by its name, such as `error`. Raises KeyError for one that is not in the document."""
        return self._schemas[name]

    def resolved(self, schema: Schema) -> Schema:
        """The schema itself where this is a reference to it."""
        return self._schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema

    def branches(self, schema: Schema) -> list[Schema]:
        """Every schema that may be meant: the branches of an `anyOf`, or the one."""
        there = self.resolved(schema)
        return [leaf for one in there["anyOf"] for leaf in self.branches(one)] if "anyOf" in there else [there]

    def validator(self, schema: Schema) -> Draft4Validator:
        """A validator of a schema that belongs to this document."""
        known = self._validators.get(id(schema))  # They live as long as the document does.
        if known is None:
            known = self._validators[id(schema)] = Draft4Validator(
                dict(schema), registry=self._registry, formats=_FORMATS, validate_formats=True
            )
        return known

    @cached_property
    def objects(self) -> dict[tuple[str, bool], Schema]:
        """Stripe's objects by the word in their field `object`, and whether they were deleted."""
        return {
            (kind, "deleted" in one["properties"]): one
            for name, one in self._schemas.items()
            if "x-resourceId" in one
            for kind in one.get("properties", {}).get("object", {}).get("enum", ())
        }

    @cached_property
    def event_types(self) -> frozenset[str]:
        """Every event that a webhook endpoint can be told: the document lists them nowhere else."""
        found = self.operation("POST", "/v1/webhook_endpoints")
        assert found is not None
        return frozenset(found[0].form["properties"]["enabled_events"]["items"]["enum"]) - {"*"}


@cache
def stripe() -> Document:
    """The document that this folder holds."""
    return Document(CUT.read_bytes())


def closed(schema: Any) -> Any:
    """A schema of OpenAPI 3.0 as one of JSON Schema, with objects closed that name their properties."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    made = {key: closed(one) for key, one in schema.items() if key not in {"properties", "nullable", "enum", "$ref"}}
    if "$ref" in schema:
        made["$ref"] = schema["$ref"].replace(_SCHEMAS, f"{_ADDRESS}#/schemas/")
    if "properties" in schema:
        made["properties"] = {name: closed(one) for name, one in schema["properties"].items()}
        made.setdefault("additionalProperties", False)
    if "enum" in schema:
        made["enum"] = [*schema["enum"], None] if schema.get("nullable") else schema["enum"]
    if schema.get("nullable") and "type" in made:
        made["type"] = [made["type"], "null"]
    if schema.get("nullable") and "anyOf" in made:
        made["anyOf"] = [*made["anyOf"], {"type": "null"}]
    return made


def _operation(told: Schema) -> Operation:
    parameters = told.get("parameters", [])
    return Operation(
        name=told["operationId"],
        query=_gathered(one for one in parameters if one["in"] == "query"),
        path=_gathered(one for one in parameters if one["in"] == "path"),
        form=closed(told["requestBody"]["content"][FORM]["schema"]),
        answer=closed(told["responses"]["200"]["content"]["application/json"]["schema"]),
    )


def _gathered(parameters: Iterator[Schema]) -> Schema:
    given = list(parameters)
    required = [one["name"] for one in given if one["required"]]
    return {
        "type": "object",
        "properties": {one["name"]: closed(one["schema"]) for one in given},
        **({"required": required} if required else {}),  # Draft 4 has no empty list here.
        "additionalProperties": False,
    }


def _pattern(path: str) -> re.Pattern[str]:
    """`/v1/refunds/{refund}` as an expression that finds the refund's id."""
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path)))
