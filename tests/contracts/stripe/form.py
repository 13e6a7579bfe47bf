"""How is a form in Stripe's bracket notation read, and by which rules is it written?

The document names its encoding: `deepObject` for every object and every list (`metadata[key]=v`, `expand[0]=a`, and
`items[0][price]=p` for an object in a list), `form` for everything else. The shorter `expand[]=a`, which Stripe's own
examples for curl use (docs.stripe.com/api/expanding_objects), is read as well. A form holds text alone; it becomes
numbers, booleans and lists by the schema that it is meant for.
"""

import re
from collections.abc import Iterable
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from tests.contracts.stripe.document import Document, Schema

Tree: TypeAlias = "str | list[str] | dict[str, Tree]"

_KEY = re.compile(r"(?P<first>[^\[\]]+)(?P<rest>(?:\[[^\[\]]*\])*)")
_INTEGER = re.compile(r"-?(?:0|[1-9]\d*)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def parsed(text: str) -> tuple[dict[str, Tree], list[str]]:
    """What a form says, as a tree of text, and what is wrong with how it is written."""
    tree: dict[str, Tree] = {}
    faults: list[str] = []
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True, errors="strict") if text else []
    except ValueError as error:
        return {}, [f"This is no form: {error}"]
    for key, value in pairs:
        found = _KEY.fullmatch(key)
        if found is None:
            faults.append(f"{key}: its brackets do not close")
            continue
        fault = _planted(tree, [found["first"], *re.findall(r"\[([^\[\]]*)\]", found["rest"])], value)
        faults += [f"{key}: {fault}"] if fault else []
    return tree, faults


def typed(tree: Tree, schema: Schema, document: Document) -> Any:
    """A tree of text as the values that a schema can mean by it; what cannot be meant stays as it is, to be judged."""
    branches = document.branches(schema)
    if isinstance(tree, str):
        return _scalar(tree, {one.get("type", "") for one in branches})
    items = [one["items"] for one in branches if one.get("type") == "array"]
    if isinstance(tree, list):
        return [typed(one, items[0], document) for one in tree] if items else tree
    if items and list(tree) == [str(n) for n in range(len(tree))]:
        return [typed(one, items[0], document) for one in tree.values()]
    return {name: typed(one, _property(branches, name), document) for name, one in tree.items()}


def bracketed(path: Iterable[str | int]) -> str:
    """Where something stands, in the notation of the form: `line_items[0][quantity]`."""
    first, *rest = [str(one) for one in path] or ["(form)"]
    return first + "".join(f"[{one}]" for one in rest)


def _planted(tree: dict[str, Tree], keys: list[str], value: str) -> str | None:
    """Put a value where its key says, or tell why it cannot stand there."""
    *ahead, last = keys
    if "" in ahead or (last == "" and not ahead):
        return "only the last brackets may be empty"
    place, name = (tree, last) if last else (tree, ahead.pop())
    for key in ahead:
        inner = place.setdefault(key, {})
        if not isinstance(inner, dict):
            return f"{key} is a value already"
        place = inner
    if last:
        if name in place:
            return "it is given twice"
        place[name] = value
        return None
    there = place.setdefault(name, [])
    if not isinstance(there, list):
        return f"{name} is no such list already"
    there.append(value)
    return None


def _scalar(text: str, types: set[str]) -> Any:
    if "integer" in types and _INTEGER.fullmatch(text):
        return int(text)
    if "number" in types and _NUMBER.fullmatch(text):
        return float(text)
    if "boolean" in types and text in {"true", "false"}:
        return text == "true"
    return text


def _property(branches: list[Schema], name: str) -> Schema:
    """What the first branch that knows this property says of it; nothing when none does."""
    for one in branches:
        if name in one.get("properties", {}):
            return one["properties"][name]
        if isinstance(one.get("additionalProperties"), dict):
            return one["additionalProperties"]
    return {}
