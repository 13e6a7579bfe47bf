"""How is a request of the document read, checked, carried out and answered; how is a list cut into pages?"""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from litestar import Response

from integrations.registries.fake.wire import AnyRequest
from integrations.registries.isometric.fake.counter import CIRCLE, Counter, json_reply, refusal
from integrations.registries.isometric.fake.messages import ByBatch, NewBeneficiary, OldestFirst, Stage
from integrations.registries.isometric.fake.office import Office, Wrong

_FIRST_UNASKED = 10
_FIRST_MOST = 50

_Asked = TypeVar("_Asked")
_Wish = TypeVar("_Wish", ByBatch, OldestFirst)


class Desk:
    """The desk behind the counter. `page_size`: never more on one page, however many were asked for."""

    def __init__(self, office: Office, counter: Counter, *, page_size: int) -> None:
        self._office = office
        self._counter = counter
        self._page_size = page_size

    async def retire(self, request: AnyRequest, of: type[_Wish], body: bytes, *, now: datetime) -> Response[bytes]:
        """Take one retirement, count it, and carry it out or not."""
        asked = _read(body, of)
        notes = "" if isinstance(asked, Response) else asked.notes or ""
        self._office.note_post(notes.partition(" ")[0], now=now)
        return await self._carried_out(request, Stage.RETIRE, asked, lambda whole: self._office.retire(whole, now=now))

    async def make_beneficiary(
        self, request: AnyRequest, of: type[NewBeneficiary], body: bytes, *, now: datetime
    ) -> Response[bytes]:
        """Make a beneficiary, or not."""
        asked = _read(body, of)
        self._office.note_post("beneficiary", now=now)
        return await self._carried_out(
            request, Stage.BENEFICIARY, asked, lambda whole: self._office.make_beneficiary(whole, now=now)
        )

    async def one(self, request: AnyRequest, stage: Stage, find: Callable[[], dict[str, Any]]) -> Response[bytes]:
        """Answer with one thing, or that there is none."""

        def answer() -> Response[bytes]:
            try:
                return json_reply(200, find())
            except KeyError:
                return json_reply(404, {"detail": "Not Found"})

        return await self._counter.serve(request, stage, answer)

    async def page(
        self, request: AnyRequest, stage: Stage, find: Callable[[], list[dict[str, Any]]]
    ) -> Response[bytes]:
        """Answer with one page of a list, behind the entry that the cursor `after` stands for."""
        first, after = request.query_params.get("first", _FIRST_UNASKED), request.query_params.get("after")
        after = None if after == CIRCLE else after

        def answer() -> Response[bytes]:
            if not str(first).isdigit() or not 0 < int(first) <= _FIRST_MOST:
                return refusal(("query", "first"), f"Input should be between 1 and {_FIRST_MOST}")
            entries = find()
            behind = [place for place, one in enumerate(entries, start=1) if _cursor(one) == after]
            if after is not None and not behind:
                return refusal(("query", "after"), "Value error, no such cursor")
            start = behind[0] if behind else 0
            return json_reply(200, _page(entries, start, min(int(first), self._page_size)))

        return await self._counter.serve(request, stage, answer)

    async def _carried_out(
        self,
        request: AnyRequest,
        stage: Stage,
        asked: _Asked | Response[bytes],
        act: Callable[[_Asked], dict[str, Any]],
    ) -> Response[bytes]:
        def answer() -> Response[bytes]:
            if isinstance(asked, Response):
                return asked
            try:
                return json_reply(200, act(asked))
            except Wrong as wrong:
                return refusal(wrong.where, str(wrong))

        return await self._counter.serve(request, stage, answer)


def _read(body: bytes, of: type[_Asked]) -> _Asked | Response[bytes]:
    try:
        return msgspec.json.decode(body, type=of)
    except msgspec.MsgspecError as error:
        return refusal(("body",), str(error))


def _page(entries: list[dict[str, Any]], start: int, size: int) -> dict[str, Any]:
    shown = entries[start : start + size]
    return {
        "nodes": shown,
        "total_count": len(entries),
        "page_info": {
            "has_previous_page": start > 0,
            "start_cursor": _cursor(shown[0]) if shown else None,
            "has_next_page": start + size < len(entries),
            "end_cursor": _cursor(shown[-1]) if shown else None,
        },
    }


def _cursor(entry: dict[str, Any]) -> str:
    """A cursor stands for its entry: what comes before it may grow."""
    return urlsafe_b64encode(entry["id"].encode()).decode()
