"""How long do we wait before a registry is asked again?"""

from typing import Final

SHORTEST_WAIT_S: Final = 30
"""Gold Standard says `Retry-After: 0` and means it not (measured by others, July 2026); Isometric says nothing about it."""
LONGEST_WAIT_S: Final = 3600


def wait_of(retry_after: str | None) -> int:
    """Seconds to wait by a header `Retry-After`, between half a minute and an hour; a date or nonsense is the least."""
    told = (retry_after or "").strip()
    seconds = int(told) if told.isascii() and told.isdigit() and len(told) < 10 else 0
    return min(max(seconds, SHORTEST_WAIT_S), LONGEST_WAIT_S)
