"""Which records of a statement stood in the one before? Told by a digest of their bytes, so that only news is read."""

import struct
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Final

DIGEST_BYTES: Final = 16
"""Two of a million records that differ share one with a chance below 10^-26."""
_DIGEST: Final = struct.Struct(f"{DIGEST_BYTES}s")
_HEAD: Final = struct.Struct("<16sq")
_MARK: Final = b"known records 2\0"
"""A list begins with this and the number of lines that the file had, 0 when some record was not one line; then come all
digests, then all lines' numbers."""
_NUMBER_BYTES: Final = 8


class KnownRecords:
    """The records of the statement before, in its order, each with the number of the line that it became.

    A record is looked for by its digest from `look_for` on; until then it can only be told in its place (`stand`). One
    that is there twice is known twice: its second digest is the digest of its first.
    """

    def __init__(self, written: bytes) -> None:
        """Know what an earlier reading wrote down, or nothing (b""). Raises ValueError for a torn or an older list."""
        size = max(len(written) - _HEAD.size, 0)
        if size % (DIGEST_BYTES + _NUMBER_BYTES) or (written and not written.startswith(_MARK)):
            raise ValueError("The list of known records is torn.")
        self.is_uneven = False
        """Whether a record of the new file is more or less than one line of it."""
        self._lines = _HEAD.unpack_from(written)[1] if written else 0
        self._count = size // (DIGEST_BYTES + _NUMBER_BYTES)
        ends = _HEAD.size + self._count * DIGEST_BYTES
        self._digests, self._numbers = memoryview(written)[_HEAD.size : ends], _numbers_of(written[ends:])
        self._places: dict[bytes, int] = {}
        self._met = bytearray(self._count)
        # What the new file has: rows that stand (row, place, how many of each) and rows that were learned.
        self._standing = array("q"), array("q"), array("q")
        self._learned_rows, self._learned, self._learned_numbers = array("q"), bytearray(), array("q")

    def __len__(self) -> int:
        """How many records are known."""
        return self._count

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
        places = self._places
        digests = self._digests[first * DIGEST_BYTES : (first + count) * DIGEST_BYTES]
        for place, (kept,) in enumerate(_DIGEST.iter_unpack(digests), first):
            digest = kept
            while digest in places:
                digest = _digest(digest)
            places[digest] = place

    @property
    def is_looking(self) -> bool:
        """Whether any record is looked for at all."""
        return bool(self._places)

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
        digest = _digest(record)
        while (place := self._places.get(digest)) is not None:
            if not self._met[place]:
                self.stand(row, place, 1)
                return True
            digest = _digest(digest)
        return False

    def learn(self, rows: Sequence[int], records: Sequence[bytes], first_n: int) -> None:
        """These records have become lines, numbered one behind the other from `first_n`. Rows are learned in their order."""
        self._learned_rows.extend(rows)
        self._learned += b"".join([blake2b(record, digest_size=DIGEST_BYTES).digest() for record in records])
        self._learned_numbers.extend(range(first_n, first_n + len(records)))

    def gone(self) -> Iterator[int]:
        """The numbers of the lines whose records were not met."""
        place = self._met.find(0)
        while place >= 0:
            yield self._numbers[place]
            place = self._met.find(0, place + 1)

    def written(self, rows: int) -> bytes:
        """What the next reading is to know: what stands and what was learned, by row, of a file of so many rows."""
        pieces: list[bytes | memoryview] = [_HEAD.pack(_MARK, 0 if self.is_uneven else rows)]
        learned, numbers, done = memoryview(self._learned), array("q"), 0
        for row, place, count in zip(*self._standing, strict=True):
            until = bisect_left(self._learned_rows, row, done)
            pieces.append(learned[done * DIGEST_BYTES : until * DIGEST_BYTES])
            pieces.append(self._digests[place * DIGEST_BYTES : (place + count) * DIGEST_BYTES])
            numbers += self._learned_numbers[done:until]
            numbers += self._numbers[place : place + count]
            done = until
        pieces.append(learned[done * DIGEST_BYTES :])
        numbers += self._learned_numbers[done:]
        if sys.byteorder == "big":
            numbers.byteswap()
        return b"".join([*pieces, memoryview(numbers).cast("B")])


def _digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=DIGEST_BYTES).digest()


def _numbers_of(written: bytes) -> "array[int]":
    numbers = array("q", written)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
