"""Must every reader of a public page ask the database? Answers that are for everybody are kept for a moment and shared.

Only answers that say `Cache-Control: public` themselves, of readers who show no credential, are kept; at most a second, and
forgotten at once in every process when what they show is changed. Whoever asks while the first is being answered waits for
that answer. Nothing is sold by it: quotes and orders read the rows.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from app.core.http.headers import header
from app.core.http.language import preferred_language

KEPT_MAX: Final = 1_000
BYTES_MAX: Final = 1_000_000
"""Of one answer: a larger one is served and not kept."""

Count = Callable[[Scope], Awaitable[bool]]
"""Counts a request against its address; False: it may have nothing left, so the application must say so."""


@dataclass(frozen=True, slots=True)
class _Kept:
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    until: float
    """On the monotonic clock."""


class SharedAnswers:
    """Stands between the edge and the application. Paths are named, so that nothing is shared by accident."""

    def __init__(self, *, paths: frozenset[str], kept_for_s: float, count: Count) -> None:
        """`kept_for_s` 0: every request goes to the application."""
        self._paths = paths
        self._kept_for_s = kept_for_s
        self._count = count
        self._kept: dict[tuple[bytes, ...], _Kept] = {}
        self._asking: dict[tuple[bytes, ...], asyncio.Future[None]] = {}
        self._generation = 0

    def around(self, app: ASGIApp) -> ASGIApp:
        """The application with what it answers shared."""
        if not self._kept_for_s:
            return app

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            await self._answer(app, scope, receive, send)

        return answer

    def forget(self, _: str = "") -> None:
        """What is shown has changed: ask again."""
        self._generation += 1
        self._kept.clear()

    async def _answer(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        key = self._key(scope)
        if key is None:
            await app(scope, receive, send)
            return
        while key in self._asking:
            await asyncio.shield(self._asking[key])
        kept = self._kept.get(key)
        if kept is None or kept.until <= time.monotonic():
            await self._ask(app, key, scope, receive, send)
        elif await self._count(scope):
            scope["path_template"] = scope["path"]  # For the edge's count and log line.
            await _answer(kept, send)
        else:
            await app(scope, receive, send)

    def _key(self, scope: Scope) -> tuple[bytes, ...] | None:
        if scope["type"] != ScopeType.HTTP or not self._kept_for_s:
            return None
        if scope["path"] not in self._paths or scope["method"] != "GET":
            return None
        headers = scope["headers"]
        if header(headers, b"authorization") is not None or header(headers, b"cookie") is not None:
            return None
        language = preferred_language((header(headers, b"accept-language") or b"").decode("latin-1"))
        return scope["path"].encode(), scope["query_string"], language.encode()

    async def _ask(self, app: ASGIApp, key: tuple[bytes, ...], scope: Scope, receive: Receive, send: Send) -> None:
        generation, taken = self._generation, _Taken()
        self._asking[key] = asyncio.get_running_loop().create_future()
        try:
            await app(scope, receive, taken.send)
            if generation == self._generation and (kept := taken.kept(time.monotonic() + self._kept_for_s)) is not None:
                while len(self._kept) >= KEPT_MAX:
                    del self._kept[next(iter(self._kept))]
                self._kept[key] = kept
        finally:
            self._asking.pop(key).set_result(None)
        for message in taken.messages:  # After the others were let go: a slow reader keeps nobody waiting.
            await send(message)


class _Taken:
    """One answer, taken down before it is sent."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def send(self, message: Message) -> None:
        self.messages.append(message)

    def kept(self, until: float) -> _Kept | None:
        """What may be shared of it."""
        if not self.messages or self.messages[0]["type"] != "http.response.start" or self.messages[0]["status"] != 200:
            return None
        headers = list(self.messages[0]["headers"])
        body = b"".join(message["body"] for message in self.messages[1:] if message["type"] == "http.response.body")
        shared = (header(headers, b"cache-control") or b"").startswith(b"public") and header(
            headers, b"set-cookie"
        ) is None
        return _Kept(200, headers, body, until) if shared and len(body) <= BYTES_MAX else None


async def _answer(kept: _Kept, send: Send) -> None:
    await send({"type": "http.response.start", "status": kept.status, "headers": list(kept.headers)})
    await send({"type": "http.response.body", "body": kept.body, "more_body": False})
