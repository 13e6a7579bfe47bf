"""How does a caller post to the API so cheaply that two hundred of them at once load the server, not themselves?

One connection per request and no pool: an httpx client spends more time on its pool than the server on the answer.
"""

import asyncio
import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the status, the headers by their lower-case names, and the bytes of the body."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def is_success(self) -> bool:
        """Whether the caller was told that it was done."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.content)


class LineBroken(ConnectionError):
    """The connection ended before a whole answer had come: nobody knows what became of the request."""


async def post(port: int, path: str, headers: dict[str, str], body: object) -> Reply:
    """Send one POST of JSON to a server on this machine. Raises LineBroken, and OSError when nobody listens."""
    content = json.dumps(body).encode()
    given = {"Host": "127.0.0.1", "Content-Type": "application/json", "Connection": "close"} | headers
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
    head = "\r\n".join([*lines, f"Content-Length: {len(content)}", "", ""])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(head.encode() + content)
        return _read(await reader.read())
    finally:
        writer.transport.abort()


def _read(whole: bytes) -> Reply:
    head, found, content = whole.partition(b"\r\n\r\n")
    if not found:
        raise LineBroken(f"{len(whole)} bytes of an answer")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if len(content) != int(headers["content-length"]):
        raise LineBroken("half an answer")
    return Reply(int(status.split(" ")[1]), headers, content)
