"""How is a good answer spoilt on its way: the line cut, the bytes halved, silence instead?

Uvicorn gives an application no way to break its own connection, so its protocol is told to pass the transport along.
"""

import asyncio
import socket
import struct
from typing import Any, TypeAlias

from litestar import Request, Response
from litestar.datastructures import State
from litestar.enums import MediaType
from uvicorn.protocols.http.h11_impl import H11Protocol

_TRANSPORT = "fake_registry_transport"
_RESET_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER, zero seconds: closing sends RST instead of FIN.

AnyRequest: TypeAlias = Request[Any, Any, State]


class BreakableProtocol(H11Protocol):
    """Uvicorn's HTTP/1.1, whose requests can reach the connection that they came on."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        line: socket.socket = transport.get_extra_info("socket")
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # Else a reply in two parts waits 40 ms for an ACK.
        self.app_state = {**self.app_state, _TRANSPORT: transport}
        super().connection_made(transport)


async def reset(request: AnyRequest) -> Response[bytes]:
    """Reset the connection without a reply. What is returned reaches nobody."""
    transport: asyncio.Transport = request.scope["state"][_TRANSPORT]
    line: socket.socket = transport.get_extra_info("socket")
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_ONCE)
    transport.abort()
    await _gone(request)
    return Response(b"", status_code=500)


async def wait_in_silence(request: AnyRequest, delay_ms: int) -> None:
    """Say nothing for so long, or until the caller has gone."""
    try:
        async with asyncio.timeout(delay_ms / 1000):
            await _gone(request)
    except TimeoutError:
        return


def html() -> Response[bytes]:
    """Answer as the proxy before a registry does that has lost it."""
    return Response(b"<html><body><h1>502 Bad Gateway</h1></body></html>", status_code=502, media_type=MediaType.HTML)


def cut(whole: Response[bytes]) -> Response[bytes]:
    """Answer with the first half of the bytes, as if they were all."""
    return Response(whole.content[: len(whole.content) // 2], status_code=whole.status_code, media_type=MediaType.JSON)


async def _gone(request: AnyRequest) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
