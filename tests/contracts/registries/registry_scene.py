"""The stage of the registry tests: a fake registry of its own process, its adapter, and serials for each test."""

from datetime import UTC, datetime, timedelta

import msgspec

from integrations.http import Timeouts
from integrations.registries.base import (
    Absent,
    Found,
    RetirementRequest,
    SerialBlock,
)
from integrations.registries.fake.admin import (
    issue,
    show_book,
    state_fault,
)
from integrations.registries.fake.child import FakeRegistryProcess
from integrations.registries.fake.messages import Fault, FaultName, IssuedBlock
from integrations.registries.simulated import SimulatedRegistry

PATIENT = Timeouts(connect_s=10, read_s=20, write_s=10, pool_s=10, total_s=30)
HASTY = Timeouts(connect_s=10, read_s=0.3, write_s=10, pool_s=10, total_s=30)
NAME = "株式会社鷗商事"


class Scene:
    """A fake registry, its adapter, and serials of its own for each test."""

    def __init__(self, server: FakeRegistryProcess, registry: SimulatedRegistry, name: str) -> None:
        self.server = server
        self.registry = registry
        self.name = name
        block = IssuedBlock(f"account-{name}", f"cert-{name}", f"{name}-", "1", "1000")
        server.admin.ask(issue(block))

    def request(self, first: int = 1, last: int = 10, **changed: object) -> RetirementRequest:
        block = SerialBlock(f"{self.name}-", str(first), str(last), last - first + 1)
        whole = RetirementRequest(
            f"ret-{self.name}", f"cert-{self.name}", (block,), block.count, "t", NAME, "offset", "式典", "thanks"
        )
        return msgspec.structs.replace(whole, **changed)

    def fault(self, name: FaultName, **details: object) -> None:
        self.server.admin.ask(state_fault(Fault(name, **({"times": 1} | details))))

    async def retire(self, request: RetirementRequest):
        return await self.registry.retire(request, request_id="req-1")

    async def retire_in_haste(self, request: RetirementRequest):
        """Wait no longer than 300 ms for the answer."""
        hasty = SimulatedRegistry(self.server.base_url, secret="broker", timeouts=HASTY, settles_within_s=2)
        try:
            return await hasty.retire(request, request_id="req-1")
        finally:
            await hasty.aclose()

    async def find(self, reference: str | None = None):
        return await self.registry.find(reference or f"ret-{self.name}", request_id="req-2")

    async def find_serials(self, first: int = 1, last: int = 10):
        block = SerialBlock(f"{self.name}-", str(first), str(last), last - first + 1)
        return await self.registry.find_by_serial(block, request_id="req-3")

    def recorded(self) -> list[str]:
        view = self.server.admin.ask(show_book())
        return [one.reference for one in view.retirements if one.certification_no == f"cert-{self.name}"]

    def posts(self) -> int:
        return self.server.admin.ask(show_book()).posts.get(f"ret-{self.name}", 0)


async def found_within(scene: Scene, seconds: float) -> Found:
    deadline = datetime.now(UTC) + timedelta(seconds=seconds)
    while isinstance(answer := await scene.find(), Absent):
        assert datetime.now(UTC) < deadline, "It was never found."
    assert isinstance(answer, Found), answer
    return answer
