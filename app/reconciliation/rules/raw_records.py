"""Where does each record of a statement begin and end, byte for byte, so that the same record is known again next time?

A statement of a million rows mostly repeats the one before. Records are told apart by their bytes alone; only those
that nobody has seen before are decoded and read. Commas, quotes and line ends are single bytes in UTF-8 and in CP932.
"""

import csv
from collections import deque
from collections.abc import Generator, Sequence
from io import BytesIO
from typing import BinaryIO, Final, NamedTuple

from app.core.text import MAX_ROW_CHARS
from app.reconciliation.rules.changed_lines import Same, changed_lines
from app.reconciliation.rules.known_records import KnownRecords

LINES_MAX: Final = 200
"""Of one record: a quote that was lost must not swallow the rest of the file."""


class RawRecords(NamedTuple):
    """Some records in their order: the numbers of their rows, their bytes with their ends. One that is broken is alone."""

    rows: Sequence[int]
    contents: list[bytes]
    broken: bool


_BLOCK: Final = 1 << 18
_ONE_QUOTED: Final = 3
"""A text with one quoted cell in it falls into so many parts at its quotes."""


def raw_records(
    file: BinaryIO, encoding: str, known: KnownRecords, *, behind: int = 0, width: int = 0
) -> Generator[RawRecords, None, int]:
    """Yield the new records; the header is row 1, and alone. Behind row `behind` of a file of `width` cells no header is met.

    Returns the last row's number.

    Known records and blank ones are counted and left out. Broken is a record in which a quote has no partner: nobody
    knows where its cells end. It costs its first line only: what stands below is read as records of its own.
    """
    waiting: deque[bytes] = deque()
    number, one_by_one_to = behind, 0
    while True:
        if number and not waiting and not known.is_looking and file.tell() >= one_by_one_to:
            plain, one_by_one_to = _plain_lines(file, width)
            if plain:
                yield RawRecords(range(number + 1, number + 1 + len(plain)), plain, broken=False)
                number += len(plain)
        line = waiting.popleft() if waiting else file.readline(MAX_ROW_CHARS)
        if not line:
            return number
        number += 1
        known.is_uneven |= len(line) == MAX_ROW_CHARS
        # Asked first: a whole record that is known needs no second look at its quotes.
        if number > 1 and known.is_looking and known.is_known(number, line):
            continue
        record, broken = line, False
        if b'"' in line and line.count(b'"') % 2:
            record, broken = _joined(line, file, waiting, width, encoding)
            known.is_uneven |= record is not line
            if record is not line and known.is_looking and known.is_known(number, record):
                continue
        if number == 1:
            record = record.removeprefix(b"\xef\xbb\xbf")
            width = len(cells_of(record.decode(encoding, "replace").rstrip("\r\n")) or ())
        if len(record) > width + 2 or record.strip(b", \t\r\n"):  # A blank row is commas at most.
            yield RawRecords((number,), [record], broken)


def changed_records(
    before: BinaryIO, now: BinaryIO, encoding: str, known: KnownRecords
) -> Generator[RawRecords, None, int]:
    """The same told of a file whose lines repeat those of another, `before`, each of which is `known` in its order.

    A line that moved down is known again; one that moved up counts as new, and where it stood before as gone.
    """
    before.readline(MAX_ROW_CHARS)
    number, place, width = 1, 0, 0
    for header in raw_records(BytesIO(now.readline(MAX_ROW_CHARS)), encoding, known):
        width = len(cells_of(header.contents[0].decode(encoding, "replace").rstrip("\r\n")) or ())
        yield header
    for part in changed_lines(before, now):
        if isinstance(part, Same):
            known.stand(number + 1, place, part.lines)
            number, place = number + part.lines, place + part.lines
            continue
        known.look_for(place, part.gone)
        come = BytesIO(b"".join(part.come))
        number = yield from raw_records(come, encoding, known, behind=number, width=width)
        place += part.gone
    known.look_for(place, len(known) - place)
    return (yield from raw_records(now, encoding, known, behind=number, width=width))


def cells_of(text: str) -> list[str] | None:
    """The cells of one record without its end, as the csv module tells them; None when they cannot be told apart."""
    parts = text.split('"')
    if len(parts) == 1:
        return text.split(",")
    before, quoted, behind = parts if len(parts) == _ONE_QUOTED else ("", "", " ")
    if (before and before[-1] != ",") or (behind and behind[0] != ",") or "\n" in text or "\r" in text:
        try:
            return next(csv.reader([text], strict=True))
        except csv.Error:
            return None
    cells = before[:-1].split(",") if before else []
    cells.append(quoted)
    if behind:
        cells += behind[1:].split(",")
    return cells


def _plain_lines(file: BinaryIO, width: int) -> tuple[list[bytes], int]:
    """The next lines, when each of them is a record of its own whatever is looked at: quotes in pairs, none blank.

    None of them when one is not; then the file stands where it did, and up to the place that is told lines are to be
    looked at one by one. A million rows are told apart so in a third of the time.
    """
    begins = file.tell()
    block = file.read(_BLOCK)
    size = block.rfind(b"\n") + 1
    lines = block[:size].splitlines(keepends=True) if block.count(b"\r") == block.count(b"\r\n") else []
    sure = (
        lines
        and min(map(len, lines)) > width + 2
        and max(map(len, lines)) < MAX_ROW_CHARS
        and not (b'"' in block and any(line.count(b'"') % 2 for line in lines))
    )
    file.seek(begins + size if sure else begins)
    return (lines, 0) if sure else ([], begins + len(block))


def _joined(first: bytes, file: BinaryIO, waiting: deque[bytes], width: int, encoding: str) -> tuple[bytes, bool]:
    """The record that begins with a line whose quotes are odd; that line alone, and True, when it is broken."""
    taken = _until_closed(first, file, waiting)
    if taken is not None and _is_a_record(taken, width, encoding):
        return b"".join(taken), False
    waiting.extendleft(reversed(taken[1:] if taken is not None else ()))
    return first, True


def _until_closed(first: bytes, file: BinaryIO, waiting: deque[bytes]) -> list[bytes] | None:
    """The lines up to the one that closes the quote; None when none does, and then what was read waits again."""
    taken, size, quotes = [first], len(first), first.count(b'"')
    while quotes % 2:
        line = waiting.popleft() if waiting else file.readline(MAX_ROW_CHARS)
        if line:
            taken.append(line)
            size += len(line)
            quotes += line.count(b'"')
        if not line or len(taken) > LINES_MAX or size > MAX_ROW_CHARS:
            waiting.extendleft(reversed(taken[1:]))
            return None
    return taken


def _is_a_record(taken: list[bytes], width: int, encoding: str) -> bool:
    """Whether several lines are one record: as wide as the header, and none of them a whole row by itself."""
    text = b"".join(taken).decode(encoding, "replace").rstrip("\r\n")
    try:
        # The reader wants lines: a cell may hold line ends.
        cells = next(csv.reader(text.splitlines(keepends=True), strict=True))
    except (csv.Error, StopIteration):
        return False
    if width and len(cells) != width:
        return False
    return width <= 2 or not any(line.count(b",") >= width - 1 for line in taken[1:])
