"""What does an answer of Stripe's say about what was asked?

Pure: a status and a body in, a shape or a named answer out; nothing raises, whatever the bytes. Only Stripe's own error
envelope is a refusal, and only an object that is what was asked for is believed. What the statuses mean:
docs.stripe.com/api/errors; that 401 and 429 come before anything is done, and 409 from a request still running:
docs.stripe.com/error-low-level.
"""

from collections.abc import Mapping
from typing import Final, TypeVar

import msgspec

from integrations.stripe.client import Absent, LookupFailed, NoAnswer, NotFound, NotSent, Refused, Unknown
from integrations.stripe.reading import CannotBeRead, Reader, decoded
from integrations.stripe.wire import envelopes

_REFUSING_STATUSES: Final = frozenset({400, 402, 403, 404})
_LET_IN_NOTHING: Final = frozenset({401, 429})
_REFUSING_TYPES: Final = frozenset({"card_error", "invalid_request_error"})
"""Not `idempotency_error`: the key was used for something else, and what became of that is not known.
Nor `api_error`: Stripe itself failed."""

_S = TypeVar("_S")


class Reply(msgspec.Struct, frozen=True):
    """What came back, unread."""

    status: int
    body: bytes


class Trouble(msgspec.Struct, frozen=True):
    """Nothing whole came back. `unsent`: no byte of the request left."""

    why: str
    unsent: bool


def written(reply: Reply | Trouble, read: Reader[_S], expected: Mapping[str, object]) -> _S | NoAnswer:
    """The answer to a write: what was made, with the `expected` values, or why there is nothing to be believed."""
    if isinstance(reply, Trouble):
        return NotSent(reply.why) if reply.unsent else Unknown(reply.why, None)
    if 200 <= reply.status < 300:
        made = believed(reply.body, read, expected)
        return Unknown(made.why, reply.status) if isinstance(made, LookupFailed) else made
    error = _error(reply)
    if error is None:
        return Unknown(f"status {reply.status} without Stripe's reason", reply.status)
    if reply.status in _LET_IN_NOTHING:
        return NotSent(f"status {reply.status}: {error.code or error.type}")
    if reply.status in _REFUSING_STATUSES and error.type in _REFUSING_TYPES:
        return Refused(error.code or error.type, error.message or "", reply.status, error.param)
    return Unknown(f"status {reply.status}: {error.code or error.type}", reply.status)


def told(reply: Reply | Trouble, read: Reader[_S], expected: Mapping[str, object]) -> _S | NotFound:
    """The answer to a question for one thing by its id; absent only when Stripe says so in its own words."""
    body = listed(reply)
    if isinstance(body, bytes):
        return believed(body, read, expected)
    if isinstance(reply, Reply) and reply.status == 404:
        error = _error(reply)
        if error is not None and error.code == "resource_missing":
            return Absent()
    return body


def listed(reply: Reply | Trouble) -> bytes | LookupFailed:
    """The bytes of an answer that is none of a refusal, a failure or a redirect."""
    if isinstance(reply, Trouble):
        return LookupFailed(reply.why)
    if 200 <= reply.status < 300:
        return reply.body
    error = _error(reply)
    return LookupFailed(f"status {reply.status}" if error is None else f"status {reply.status}: {_words(error)}")


def believed(body: bytes | msgspec.Raw, read: Reader[_S], expected: Mapping[str, object]) -> _S | LookupFailed:
    """An object whose fields, as they are named in `shapes`, have the expected values; else what is wrong with it."""
    try:
        found = read(body)
    except CannotBeRead as error:
        return LookupFailed(f"an answer that cannot be read: {error}")
    for name, value in expected.items():
        if getattr(found, name) != value:
            return LookupFailed(f"an answer whose {name} is not what was asked for")
    return found


def _error(reply: Reply) -> envelopes.Error | None:
    try:
        return decoded(reply.body, envelopes.Envelope).error
    except CannotBeRead:
        return None


def _words(error: envelopes.Error) -> str:
    return f"{error.code or error.type} {error.param or ''}".rstrip()
