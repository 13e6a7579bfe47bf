"""What do a request's parameters say? Stripe's form encoding, read strictly.

Groups are written with brackets (`metadata[key]=…`, `created[gte]=…`), lists with numbers or empty brackets
(`expand[0]=…`, `expand[]=…`): docs.stripe.com/api. What an operation does not know is refused, as Stripe does.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

import msgspec

from integrations.stripe.fake.refusals import (
    Misread,
    empty_parameter,
    missing_parameter,
    not_whole,
    unknown_parameter,
    wrong_value,
)

Asked: TypeAlias = dict[str, Any]

_NAME: Final = re.compile(r"(?P<first>[^\[\]]+)(?P<rest>(?:\[[^\[\]]*\])*)")
_METADATA_MOST: Final = (50, 40, 500)  # Keys, letters of a key, letters of a value: docs.stripe.com/api/metadata.


class Leaf(msgspec.Struct, frozen=True):
    """One value: how it is read, given its name."""

    read: Callable[[str, str], Any]


class Many(msgspec.Struct, frozen=True):
    """A list."""

    of: "Leaf | Group"


class Group(msgspec.Struct, frozen=True):
    """A group of named values, some of which must be there."""

    fields: Mapping[str, "Leaf | Many | Group | Metadata | Either"]
    needed: tuple[str, ...] = ()


class Metadata(msgspec.Struct, frozen=True):
    """Names and texts of the caller's own."""


class Either(msgspec.Struct, frozen=True):
    """One value, or a group."""

    one: Leaf
    many: Group


Shape: TypeAlias = Leaf | Many | Group | Metadata | Either


def read_form(pairs: Iterable[tuple[str, str]], shape: Group) -> Asked:
    """Read decoded pairs; raises `Misread`."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        _plant(tree, name, value)
    return _group("", tree, shape)


def text(*, most: int) -> Leaf:
    """A text of at most so many letters."""

    def read(name: str, value: str) -> str:
        if len(value) > most:
            raise wrong_value(name, f"Invalid string: {value[:20]}...; must be at most {most} characters")
        return value

    return Leaf(read)


def one_of(*words: str) -> Leaf:
    """One of a few words."""

    def read(name: str, value: str) -> str:
        if value not in words:
            raise wrong_value(name, f"Invalid {name}: must be one of {', '.join(words)}")
        return value

    return Leaf(read)


def _whole(name: str, value: str) -> int:
    if not re.fullmatch(r"-?\d{1,18}", value, re.ASCII):
        raise not_whole(name, value)
    return int(value)


def _flag(name: str, value: str) -> bool:
    if value not in {"true", "false"}:
        raise wrong_value(name, f"Invalid boolean: {value}")
    return value == "true"


WHOLE: Final = Leaf(_whole)
FLAG: Final = Leaf(_flag)
NAME: Final = text(most=5000)
METADATA: Final = Metadata()
CREATED: Final = Either(WHOLE, Group({"gt": WHOLE, "gte": WHOLE, "lt": WHOLE, "lte": WHOLE}))


def _plant(tree: dict[str, Any], name: str, value: str) -> None:
    """Put one pair where its brackets say."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise unknown_parameter(name)
    steps = [found["first"], *re.findall(r"\[([^\[\]]*)\]", found["rest"])]
    for step in steps[:-1]:
        branch = tree.setdefault(step or str(len(tree)), {})
        if not isinstance(branch, dict):
            raise wrong_value(name, f"Invalid hash: {step} is a value and a hash at once")
        tree = branch
    last = steps[-1] or str(len(tree))
    if isinstance(tree.get(last), dict):
        raise wrong_value(name, f"Invalid value: {last} is a value and a hash at once")
    tree[last] = value


def _group(inside: str, tree: dict[str, Any], shape: Group) -> Asked:
    for name in tree:
        if name not in shape.fields:
            raise unknown_parameter(_joined(inside, name))
    for name in shape.needed:
        if name not in tree:
            raise missing_parameter(_joined(inside, name))
    return {name: _read(_joined(inside, name), value, shape.fields[name]) for name, value in tree.items()}


def _read(name: str, value: Any, shape: Shape) -> Any:
    match shape:
        case Leaf():
            return _leaf(name, value, shape)
        case Either():
            return _group(name, value, shape.many) if isinstance(value, dict) else _leaf(name, value, shape.one)
        case Metadata():
            return _metadata(name, value)
        case Group():
            return _group(name, _branch(name, value), shape)
        case Many():
            return [_read(f"{name}[{place}]", _branch(name, value)[place], shape.of) for place in _places(name, value)]


def _leaf(name: str, value: Any, shape: Leaf) -> Any:
    if isinstance(value, dict):
        raise wrong_value(name, f"Invalid string: {name} is a hash")
    if value == "":
        raise empty_parameter(name)
    return shape.read(name, value)


def _metadata(name: str, value: Any) -> dict[str, str]:
    keys_most, key_most, value_most = _METADATA_MOST
    given = {key: words for key, words in _branch(name, value).items() if words != ""}
    if len(given) > keys_most:
        raise wrong_value(name, f"Metadata can have up to {keys_most} keys")
    for key, words in given.items():
        if isinstance(words, dict):
            raise wrong_value(f"{name}[{key}]", "Metadata values must be strings")
        if len(key) > key_most or len(words) > value_most:
            raise wrong_value(
                f"{name}[{key}]", f"Metadata keys have up to {key_most} characters, and values up to {value_most}"
            )
    return given


def _branch(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Misread(400, f"Invalid hash: {name}", code=None, param=name)
    return value


def _places(name: str, value: Any) -> list[str]:
    places = list(_branch(name, value))
    if any(not place.isdigit() for place in places):
        raise wrong_value(name, f"Invalid array: {name}")
    return sorted(places, key=int)


def _joined(inside: str, name: str) -> str:
    return f"{inside}[{name}]" if inside else name
