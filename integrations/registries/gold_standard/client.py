"""What does Gold Standard's public list say of a project? Read only: its retirements are made by people, on its screen.

The public list knows no accounts, so that an account here is a project, by its GS number. The list is free of charge
and without a contract: sizes are clamped in silence, filters that it does not know are passed over, and it shifts while
it is read. Each of these is noticed, and a reading that may have missed something says so.
"""

from datetime import date
from typing import Final, TypeVar

import httpx
import msgspec

from integrations.http import REQUEST_ID_HEADER, Connections, Timeouts, outgoing_client
from integrations.registries.base import Capabilities
from integrations.registries.gold_standard.answers import (
    ISSUED,
    RETIRED,
    Block,
    Project,
    Totals,
    Trouble,
    belongs,
    gs_number,
    line_of,
    number_in,
    read_list,
    totals_of,
)
from integrations.registries.gold_standard.counted import START, Place, counted
from integrations.registries.lines import Reading, ReadingFailed, StatementPage
from integrations.registries.waiting import wait_of

CREDITS_SIZE: Final = 25
"""More are answered with 403 (measured by others, July 2026)."""
PROJECTS_SIZE: Final = 150
"""More are asked for in vain: the page has 150 and does not say so (the same source)."""
USER_AGENT: Final = "Mozilla/5.0 (compatible; OffsetDesk)"
"""The registry's edge turns away what does not look like a browser. Which words it looks for is not published."""
PAGES_MAX: Final = 20_000
_PROJECT_PAGES_MAX: Final = 40
_MAX_BODY_BYTES: Final = 8 * 1024 * 1024

_T = TypeVar("_T", Block, Project)


class GoldStandardRegistry:
    """The public list. `settles_within_s` is the operator's guess. Close it with `aclose`."""

    def __init__(self, base_url: str, *, timeouts: Timeouts, settles_within_s: int) -> None:
        self._settles_within_s = settles_within_s
        self._client = outgoing_client(
            base_url,
            timeouts=timeouts,
            connections=Connections(most=2, kept=0),
            max_body_bytes=_MAX_BODY_BYTES,
            headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
        )

    @property
    def capabilities(self) -> Capabilities:
        """Nothing can be retired or looked up by a program here: people retire, and the list is read."""
        return Capabilities(
            repeatable=False,
            finds_by_reference=False,
            finds_by_serial=False,
            settles_within_s=self._settles_within_s,
            simulated=False,
            worked_by_people=True,
        )

    async def holdings(self, account_no: str, *, cursor: str | None, request_id: str) -> Reading:
        """Blocks of the project `account_no` (`GS11236`) that are issued and not retired, whoever holds them."""
        return await self._read(account_no, ISSUED, cursor, request_id)

    async def statement(self, account_no: str, *, since: date | None, cursor: str | None, request_id: str) -> Reading:
        """Blocks of the project that are retired. `since` narrows nothing: the list tells no day of retirement."""
        del since
        return await self._read(account_no, RETIRED, cursor, request_id)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _read(self, account_no: str, status: str, cursor: str | None, request_id: str) -> Reading:
        number, place = gs_number(account_no), _place_of(cursor)
        if number is None or place is None or place.page > PAGES_MAX:
            return _failed(Trouble(f"{account_no!r} is no GS number, or the cursor is not ours", None))
        if cursor is None:
            trouble = await self._look_for(number, request_id)
            if trouble is not None:
                return _failed(trouble)
        query = {"query": str(number), "page": str(place.page), "size": str(CREDITS_SIZE)}
        if status == RETIRED:
            query["issuances"] = "false"
        page = await self._page("/credits", query, Block, request_id)
        if isinstance(page, Trouble):
            return _failed(page)
        entries, totals, raw = page
        step = counted(place, entries, totals)
        lines = tuple(line_of(one) for one in step.fresh if belongs(one, number, status))
        next_cursor = None if step.next is None else msgspec.json.encode(step.next).decode()
        return StatementPage(lines, next_cursor, step.complete, raw)

    async def _look_for(self, number: int, request_id: str) -> Trouble | None:
        """None when the project exists: an empty list of a number that nobody has would look like an empty account."""
        seen = 0
        for page_number in range(1, _PROJECT_PAGES_MAX + 1):
            query = {"query": str(number), "page": str(page_number), "size": str(PROJECTS_SIZE)}
            page = await self._page("/projects", query, Project, request_id)
            if isinstance(page, Trouble):
                return page
            projects, totals, _ = page
            if any(number_in(one.sustaincert_id) == number for one in projects):
                return None
            seen += len(projects)
            if not projects or seen >= (totals.entries or 0):  # Not by the page's length: it may be clamped.
                break
        return Trouble(f"the list shows no project GS{number}", None)

    async def _page(
        self, path: str, query: dict[str, str], of: type[_T], request_id: str
    ) -> tuple[tuple[_T, ...], Totals, bytes] | Trouble:
        try:
            reply = await self._client.get(path, params=query, headers={REQUEST_ID_HEADER: request_id})
        except httpx.HTTPError as error:
            return Trouble(type(error).__name__, None)
        entries = read_list(reply.status_code, reply.content, reply.headers, of)
        return entries if isinstance(entries, Trouble) else (entries, totals_of(reply.headers), reply.content)


def _place_of(cursor: str | None) -> Place | None:
    try:
        return START if cursor is None else msgspec.json.decode(cursor, type=Place)
    except msgspec.MsgspecError:
        return None


def _failed(trouble: Trouble) -> ReadingFailed:
    return ReadingFailed(trouble.why, wait_of(trouble.retry_after))
