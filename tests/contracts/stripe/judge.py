"""Is this request one that Stripe's document allows, and this answer one that it promises? Nothing else is asked here.

Every function returns what is wrong, one sentence each with the place it stands at, and an empty list for what is right.
A field that an answer has and the document has not is a fault: at a pinned version Stripe would not send it. So is a
value outside of an enumeration, even where the document bears Stripe's mark `x-stripeBypassValidation`, whose meaning is
not published.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from jsonschema_rs import ValidationError, ValidationErrorKind

from tests.contracts.stripe import form
from tests.contracts.stripe.document import FORM, Document, Operation, Schema, stripe

_EXPANSION_DEPTH_MAX = 4
"""Levels (docs.stripe.com/api/expanding_objects)."""
_END = 90


def request_faults(method: str, path: str, *, query: str, content_type: str | None, body: bytes) -> list[str]:
    """What is wrong with a request; `path` and `query` as they went over the wire, percent-encoded."""
    found = stripe().operation(method, path)
    if found is None:
        return [f"{method} {path}: no such operation"]
    operation, ids = found
    faults = _form_faults({name: unquote(text) for name, text in ids.items()}, operation.path)
    asked, wrong = form.parsed(query)
    faults += wrong + _form_faults(asked, operation.query)
    if body and (content_type or "").partition(";")[0].strip().lower() != FORM:
        return [*faults, f"(form): it is sent as {content_type}, and not as {FORM}"]
    try:
        told, wrong = form.parsed(body.decode("ascii"))
    except UnicodeDecodeError:
        return [*faults, "(form): a byte is not percent-encoded"]
    faults += wrong + _form_faults(told, operation.form)
    return faults + _expansion_faults(asked, operation) + _expansion_faults(told, operation)


def answer_faults(method: str, path: str, *, status: int, body: bytes) -> list[str]:
    """What is wrong with an answer: the operation's own at 200, Stripe's envelope of errors at 400 and above."""
    found = stripe().operation(method, path)
    if found is None and status < 400:
        return [f"{method} {path}: no such operation, and yet {status}"]
    if status != 200 and status < 400:
        return [f"(status): {status} is never told"]
    try:
        shown = json.loads(body)
    except ValueError as error:
        return [f"(answer): it is no JSON: {error}"]
    if found is None or status != 200:
        return _faults(shown, stripe().named("error"))
    return _faults(shown, found[0].answer) + list(_faults_within_events(shown, ""))


def object_faults(shown: Any) -> list[str]:
    """What is wrong with one of Stripe's objects, an event of a webhook among them, by the word in its field `object`."""
    kind = shown.get("object") if isinstance(shown, Mapping) else None
    if not isinstance(kind, str):
        return ["object: it says of no object what it is"]
    schema = stripe().objects.get((kind, shown.get("deleted") is True))
    if schema is None:
        return [f"object: {kind} is not in our part of the document"]
    return _faults(shown, schema) + list(_faults_within_events(shown, ""))


def _form_faults(tree: Mapping[str, form.Tree], schema: Schema) -> list[str]:
    given = form.typed(dict(tree), schema, stripe())
    return [f"{form.bracketed(error.instance_path)}: {_short(error.message)}" for error in _errors(given, schema)]


def _faults(shown: Any, schema: Schema) -> list[str]:
    errors = [(".".join(str(one) for one in error.instance_path), error.message) for error in _errors(shown, schema)]
    return [f"{where or '(answer)'}: {_short(message)}" for where, message in errors]


def _short(message: str) -> str:
    """Its two ends: a value comes first and may be long, what is wrong with it comes last."""
    return message if len(message) <= 2 * _END else f"{message[:_END]} … {message[-_END:]}"


def _errors(value: Any, schema: Schema) -> Iterator[ValidationError]:
    for error in stripe().validator(schema).iter_errors(value):
        yield from _meant(error)


def _meant(error: ValidationError) -> Iterator[ValidationError]:
    """Where no branch of an `anyOf` fits, what is wrong with the branch that was most likely meant: the one got farthest into."""
    if not isinstance(error.kind, ValidationErrorKind.AnyOf):
        yield error
        return
    branches = [[inner for one in branch for inner in _meant(one)] for branch in error.kind.context]
    depths = [max((len(one.instance_path) for one in branch), default=0) for branch in branches]
    right_kind = [not any(_is_of_another_kind(one, error) for one in branch) for branch in branches]
    best = max(range(len(branches)), key=lambda n: (right_kind[n], depths[n], -len(branches[n])))
    if not right_kind[best]:
        yield error
        return
    yield from branches[best]


def _is_of_another_kind(inner: ValidationError, outer: ValidationError) -> bool:
    return isinstance(inner.kind, ValidationErrorKind.Type) and len(inner.instance_path) == len(outer.instance_path)


def _faults_within_events(shown: Any, where: str) -> Iterator[str]:
    """What is wrong with the objects that events carry: for the event's own schema they may be anything."""
    if not isinstance(shown, Mapping):
        return
    if shown.get("object") == "list" and isinstance(shown.get("data"), list):
        for n, one in enumerate(shown["data"]):
            yield from _faults_within_events(one, f"{where}data.{n}.")
    if shown.get("object") == "event":
        if shown.get("type") not in stripe().event_types:
            yield f"{where}type: there is no event {shown.get('type')}"
        if shown.get("api_version") != stripe().version:
            yield f"{where}api_version: {shown.get('api_version')} is not the document's"
        carried = shown.get("data")
        carried = carried.get("object") if isinstance(carried, Mapping) else None
        yield from (f"{where}data.object.{fault}" for fault in object_faults(carried))


def _expansion_faults(tree: Mapping[str, form.Tree], operation: Operation) -> list[str]:
    """Which of the fields asked to be shown whole are no such fields of the answer."""
    asked = form.typed(dict(tree), operation.form, stripe()).get("expand", [])
    if isinstance(asked, Mapping):
        asked = list(asked.values())
    wished = [one for one in asked if isinstance(one, str)] if isinstance(asked, list) else []
    return [f"expand: {one} cannot be expanded" for one in wished if not _expands(stripe(), operation.answer, one)]


def _expands(document: Document, answer: Schema, wished: str) -> bool:
    """Whether each step of `data.latest_charge.refunds` leads to a field that its object lists as expandable."""
    steps = wished.split(".")
    here = document.branches(answer)
    for step in steps:
        listing = [one for one in here if step in one.get("x-expandableFields", ())]
        inner = [document.branches(one["properties"][step]) for one in listing]
        here = [leaf for branch in inner for one in branch for leaf in document.branches(one.get("items", one))]
        if not listing:
            return False
    return len(steps) <= _EXPANSION_DEPTH_MAX
