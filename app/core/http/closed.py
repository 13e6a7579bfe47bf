"""What does Litestar forget about what comes in? That bodies are closed, what lists hold, limits of zero and of nulls."""

from collections.abc import Iterable, Iterator
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

import msgspec
from litestar.handlers import BaseRouteHandler
from litestar.params import ParameterKwarg

_ZERO_LIMITS: Final = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
"""Litestar drops a limit that is false to Python, where null is allowed beside the number."""

_LIMITS: Final = frozenset(
    {*_ZERO_LIMITS.values(), "multipleOf", "pattern", "minLength", "maxLength", "minItems", "maxItems"}
)


def close_objects(schemas: dict[str, Any], annotations: Iterable[Any]) -> None:
    """Write `additionalProperties: false` where every struct of a schema's name among these types refuses the unknown.

    And write what Litestar drops: the limits of a list's plain items, and a number's limit of zero. Schemas are found by
    their title: Litestar's keys are longer when two structs share a name.
    """
    closed: dict[str, bool] = {}
    seen: set[Any] = set()
    titled = {schema["title"]: schema for schema in schemas.values() if "title" in schema}
    for annotation in annotations:
        for struct in _structs(annotation, seen):
            _describe_items(titled.get(struct.__name__, {}), struct)
            refuses = bool(struct.__struct_config__.forbid_unknown_fields)
            closed[struct.__name__] = refuses and closed.get(struct.__name__, True)
    for schema in schemas.values():
        if closed.get(schema.get("title", "")):
            schema["additionalProperties"] = False


def _describe_items(schema: dict[str, Any], struct: type[msgspec.Struct]) -> None:
    for field in msgspec.structs.fields(struct):
        described = schema.get("properties", {}).get(field.encode_name, {})
        item = _limited_item(field.type)
        for each in (described, *described.get("oneOf", ())):
            if item is not None and each.get("type") == "array":
                each["items"] = msgspec.json.schema(item)
        described |= _zero_limits(_metas(field.type))


def limit_parameters(parameters: list[dict[str, Any]], handler: BaseRouteHandler) -> None:
    """Write the limits of zero of a route's query parameters, its dependencies' included, into their descriptions."""
    asking = [each.parsed_fn_signature for each in handler.resolve_dependencies().values()]
    fields = {
        field.kwarg_definition.name or name: field.kwarg_definition
        for signature in (*asking, handler.parsed_fn_signature)
        for name, field in signature.parameters.items()
        if isinstance(field.kwarg_definition, ParameterKwarg)
    }
    for parameter in parameters:
        if parameter["in"] == "query" and parameter["name"] in fields:
            parameter["schema"] |= _zero_limits([fields[parameter["name"]]])


def limit_choices(value: Any) -> None:
    """Move the limits of every `X or null` in a document (or `X or left out`), which Litestar writes beside, into the X.

    Both mean the same to a validator. Programs that write clients read a choice alone, and lost them.
    """
    if isinstance(value, dict):
        meant = [each for each in value.get("oneOf", ()) if each != {"type": "null"}]
        if len(meant) == 1 and "$ref" not in meant[0]:
            meant[0] |= {word: value.pop(word) for word in _LIMITS & value.keys()}
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        limit_choices(inner)


def _zero_limits(limits: Iterable[Any]) -> dict[str, int]:
    return {word: 0 for limit in limits for name, word in _ZERO_LIMITS.items() if getattr(limit, name, None) == 0}


def _metas(annotation: Any) -> list[msgspec.Meta]:
    """What limits the number that this type is, or may be beside null."""
    if get_origin(annotation) is Annotated:
        return [each for each in get_args(annotation)[1:] if isinstance(each, msgspec.Meta)]
    if isinstance(annotation, UnionType) or get_origin(annotation) is Union:
        return [found for inner in get_args(annotation) for found in _metas(inner)]
    return []


def _limited_item(annotation: Any) -> Any:
    """What a list in this type holds, when it is a plain value with limits; else None."""
    if get_origin(annotation) is list:
        (item,) = get_args(annotation)
        return item if get_origin(item) is Annotated and get_args(item)[0] in {str, int} else None
    found = (_limited_item(inner) for inner in get_args(annotation))
    return next((item for item in found if item is not None), None)


def _structs(annotation: Any, seen: set[Any]) -> Iterator[type[msgspec.Struct]]:
    """The struct classes that a type mentions, each once."""
    for inner in get_args(annotation):
        yield from _structs(inner, seen)
    struct = get_origin(annotation) or annotation
    if isinstance(struct, type) and issubclass(struct, msgspec.Struct) and struct not in seen:
        seen.add(struct)
        yield struct
        for field in msgspec.structs.fields(struct):
            yield from _structs(field.type, seen)
