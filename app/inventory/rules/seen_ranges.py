"""Which earlier row of this file already holds one of these serials?"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import NamedTuple

from app.inventory.rules.serials import Serials

_BLOCK = 2_000  # A list of short lists: an insertion moves at most this many entries, however long the file is.


class SeenRange(NamedTuple):
    """A range and the row that names it; ordered by where it begins."""

    lo: int
    hi: int
    row_number: int


@dataclass(slots=True)
class _Series:
    blocks: list[list[SeenRange]] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)  # Where the first range of each block begins.


@dataclass(slots=True)
class SeenRanges:
    """The ranges of one file, by series, none overlapping another: three whole numbers are kept for each row."""

    _series: dict[str, _Series] = field(default_factory=dict)

    def add(self, series_key: str, serials: Serials, row_number: int) -> SeenRange | None:
        """Remember a range. If it overlaps an earlier one, return that one and remember nothing."""
        series = self._series.setdefault(series_key, _Series())
        seen = SeenRange(serials.lo, serials.hi, row_number)
        if not series.blocks:
            series.blocks.append([seen])
            series.starts.append(seen.lo)
            return None
        place = max(bisect_right(series.starts, seen.lo) - 1, 0)
        block = series.blocks[place]
        within = bisect_left(block, (seen.lo,))
        neighbours = [block[within - 1]] if within else []
        if within < len(block):
            neighbours.append(block[within])
        elif place + 1 < len(series.blocks):
            neighbours.append(series.blocks[place + 1][0])
        for other in neighbours:
            if other.lo < seen.hi and seen.lo < other.hi:
                return other
        block.insert(within, seen)
        series.starts[place] = block[0].lo
        if len(block) > _BLOCK:
            series.blocks[place : place + 1] = [block[: _BLOCK // 2], block[_BLOCK // 2 :]]
            series.starts.insert(place + 1, series.blocks[place + 1][0].lo)
        return None
