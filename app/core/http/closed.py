"""What does Litestar forget about the structs that bodies become? That they are closed, and what their lists hold."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, get_args, get_origin

import msgspec


def close_objects(schemas: dict[str, Any], annotations: Iterable[Any]) -> None:
    """Write `additionalProperties: false` where every struct of a schema's name among these types refuses the unknown.

    And write the limits of a list's plain items, which Litestar drops. Schemas are found by their title: Litestar's keys
    are longer when two structs share a name.
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
