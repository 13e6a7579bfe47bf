"""How does anything here call another system over HTTP: within which limits, and what is written down about it?

The limits sit in the transport, below httpx's own client, so that no caller can forget them: every reply is read up to
a stated size and a stated time, and every call leaves one line of JSON in the log. The line names method, host, path,
status, time and request id; never a query, a header or a body, which may hold names and secrets.
"""

import asyncio
import logging
from collections.abc import AsyncIterator

import httpx
import msgspec

REQUEST_ID_HEADER = "X-Request-Id"

NOTHING_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""Errors after which it is sure that no byte of the request left this machine, on a connection that is never kept."""

_log = logging.getLogger(__name__)


class Timeouts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Seconds that each part of one call may take; `total_s` bounds the whole, however slowly the bytes drip."""

    connect_s: float
    read_s: float
    write_s: float
    pool_s: float
    total_s: float


class Connections(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many connections may be open at once, and how many of them are kept for the next call."""

    most: int
    kept: int


class BodyTooLarge(httpx.TransportError):
    """The reply is longer than we are willing to read. The call may well have been acted upon."""


def outgoing_client(
    base_url: str, *, timeouts: Timeouts, connections: Connections, max_body_bytes: int, headers: dict[str, str]
) -> httpx.AsyncClient:
    """Make the client for one other system.

    The caller closes it, and gives its request id in the header `X-Request-Id` of each call. No proxy or netrc of the
    environment is used and no redirect is followed. Raises httpx's own errors; `BodyTooLarge` is one of them.
    """
    logging.getLogger("httpx").setLevel(logging.WARNING)  # It would log whole URLs, with names in their queries.
    limits = httpx.Limits(max_connections=connections.most, max_keepalive_connections=connections.kept)
    return httpx.AsyncClient(
        base_url=base_url,
        headers={"Accept-Encoding": "identity"} | headers,  # A compressed reply could grow past the limit.
        timeout=httpx.Timeout(
            connect=timeouts.connect_s, read=timeouts.read_s, write=timeouts.write_s, pool=timeouts.pool_s
        ),
        transport=_Limited(
            httpx.AsyncHTTPTransport(trust_env=False, limits=limits, retries=0),
            total_s=timeouts.total_s,
            max_body_bytes=max_body_bytes,
        ),
        trust_env=False,
        follow_redirects=False,
    )


class _Limited(httpx.AsyncBaseTransport):
    """The wire, with an end to how long and how much."""

    def __init__(self, wire: httpx.AsyncBaseTransport, *, total_s: float, max_body_bytes: int) -> None:
        self._wire = wire
        self._total_s = total_s
        self._max_body_bytes = max_body_bytes

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        call = _Call(request, total_s=self._total_s)
        try:
            async with asyncio.timeout_at(call.deadline):
                response = await self._wire.handle_async_request(request)
        except TimeoutError:
            call.failed("TotalTimeout")
            raise httpx.ReadTimeout("The call took longer than it may in total.", request=request) from None
        except httpx.HTTPError as error:
            call.failed(type(error).__name__)
            raise
        assert isinstance(response.stream, httpx.AsyncByteStream)
        call.status = response.status_code
        if response.headers.get("content-encoding", "identity") != "identity":
            await response.stream.aclose()
            call.failed("CompressedBody")
            raise httpx.DecodingError("The reply is compressed although we asked for it plain.", request=request)
        body = _LimitedBody(response.stream, call, self._max_body_bytes)
        return httpx.Response(
            response.status_code, headers=response.headers, stream=body, extensions=response.extensions
        )

    async def aclose(self) -> None:
        await self._wire.aclose()


class _LimitedBody(httpx.AsyncByteStream):
    """A reply's bytes as they arrive, up to the limit of size and the call's deadline."""

    def __init__(self, wire: httpx.AsyncByteStream, call: "_Call", max_body_bytes: int) -> None:
        self._wire = wire
        self._call = call
        self._max_body_bytes = max_body_bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size_bytes = 0
        chunks = aiter(self._wire)
        while (chunk := await self._next(chunks)) is not None:
            size_bytes += len(chunk)
            if size_bytes > self._max_body_bytes:
                self._call.failed(BodyTooLarge.__name__)
                raise BodyTooLarge(
                    f"The reply is longer than {self._max_body_bytes} bytes.", request=self._call.request
                )
            yield chunk

    async def _next(self, chunks: AsyncIterator[bytes]) -> bytes | None:
        try:
            async with asyncio.timeout_at(self._call.deadline):
                return await anext(chunks, None)
        except TimeoutError:
            self._call.failed("TotalTimeout")
            raise httpx.ReadTimeout("The reply took longer than it may in total.", request=self._call.request) from None
        except httpx.HTTPError as error:
            self._call.failed(type(error).__name__)
            raise

    async def aclose(self) -> None:
        await self._wire.aclose()
        self._call.done()


class _Call:
    """One call's line in the log, written once: when its reply is closed, or when it failed."""

    def __init__(self, request: httpx.Request, *, total_s: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._started = self._loop.time()
        self._written = False
        self.deadline = self._started + total_s
        self.request = request
        self.status: int | None = None

    def done(self) -> None:
        self._write(logging.INFO, None)

    def failed(self, why: str) -> None:
        self._write(logging.WARNING, why)

    def _write(self, level: int, failed: str | None) -> None:
        if self._written:
            return
        self._written = True
        line = {
            "event": "outgoing_call",
            "method": self.request.method,
            "host": self.request.url.netloc.decode("ascii").rpartition("@")[2],
            "path": self.request.url.path,
            "status": self.status,
            "elapsed_ms": round((self._loop.time() - self._started) * 1000),
            "request_id": self.request.headers.get(REQUEST_ID_HEADER),
            "failed": failed,
        }
        _log.log(level, "%s", msgspec.json.encode(line).decode())
