"""How does the demonstration speak to the desk? Over HTTP, like anybody else, and with patience that ends."""

import secrets
import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

import httpx

from app.demo.errors import DemoFailed, Part

_Found = TypeVar("_Found")

_PATIENCE_S: Final = 60
_PAUSE_S: Final = 0.05
_CALL_S: Final = 30


class Caller:
    """Somebody with a key, or nobody. A refused call raises DemoFailed with the desk's own words."""

    def __init__(self, base_url: str, key: str = "") -> None:
        self.key = key
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        # trust_env: no proxy of the environment stands between us and loopback.
        self._client = httpx.Client(base_url=base_url, headers=headers, timeout=_CALL_S, trust_env=False)

    def with_key(self, key: str) -> "Caller":
        """Somebody else at the same desk."""
        return Caller(str(self._client.base_url), key)

    def get(self, path: str, **query: str) -> Any:
        """The JSON at this path."""
        return self.bytes_of(path, **query).json()

    def bytes_of(self, path: str, **query: str) -> httpx.Response:
        """The whole answer at this path."""
        return self._ask("GET", path, params=query)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """The JSON that answers this body; every call has an idempotency key of its own."""
        return self._ask("POST", path, json=body, headers=_fresh_key()).json()

    def send(self, path: str, content: bytes, media_type: str, signed: str = "", **query: str) -> Any:
        """The JSON that answers this file, or this event of Stripe's with its signature."""
        headers = {"Content-Type": media_type, **_fresh_key()} | ({"Stripe-Signature": signed} if signed else {})
        return self._ask("POST", path, content=content, headers=headers, params=query).json()

    def is_ready(self) -> bool:
        """Whether the desk may be sent requests."""
        try:
            return self._client.get("/readyz").is_success
        except httpx.TransportError:
            return False

    def _ask(self, method: str, path: str, **sent: Any) -> httpx.Response:
        try:
            answer = self._client.request(method, path, **sent)
        except httpx.TransportError as error:
            raise DemoFailed(f"{method} {path} got no answer: {type(error).__name__}.", part="api") from error
        if not answer.is_success:
            raise DemoFailed(f"{method} {path} was answered with {answer.status_code}: {answer.text[:500]}", part="api")
        return answer


def until(ask: Callable[[], _Found | None], what: str, *, of: Part, check: Callable[[], None]) -> _Found:
    """Ask again and again until there is an answer. `check` may raise meanwhile; after a minute DemoFailed blames `of`."""
    give_up_at = time.monotonic() + _PATIENCE_S
    while time.monotonic() < give_up_at:
        found = ask()
        if found is not None:
            return found
        check()
        time.sleep(_PAUSE_S)
    raise DemoFailed(f"After {_PATIENCE_S} s there is still no sign of this: {what}.", part=of)


def _fresh_key() -> dict[str, str]:
    return {"Idempotency-Key": secrets.token_hex(16)}
