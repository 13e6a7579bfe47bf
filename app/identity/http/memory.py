"""What was found a moment ago and still holds? Answers kept for 5 s, while changes to them can be heard."""

import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Final, Generic, TypeVar

from app.identity.http.revocations import Revocations

KEPT_FOR_S: Final = 5
KEPT_MAX: Final = 10_000

Key = TypeVar("Key", bound=Hashable)
Found = TypeVar("Found")


class Memory(Generic[Key, Found]):
    """Looks things up and remembers what was found; relied on by nobody while the process is deaf."""

    def __init__(self, ear: Revocations) -> None:
        """Nothing is kept yet. Whoever hears that something changed calls `forget`."""
        self._ear = ear
        self._kept: dict[Key, tuple[Found, float]] = {}

    async def recall(self, key: Key, look_up: Callable[[], Awaitable[Found | None]]) -> Found | None:
        """What is kept, or what the look-up finds now. That nothing was found is not kept."""
        kept = self._kept.get(key)
        if kept is not None and self._ear.heard and kept[1] > time.monotonic():
            return kept[0]
        # What is heard between the look-up's snapshot and its answer may be about this very thing.
        heard_before = self._ear.heard_count
        found = await look_up()
        if found is not None and self._ear.heard and self._ear.heard_count == heard_before:
            self._keep(key, found)
        return found

    def forget(self, key: Key) -> None:
        """Look this up again next time."""
        self._kept.pop(key, None)

    def forget_where(self, changed: Callable[[Key, Found], bool]) -> None:
        """Look up again whatever this is said of."""
        for key in [key for key, (found, _) in self._kept.items() if changed(key, found)]:
            del self._kept[key]

    def clear(self) -> None:
        """Look everything up again."""
        self._kept.clear()

    def _keep(self, key: Key, found: Found) -> None:
        self._kept.pop(key, None)
        while len(self._kept) >= KEPT_MAX:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = found, time.monotonic() + KEPT_FOR_S
