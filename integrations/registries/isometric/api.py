"""Which operations of Isometric's API do we use, and how are its lists read? One method for each operation.

Both credentials go with every call: the client's secret says which system asks, the access token for whom. No method
raises for what the network or the registry does.
"""

from typing import Any, Final, Generic, TypeAlias, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from integrations.http import NOTHING_LEFT, REQUEST_ID_HEADER, Connections, Timeouts, outgoing_client
from integrations.registries.isometric.answers import Page, Trouble, read, read_page, read_whole
from integrations.registries.isometric.shapes import Batch, BatchStatus, Organisation, Retirement

PAGE_SIZE: Final = 50
"""The most that the API gives at once; it gives ten when it is not asked."""
PAGES_MAX: Final = 400
"""Of one list: twenty thousand entries. A longer one is not read to its end, and so proves nothing."""
_MAX_BODY_BYTES: Final = 4 * 1024 * 1024

_T = TypeVar("_T", Batch, Organisation, Retirement)
_Query: TypeAlias = list[tuple[str, str | int | float | bool | None]]


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, and for which organisation. A sandbox has others than production."""

    client_secret: str
    access_token: str


class Reply(msgspec.Struct, frozen=True):
    """What came back, unread."""

    status: int
    body: bytes
    retry_after: str | None


class Entries(msgspec.Struct, Generic[_T], frozen=True):
    """A list read to its end. `complete`: it did not change meanwhile, and is as long as the registry says it is."""

    items: tuple[_T, ...]
    complete: bool


class IsometricApi:
    """The registry's API behind `base_url`, which ends in the version: `…/registry/v0`. Close it with `aclose`."""

    def __init__(self, base_url: str, *, credentials: Credentials, timeouts: Timeouts) -> None:
        self._client = outgoing_client(
            base_url,
            timeouts=timeouts,
            connections=Connections(most=20, kept=0),  # A dying connection would leave it open what arrived.
            max_body_bytes=_MAX_BODY_BYTES,
            headers={
                "X-Client-Secret": credentials.client_secret,
                "Authorization": f"Bearer {credentials.access_token}",
                "Accept": "application/json",
            },
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def retire_batches(self, body: dict[str, Any], request_id: str) -> Reply | Trouble:
        """Retire so many kilograms of each batch that is named."""
        return await self._post("/retirements", body, request_id)

    async def retire_oldest(self, body: dict[str, Any], request_id: str) -> Reply | Trouble:
        """Retire so many kilograms of a supplier, the oldest first."""
        return await self._post("/retirements/from_oldest_credits", body, request_id)

    async def make_beneficiary(self, body: dict[str, str], request_id: str) -> Organisation | Trouble:
        """Make somebody in whose name can be retired."""
        made = await self._post("/beneficiary", body, request_id)
        return made if isinstance(made, Trouble) else read(made.status, made.body, Organisation)

    async def retirement(self, retirement_id: str, request_id: str) -> tuple[Retirement, bytes] | Trouble:
        """One retirement by its id, and the bytes that say so."""
        reply = await self._get(f"/retirements/{_word(retirement_id)}", [], request_id)
        if isinstance(reply, Trouble):
            return reply
        retirement = read(reply.status, reply.body, Retirement)
        return retirement if isinstance(retirement, Trouble) else (retirement, reply.body)

    async def batches_of(self, retirement_id: str, request_id: str) -> tuple[tuple[Batch, ...], bytes] | Trouble:
        """What a retirement took, and the bytes that say so."""
        reply = await self._get(f"/retirements/{_word(retirement_id)}/credit_batches", [], request_id)
        if isinstance(reply, Trouble):
            return reply
        batches = read_whole(reply.status, reply.body, Batch)
        return batches if isinstance(batches, Trouble) else (batches, reply.body)

    async def batch(self, batch_id: str, request_id: str) -> Batch | Trouble:
        """One batch by its id: the children of a split batch are found by theirs."""
        reply = await self._get(f"/credit_batches/{_word(batch_id)}", [], request_id)
        return reply if isinstance(reply, Trouble) else read(reply.status, reply.body, Batch)

    async def retirements_page(self, owner_id: str, after: str | None, request_id: str) -> Page[Retirement] | Trouble:
        """Retirements of what an organisation owned, the newest first."""
        return await self._page("/retirements", [("owner_org_id", owner_id)], after, Retirement, request_id)

    async def batches_page(self, owner_id: str, after: str | None, request_id: str) -> Page[Batch] | Trouble:
        """Batches that an organisation owns, or that were retired on its behalf: by default all but the split ones.

        The filter by state is not used for one state: a list of one is read as a word by some, and refused.
        """
        return await self._page(f"/organisations/{_word(owner_id)}/credit_batches", [], after, Batch, request_id)

    async def retirements(self, owner_id: str, request_id: str) -> Entries[Retirement] | Trouble:
        """All retirements of what an organisation owned."""
        return await self._all("/retirements", [("owner_org_id", owner_id)], Retirement, request_id)

    async def batches(self, owner_id: str, request_id: str) -> Entries[Batch] | Trouble:
        """All batches of an organisation but the split ones."""
        return await self._all(f"/organisations/{_word(owner_id)}/credit_batches", [], Batch, request_id)

    async def batches_ever(self, owner_id: str, request_id: str) -> Entries[Batch] | Trouble:
        """All batches of an organisation, the split ones among them."""
        query: _Query = [("status", status.value) for status in BatchStatus]
        return await self._all(f"/organisations/{_word(owner_id)}/credit_batches", query, Batch, request_id)

    async def beneficiaries(self, request_id: str) -> Entries[Organisation] | Trouble:
        """Everybody in whose name can be retired."""
        return await self._all("/beneficiaries", [], Organisation, request_id)

    async def _all(self, path: str, query: _Query, of: type[_T], request_id: str) -> Entries[_T] | Trouble:
        """Page by page to the end. Cursors stand for entries, so that new ones in front move nothing."""
        items: dict[str, _T] = {}
        totals: set[int] = set()
        seen: set[str] = set()
        after: str | None = None
        for _ in range(PAGES_MAX):
            page = await self._page(path, query, after, of, request_id)
            if isinstance(page, Trouble):
                return page
            items |= {one.id: one for one in page.items if one.id not in items}
            totals.add(page.total_count)
            after = page.next_after
            if after is None:
                return Entries(tuple(items.values()), complete=totals == {len(items)})
            if after in seen:
                return Trouble("a list that goes round in circles", 200)
            seen.add(after)
        return Trouble(f"more than {PAGES_MAX} pages", 200)

    async def _page(
        self, path: str, query: _Query, after: str | None, of: type[_T], request_id: str
    ) -> Page[_T] | Trouble:
        where: _Query = [] if after is None else [("after", after)]
        reply = await self._get(path, [*query, ("first", PAGE_SIZE), *where], request_id)
        if isinstance(reply, Trouble):
            return reply
        page = read_page(reply.status, reply.body, of)
        if isinstance(page, Trouble):
            return msgspec.structs.replace(page, retry_after=reply.retry_after)
        return page

    async def _get(self, path: str, query: _Query, request_id: str) -> Reply | Trouble:
        return await self._ask(self._client.build_request("GET", path, params=query), request_id)

    async def _post(self, path: str, body: dict[str, Any], request_id: str) -> Reply | Trouble:
        content, headers = msgspec.json.encode(body), {"Content-Type": "application/json"}
        return await self._ask(self._client.build_request("POST", path, content=content, headers=headers), request_id)

    async def _ask(self, request: httpx.Request, request_id: str) -> Reply | Trouble:
        request.headers[REQUEST_ID_HEADER] = request_id
        try:
            reply = await self._client.send(request)
        except NOTHING_LEFT as error:
            return Trouble(type(error).__name__, None, unsent=True)
        except httpx.HTTPError as error:
            return Trouble(type(error).__name__, None)
        return Reply(reply.status_code, reply.content, reply.headers.get("retry-after"))


def _word(told: str) -> str:
    """An id as one word of a path, whatever stands in it."""
    return quote(told, safe="")
