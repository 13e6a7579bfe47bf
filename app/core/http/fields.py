"""Which fields of a body are wrong, and how? Every one of them, each with its exact JSON pointer (RFC 6901).

Pointers: `/lines/0/quantity` into the body, `` for the whole body, `?limit` for a query parameter,
`path:order_id`, `header:Idempotency-Key`, `cookie:name` for the others.
"""

import re
from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

import msgspec

from app.core.errors import FieldError
from app.core.http.language import Language
from app.core.http.wording import NUL, said, worded

ERRORS_MAX: Final = 100
_PLACE = re.compile(r"^(.*) - at `\$?([^`]*)`$", re.DOTALL)
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]")

_Wrong = tuple[str, str]
"""A pointer and what the decoder says."""


def body_errors(value: object, annotation: Any, language: Language) -> tuple[FieldError, ...]:
    """All that keeps a decoded JSON value from being what the route declares, at most 100; empty when nothing does."""
    found = []
    for pointer, message in _wrong(value, annotation, ""):
        code, detail = worded(message, language)
        found.append(FieldError(pointer, code, detail))
        if len(found) == ERRORS_MAX:
            break
    return tuple(found)


def single_error(message: str, language: Language) -> FieldError:
    """One error from the decoder's own sentence, place included."""
    pointer, plain = _placed("", message)
    return FieldError(pointer, *worded(plain, language))


def nul_errors(value: object, language: Language, pointer: str = "") -> Iterator[FieldError]:
    """Every text in a decoded JSON value that holds U+0000, which no text column can store."""
    if isinstance(value, str) and "\0" in value:
        yield FieldError(pointer, "invalid", said(NUL, language))
    if isinstance(value, dict):
        for name, inner in value.items():
            if "\0" in name:
                yield FieldError(pointer, "invalid", said(NUL, language))
            yield from nul_errors(inner, language, f"{pointer}/{escaped(name)}")
    if isinstance(value, list):
        for place, inner in enumerate(value):
            yield from nul_errors(inner, language, f"{pointer}/{place}")


def escaped(name: str) -> str:
    """One step of a JSON pointer (RFC 6901, 3)."""
    return name.replace("~", "~0").replace("/", "~1")


def _wrong(value: object, annotation: Any, pointer: str) -> Iterator[_Wrong]:
    """What is wrong inside; only when nothing inside explains it, what is wrong here."""
    try:
        msgspec.convert(value, annotation, strict=True, str_keys=True)
    except msgspec.ValidationError as error:
        explained = False
        for found in _inside(value, _bare(annotation, value), pointer):
            explained = True
            yield found
        if not explained:
            yield _placed(pointer, str(error))


def _inside(value: object, annotation: Any, pointer: str) -> Iterator[_Wrong]:
    origin = get_origin(annotation) or annotation
    match value:
        case dict() if isinstance(origin, type) and issubclass(origin, msgspec.Struct):
            yield from _inside_struct(value, annotation, origin, pointer)
        case dict() if origin is dict and get_args(annotation):
            for name, inner in value.items():
                yield from _wrong(inner, get_args(annotation)[1], f"{pointer}/{escaped(name)}")
        case list() if origin in {list, set, frozenset} and get_args(annotation):
            for place, inner in enumerate(value):
                yield from _wrong(inner, get_args(annotation)[0], f"{pointer}/{place}")
        case list() if origin is tuple and get_args(annotation)[-1:] == (...,):
            for place, inner in enumerate(value):
                yield from _wrong(inner, get_args(annotation)[0], f"{pointer}/{place}")


def _inside_struct(
    value: dict[str, Any], annotation: Any, struct: type[msgspec.Struct], pointer: str
) -> Iterator[_Wrong]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(annotation)}
    for name, field in fields.items():
        if name in value:
            yield from _wrong(value[name], field.type, f"{pointer}/{escaped(name)}")
        elif field.required:
            yield f"{pointer}/{escaped(name)}", "Object missing required field"
    if struct.__struct_config__.forbid_unknown_fields:
        tag = struct.__struct_config__.tag_field
        for name in value:
            if name not in fields and name != tag:
                yield f"{pointer}/{escaped(name)}", "Object contains unknown field"


def _bare(annotation: Any, value: object) -> Any:
    """The type without its constraints; of `X | None` the X, of other unions none (their error names its place)."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in {Union, UnionType}:
        choices = [choice for choice in get_args(annotation) if choice is not type(None)]
        return _bare(choices[0], value) if len(choices) == 1 else None
    return annotation


def _placed(pointer: str, message: str) -> _Wrong:
    """Move the decoder's own place (`$.lines[0].unit`) from its sentence into the pointer."""
    found = _PLACE.match(message)
    if found is None:
        return pointer, message
    steps = "".join(f"/{escaped(name or place)}" for name, place in _STEP.findall(found[2]))
    return pointer + steps, found[1]
