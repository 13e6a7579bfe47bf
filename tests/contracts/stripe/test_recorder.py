"""Does the recorder hear everything, change nothing, and tell what does not keep to Stripe's document?"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from tests.contracts.stripe.cut import HERE
from tests.contracts.stripe.document import stripe
from tests.contracts.stripe.recorder import Recorder, verdict

BALANCE = json.dumps(json.loads((HERE / "fixtures.json").read_bytes())["balance"]).encode()
VERSION = {"Stripe-Version": stripe().version}
DROPPED = b""
CUT_SHORT = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"


def answered(status: str, body: bytes) -> bytes:
    return f"HTTP/1.1 {status}\r\nRequest-Id: req_1\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


class Scripted:
    """A server that tells every request the same bytes, and keeps what it was sent."""

    def __init__(self) -> None:
        self.says = answered("200 OK", BALANCE)
        self.heard: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        size = [int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        self.heard.append(head + await reader.readexactly(sum(size)))
        writer.write(self.says)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[Scripted, Recorder, httpx.AsyncClient]]:
    script = Scripted()
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with Recorder(f"http://127.0.0.1:{port}") as recorder:
        async with server, httpx.AsyncClient(base_url=recorder.url, headers=VERSION) as client:
            yield script, recorder, client


async def test_what_is_said_is_passed_on_and_judged() -> None:
    async with listening() as (script, recorder, client):
        for n in range(20):
            reply = await client.get("/v1/balance", params={"expand[]": "x"} if n == 19 else {})
            assert (reply.status_code, reply.content, reply.headers["request-id"]) == (200, BALANCE, "req_1")
        asked = recorder.verdict()
        assert (asked.requests, asked.answers) == (20, 20)
        assert asked.asked == ("20. GET /v1/balance asks: expand: x cannot be expanded",)
        assert asked.told == ()
        assert str(verdict(recorder.exchanges[:19])) == "19 requests and 19 answers: 0 errors"

        script.says = answered("402 Payment Required", b'{"error":{"type":"card_error"}}')
        form = {"payment_intent": "pi_1", "metadata[a]": "\u682a"}
        reply = await client.post("/v1/refunds", data=form, headers={"Idempotency-Key": "k"})
        assert (reply.status_code, reply.json()) == (402, {"error": {"type": "card_error"}})
        assert script.heard[-1].endswith(b"\r\n\r\npayment_intent=pi_1&metadata%5Ba%5D=%E6%A0%AA")
        assert b"idempotency-key: k\r\n" in script.heard[-1].lower()
        assert recorder.exchanges[-1].body.startswith(b"payment_intent=pi_1&")
        assert str(verdict(recorder.exchanges[20:])) == "1 requests and 1 answers: 0 errors"


@pytest.mark.parametrize("says", [DROPPED, CUT_SHORT])
async def test_an_answer_that_never_came_whole_is_none(says: bytes) -> None:
    async with listening() as (script, recorder, client):
        script.says = says
        with pytest.raises(httpx.HTTPError):
            await client.post("/v1/refunds", data={"charge": "ch_1"})
        assert str(recorder.verdict()) == "1 requests and 0 answers: 0 errors"
        script.says = answered("200 OK", BALANCE)
        assert (await client.get("/v1/balance")).content == BALANCE
        assert str(recorder.verdict()) == "2 requests and 1 answers: 0 errors"


async def test_a_request_of_another_version_and_an_answer_of_another_kind_are_faults() -> None:
    async with listening() as (script, recorder, client):
        await client.get("/v1/balance", headers={"Stripe-Version": "2017-08-15"})
        script.says = answered("502 Bad Gateway", b"<html>")
        await client.get("/v1/balance")
        found = recorder.verdict()
        assert found.asked == ("1. GET /v1/balance asks: Stripe-Version: 2017-08-15 is not judged here",)
        assert len(found.told) == 1
        assert found.told[0].startswith("2. GET /v1/balance is told 502: (answer): it is no JSON: ")
        assert str(found).startswith("2 requests and 2 answers: 2 errors\n1. GET ")


async def test_many_at_once_are_all_heard() -> None:
    async with listening() as (_, recorder, client):
        replies = await asyncio.gather(*(client.get("/v1/balance") for _ in range(50)))
        assert [reply.content for reply in replies] == [BALANCE] * 50
        assert str(recorder.verdict()) == "50 requests and 50 answers: 0 errors"
