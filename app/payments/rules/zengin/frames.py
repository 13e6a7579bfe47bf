"""How is a stream of bytes cut into records of a fixed width?

Records stand one behind the other, or each is followed by a line end, the last one too; the mark of a file's end (0x1A)
may follow. 宮崎銀行 takes CR LF or nothing, and refuses CR and LF alone (miyagin.co.jp, kfkdown-zengin-help); we also read
LF alone, which files get on their way through other systems. Which of them is told by the first record, and holds for all.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from app.payments.rules.zengin.errors import ZenginError

LINE_ENDS: Final = (b"\r\n", b"\n")
END_MARK: Final = b"\x1a"
_BEGINNINGS: Final = (b"1", b"2", b"8", b"9")
_PART: Final = 65_536
_ENDING_MAX: Final = len(b"\r\n\x1a\r\n") + 1
"""No more bytes than these can be an ending: a full record, looked at a hundred thousand times, is none."""
_EBCDIC_HEADER: Final = b"\xf1"


def frames(chunks: Iterable[bytes], *, width: int) -> Iterator[tuple[int, bytes] | ZenginError]:
    """Yield each record with its number, the first is 1; an error is the last thing to come.

    A record is given out before what follows it is looked at, so its reader may name a stray byte first. Keeps at most
    one chunk and a record in memory.
    """
    source = _Source(chunks)
    if not source.peek(1):
        yield ZenginError(0, "", "empty_file", "The file is empty.")
        return
    if source.peek(1) == _EBCDIC_HEADER:
        yield ZenginError(1, "", "ebcdic", "The file is in EBCDIC; ask the bank for JIS (コード区分 0).")
        return
    number, line_end = 0, None
    while not _is_over(ahead := source.peek(width)):
        number += 1
        short = _short(number, ahead, width)
        if short:
            yield short
            return
        source.drop(width)
        yield number, ahead
        if line_end is None:
            line_end = next((end for end in LINE_ENDS if source.peek(len(end)) == end), b"")
        if ahead[:1] == b"9":
            break
        error = _after(number, source, line_end, width)
        if error:
            yield error
            return
    rest = source.peek(width)
    if not _is_over(rest):
        yield ZenginError(number + 1, "", "bytes_after_end", f"{rest[:10]!r} stands behind the end record.")


class _Source:
    """Bytes that come in chunks, looked at before they are taken."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        parts = (chunk[place : place + _PART] for chunk in chunks for place in range(0, len(chunk), _PART))
        self._parts = iter(parts)
        self._ready, self._at = b"", 0

    def peek(self, count: int) -> bytes:
        while len(self._ready) - self._at < count:
            part = next(self._parts, None)
            if part is None:
                break
            self._ready, self._at = self._ready[self._at :] + part, 0
        return self._ready[self._at : self._at + count]

    def drop(self, count: int) -> None:
        """Leave behind what was looked at."""
        self._at += count


def _is_over(ahead: bytes) -> bool:
    """Whether nothing is left but one line end and one mark of the end."""
    if len(ahead) > _ENDING_MAX:
        return False
    rest = ahead.removesuffix(b"\r\n").removesuffix(b"\n").removesuffix(END_MARK)
    return rest in {b"", *LINE_ENDS}


def _short(number: int, ahead: bytes, width: int) -> ZenginError | None:
    if len(ahead) == width and b"\n" not in ahead and b"\r" not in ahead:
        return None
    place = min((found for found in (ahead.find(b"\r"), ahead.find(b"\n")) if found >= 0), default=len(ahead))
    if place == len(ahead):
        return ZenginError(number, "", "truncated", f"The file ends after {place} of the record's {width} bytes.")
    return ZenginError(number, "", "wrong_length", f"The record has {place} bytes, and {width} are due.")


def _after(number: int, source: _Source, line_end: bytes, width: int) -> ZenginError | None:
    """What is wrong behind a record, if anything; takes its line end."""
    if line_end and source.peek(len(line_end)) == line_end:
        source.drop(len(line_end))
        return None
    following = source.peek(width)
    if _is_over(following) or (not line_end and following[:1] in _BEGINNINGS):
        return None
    return ZenginError(number, "", "wrong_length", f"The record goes on after its {width} bytes: {following[:10]!r}.")
