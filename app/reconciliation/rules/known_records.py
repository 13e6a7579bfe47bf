"""Which records of a statement stood in the one before? Told by a digest of their bytes, so that only news is read."""

import struct
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from hashlib import blake2b
from typing import Final

DIGEST_BYTES: Final = 16
"""Two of a million records that differ share one with a chance below 10^-26."""
_ENTRY: Final = struct.Struct(f">{DIGEST_BYTES}sq")
_MARK: Final = b"known records 2\0"
"""The first entry: this, and how many lines the file had."""


class KnownRecords:
    """The records of the statement before, in its order, each with the number of the line that it became.

    A record is looked for by its digest from `look_for` on; until then it can only be told in its place (`stand`). One
    that is there twice is known twice: its second digest is the digest of its first.
    """

    def __init__(self, written: bytes) -> None:
        """Know what an earlier reading wrote down, or nothing (b""). Raises ValueError for a torn or an older list."""
        if len(written) % _ENTRY.size or (written and not written.startswith(_MARK)):
            raise ValueError("The list of known records is torn.")
        self._lines = _ENTRY.unpack_from(written)[1] if written else 0
        self._entries = memoryview(written)[_ENTRY.size :]
        self._places: dict[bytes, int] = {}
        self._met = bytearray(len(self))
        # What the new file has: rows that stand (row, place, how many of each) and rows that were learned.
        self._standing = array("q"), array("q"), array("q")
        self._learned_rows, self._learned = array("q"), bytearray()

    def __len__(self) -> int:
        """How many records are known."""
        return len(self._entries) // _ENTRY.size

    @property
    def is_line_by_line(self) -> bool:
        """Whether each line of the file before, but for its header, is a record that is known."""
        return self._lines - 1 == len(self)

    @property
    def met(self) -> int:
        """How many of the records that were known have been met."""
        return self._met.count(1)

    def look_for(self, first: int, count: int) -> None:
        """Look for these records from now on: `count` of them, from the one at the place `first`."""
        places, begins = self._places, first * _ENTRY.size
        entries = self._entries[begins : begins + count * _ENTRY.size]
        for place, (entry, _) in enumerate(_ENTRY.iter_unpack(entries), first):
            digest = entry
            while digest in places:
                digest = _digest(digest)
            places[digest] = place

    def stand(self, row: int, first: int, count: int) -> None:
        """The records from the place `first` on are there again, one behind the other, from this row on."""
        self._met[first : first + count] = b"\1" * count
        rows, places, counts = self._standing
        if rows and (rows[-1] + counts[-1], places[-1] + counts[-1]) == (row, first):
            counts[-1] += count
            return
        rows.append(row)
        places.append(first)
        counts.append(count)

    def is_known(self, row: int, record: bytes) -> bool:
        """Whether the record is one that is looked for, and was not met: it then counts as met. Else `learn` it."""
        if not self._places:
            return False
        digest = _digest(record)
        while (place := self._places.get(digest)) is not None:
            if not self._met[place]:
                self.stand(row, place, 1)
                return True
            digest = _digest(digest)
        return False

    def learn(self, row: int, record: bytes, line_n: int) -> None:
        """The record has become this line. Rows are learned in their order."""
        self._learned_rows.append(row)
        self._learned += _ENTRY.pack(blake2b(record, digest_size=DIGEST_BYTES).digest(), line_n)

    def gone(self) -> Iterator[int]:
        """The numbers of the lines whose records were not met."""
        place = self._met.find(0)
        while place >= 0:
            yield _ENTRY.unpack_from(self._entries, place * _ENTRY.size)[1]
            place = self._met.find(0, place + 1)

    def written(self, lines: int) -> bytes:
        """What the next reading is to know: what stands and what was learned, by row, of a file of so many lines."""
        size, told, done = _ENTRY.size, bytearray(_ENTRY.pack(_MARK, lines)), 0
        for row, place, count in zip(*self._standing, strict=True):
            until = bisect_left(self._learned_rows, row, done)
            told += self._learned[done * size : until * size]
            told += self._entries[place * size : (place + count) * size]
            done = until
        told += self._learned[done * size :]
        return bytes(told)


def _digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=DIGEST_BYTES).digest()
