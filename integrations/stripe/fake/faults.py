"""Which fault does the next request meet?

Stated faults come first and are counted down; then the lots of a seed, drawn from the request and from how often it
came, so that requests which overtake each other meet the same faults on every run.
"""

import hashlib
from collections import Counter

from integrations.stripe.fake.messages import Chance, Fault, Stage


class Faults:
    """What is to go wrong. Kept in memory alone: a server that was started again is well."""

    def __init__(self) -> None:
        self._stated: list[tuple[Fault, int]] = []
        self._chances: list[Chance] = []
        self._came: Counter[tuple[Stage, str]] = Counter()

    def state(self, fault: Fault) -> None:
        """Add a fault behind those already stated."""
        self._stated.append((fault, fault.times))

    def leave_to(self, chance: Chance) -> None:
        """Draw lots from now on, beside those that are drawn already."""
        self._chances.append(chance)

    def clear(self) -> None:
        """Let nothing go wrong any more; counting begins anew."""
        self._stated.clear()
        self._chances.clear()
        self._came.clear()

    def next(self, stage: Stage, path: str, request: str) -> Fault | None:
        """Return the fault that this request meets, and count it. `request` tells requests apart, such as by their key."""
        for place, (fault, left) in enumerate(self._stated):
            if fault.at is stage and (fault.where is None or fault.where in path):
                self._stated[place : place + 1] = [(fault, left - 1)] if left > 1 else []
                return fault
        if not self._chances:
            return None
        self._came[stage, request] += 1
        drawn = (self._drawn(chance, stage, request) for chance in self._chances if chance.at is stage)
        return next((fault for fault in drawn if fault is not None), None)

    def _drawn(self, chance: Chance, stage: Stage, request: str) -> Fault | None:
        seed = f"{chance.seed}:{stage}:{request}:{self._came[stage, request]}"
        lot = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8]) % 1000
        for name, share in sorted(chance.per_mille.items()):
            if lot < share:
                return Fault(name, stage, None, 1, chance.delay_ms)
            lot -= share
        return None
