"""Which registries must keep the one contract? For each a stage: its adapter, its fake in a process of its own.

The suite (`test_contract.py`) knows no registry by name. A registry is added by a class here and a line in its list.
"""

import itertools
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import msgspec

from integrations.http import Timeouts
from integrations.registries.base import AutomaticRegistry, RetirementRequest, SerialBlock
from integrations.registries.fake.admin import clear_faults, issue, show_book, state_fault
from integrations.registries.fake.child import FakeRegistryProcess
from integrations.registries.fake.messages import Code, Fault, FaultName, IssuedBlock
from integrations.registries.isometric.api import Credentials
from integrations.registries.isometric.client import Account, IsometricRegistry
from integrations.registries.isometric.fake import messages as isometric
from integrations.registries.isometric.fake import scene as isometric_scene
from integrations.registries.isometric.fake.office import OWN_ID
from integrations.registries.simulated import SimulatedRegistry

PATIENT = Timeouts(connect_s=10, read_s=20, write_s=10, pool_s=10, total_s=30)
HASTY = Timeouts(connect_s=10, read_s=0.3, write_s=10, pool_s=10, total_s=30)
NAME = "株式会社鷗商事"
SUPPLIER = "spl_0000000000000001"
DOMAIN = "beneficiaries.desk.example"

numbers = itertools.count(1)

Made = tuple[str, int, str]
"""What the fake's book says of one retirement: our reference, its quantity, its beneficiary."""


class Stage(Protocol):
    """A registry that retires, as the suite sees it. Each test has serials 1 to 1000 of its own."""

    unit: str
    registry: AutomaticRegistry
    posts_all: bool
    """Whether the fake counts requests that arrived, by our reference."""

    def elsewhere(self, base_url: str, timeouts: Timeouts) -> AutomaticRegistry: ...

    def request(self, first: int, last: int, reference: str) -> RetirementRequest: ...

    def lose_the_answer(self) -> None: ...

    def lose_the_request(self) -> None: ...

    def refuse(self) -> None: ...

    def refuse_otherwise(self) -> None: ...

    def spoil_the_look_up(self) -> None: ...

    def shorten_the_look_up(self) -> None: ...

    def made(self) -> list[Made]: ...

    def well(self) -> None: ...


class SimulatedStage:
    """The simulator."""

    unit = "t"

    def __init__(self, server: FakeRegistryProcess) -> None:
        self._server = server
        self.name = f"c{next(numbers)}"
        self.registry = self.elsewhere(server.base_url, PATIENT)
        server.admin.ask(issue(IssuedBlock(f"account-{self.name}", f"cert-{self.name}", f"{self.name}-", "1", "1000")))

    def elsewhere(self, base_url: str, timeouts: Timeouts) -> SimulatedRegistry:
        return SimulatedRegistry(base_url, secret="broker", timeouts=timeouts, settles_within_s=0)

    def request(self, first: int, last: int, reference: str) -> RetirementRequest:
        return _request(f"{self.name}-", first, last, f"{reference}-{self.name}", f"cert-{self.name}", self.unit)

    def lose_the_answer(self) -> None:
        self._fault(FaultName.ACTS_THEN_DROPS)

    def lose_the_request(self) -> None:
        self._fault(FaultName.DROPS_BEFORE_ACTING)

    def refuse(self) -> None:
        self._fault(FaultName.REFUSES, code=Code.ACCOUNT_CLOSED)

    def refuse_otherwise(self) -> None:
        self._fault(FaultName.DOWN)

    def spoil_the_look_up(self) -> None:
        self._fault(FaultName.LOOK_UP_CUT_JSON)

    def shorten_the_look_up(self) -> None:
        self._fault(FaultName.LOOK_UP_INCOMPLETE)

    def made(self) -> list[Made]:
        view = self._server.admin.ask(show_book())
        mine = [one for one in view.retirements if one.certification_no == f"cert-{self.name}"]
        return [(one.reference, one.quantity, one.beneficiary_name) for one in mine]

    def well(self) -> None:
        self._server.admin.ask(clear_faults())

    def _fault(self, name: FaultName, **details: Any) -> None:
        self._server.admin.ask(state_fault(Fault(name, times=1, **details)))


class IsometricStage:
    """Isometric. Its batches are a hundred kilograms each, so that a thousand serials are ten of them."""

    unit = "kg"

    def __init__(self, server: FakeRegistryProcess) -> None:
        self.server = server
        self.name = f"I{next(numbers)}"
        self.prefix = f"ISO-1-{self.name}-GBR-F5X7-2024-"
        self.registry = self.elsewhere(server.base_url, PATIENT)
        for first in range(1, 1001, 100):
            server.admin.ask(isometric_scene.issue(batch(self.prefix, first, 100)))

    def elsewhere(self, base_url: str, timeouts: Timeouts) -> IsometricRegistry:
        credentials = Credentials(client_secret="broker", access_token=isometric_scene.access_token_of("broker"))
        account = Account(
            credentials=credentials,
            organisation_id=OWN_ID,
            supplier_id=SUPPLIER,
            beneficiary_domain=DOMAIN,
            simulated=False,
        )
        return IsometricRegistry(base_url, account=account, timeouts=timeouts, settles_within_s=0)

    def request(self, first: int, last: int, reference: str) -> RetirementRequest:
        return _request(self.prefix, first, last, f"{reference}-{self.name}", "iss_0000000000000001", self.unit)

    def lose_the_answer(self) -> None:
        self.fault(isometric.FaultName.ACTS_THEN_DROPS, isometric.Stage.RETIRE)

    def lose_the_request(self) -> None:
        self.fault(isometric.FaultName.DROPS_BEFORE_ACTING, isometric.Stage.RETIRE)

    def refuse(self) -> None:
        self.fault(isometric.FaultName.REFUSES, isometric.Stage.RETIRE)

    def refuse_otherwise(self) -> None:
        self.fault(isometric.FaultName.REFUSES_OTHERWISE, isometric.Stage.RETIRE)

    def spoil_the_look_up(self) -> None:
        self.fault(isometric.FaultName.CUT_JSON, isometric.Stage.RETIREMENTS)

    def shorten_the_look_up(self) -> None:
        self.fault(isometric.FaultName.MISCOUNTS, isometric.Stage.RETIREMENTS)

    def made(self) -> list[Made]:
        book = self.server.admin.ask(isometric_scene.show_book())
        return [
            (notes, one["credit_batch_size_total"]["credit_kgs"], one["beneficiary"]["name"])
            for one in book.retirements
            if (notes := (one["notes"] or "").partition(" ")[0]).endswith(f"-{self.name}")
        ]

    def well(self) -> None:
        self.server.admin.ask(isometric_scene.clear_faults())

    def fault(self, name: isometric.FaultName, at: isometric.Stage, **details: Any) -> None:
        self.server.admin.ask(isometric_scene.state_fault(isometric.Fault(name, at, **details)))


def batch(prefix: str, first: int, kilograms: int, *, year: int = 2024, supplier: str = SUPPLIER) -> isometric.Issued:
    """A batch to be issued to the account."""
    ids = ("prj_0000000000000001", "iss_0000000000000001")
    return isometric.Issued(prefix, first, kilograms, supplier, *ids, date(year, 5, 1))


def _request(prefix: str, first: int, last: int, reference: str, certification: str, unit: str) -> RetirementRequest:
    block = SerialBlock(prefix, str(first), str(last), last - first + 1)
    detail = f"2026年度の配送 {reference}"
    return RetirementRequest(
        reference, certification, (block,), block.count, unit, NAME, "カーボン・オフセット", detail, ""
    )


STAGES: dict[str, tuple[str, Callable[[FakeRegistryProcess], Stage]]] = {
    "simulated": ("integrations.registries.fake", SimulatedStage),
    "isometric": (isometric_scene.MODULE, IsometricStage),
}


class Servers(AbstractContextManager["Servers"]):
    """The fakes, each started when it is first asked for, with so many entries on a page."""

    def __init__(self, folder: Path, *, page_size: int) -> None:
        self._folder = folder
        self._page_size = page_size
        self._stack = ExitStack()
        self._running: dict[str, FakeRegistryProcess] = {}

    def of(self, module: str) -> FakeRegistryProcess:
        if module not in self._running:
            fake = FakeRegistryProcess(
                self._folder / f"{module}.jsonl",
                secret="broker",
                admin_secret="admin",
                page_size=self._page_size,
                module=module,
            )
            self._running[module] = self._stack.enter_context(fake)
        return self._running[module]

    def __exit__(self, *ended: object) -> None:
        self._stack.close()


def changed(request: RetirementRequest, **changes: Any) -> RetirementRequest:
    return msgspec.structs.replace(request, **changes)
