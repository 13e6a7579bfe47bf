"""How is a call to somebody else stopped half-way? A gate stands in the line and holds the calls that it was told to.

One connection carries one call: the adapters of the registry and of Stripe keep none.
"""

import asyncio
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self

_HOST: Final = "127.0.0.1"


@dataclass
class Held:
    """One call that is to be held: before the registry hears it, or before its reply goes back."""

    reference: str
    reply: bool
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)


class Gate:
    """A line to a registry, or to Stripe, on a port of this machine, open for every call that it was not told to hold."""

    def __init__(self, registry_url: str) -> None:
        """Nothing listens yet."""
        self._port = int(registry_url.rsplit(":", 1)[1])
        self._server: asyncio.Server | None = None
        self._held: list[Held] = []
        self._busy: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, _HOST, 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._busy:
            task.cancel()
        await asyncio.gather(*self._busy, return_exceptions=True)

    @property
    def url(self) -> str:
        """Where callers find the gate."""
        assert self._server is not None
        return f"http://{_HOST}:{self._server.sockets[0].getsockname()[1]}"

    def hold(self, reference: str, *, reply: bool) -> Held:
        """Hold the next sending of this reference: its reply, or else the request itself."""
        held = Held(reference, reply)
        self._held.append(held)
        return held

    def open(self) -> None:
        """Hold nothing any more."""
        self._held.clear()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._pass(reader, writer))
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await _whole_request(reader)
            held = self._told_to_hold(request)
            gone = asyncio.ensure_future(reader.read())
            if held is None or held.reply or await _released(held, gone):
                await self._forward(request, writer, held, gone)
            gone.cancel()
        except (OSError, asyncio.IncompleteReadError):
            pass  # One side has died: that is what the other shall see.
        finally:
            writer.transport.abort()

    def _told_to_hold(self, request: bytes) -> Held | None:
        for held in self._held:
            if request.startswith(b"POST") and held.reference.encode() in request:
                self._held.remove(held)
                return held
        return None

    async def _forward(
        self, request: bytes, writer: asyncio.StreamWriter, held: Held | None, gone: "asyncio.Future[bytes]"
    ) -> None:
        line, onward = await asyncio.open_connection(_HOST, self._port)
        onward.write(request)
        answering = asyncio.ensure_future(_answer(line, writer, held, gone))
        try:
            await _first_of(answering, gone)
            if answering.done():
                answering.result()
        finally:
            answering.cancel()
            onward.transport.abort()


async def _answer(
    line: asyncio.StreamReader, writer: asyncio.StreamWriter, held: Held | None, gone: "asyncio.Future[bytes]"
) -> None:
    first = await line.read(65_536)
    if held is not None and not await _released(held, gone):
        return
    while first:
        writer.write(first)
        await writer.drain()
        first = await line.read(65_536)


async def _whole_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return head + await reader.readexactly(int(line.split(b":")[1]))
    return head


async def _released(held: Held, gone: "asyncio.Future[bytes]") -> bool:
    """Wait until the call may go on; False when its caller has died first."""
    held.reached.set()
    release = asyncio.ensure_future(held.release.wait())
    try:
        await _first_of(release, gone)
    finally:
        release.cancel()
    return held.release.is_set()


async def _first_of(*futures: "asyncio.Future[Any]") -> None:
    await asyncio.wait(futures, return_when=asyncio.FIRST_COMPLETED)
