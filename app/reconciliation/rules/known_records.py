"""Which records of a statement stood in the one before? Told by a digest of their bytes, so that only news is read."""

import struct
from collections.abc import Iterator
from hashlib import blake2b
from typing import Final

DIGEST_BYTES: Final = 16
"""Two of a million records that differ share one with a chance below 10^-26."""
_ENTRY: Final = struct.Struct(f">{DIGEST_BYTES}sq")


class KnownRecords:
    """The records of the statement before, by digest, each with the number of the line that it became.

    A record that is there twice is known twice: its second digest is the digest of its first.
    """

    def __init__(self, entries: bytes) -> None:
        """Know what an earlier reading wrote down (`written`). Raises ValueError for a torn list."""
        if len(entries) % _ENTRY.size:
            raise ValueError("The list of known records is torn.")
        self._entries = entries
        self._places = {digest: place for place, (digest, _) in enumerate(_ENTRY.iter_unpack(entries))}
        self._met = bytearray(len(entries) // _ENTRY.size)
        self._fresh: set[bytes] = set()
        self._learned = bytearray()

    def is_known(self, record: bytes) -> bool:
        """Whether the record is a line already, which then counts as met. Else `digest_of` and `learn` it."""
        if not self._places:
            return False
        place = self._places.get(blake2b(record, digest_size=DIGEST_BYTES).digest())
        if place is not None and not self._met[place]:
            self._met[place] = 1
            return True
        return place is not None and self._is_known_again(record)

    def learn(self, record: bytes, line_n: int) -> None:
        """The record has become this line."""
        digest = blake2b(record, digest_size=DIGEST_BYTES).digest()
        while digest in self._fresh or digest in self._places:
            digest = blake2b(digest, digest_size=DIGEST_BYTES).digest()
        self._fresh.add(digest)
        self._learned += _ENTRY.pack(digest, line_n)

    @property
    def met(self) -> int:
        """How many of the records that were known have been met."""
        return self._met.count(1)

    def gone(self) -> Iterator[int]:
        """The numbers of the lines whose records were not met."""
        place = self._met.find(0)
        while place >= 0:
            yield _ENTRY.unpack_from(self._entries, place * _ENTRY.size)[1]
            place = self._met.find(0, place + 1)

    def written(self) -> Iterator[bytes]:
        """What the next reading is to know, in parts."""
        begins, place = 0, self._met.find(0)
        while place >= 0:
            yield self._entries[begins : place * _ENTRY.size]
            begins, place = (place + 1) * _ENTRY.size, self._met.find(0, place + 1)
        yield self._entries[begins:]
        yield bytes(self._learned)

    def _is_known_again(self, record: bytes) -> bool:
        """The same bytes once more: the next digest in their row that was not met."""
        digest = blake2b(record, digest_size=DIGEST_BYTES).digest()
        while (place := self._places.get(digest)) is not None:
            if not self._met[place]:
                self._met[place] = 1
                return True
            digest = blake2b(digest, digest_size=DIGEST_BYTES).digest()
        return False
