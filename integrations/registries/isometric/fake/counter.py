"""What happens between a request that arrives and the reply that leaves, with a fault in between or without?"""

from collections.abc import Callable
from typing import Any, Final

import msgspec
from litestar import Response
from litestar.enums import MediaType

from integrations.registries.fake import wire
from integrations.registries.fake.wire import AnyRequest
from integrations.registries.isometric.fake.messages import Fault, FaultName, Stage

CIRCLE: Final = "round-again"
"""A cursor that leads to the beginning."""


class Counter:
    """The counter before the office: here things get lost. Faults are kept in memory alone."""

    def __init__(self) -> None:
        self._stated: list[Fault] = []

    def state(self, fault: Fault) -> None:
        """Add faults behind those already stated."""
        self._stated += [fault] * fault.times

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self._stated.clear()

    async def serve(self, request: AnyRequest, stage: Stage, act: Callable[[], Response[bytes]]) -> Response[bytes]:
        """Act and answer, or one of them, or neither."""
        fault = next((one for one in self._stated if one.at is stage), None)
        if fault is None:
            return act()
        self._stated.remove(fault)
        without = await _without_acting(request, fault)
        return without if without is not None else await _spoilt(request, act(), fault)


def json_reply(status: int, body: Any) -> Response[bytes]:
    """Make a reply of JSON."""
    return Response(msgspec.json.encode(body), status_code=status, media_type=MediaType.JSON)


def refusal(where: tuple[str | int, ...], why: str) -> Response[bytes]:
    """The one refusal that the document knows."""
    return json_reply(422, {"detail": [{"loc": where, "msg": why, "type": "value_error"}]})


async def _without_acting(request: AnyRequest, fault: Fault) -> Response[bytes] | None:
    if fault.name is FaultName.DROPS_BEFORE_ACTING:
        return await wire.reset(request)
    reply = _INSTEAD.get(fault.name)
    return None if reply is None else reply()


async def _spoilt(request: AnyRequest, honest: Response[bytes], fault: Fault) -> Response[bytes]:
    match fault.name:
        case FaultName.ACTS_THEN_TIMES_OUT:
            await wire.wait_in_silence(request, fault.delay_ms)
            return await wire.reset(request)
        case FaultName.SLOW:
            await wire.wait_in_silence(request, fault.delay_ms)
            return honest
        case FaultName.ACTS_THEN_DROPS:
            return await wire.reset(request)
        case _:
            return _AFTERWARDS[fault.name](honest)


def _too_many() -> Response[bytes]:
    reply = json_reply(429, {"detail": "too many requests"})
    reply.headers["Retry-After"] = "0"
    return reply


def _miscounted(honest: Response[bytes]) -> Response[bytes]:
    page = msgspec.json.decode(honest.content)
    return json_reply(200, page | {"total_count": page["total_count"] + 1})


def _circling(honest: Response[bytes]) -> Response[bytes]:
    ends = {"has_previous_page": True, "start_cursor": CIRCLE, "has_next_page": True, "end_cursor": CIRCLE}
    return json_reply(200, msgspec.json.decode(honest.content) | {"page_info": ends})


_INSTEAD: Final[dict[FaultName, Callable[[], Response[bytes]]]] = {
    FaultName.HTML: wire.html,
    FaultName.DOWN: lambda: json_reply(503, {"detail": "down for maintenance"}),
    FaultName.TOO_MANY: _too_many,
    FaultName.REFUSES: lambda: refusal(("body",), "Value error, refused because the scene asks for it"),
    FaultName.REFUSES_OTHERWISE: lambda: json_reply(409, {"detail": "another retirement is being made"}),
}
_AFTERWARDS: Final[dict[FaultName, Callable[[Response[bytes]], Response[bytes]]]] = {
    FaultName.ACTS_THEN_HTML: lambda _: wire.html(),
    FaultName.ACTS_THEN_FAILS: lambda _: json_reply(500, {"detail": "Internal Server Error"}),
    FaultName.CUT_JSON: wire.cut,
    FaultName.MISCOUNTS: _miscounted,
    FaultName.CIRCLES: _circling,
}
