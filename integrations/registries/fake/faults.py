"""Which fault does the next request meet?

Stated faults come first and are counted down; then the lots of a seed, drawn from the reference and from how often it
came, so that requests which overtake each other meet the same faults on every run.
"""

import hashlib
from collections import Counter
from enum import StrEnum

from integrations.registries.fake.messages import Chance, Fault, FaultName

_BY_LOOK_UPS = frozenset(
    {FaultName.DOWN, FaultName.LOOK_UP_HTML, FaultName.LOOK_UP_CUT_JSON, FaultName.LOOK_UP_INCOMPLETE}
)
_BY_RETIREMENTS = frozenset(FaultName) - _BY_LOOK_UPS | {FaultName.DOWN}


class Stage(StrEnum):
    """What the request wants."""

    RETIRE = "retire"
    LOOK_UP = "look_up"


_MET_AT = {Stage.RETIRE: _BY_RETIREMENTS, Stage.LOOK_UP: _BY_LOOK_UPS}


class Faults:
    """What is to go wrong. Kept in memory alone: a server that was started again is well."""

    def __init__(self) -> None:
        self._stated: list[tuple[Fault, int]] = []
        self._chance: Chance | None = None
        self._came: Counter[tuple[Stage, str]] = Counter()

    def state(self, fault: Fault) -> None:
        """Add a fault behind those already stated."""
        self._stated.append((fault, fault.times))

    def leave_to(self, chance: Chance) -> None:
        """Draw lots from now on; counting begins anew."""
        self._chance = chance
        self._came.clear()

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self._stated.clear()
        self._chance = None

    def next(self, stage: Stage, reference: str | None) -> Fault | None:
        """Return the fault that this request meets, and count it."""
        for place, (fault, left) in enumerate(self._stated):
            if fault.name in _MET_AT[stage] and fault.where in (None, reference):
                self._stated[place : place + 1] = [(fault, left - 1)] if left > 1 else []
                return fault
        return None if self._chance is None else self._drawn(self._chance, stage, reference or "")

    def _drawn(self, chance: Chance, stage: Stage, reference: str) -> Fault | None:
        self._came[stage, reference] += 1
        seed = f"{chance.seed}:{stage}:{reference}:{self._came[stage, reference]}"
        lot = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8]) % 1000
        for name, share in sorted(chance.per_mille.items()):
            if lot < share:
                if name not in _MET_AT[stage]:
                    return None
                code = chance.code if name is FaultName.REFUSES else None
                return Fault(name, times=1, delay_ms=chance.delay_ms, code=code)
            lot -= share
        return None
