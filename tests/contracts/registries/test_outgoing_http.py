"""Does the outgoing seam hold its limits against a server that does not?"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest

from integrations.http import BodyTooLarge, Connections, Timeouts, outgoing_client

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def calling(
    answer: Answer, *, total_s: float = 5, max_body_bytes: int = 1000
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a server that reads one request's head and answers as told."""

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        try:
            await answer(writer)
            await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = outgoing_client(
        f"http://127.0.0.1:{port}",
        timeouts=Timeouts(connect_s=2, read_s=2, write_s=2, pool_s=2, total_s=total_s),
        connections=Connections(most=2, kept=0),
        max_body_bytes=max_body_bytes,
        headers={"Authorization": "Bearer canary-secret"},
    )
    async with server, client:
        yield client


def says(body: bytes, head: bytes = b"HTTP/1.1 200 OK\r\n") -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(head + b"Connection: close\r\n\r\n" + body)

    return answer


async def test_a_reply_of_just_the_limit_is_read_and_one_byte_more_is_not() -> None:
    async with calling(says(b"x" * 1000)) as client:
        assert len((await client.get("/")).content) == 1000
    async with calling(says(b"x" * 1001)) as client:
        with pytest.raises(BodyTooLarge):
            await client.get("/")


async def test_an_endless_reply_ends_at_the_limit() -> None:
    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 4096)
            await writer.drain()

    async with calling(endless) as client:
        with pytest.raises(BodyTooLarge):
            await client.get("/")


async def test_a_reply_that_drips_ends_at_the_total_time() -> None:
    async def dripping(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(100):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with calling(dripping, total_s=0.3) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.get("/")


async def test_silence_before_the_head_ends_at_the_total_time_too() -> None:
    async def silent(_: asyncio.StreamWriter) -> None:
        await asyncio.sleep(1)

    async with calling(silent, total_s=0.2) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.get("/")


async def test_a_compressed_reply_is_not_unpacked() -> None:
    async with calling(says(b"", b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n")) as client:
        with pytest.raises(httpx.DecodingError):
            await client.get("/")


async def test_a_redirect_is_an_answer_and_not_followed() -> None:
    async with calling(says(b"", b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n")) as client:
        assert (await client.get("/")).status_code == 302


async def test_the_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with calling(says(b"direct")) as client:
        assert (await client.get("/")).text == "direct"


async def test_each_call_leaves_one_line_without_query_secret_or_body(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="integrations.http")
    caplog.set_level(logging.INFO)
    async with calling(says(b"canary-answer")) as client:
        await client.post(
            "/paths/7", params={"name": "canary-query"}, content=b"canary-body", headers={"X-Request-Id": "req-7"}
        )
        port = client.base_url.port
    assert "canary" not in caplog.text
    (record,) = [record for record in caplog.records if record.name == "integrations.http"]
    line = json.loads(record.getMessage())
    assert 0 <= line.pop("elapsed_ms") < 5000
    assert line == {
        "event": "outgoing_call",
        "method": "POST",
        "host": f"127.0.0.1:{port}",
        "path": "/paths/7",
        "status": 200,
        "request_id": "req-7",
        "failed": None,
    }


async def test_a_call_that_fails_leaves_one_line_that_says_how(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="integrations.http")
    async with calling(says(b"x" * 2000)) as client:
        with pytest.raises(BodyTooLarge):
            await client.get("/long")
    async with calling(says(b"", b"")) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/nonsense")
    lines = [json.loads(record.getMessage()) for record in caplog.records if record.name == "integrations.http"]
    assert [(line["path"], line["status"], line["failed"]) for line in lines] == [
        ("/long", 200, "BodyTooLarge"),
        ("/nonsense", None, "RemoteProtocolError"),
    ]
