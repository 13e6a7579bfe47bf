"""A server that says to each request what it was told to say, over a real connection, and remembers what it was asked."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

import msgspec

from integrations.http import Timeouts
from integrations.stripe.live import StripeLive

TEST_KEY = "sk_test_scripted"
PATIENT = Timeouts(connect_s=5, read_s=5, write_s=5, pool_s=5, total_s=8)
HURRIED = Timeouts(connect_s=1, read_s=1, write_s=1, pool_s=1, total_s=0.3)


@dataclass(frozen=True)
class Asked:
    """One request, as it arrived."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    form: list[tuple[str, str]]
    body: bytes

    def told(self, name: str) -> str | None:
        return dict(parse_qsl(self.query, keep_blank_values=True)).get(name)


@dataclass(frozen=True)
class Says:
    """An answer; `cut` promises more bytes than it gives."""

    body: object
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    cut: bool = False

    def encoded(self) -> bytes:
        body = self.body if isinstance(self.body, bytes) else msgspec.json.encode(self.body)
        length = len(body) + (7 if self.cut else 0)
        head = [f"HTTP/1.1 {self.status} So", "Connection: close", f"Content-Length: {length}"]
        head += [f"{name}: {value}" for name, value in self.headers]
        return "\r\n".join(head).encode() + b"\r\n\r\n" + body


SILENCE = b""
"""The request is read, and the connection closed without a word."""

Answer = Callable[[Asked], Says | bytes | None]
"""None: nothing is said, and the connection stays open until the caller is tired of it."""


@dataclass
class Scripted:
    """What is answered next, and what was asked so far."""

    answer: Answer
    url: str = ""
    asked: list[Asked] = field(default_factory=list)

    def says(self, *answers: Says | bytes | None) -> None:
        """These, one after the other, and the last of them for ever."""
        left = list(answers)
        self.answer = lambda _: left.pop(0) if len(left) > 1 else left[0]
        self.asked = []


def error(code: str | None, kind: str = "invalid_request_error", param: str | None = None) -> dict[str, object]:
    """Stripe's error envelope."""
    said = {"type": kind, "message": "It was wrong.", "code": code, "param": param, "doc_url": "https://docs.example"}
    return {"error": {name: value for name, value in said.items() if value is not None}}


def page(*data: object, more: bool = False) -> dict[str, object]:
    """Stripe's list envelope."""
    return {"object": "list", "url": "/v1/things", "data": data, "has_more": more}


@asynccontextmanager
async def scripted() -> AsyncIterator[Scripted]:
    """Serve until the block ends."""
    script = Scripted(lambda _: Says(b"", 500))

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = await _asked(reader)
            script.asked.append(asked)
            said = script.answer(asked)
            if said is None:
                await reader.read()
            else:
                writer.write(said if isinstance(said, bytes) else said.encoded())
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    async with server:
        script.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield script


@asynccontextmanager
async def client_of(url: str, timeouts: Timeouts = PATIENT, key: str = TEST_KEY) -> AsyncIterator[StripeLive]:
    """Our client, closed at the end of the block."""
    client = StripeLive(url, secret_key=key, timeouts=timeouts, request_id=lambda: "req_of_ours")
    try:
        yield client
    finally:
        await client.aclose()


async def _asked(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *rest = head.rstrip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    url = urlsplit(target)
    return Asked(
        method,
        url.path,
        url.query,
        headers,
        parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=bool(body)),
        body,
    )
