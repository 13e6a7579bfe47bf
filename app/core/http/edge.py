"""What does every answer have in common? Request id, HEAD, ETag, 304, headers, CORS, count and log line, around the app."""

import logging
import time
from typing import Any, Final

from litestar.enums import ScopeType
from litestar.routes import HTTPRoute
from litestar.types import (
    ASGIApp,
    HTTPResponseBodyEvent,
    HTTPResponseStartEvent,
    HTTPScope,
    Message,
    Receive,
    Scope,
    Send,
)

from app.core.clock import utc_now
from app.core.http.conditions import content_etag
from app.core.http.cors import AllowsOrigin, cors_headers, is_preflight, nobody, preflight
from app.core.http.deprecation import deprecated_by
from app.core.http.drain import Drain
from app.core.http.gone import Incoming
from app.core.http.headers import RawHeaders, finished, header, is_unchanged, untagged, without_body
from app.core.http.rates import STANDING, rate_headers
from app.core.ids import new_id
from app.core.metrics import NO_ROUTE, Metrics
from app.core.request_id import accepted_request_id, current_request_id, new_request_id

_LOGGER: Final = logging.getLogger("offsetdesk.access")


class Edge:
    """The outermost ASGI application. Everything that a caller sees has gone through here."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, drain: Drain, allows_origin: AllowsOrigin = nobody) -> None:
        """Stand around `app`. `allows_origin` says whether a browser's page of this origin may read our answers."""
        self._app = app
        self._metrics = metrics
        self._drain = drain
        self._allows_origin = allows_origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; anything but HTTP (lifespan) goes straight through."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        asked = header(scope["headers"], b"x-request-id")
        request_id = accepted_request_id((asked or b"").decode("latin-1")) or new_request_id(new_id())
        token = current_request_id.set(request_id)
        try:
            await self._answer(scope, receive, send, request_id)
        finally:
            current_request_id.reset(token)

    async def _answer(self, scope: HTTPScope, receive: Receive, send: Send, request_id: str) -> None:
        began = time.perf_counter()
        self._metrics.began()
        # A copy: Litestar writes the route it found into the scope, and a HEAD is answered as a GET.
        inner: dict[str, Any] = {**scope, "state": {**(scope.get("state") or {}), "request_id": request_id}}
        if scope["method"] == "HEAD":
            inner["method"] = "GET"
        answer = Answer(inner, receive, send, method=scope["method"], closing=self._drain.begun)
        app = self._app
        try:
            origin = header(scope["headers"], b"origin")
            if origin is not None and await self._allows_origin(origin.decode("latin-1")):
                answer.cors = cors_headers(origin)
                app = preflight if is_preflight(scope) else app
            await app(inner, answer.receive, answer.send)  # type: ignore[arg-type]  # The same keys as before.
        finally:
            seconds = time.perf_counter() - began
            route = inner.get("path_template") or NO_ROUTE
            self._metrics.answered(method=scope["method"], route=route, status=answer.status, seconds=seconds)
            facts = {
                "method": scope["method"],
                "route": route,
                "status": answer.status,
                "duration_ms": round(seconds * 1000),
                "bytes_sent": answer.bytes_sent,
            }
            _LOGGER.info("answered", extra=facts)


class Answer:
    """One answer on its way out: turned into a 304, stripped of its body for HEAD, given its headers."""

    def __init__(self, scope: dict[str, Any], receive: Receive, send: Send, *, method: str, closing: bool) -> None:
        """Wait for the application's first word. Until then the status is 500: a crash says nothing."""
        headers = list(scope["headers"])
        self.status = 500
        self.bytes_sent = 0
        self._scope, self._incoming, self._send = scope, Incoming(receive), send
        self._method, self._closing = method, closing
        self._secure = scope["scheme"] == "https"
        self._private = header(headers, b"authorization") is not None or header(headers, b"cookie") is not None
        self._readable = method in {"GET", "HEAD"}
        self._if_none_match = header(headers, b"if-none-match")
        self._bodiless = method == "HEAD"
        self._over = False
        self.cors: RawHeaders = []
        """What lets a page of a storefront's origin read the answer."""
        self._held: HTTPResponseStartEvent | None = None

    async def receive(self) -> Any:
        """The request's next part; once an answer without a body is out, the caller counts as gone: streams end.

        Raises CallerLeft, when the caller is gone before its request was whole.
        """
        if self._over:
            return {"type": "http.disconnect"}
        return await self._incoming.receive()

    async def send(self, message: Message) -> None:
        """Pass a part of the answer on, changed where the edge's rules say so.

        The start of a GET without an ETag is held until its body is here: that is what the tag is of. A stream has none.
        """
        if message["type"] == "http.response.start":
            self._incoming.answered = True
            if self._readable and message["status"] == 200 and untagged(message["headers"]):
                self.status, self._held = message["status"], message
                return
            await self._start(message)
        elif message["type"] != "http.response.body":
            await self._send(message)
        else:
            await self._release(message)
            await self._body(message)

    async def _release(self, message: HTTPResponseBodyEvent) -> None:
        held, self._held = self._held, None
        if held is None:
            return
        if not message["more_body"]:
            held["headers"] = [*held["headers"], (b"etag", content_etag(message["body"]).encode())]
        await self._start(held)

    async def _body(self, message: HTTPResponseBodyEvent) -> None:
        if not self._bodiless:
            self.bytes_sent += len(message["body"])
            await self._send(message)
        elif not self._over:
            self._over = True
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _start(self, message: HTTPResponseStartEvent) -> None:
        headers = list(message["headers"])
        self.status = message["status"]
        if self.status == 200 and self._readable and is_unchanged(self._if_none_match, header(headers, b"etag")):
            self.status, self._bodiless = 304, True
            headers = without_body(headers)
        if self._method == "OPTIONS" and header(headers, b"allow") is not None:
            headers = [(key, _all_methods(self._scope) if key == b"allow" else value) for key, value in headers]
        counted = self._scope["state"].get(STANDING)
        if counted is not None:
            standing = counted.given_back(utc_now()) if self.status == 304 else counted.standing
            headers += rate_headers(standing)
        if (told := deprecated_by(self._scope.get("route_handler"))) is not None:
            headers += told.headers()
        headers = finished(
            headers,
            request_id=self._scope["state"]["request_id"],
            cors=self.cors,
            private=self._private,
            secure=self._secure,
            closing=self._closing,
        )
        message["status"], message["headers"] = self.status, headers
        await self._send(message)


def _all_methods(scope: dict[str, Any]) -> bytes:
    """What the address takes. Litestar's own answer to OPTIONS names the methods of the first handler alone."""
    routes = (route for route in scope["litestar_app"].routes if isinstance(route, HTTPRoute))
    methods = {method for route in routes if route.path_format == scope["path_template"] for method in route.methods}
    return ", ".join(methods).encode()
