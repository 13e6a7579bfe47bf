"""Which objects of the document take no other fields? Litestar forgets to say so of structs that refuse them."""

from collections.abc import Iterable, Iterator
from typing import Any, get_args, get_origin

import msgspec


def close_objects(schemas: dict[str, Any], annotations: Iterable[Any]) -> None:
    """Write `additionalProperties: false` where every struct of a schema's name among these types refuses the unknown.

    Schemas are found by their title: Litestar's keys are longer when two structs share a name.
    """
    closed: dict[str, bool] = {}
    seen: set[Any] = set()
    for annotation in annotations:
        for struct in _structs(annotation, seen):
            refuses = bool(struct.__struct_config__.forbid_unknown_fields)
            closed[struct.__name__] = refuses and closed.get(struct.__name__, True)
    for schema in schemas.values():
        if closed.get(schema.get("title", "")):
            schema["additionalProperties"] = False


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
