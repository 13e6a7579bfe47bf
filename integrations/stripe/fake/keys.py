"""Which request came before under this idempotency key, and what was it told?

As docs.stripe.com/api/idempotent_requests says: once an operation was begun, its status and body are kept, a 500 too,
and given again to whoever sends the same under the same key; other parameters are an error; what failed validation, or
collided with a request under way, is not kept; keys may be dropped when they are 24 hours old.
"""

import hashlib
from collections.abc import Iterable
from typing import Any, Final, Self

import msgspec

from integrations.stripe.fake.refusals import Refused

KEPT_S: Final = 24 * 60 * 60
LONGEST: Final = 255


class Kept(msgspec.Struct, frozen=True):
    """The answer to the first request under a key. Keys are an account's own."""

    owner: str
    key: str
    fingerprint: str
    status: int
    body: str
    at: int

    def as_written(self) -> dict[str, Any]:
        """As the book has it."""
        return {name: getattr(self, name) for name in self.__struct_fields__}

    @classmethod
    def read(cls, written: dict[str, Any]) -> Self:
        """From the book."""
        return msgspec.convert(written, cls)


class Keys:
    """Keys that are kept, and keys under which something is being done."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Kept] = {}
        self._busy: set[tuple[str, str]] = set()

    def put(self, kept: Kept) -> None:
        """Keep an answer."""
        self._kept[kept.owner, kept.key] = kept

    def earlier(self, owner: str, key: str, fingerprint: str, *, now: int) -> Kept | None:
        """The answer that was given before; raises `Refused` for other parameters and for a key in use.

        Stripe's words for a key in use (409, `idempotency_key_in_use`) are documented, the type of that error is not.
        """
        if len(key) > LONGEST:
            raise Refused(400, f"Idempotency keys are at most {LONGEST} characters", code=None, param=None)
        if (owner, key) in self._busy:
            message = f"Another request under the idempotency key {key} is in progress. Try again in a moment."
            raise Refused(409, message, code="idempotency_key_in_use", param=None)
        kept = self._kept.get((owner, key))
        if kept is None or now - kept.at >= KEPT_S:
            return None
        if kept.fingerprint != fingerprint:
            message = f"The idempotency key {key} was used with other parameters. Use another for another request."
            raise Refused(400, message, kind="idempotency_error", code=None, param=None)
        return kept

    def drop(self) -> None:
        """Forget every answer, as if all were a day old."""
        self._kept.clear()

    def begin(self, owner: str, key: str) -> None:
        """Something is being done under a key."""
        self._busy.add((owner, key))

    def end(self, owner: str, key: str) -> None:
        """It is done, or was given up."""
        self._busy.discard((owner, key))


def fingerprint_of(method: str, path: str, pairs: Iterable[tuple[str, str]]) -> str:
    """What makes a request the same request: the order of its parameters does not matter."""
    return hashlib.sha256(msgspec.json.encode([method, path, sorted(pairs)])).hexdigest()
