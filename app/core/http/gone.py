"""Did the caller leave before its request was whole? Then nobody reads an answer, and it is no mistake of ours."""

import logging
from typing import Any, Final

from litestar import Request, Response
from litestar.types import Receive

CALLER_LEFT: Final = 499
"""Not HTTP's, as nobody hears it: nginx counts such requests so, in its log and hence in ours."""
_LOGGER: Final = logging.getLogger("offsetdesk.http")


class CallerLeft(Exception):
    """The connection ended while the body was read: nobody is told. Litestar would call that an error of the server."""


class Incoming:
    """The parts of one request, whose end in the middle is CallerLeft."""

    def __init__(self, receive: Receive) -> None:
        """Nothing has been read so far."""
        self._receive = receive
        self._whole = False
        self.answered = False
        """Whether the answer has begun: from there on a caller that leaves is what streams listen for."""

    async def receive(self) -> Any:
        """The next part. Raises CallerLeft, when there will be no more although some are missing."""
        message = await self._receive()
        if message["type"] == "http.request":
            self._whole = not message.get("more_body", False)
        elif not (self._whole or self.answered):
            raise CallerLeft
        return message


def answer_nobody(_: Request[Any, Any, Any], __: CallerLeft) -> Response[bytes]:
    """What stands for an answer in the log and in the counts, after a line that says who ended the request."""
    _LOGGER.info("the caller left before its request was whole", extra={"status": CALLER_LEFT})
    return Response(b"", status_code=CALLER_LEFT, media_type="text/plain")
