"""Does a new document break a client of the old one? Pure: two OpenAPI documents in, one sentence per break out.

A client sends what the old document allowed, and reads what it promised. Answers may grow: a new field, a new word of
an enum (they are documented as open), a new refusal. Requests may be allowed more. This server refuses unknown fields
and parameters, so that taking one away breaks whoever sends it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Json = dict[str, Any]
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_COUNTS = ("minLength", "minItems", "minProperties")
"""Nothing is shorter than 0: such a limit takes nothing away."""
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_FORMS = ("pattern", "format", "multipleOf", "uniqueItems")


def breaks(old: Json, new: Json, *, today: date) -> list[str]:
    """Every break, in the order of the old document. An operation whose sunset has passed may be gone."""
    return list(dict.fromkeys(_Comparison(old, new).breaks(today)))


@dataclass
class _Comparison:
    old: Json
    new: Json
    _inside: set[tuple[str, str, bool]] = field(default_factory=set)
    """Pairs of references that are being compared: schemas may hold themselves."""

    def breaks(self, today: date) -> Iterator[str]:
        for path, item in self.old["paths"].items():
            for method, told in item.items():
                name = f"{method.upper()} {path}"
                now = self.new["paths"].get(path, {}).get(method)
                if now is not None:
                    yield from (f"{name}: {each}" for each in self._operation(told, now))
                elif told.get("x-sunset", "9999-12-31") > today.isoformat():
                    yield f"{name}: the operation is gone"

    def _operation(self, old: Json, new: Json) -> Iterator[str]:
        if old.get("operationId") != new.get("operationId"):
            yield f"operationId {old.get('operationId')} is now {new.get('operationId')}"
        if not old.get("security") and new.get("security"):
            yield "a caller is now needed"
        yield from self._parameters(_keyed(old), _keyed(new))
        yield from self._request(old.get("requestBody"), new.get("requestBody"))
        for status, told in old["responses"].items():
            if status < "400":
                yield from self._response(status, told, new["responses"].get(status))

    def _parameters(self, old: dict[str, Json], new: dict[str, Json]) -> Iterator[str]:
        for name, told in old.items():
            if name not in new:
                yield f"parameter {name} is gone"
                continue
            if new[name].get("required") and not told.get("required"):
                yield f"parameter {name} is now required"
            yield from self._narrower(told.get("schema", {}), new[name].get("schema", {}), f"parameter {name}")
        for name, told in new.items():
            if name not in old and told.get("required"):
                yield f"required parameter {name} is new"

    def _request(self, old: Json | None, new: Json | None) -> Iterator[str]:
        if old is None or new is None:
            if old is not None:
                yield "the body is gone"
            elif new is not None and new.get("required"):
                yield "a body is now required"
            return
        if new.get("required") and not old.get("required"):
            yield "a body is now required"
        for media_type, told in old["content"].items():
            if media_type not in new["content"]:
                yield f"the body is no longer taken as {media_type}"
            else:
                yield from self._narrower(told.get("schema", {}), new["content"][media_type].get("schema", {}), "body")

    def _response(self, status: str, old: Json, new: Json | None) -> Iterator[str]:
        if new is None:
            yield f"answer {status} is gone"
            return
        for name in old.get("headers", {}):
            if name not in new.get("headers", {}):
                yield f"answer {status} has no header {name}"
        for media_type, told in old.get("content", {}).items():
            if media_type not in new.get("content", {}):
                yield f"answer {status} is no longer {media_type}"
            else:
                shown = new["content"][media_type].get("schema", {})
                yield from self._wider(told.get("schema", {}), shown, f"answer {status}")

    def _narrower(self, old: Json, new: Json, at: str) -> Iterator[str]:
        """What the old schema allowed a client to send, and the new one does not."""
        yield from self._guarded(old, new, at, sent=True)

    def _wider(self, old: Json, new: Json, at: str) -> Iterator[str]:
        """What the new schema lets us answer, and the old one told a client it would never see."""
        yield from self._guarded(old, new, at, sent=False)

    def _guarded(self, old: Json, new: Json, at: str, *, sent: bool) -> Iterator[str]:
        pair = (_reference(old), _reference(new), sent)
        if pair in self._inside:
            return
        if pair[0] and pair[1]:
            self._inside.add(pair)
        before, after = _plain(self.old, old), _plain(self.new, new)
        yield from _sent_less(before, after, at) if sent else _shown_more(before, after, at)
        yield from self._fields(before, after, at, sent=sent)
        if "items" in before and "items" in after:
            yield from self._guarded(before["items"], after["items"], f"{at}[]", sent=sent)
        self._inside.discard(pair)

    def _fields(self, old: Json, new: Json, at: str, *, sent: bool) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name, told in before.items():
            if name in after:
                yield from self._guarded(told, after[name], f"{at}/{name}", sent=sent)
            elif after or not sent:
                yield f"{at}/{name} is gone"
        for name in new.get("required", ()) if sent else ():
            if name not in old.get("required", ()):
                yield f"{at}/{name} is now required"
        for name in () if sent else old.get("required", ()):
            if name in after and name not in new.get("required", ()):
                yield f"{at}/{name} is no longer always there"


def _sent_less(old: Json, new: Json, at: str) -> Iterator[str]:
    if gone := _types(old) - _types(new):
        yield f"{at} may no longer be {_listed(gone)}"
    if "enum" in new and (gone := _words(old, new) - set(map(str, new["enum"]))):
        yield f"{at} may no longer be {_listed(gone)}"
    for limit in _LOWER:
        if limit in new and new[limit] > old.get(limit, 0 if limit in _COUNTS else float("-inf")):
            yield f"{at} has {limit} {new[limit]}, it was {old.get(limit, 'none')}"
    for limit in _UPPER:
        if limit in new and new[limit] < old.get(limit, float("inf")):
            yield f"{at} has {limit} {new[limit]}, it was {old.get(limit, 'none')}"
    for form in _FORMS:
        if form in new and new[form] != old.get(form):
            yield f"{at} has {form} {new[form]}, it was {old.get(form, 'none')}"
    if (
        new.get("additionalProperties") is False
        and old.get("additionalProperties") is not False
        and "properties" in old
    ):
        yield f"{at} takes no other fields now"


def _shown_more(old: Json, new: Json, at: str) -> Iterator[str]:
    if more := _types(new) - _types(old):
        yield f"{at} may now be {_listed(more)}"
    if old.get("format") != new.get("format") and "format" in old:
        yield f"{at} has format {new.get('format', 'none')}, it was {old['format']}"


def _reference(schema: Json) -> str:
    """The name of the schema that is meant, `X or null` included; empty for one that has none."""
    named = [each["$ref"] for each in (schema, *schema.get("oneOf", ()), *schema.get("anyOf", ())) if "$ref" in each]
    return str(named[0]) if len(named) == 1 else ""


def _plain(document: Json, schema: Json) -> Json:
    """The schema behind references; of `X or null` the X, with null among its types."""
    while "$ref" in schema:
        place: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            place = place[step]
        schema = place
    for word in ("oneOf", "anyOf"):
        choices = schema.get(word)
        if choices and any(each.get("type") == "null" for each in choices):
            others = [each for each in choices if each.get("type") != "null"]
            if len(others) == 1:
                inner = _plain(document, others[0])
                limits = {key: value for key, value in schema.items() if key != word}
                return {**limits, **inner, "type": sorted({*_types(inner), "null"} - {"anything"})}
    return schema


def _types(schema: Json) -> set[str]:
    kinds = schema.get("type")
    if kinds is None:
        if "const" in schema:
            return {"string"} if isinstance(schema["const"], str) else {"anything"}
        return {"string"} if "enum" in schema else {"object"} if "properties" in schema else {"anything"}
    return {kinds} if isinstance(kinds, str) else set(kinds)


def _words(old: Json, new: Json) -> set[str]:
    """What the old schema allowed by name; one that allowed everything allowed more than the new one's words."""
    return set(map(str, old["enum"])) if "enum" in old else {"anything"} if "enum" in new else set()


def _keyed(operation: Json) -> dict[str, Json]:
    return {f"{each['in']} {each['name']}": each for each in operation.get("parameters", ())}


def _listed(words: set[str]) -> str:
    return ", ".join(sorted(words))
