"""Which registries can be read, and what is in the book of each? For each a class, its adapter, and its fake."""

from collections import Counter
from collections.abc import Callable
from typing import Any, Protocol

from integrations.http import Timeouts
from integrations.registries.base import ReadableRegistry
from integrations.registries.fake.child import FakeRegistryProcess
from integrations.registries.gold_standard.client import GoldStandardRegistry
from integrations.registries.gold_standard.fake import messages as gold
from integrations.registries.gold_standard.fake import scene as gold_scene
from integrations.registries.isometric.fake import messages as isometric
from integrations.registries.isometric.fake import scene as isometric_scene
from integrations.registries.isometric.fake.office import OWN_ID
from integrations.registries.lines import LineState, StatementLine
from tests.contracts.registries.stages import PATIENT, IsometricStage, numbers


class Reader(Protocol):
    """A registry that can be read, as the suite sees it: what is in its book of one account is known."""

    registry: ReadableRegistry
    account_no: str

    async def fill(self) -> None: ...

    def elsewhere(self, base_url: str, timeouts: Timeouts) -> ReadableRegistry: ...

    def booked(self) -> tuple[Counter[Any], Counter[Any]]: ...

    def spoil(self) -> None: ...

    def hurry(self) -> None: ...

    def shorten(self) -> None: ...

    def well(self) -> None: ...


def told(line: StatementLine) -> tuple[Any, ...]:
    """What the suite compares of a line."""
    return (line.state, line.serial, line.quantity, line.unit, line.project, line.note)


class IsometricReader:
    """What Isometric tells of an organisation."""

    account_no = OWN_ID

    def __init__(self, server: FakeRegistryProcess) -> None:
        self.stage = IsometricStage(server)
        self.registry = self.stage.registry
        self.elsewhere = self.stage.elsewhere

    async def fill(self) -> None:
        """Five retirements, one of them over two batches, more than a page."""
        for first, last in ((1, 10), (50, 150), (201, 300), (301, 305), (401, 401)):
            await self.registry.retire(self.stage.request(first, last, f"r{first}"), request_id="r")

    def booked(self) -> tuple[Counter[Any], Counter[Any]]:
        book = self.stage.server.admin.ask(isometric_scene.show_book())
        notes = {one["id"]: one["notes"] or "" for one in book.retirements}
        held, gone = Counter(), Counter()
        for one in book.batches:
            state = LineState(one["status"]) if one["status"] != "split" else None
            line = (state, one["serial_number"], one["size"]["credit_kgs"], "kg", one["project_id"])
            if state is LineState.ACTIVE:
                held[(*line, "")] += 1
            elif state is LineState.RETIRED:
                gone[(*line, notes[one["retirement_id"]])] += 1
        return held, gone

    def spoil(self) -> None:
        for stage in (isometric.Stage.BATCHES, isometric.Stage.RETIREMENTS):
            self.stage.fault(isometric.FaultName.CUT_JSON, stage)

    def hurry(self) -> None:
        for stage in (isometric.Stage.BATCHES, isometric.Stage.RETIREMENTS):
            self.stage.fault(isometric.FaultName.TOO_MANY, stage)

    def shorten(self) -> None:
        for stage in (isometric.Stage.BATCHES, isometric.Stage.RETIREMENTS):
            self.stage.fault(isometric.FaultName.MISCOUNTS, stage)

    def well(self) -> None:
        self.stage.well()


class GoldStandardReader:
    """What Gold Standard tells of a project: sixty blocks, three pages of them."""

    def __init__(self, server: FakeRegistryProcess) -> None:
        self.server = server
        self.number = 11_000 + next(numbers)
        self.account_no = f"GS{self.number}"
        self.registry = self.elsewhere(server.base_url, PATIENT)
        self.blocks: list[int] = []

    def elsewhere(self, base_url: str, timeouts: Timeouts) -> GoldStandardRegistry:
        return GoldStandardRegistry(base_url, timeouts=timeouts, settles_within_s=0)

    async def fill(self) -> None:
        """Sixty blocks, thirty of them retired, and those of a project that bears our number in its name alone."""
        ask = self.server.admin.ask
        other = 70_000 + self.number
        ask(gold_scene.add_project(gold.NewProject(self.number, "Efficient cooking")))
        ask(gold_scene.add_project(gold.NewProject(other, f"GS{self.number} VPA 2: efficient cooking elsewhere")))
        for n in range(60):
            block = gold.NewBlock(self.number, "2024", 30_000 + self.number, n * 10 + 1, n * 10 + 10)
            self.blocks.append(ask(gold_scene.issue(block))["id"])
        for n in range(3):
            ask(gold_scene.issue(gold.NewBlock(other, "2024", 90_000 + self.number, n * 5 + 1, n * 5 + 5)))
        for n, block_id in enumerate(self.blocks[::2]):
            ask(gold_scene.retire(gold.Retired(block_id, f"For a customer {n}.\n", "Voluntary")))

    def booked(self) -> tuple[Counter[Any], Counter[Any]]:
        held, gone = Counter(), Counter()
        for one in self.server.admin.ask(gold_scene.show_book()).blocks:
            if one["project"]["sustaincert_id"] != self.number:
                continue
            state = LineState.RETIRED if one["status"] == "RETIRED" else LineState.ACTIVE
            line = (state, one["serial_number"], one["number_of_credits"], "t", self.account_no)
            (gone if state is LineState.RETIRED else held)[(*line, (one["note"] or "").strip())] += 1
        return held, gone

    def fault(self, name: gold.FaultName, at: gold.Stage = gold.Stage.CREDITS, times: int = 1) -> None:
        self.server.admin.ask(gold_scene.state_fault(gold.Fault(name, at, times)))

    def spoil(self) -> None:
        self.fault(gold.FaultName.CUT_JSON, times=2)

    def hurry(self) -> None:
        self.fault(gold.FaultName.TOO_MANY, times=2)

    def shorten(self) -> None:
        self.fault(gold.FaultName.MISCOUNTS, times=2)

    def well(self) -> None:
        self.server.admin.ask(gold_scene.clear_faults())


READERS: dict[str, tuple[str, Callable[[FakeRegistryProcess], Reader]]] = {
    "isometric": (isometric_scene.MODULE, IsometricReader),
    "gold_standard": (gold_scene.MODULE, GoldStandardReader),
}
