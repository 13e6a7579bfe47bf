"""Where do two statements differ, line by line? Two files that are mostly the same are compared in large pieces.

A registry's next list repeats the one before but for a few rows. What lies between those is compared as bytes, a
quarter of a megabyte at once; nobody looks at its rows.
"""

from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO, Final, NamedTuple

from app.core.text import MAX_ROW_CHARS

_PIECE: Final = 1 << 18
_WINDOWS: Final = (16, 256, 4_096)
"""So many lines are looked through for one that is in both files, before the rest is looked at record by record."""


class Same(NamedTuple):
    """So many lines are the same in both files."""

    lines: int


class Changed(NamedTuple):
    """So many lines of the file before are not here, and these lines of the new file were not there."""

    gone: int
    come: list[bytes]


def changed_lines(before: BinaryIO, now: BinaryIO) -> Iterator[Same | Changed]:
    """Yield what is the same and what has changed from where the files stand, in turns.

    Ends where both files do, or where they have nothing in common for thousands of lines: they then stand there, each
    at the beginning of a line.
    """
    while True:
        if same := _same(before, now):
            yield Same(same)
        changed = _changed(before, now)
        if changed is None or changed == Changed(0, []):
            return
        yield changed


def _same(before: BinaryIO, now: BinaryIO) -> int:
    """How many lines are the same; both files then stand behind them."""
    begins, lines, seen = (before.tell(), now.tell()), 0, 0
    at = 0  # Where, behind the beginning, the first line begins that may differ.
    while (one := before.read(_PIECE)) == (other := now.read(_PIECE)) and one:
        lines += one.count(b"\n")
        at = max(at, seen + one.rfind(b"\n") + 1) if b"\n" in one else at
        seen += len(one)
    if one or other:
        size = _shared_bytes(one, other)
        lines += one.count(b"\n", 0, size)
        ends = one.rfind(b"\n", 0, size)
        at = seen + ends + 1 if ends >= 0 else at
    elif at < seen:  # The last line has no end in either file.
        lines, at = lines + 1, seen
    before.seek(begins[0] + at)
    now.seek(begins[1] + at)
    return lines


def _shared_bytes(one: bytes, other: bytes) -> int:
    """How many bytes are the same from the beginning on."""
    same, most = 0, min(len(one), len(other))
    while same < most:
        middle = (same + most + 1) // 2
        if one[same:middle] == other[same:middle]:
            same = middle
        else:
            most = middle - 1
    return same


def _changed(before: BinaryIO, now: BinaryIO) -> Changed | None:
    """The lines up to the next one that is in both files, behind which both then stand before it; None if there is none near."""
    begins = before.tell(), now.tell()
    for window in _WINDOWS:
        before.seek(begins[0])
        now.seek(begins[1])
        there, here = _lines(before, window), _lines(now, window)
        met = _nearest(there, here)
        if met is None and len(there) < window and len(here) < window:
            met = len(there), len(here)
        if met is not None:
            gone, come = there[: met[0]], here[: met[1]]
            before.seek(begins[0] + sum(map(len, gone)))
            now.seek(begins[1] + sum(map(len, come)))
            return Changed(len(gone), come)
    before.seek(begins[0])
    now.seek(begins[1])
    return None


def _nearest(there: list[bytes], here: list[bytes]) -> tuple[int, int] | None:
    """The first places of a line that is on both sides, with the fewest lines before it."""
    places: dict[bytes, int] = {}
    for place, line in enumerate(there):
        places.setdefault(line, place)
    met = [(places[line], n) for n, line in enumerate(here) if line in places]
    return min(met, key=sum, default=None)


def _lines(file: BinaryIO, most: int) -> list[bytes]:
    return list(islice(iter(lambda: file.readline(MAX_ROW_CHARS), b""), most))
