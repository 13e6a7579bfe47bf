"""What can the fake registry not do? Our own death at any step, and the capabilities of other registries."""

import msgspec
from retirement_world import World

from integrations.registries.base import (
    Answer,
    AutomaticRegistry,
    Capabilities,
    LookUp,
    RetirementRequest,
    SerialBlock,
)


class PowerCut(BaseException):
    """Our own process ends here."""


class Wrapped:
    """An adapter around another one, for what the fake registry cannot do: our death, and other capabilities."""

    def __init__(self, inner: AutomaticRegistry, *, dies: str = "", renames: bool = False, **able: bool) -> None:
        self._inner = inner
        self.dies = dies
        self._renames = renames
        self._able = able

    @property
    def capabilities(self) -> Capabilities:
        return msgspec.structs.replace(self._inner.capabilities, **self._able)

    async def retire(self, request: RetirementRequest, *, request_id: str) -> Answer:
        self._die("before sending")
        if self._renames:
            request = msgspec.structs.replace(request, beneficiary_name="別の会社")
        answer = await self._inner.retire(request, request_id=request_id)
        self._die("after sending")
        return answer

    async def find(self, reference: str, *, request_id: str) -> LookUp:
        found = await self._inner.find(reference, request_id=request_id)
        self._die("after looking")
        return found

    async def find_by_serial(self, block: SerialBlock, *, request_id: str) -> LookUp:
        return await self._inner.find_by_serial(block, request_id=request_id)

    def _die(self, where: str) -> None:
        if self.dies == where:
            self.dies = ""
            raise PowerCut


async def run_through_power_cuts(world: World, *, pace_s: float = 0) -> None:
    for _ in range(3):
        try:
            await world.run_to_the_end(pace_s=pace_s)
        except PowerCut:
            continue
        return
    raise AssertionError("It was cut more than twice.")
