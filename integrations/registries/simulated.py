"""How do we work the simulated registry, a program of its own that speaks JSON over HTTP?

It is as unhelpful as real ones: no idempotency key, answers that get lost, and look-ups that lag behind.
"""

from collections.abc import Callable
from datetime import date, datetime

import httpx
import msgspec

from integrations.http import REQUEST_ID_HEADER, Connections, Timeouts, outgoing_client
from integrations.registries.base import (
    Answer,
    Capabilities,
    LookUp,
    LookupFailed,
    NotSent,
    Rejected,
    RetirementRequest,
    SerialBlock,
    Unknown,
    public_note,
)
from integrations.registries.lines import Reading, ReadingFailed
from integrations.registries.simulated_answers import (
    Page,
    look_up_of,
    read_answer,
    read_lines,
    read_page,
    read_rehearsal,
)
from integrations.registries.simulated_ways import SIMULATED_NOW_HEADER, SIMULATED_WAYS_HEADER, About, Ways

_MOST_PAGES = 1000
_NOT_ASKED = ("purpose_codes", "beneficiary_domain", "vintage")
"""What other registries have a field for, and the simulator has not."""
_MAX_BODY_BYTES = 2 * 1024 * 1024

_READ_AGAIN_AFTER_S = 5

_BEFORE_ANY_BYTE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class SimulatedRegistry:
    """The adapter. `settles_within_s` is what the registry's operator promises, in seconds. Close it with `aclose`.

    `ways`: how the simulator works; it takes no order from whoever believes otherwise than it does, and `NotSent` is
    the answer then. With a `clock` every request tells the simulator what time it is at the desk, for a test desk's clock is moved and
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
        ways: Ways | None = None,
    ) -> None:
        self._settles_within_s = settles_within_s
        self._ways = ways or Ways()
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
        """What its ways say; unless told otherwise not repeatable, and findable by reference and by serial."""
        return Capabilities(
            **msgspec.structs.asdict(self._ways),
            settles_within_s=self._settles_within_s,
            simulated=True,
            worked_by_people=False,
        )

    async def retire(self, request: RetirementRequest, *, request_id: str) -> Answer:
        """Ask once. Our reference goes with the request and into the public note."""
        believed = {SIMULATED_WAYS_HEADER: msgspec.json.encode(self._ways).decode()}
        try:
            reply = await self._post("/retirements", request, self._headers(request_id) | believed)
        except _BEFORE_ANY_BYTE as error:
            return NotSent(why=type(error).__name__)
        except httpx.HTTPError as error:
            return Unknown(why=type(error).__name__, status=None)
        return read_answer(reply.status_code, reply.content, reference=request.reference)

    async def rehearse(self, request: RetirementRequest, *, request_id: str) -> Rejected | Unknown | None:
        """Try a retirement without making it: None when it would have been taken."""
        try:
            reply = await self._post("/rehearsals", request, self._headers(request_id))
        except httpx.HTTPError as error:
            return Unknown(why=type(error).__name__, status=None)
        return read_rehearsal(reply.status_code, reply.content)

    async def find(self, reference: str, *, request_id: str) -> LookUp:
        """Look a retirement up by our reference, over all pages."""
        return await self._look_up({"reference": reference}, request_id)

    async def find_by_serial(self, block: SerialBlock, *, request_id: str) -> LookUp:
        """Look up the retirement that holds any serial of this block, over all pages, whoever asked for it."""
        return await self._look_up({"serial": block.prefix, "first": block.first, "last": block.last}, request_id)

    async def holdings(self, account_no: str, *, cursor: str | None, request_id: str) -> Reading:
        """What is active in an account, page by page."""
        return await self._read("/holdings", {"account": account_no}, cursor, request_id)

    async def statement(self, account_no: str, *, since: date | None, cursor: str | None, request_id: str) -> Reading:
        """What was retired out of an account, page by page, in the order of the records."""
        query = {"account": account_no} | ({} if since is None else {"since": since.isoformat()})
        return await self._read("/statement", query, cursor, request_id)

    async def about(self, *, request_id: str) -> About | None:
        """What the simulator says of itself; None when it says nothing that can be read."""
        try:
            reply = await self._client.get("/about", headers=self._headers(request_id))
            return msgspec.json.decode(reply.content, type=About) if reply.status_code == 200 else None
        except (httpx.HTTPError, msgspec.MsgspecError):
            return None

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def _headers(self, request_id: str) -> dict[str, str]:
        told = {} if self._clock is None else {SIMULATED_NOW_HEADER: self._clock().isoformat()}
        return {REQUEST_ID_HEADER: request_id, **told}

    async def _post(self, path: str, request: RetirementRequest, headers: dict[str, str]) -> httpx.Response:
        order = msgspec.to_builtins(request) | {"note": public_note(request)}
        for word in _NOT_ASKED:
            del order[word]
        json = {"Content-Type": "application/json"}
        return await self._client.post(path, content=msgspec.json.encode(order), headers=headers | json)

    async def _read(self, path: str, query: dict[str, str], cursor: str | None, request_id: str) -> Reading:
        asked = query if cursor is None else query | {"cursor": cursor}
        try:
            reply = await self._client.get(path, params=asked, headers=self._headers(request_id))
        except httpx.HTTPError as error:
            return ReadingFailed(why=type(error).__name__, retry_after_s=_READ_AGAIN_AFTER_S)
        page = read_lines(reply.status_code, reply.content)
        return page if not isinstance(page, str) else ReadingFailed(why=page, retry_after_s=_READ_AGAIN_AFTER_S)

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
