"""Who leaves in the middle of its own request is no mistake of ours: over real sockets, whatever reads the body."""

import socket
import struct
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.core.http.conftest import World

FORM = "multipart/form-data; boundary=x"
READERS = [
    ("/v1/echo", "application/json", b"half"),
    ("/v1/orders", "application/json", b'{"lines":'),
    ("/v1/payments", "application/json", b'{"lines":'),
    ("/v1/imports", FORM, b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nhalf'),
]


def leave(live: str, path: str, media_type: str, part: bytes, *, rudely: bool) -> None:
    """Send the beginning of a body that was announced to be longer, and close; rudely is by a reset."""
    address = urlsplit(live)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: desk.example\r\nAuthorization: Bearer x\r\nIdempotency-Key: one\r\n"
        f"Content-Type: {media_type}\r\nContent-Length: 1000\r\n\r\n"
    )
    with closing(socket.create_connection((address.hostname or "", address.port or 0), timeout=5)) as line:
        line.sendall(head.encode() + part)
        time.sleep(0.1)  # The server is to be waiting for more when the end comes.
        if rudely:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def seen(log: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """All log lines, once the one about the whole request is among them."""
    for _ in range(200):
        if any(line["message"] == "answered" for line in log()):
            break
        time.sleep(0.01)
    return log()


@pytest.mark.parametrize("rudely", [False, True])
@pytest.mark.parametrize(("path", "media_type", "part"), READERS)
def test_a_caller_that_leaves_in_the_middle_of_its_body_is_no_error_of_the_server(
    live: str, world: World, log: Callable[[], Any], path: str, media_type: str, part: bytes, *, rudely: bool
) -> None:
    leave(live, path, media_type, part, rudely=rudely)
    left, answered = seen(log)
    assert (left["level"], left["message"]) == ("info", "the caller left before its request was whole"), left
    assert (answered["level"], answered["route"], answered["status"]) == ("info", path, 499)
    assert left["request_id"] == answered["request_id"]
    counted = [line for line in world.metrics.text().decode().splitlines() if "offsetdesk_http_requests_total{" in line]
    assert counted == [f'offsetdesk_http_requests_total{{method="POST",route="{path}",status="499"}} 1.0']
    assert not world.stored


def test_a_caller_that_leaves_while_it_is_answered_ends_the_stream_and_was_answered(
    live: str, world: World, log: Callable[[], Any]
) -> None:
    address = urlsplit(live)
    with closing(socket.create_connection((address.hostname or "", address.port or 0), timeout=5)) as line:
        line.sendall(b"GET /stream HTTP/1.1\r\nHost: desk.example\r\n\r\n")
        assert line.recv(100).startswith(b"HTTP/1.1 200")
    (answered,) = seen(log)
    assert (answered["message"], answered["status"], world.stream_ended) == ("answered", 200, True)
