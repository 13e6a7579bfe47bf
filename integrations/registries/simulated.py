"""How do we work the simulated registry, a program of its own that speaks JSON over HTTP?

It is as unhelpful as real ones: no idempotency key, answers that get lost, and look-ups that lag behind.
"""

from collections.abc import Callable
from datetime import datetime

import httpx
import msgspec

from integrations.http import REQUEST_ID_HEADER, Connections, Timeouts, outgoing_client
from integrations.registries.base import (
    Answer,
    Capabilities,
    LookUp,
    LookupFailed,
    NotSent,
    RetirementRequest,
    SerialBlock,
    Unknown,
    public_note,
)
from integrations.registries.simulated_answers import Page, look_up_of, read_answer, read_page

_MOST_PAGES = 1000
_MAX_BODY_BYTES = 2 * 1024 * 1024

SIMULATED_NOW_HEADER = "X-Simulated-Now"
"""What time it is for a simulator: RFC 3339. It believes no time before its own clock's."""

_BEFORE_ANY_BYTE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class SimulatedRegistry:
    """The adapter. `settles_within_s` is what the registry's operator promises, in seconds. Close it with `aclose`.

    With a `clock` every request tells the simulator what time it is at the desk, for a test desk's clock is moved and
    days on certificates follow it.
    """

    def __init__(
        self,
        base_url: str,
        *,
        secret: str,
        timeouts: Timeouts,
        settles_within_s: int,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self._settles_within_s = settles_within_s
        self._clock = clock
        self._client = outgoing_client(
            base_url,
            timeouts=timeouts,
            # A kept connection may be dying when we write to it, and then nobody knows what arrived. A fresh one
            # either does not come about (surely not sent) or it does.
            connections=Connections(most=20, kept=0),
            max_body_bytes=_MAX_BODY_BYTES,
            headers={"Authorization": f"Bearer {secret}"},
        )

    @property
    def capabilities(self) -> Capabilities:
        """Not repeatable; findable by reference and by serial, once it has settled."""
        return Capabilities(
            repeatable=False,
            finds_by_reference=True,
            finds_by_serial=True,
            settles_within_s=self._settles_within_s,
            simulated=True,
            worked_by_people=False,
        )

    async def retire(self, request: RetirementRequest, *, request_id: str) -> Answer:
        """Ask once. Our reference goes with the request and into the public note."""
        order = msgspec.to_builtins(request) | {"note": public_note(request)}
        try:
            reply = await self._client.post(
                "/retirements",
                content=msgspec.json.encode(order),
                headers=self._headers(request_id) | {"Content-Type": "application/json"},
            )
        except _BEFORE_ANY_BYTE as error:
            return NotSent(why=type(error).__name__)
        except httpx.HTTPError as error:
            return Unknown(why=type(error).__name__, status=None)
        return read_answer(reply.status_code, reply.content, reference=request.reference)

    async def find(self, reference: str, *, request_id: str) -> LookUp:
        """Look a retirement up by our reference, over all pages."""
        return await self._look_up({"reference": reference}, request_id)

    async def find_by_serial(self, block: SerialBlock, *, request_id: str) -> LookUp:
        """Look up the retirement that holds any serial of this block, over all pages, whoever asked for it."""
        return await self._look_up({"serial": block.prefix, "first": block.first, "last": block.last}, request_id)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def _headers(self, request_id: str) -> dict[str, str]:
        told = {} if self._clock is None else {SIMULATED_NOW_HEADER: self._clock().isoformat()}
        return {REQUEST_ID_HEADER: request_id, **told}

    async def _look_up(self, query: dict[str, str], request_id: str) -> LookUp:
        pages: list[Page] = []
        cursor: str | None = None
        for _ in range(_MOST_PAGES):
            page = await self._page(query if cursor is None else query | {"cursor": cursor}, request_id)
            if isinstance(page, LookupFailed):
                return page
            pages.append(page)
            cursor = page.next_cursor
            if cursor is None:
                return look_up_of(pages, reference=query.get("reference"))
        return LookupFailed(why=f"more than {_MOST_PAGES} pages")

    async def _page(self, query: dict[str, str], request_id: str) -> Page | LookupFailed:
        try:
            reply = await self._client.get("/retirements", params=query, headers=self._headers(request_id))
        except httpx.HTTPError as error:
            return LookupFailed(why=type(error).__name__)
        return read_page(reply.status_code, reply.content)
