"""Who hears Stripe's webhooks in a test? A server that keeps what it was sent, and answers as it was told to."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

import msgspec


class Heard(msgspec.Struct, frozen=True):
    """One delivery: its bytes, its signature if it had one, and the event in it."""

    payload: bytes
    signature: str | None
    event: dict[str, Any]


class Listener:
    """Listens at `url` for as long as the `with` block lasts; answers each of `statuses` in turn, and 200 afterwards."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.statuses: list[int] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/webhooks"

    @property
    def types(self) -> list[str]:
        return [one.event["type"] for one in self.heard]

    def wait_for(self, count: int, *, within_s: float = 20) -> list[Heard]:
        """The first so many deliveries, as soon as they are there."""
        give_up_at = time.monotonic() + within_s
        while len(self.heard) < count and time.monotonic() < give_up_at:
            time.sleep(0.02)
        assert len(self.heard) >= count, self.types
        return self.heard[:count]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        listener = self

        class Taker(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                payload = self.rfile.read(int(self.headers["content-length"]))
                status = listener.statuses.pop(0) if listener.statuses else 200
                listener.heard.append(Heard(payload, self.headers["stripe-signature"], msgspec.json.decode(payload)))
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        return Taker
