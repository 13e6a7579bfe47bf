"""What was said between a client and Stripe, or its double, and does all of it keep to Stripe's document?

`Recorder` stands before the server, so that any client and whole processes of ours can be listened to: they are given its
address for Stripe's. It changes nothing and refuses nothing. `verdict` judges what it heard, or what else was kept as
`Exchange`.
"""

import http.client
import socket
import threading
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import msgspec

from tests.contracts.stripe.document import stripe
from tests.contracts.stripe.judge import answer_faults, request_faults

_ANSWER_S = 60
_OF_ONE_CONNECTION = {"connection", "content-length", "host", "keep-alive", "transfer-encoding"}


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it went over the wire, and its answer; None for an answer that never came whole."""

    method: str
    path: str
    query: str
    content_type: str | None
    version: str | None
    """The request's header `Stripe-Version`: the document speaks for one version alone."""
    body: bytes
    status: int | None
    answer: bytes | None


class Verdict(msgspec.Struct, frozen=True):
    """How many requests and answers were judged, and what is wrong with them, one line each."""

    requests: int
    answers: int
    asked: tuple[str, ...]
    """What is wrong with requests: the client's faults."""
    told: tuple[str, ...]
    """What is wrong with answers: the server's faults."""

    def __str__(self) -> str:
        said = f"{self.requests} requests and {self.answers} answers: {len(self.asked) + len(self.told)} errors"
        return "\n".join([said, *self.asked, *self.told])


def verdict(exchanges: Iterable[Exchange]) -> Verdict:
    """Judge each request and each answer, a request that was refused as well. The lines begin with its number, from 1."""
    judged = [(f"{n}. {one.method} {one.path}", one) for n, one in enumerate(exchanges, start=1)]
    answered = [(name, one) for name, one in judged if one.status is not None]
    return Verdict(
        requests=len(judged),
        answers=len(answered),
        asked=tuple(f"{name} asks: {fault}" for name, one in judged for fault in _asked(one)),
        told=tuple(f"{name} is told {one.status}: {fault}" for name, one in answered for fault in _told(one)),
    )


def _asked(one: Exchange) -> list[str]:
    faults = request_faults(one.method, one.path, query=one.query, content_type=one.content_type, body=one.body)
    return faults if one.version == stripe().version else [*faults, f"Stripe-Version: {one.version} is not judged here"]


def _told(one: Exchange) -> list[str]:
    assert one.status is not None, "There is nothing to judge."
    return answer_faults(one.method, one.path, status=one.status, body=one.answer or b"")


class Recorder:
    """Listens at `url`, on loopback and a port of the kernel's choosing, for as long as the `with` block lasts."""

    def __init__(self, upstream: str) -> None:
        self.exchanges: list[Exchange] = []
        """In the order in which their answers came."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(upstream, self.exchanges))
        self._server.daemon_threads = True  # A client that keeps its connection must not keep us.
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def verdict(self) -> Verdict:
        """What the document says of all that was heard so far."""
        return verdict(self.exchanges)


def _handler(upstream: str, kept: list[Exchange]) -> type[BaseHTTPRequestHandler]:
    there = urlsplit(upstream).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._pass_on()

        def do_POST(self) -> None:
            self._pass_on()

        def do_DELETE(self) -> None:
            self._pass_on()

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer = self._asked(body)
            self._keep(body, answer)
            if answer is None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            response, content = answer
            self.send_response_only(response.status, response.reason)
            for name, value in response.getheaders():
                if name.lower() not in _OF_ONE_CONNECTION:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _asked(self, body: bytes) -> tuple[http.client.HTTPResponse, bytes] | None:
            """The server's answer, or None when none came whole: the client then hears nothing either."""
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _OF_ONE_CONNECTION}
            line = http.client.HTTPConnection(there, timeout=_ANSWER_S)
            try:
                line.request(self.command, self.path, body=body or None, headers=headers)
                response = line.getresponse()
                return response, response.read()
            except (OSError, http.client.HTTPException):
                return None
            finally:
                line.close()

        def _keep(self, body: bytes, answer: tuple[http.client.HTTPResponse, bytes] | None) -> None:
            path, _, query = self.path.partition("?")
            kept.append(
                Exchange(
                    method=self.command,
                    path=path,
                    query=query,
                    content_type=self.headers.get("Content-Type"),
                    version=self.headers.get("Stripe-Version"),
                    body=body,
                    status=answer[0].status if answer else None,
                    answer=answer[1] if answer else None,
                )
            )

        def log_message(self, *told: object) -> None:
            """Say nothing: what was heard is kept."""

    return Handler
