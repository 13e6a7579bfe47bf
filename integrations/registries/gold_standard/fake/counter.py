"""How does the fake Gold Standard cut a list into pages, and what goes wrong with it?"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import msgspec
from litestar import Response
from litestar.enums import MediaType

from integrations.registries.fake import wire
from integrations.registries.fake.wire import AnyRequest
from integrations.registries.gold_standard.fake.messages import Fault, FaultName, Stage
from integrations.registries.gold_standard.fake.shelf import Shelf

_MOST_PROJECTS: Final = 150
_MOST_CREDITS: Final = 25
_CLAMPED_LOWER: Final = 10


class Counter:
    """The counter before the shelf. Faults are kept in memory alone."""

    def __init__(self, shelf: Shelf, *, now: Callable[[], datetime]) -> None:
        self._shelf = shelf
        self._now = now
        self._stated: list[Fault] = []

    def state(self, fault: Fault) -> None:
        """Add faults behind those already stated."""
        self._stated += [fault] * fault.times

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self._stated.clear()

    async def serve(
        self, request: AnyRequest, stage: Stage, find: Callable[[str], list[dict[str, Any]]]
    ) -> Response[bytes]:
        """Answer one page, or not."""
        asked = request.query_params
        size = int(asked.get("size", _MOST_CREDITS))
        if not request.headers.get("user-agent", "").startswith("Mozilla/5.0"):
            return _forbidden()
        if stage is Stage.CREDITS and size > _MOST_CREDITS:
            return _forbidden()
        fault = self._next(stage)
        instead = None if fault is None else _INSTEAD.get(fault)
        if instead is not None:
            return instead()
        if fault is FaultName.DROPS:
            return await wire.reset(request)
        entries = find("" if fault is FaultName.IGNORES_QUERY else asked.get("query", ""))
        reply = _page(entries, int(asked.get("page", 1)), _CLAMPED_LOWER if fault is FaultName.CLAMPS_LOWER else size)
        return self._spoilt(reply, fault)

    def _spoilt(self, reply: Response[bytes], fault: FaultName | None) -> Response[bytes]:
        match fault:
            case FaultName.CUT_JSON:
                return wire.cut(reply)
            case FaultName.GROWS_AFTER:
                self._shelf.issue_another(now=self._now())
            case FaultName.SHRINKS_AFTER:
                self._shelf.retire_newest(now=self._now())
            case FaultName.MISCOUNTS:
                reply.headers["X-Total-Number-Of-Credits"] = str(int(reply.headers["X-Total-Number-Of-Credits"]) + 1)
            case FaultName.SAYS_NO_COUNTS:
                reply.headers.clear()
            case _:
                pass
        return reply

    def _next(self, stage: Stage) -> FaultName | None:
        fault = next((one for one in self._stated if one.at is stage), None)
        if fault is None:
            return None
        self._stated.remove(fault)
        return fault.name


def json_reply(status: int, body: Any) -> Response[bytes]:
    """Make a reply of JSON."""
    return Response(msgspec.json.encode(body), status_code=status, media_type=MediaType.JSON)


def _page(entries: list[dict[str, Any]], page: int, size: int) -> Response[bytes]:
    size = min(size, _MOST_PROJECTS)  # In silence.
    reply = json_reply(200, entries[(page - 1) * size : page * size])
    reply.headers["X-Total-Count"] = str(len(entries))
    reply.headers["X-Total-Number-Of-Credits"] = str(sum(one.get("number_of_credits", 0) for one in entries))
    return reply


def _forbidden() -> Response[bytes]:
    body = b"<html><body><h1>Sorry, you have been blocked</h1></body></html>"
    return Response(body, status_code=403, media_type=MediaType.HTML)


def _too_many() -> Response[bytes]:
    reply = json_reply(429, {"message": "Too Many Requests"})
    reply.headers["Retry-After"] = "0"
    return reply


_INSTEAD: Final[dict[FaultName, Callable[[], Response[bytes]]]] = {
    FaultName.TOO_MANY: _too_many,
    FaultName.HTML: wire.html,
    FaultName.DOWN: lambda: json_reply(503, {"message": "down for maintenance"}),
}
