"""Which desk is asked, the live one or its sandbox? Two whole applications behind one door; nothing else is shared.

Under /sandbox stands the sandbox; elsewhere the credential decides: one of test mode opens the sandbox at the same
addresses. Each desk is handed its own session cookie and never sees the other's.
"""

import asyncio
from typing import Any, Final, cast
from urllib.parse import quote

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send

from app.core.http.headers import RawHeaders, header
from app.core.http.mount import current_mount
from app.sandbox.http.credentials import mode_of

SANDBOX_COOKIE: Final = "__Host-offsetdesk-sandbox"
"""The session's cookie as browsers keep it; inside, the sandbox calls it what every desk does."""


class Desks:
    """One ASGI application before two."""

    def __init__(self, live: ASGIApp, sandbox: ASGIApp, *, path: str, cookie: str) -> None:
        """`path` is where the sandbox stands; `cookie` is what both desks call their session's."""
        self._live, self._sandbox = live, sandbox
        self._path = path
        self._cookie = cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand one request on, or let both desks begin and end."""
        if scope["type"] != ScopeType.HTTP:
            await _begin_and_end((self._live, self._sandbox), scope, receive, send)
            return
        path = scope["path"]
        if path == self._path or path.startswith(f"{self._path}/"):
            inside = path.removeprefix(self._path) or "/"
            await self._under(self._path, self._renamed(scope, inside), receive, send)
        elif mode_of((header(scope["headers"], b"authorization") or b"").decode("latin-1")) == "test":
            await self._under("", self._renamed(scope, path), receive, send)
        else:
            await self._live(self._without_sandbox_cookie(scope), receive, send)

    async def _under(self, mount: str, scope: Scope, receive: Receive, send: Send) -> None:
        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._outside(message, mount)
            await send(message)

        token = current_mount.set(mount)
        try:
            await self._sandbox(scope, receive, told)
        finally:
            current_mount.reset(token)

    def _outside(self, message: HTTPResponseStartEvent, mount: str) -> RawHeaders:
        """The sandbox's headers as a browser at the common address must see them."""
        ours, theirs = f"{self._cookie}=".encode(), f"{SANDBOX_COOKIE}=".encode()
        done = []
        for key, value in message["headers"]:
            name = key.lower()
            if name == b"set-cookie" and value.startswith(ours):
                done.append((key, theirs + value.removeprefix(ours)))
            elif name == b"location" and value.startswith(b"/"):
                done.append((key, mount.encode() + value))
            else:
                done.append((key, value))
        return done

    def _renamed(self, scope: Scope, path: str) -> Scope:
        """The request as the sandbox is to see it: its own path, and its own cookie under the common name."""
        kept = [part for part in _cookies(scope) if not part.startswith(f"{self._cookie}=")]
        prefix = f"{SANDBOX_COOKIE}="
        named = [f"{self._cookie}={part.removeprefix(prefix)}" if part.startswith(prefix) else part for part in kept]
        headers = _with_cookies(scope, named)
        return cast("Scope", {**scope, "path": path, "raw_path": quote(path).encode(), "headers": headers})

    def _without_sandbox_cookie(self, scope: Scope) -> Scope:
        parts = _cookies(scope)
        kept = [part for part in parts if not part.startswith(f"{SANDBOX_COOKIE}=")]
        if kept == parts:
            return scope
        return cast("Scope", {**scope, "headers": _with_cookies(scope, kept)})


def _cookies(scope: Scope) -> list[str]:
    """Every cookie of a request, as `name=value`."""
    lines = [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == b"cookie"]
    return [part.strip() for line in lines for part in line.split(";") if part.strip()]


def _with_cookies(scope: Scope, cookies: list[str]) -> RawHeaders:
    others = [(key, value) for key, value in scope["headers"] if key.lower() != b"cookie"]
    return [*others, (b"cookie", "; ".join(cookies).encode("latin-1"))] if cookies else others


async def _begin_and_end(apps: tuple[ASGIApp, ...], scope: Scope, receive: Receive, send: Send) -> None:
    """The lifespan of all: begun when all have begun, ended when all have ended; the first failure is told."""
    parts = [_Lifespan(app, scope) for app in apps]
    for step in ("startup", "shutdown"):
        await receive()
        answers = [await part.tell(step) for part in parts]
        failed = next((answer for answer in answers if answer["type"].endswith(".failed")), None)
        await send(failed or answers[0])
        if failed:
            break
    for part in parts:
        part.running.cancel()
    await asyncio.gather(*(part.running for part in parts), return_exceptions=True)


class _Lifespan:
    """One application that is told to begin and to end."""

    def __init__(self, app: ASGIApp, scope: Scope) -> None:
        self._inbox: asyncio.Queue[Any] = asyncio.Queue()
        self._outbox: asyncio.Queue[Any] = asyncio.Queue()
        own = cast("Scope", {**scope, "state": {}})
        self.running = asyncio.ensure_future(app(own, self._inbox.get, self._outbox.put))

    async def tell(self, step: str) -> Any:
        await self._inbox.put({"type": f"lifespan.{step}"})
        return await self._outbox.get()
